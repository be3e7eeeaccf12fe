"""Columns of a plain CSV as bytes: a tape without quotes is divided and read by NumPy, without a text per cell.

It gives what the general reader gives, several times faster; whatever is not plain is left to that reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

COMMA, LINE, DOT, MINUS, ZERO, SPACE = 44, 10, 46, 45, 48, 32
WIDEST = 32  # bytes of a cell that is kept as bytes
SAMPLE = 200  # rows
DIGITS = 15  # so many are exact in a float
POWERS = np.array([10.0**k for k in range(DIGITS + 1)])


class Packed(Sequence[str]):
    """A column of short ASCII cells: bytes (N, width), filled up with zeros. A sequence of texts like any other."""

    def __init__(self, cells: Bytes) -> None:
        self.cells = cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return texts_of(self.cells[index])
        return texts_of(self.cells[index : index + 1 or None])[0]

    def distinct(self) -> tuple[list[str], NDArray[np.intp]]:
        """The different cells, and which of them each row (N,) holds."""
        if len(self) > 2 * SAMPLE and len(set(texts_of(self.cells[:SAMPLE]))) == SAMPLE:  # surely an id
            return texts_of(self.cells), np.arange(len(self))
        cells = bytes_of(self.cells)
        words = list(dict.fromkeys(cells))
        if 2 * len(words) >= len(cells):  # nearly all differ: each row on its own
            return texts_of(self.cells), np.arange(len(self))
        place = {word: i for i, word in enumerate(words)}
        at = np.fromiter(map(place.__getitem__, cells), dtype=np.intp, count=len(cells))
        return [word.decode("ascii") for word in words], at

    def words(self) -> NDArray[np.str_] | None:
        """The cells as an array of texts (N,), where none holds a space, so that none has to be trimmed; else None."""
        count, width = self.cells.shape
        if not width or not ((self.cells > SPACE) | (self.cells == 0)).all():
            return None
        signs = self.cells.astype(np.uint32)  # of which the texts of NumPy are made
        return np.ascontiguousarray(signs).view(f"U{width}").reshape(count)

    def decimals(self) -> NDArray[np.float64] | None:
        """The numbers (N,), where every cell is digits with at most one dot and a minus before them; else None.

        The digits are an integer below 10^15 and the division by a power of ten rounds once, as float() does.
        """
        count, width = self.cells.shape
        if not width or width > DIGITS + 2:
            return None
        cells = np.ascontiguousarray(self.cells.T)  # place by place, (width, N)
        figures = cells - np.uint8(ZERO)  # wraps above 9 for every other sign
        is_digit, is_dot = figures < 10, cells == DOT
        allowed = is_digit | is_dot | (cells == 0)
        negative = cells[0] == MINUS
        allowed[0] |= negative
        digits, dots = is_digit.sum(axis=0), np.cumsum(is_dot, axis=0, dtype=np.uint8)
        if not allowed.all() or (digits == 0).any() or (dots[-1] > 1).any() or digits.max() > DIGITS:
            return None
        value = np.zeros(count, dtype=np.int64)
        for figure, is_one in zip(figures, is_digit, strict=True):
            value = np.where(is_one, value * 10 + figure, value)
        decimals = (is_digit & (dots > 0)).sum(axis=0)
        result: NDArray[np.float64] = np.where(negative, -value, value) / POWERS[decimals]
        return result


def bytes_of(cells: Bytes) -> list[bytes]:
    """Bytes (N, width) as N words."""
    if not cells.size:
        return [b""] * len(cells)
    found: list[bytes] = np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").ravel().tolist()
    return found


def texts_of(cells: Bytes) -> list[str]:
    """Bytes (N, width) as texts."""
    return [word.decode("ascii") for word in bytes_of(cells)]


class Grid:
    """A plain CSV divided into cells: where each ends, (columns, rows), the header among them.

    A cell begins behind the comma or the line break that ends the one before it.
    """

    def __init__(self, data: Bytes, ends: Places) -> None:
        self.data = data
        self.ends = ends

    @classmethod
    def of(cls, data: bytes) -> Grid | None:
        """The grid of a CSV, or None where it is not plain: quotes, other signs than ASCII, rows of unlike length."""
        if b'"' in data or b"\0" in data or not data.isascii():
            return None
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
            if b"\r" in data:
                return None
        data = data.rstrip(b"\n") + b"\n"
        signs = np.frombuffer(data + bytes(WIDEST), dtype=np.uint8)  # so that a cell's bytes never end behind the file
        ends = np.flatnonzero((signs == COMMA) | (signs == LINE))
        lines = np.flatnonzero(signs[ends] == LINE)
        width = int(lines[0]) + 1
        if width < 2 or len(ends) != width * len(lines) or (np.diff(lines) != width).any():
            return None
        return cls(signs, np.ascontiguousarray(ends.reshape(-1, width).T))

    def __len__(self) -> int:
        return int(self.ends.shape[1])

    def starts(self, index: int) -> Places:
        """Where the cells of a column begin."""
        before: Places = self.ends[index - 1] if index else np.concatenate([[-1], self.ends[-1, :-1]])
        return before + 1

    def row(self, index: int) -> list[str]:
        """One row as texts."""
        start = int(self.ends[-1, index - 1]) + 1 if index else 0
        line = self.data[start : int(self.ends[-1, index])]
        return line.tobytes().decode("ascii").split(",")

    def column(self, index: int, first: int) -> Sequence[str]:
        """A column from a row on."""
        starts, ends = self.starts(index)[first:], self.ends[index, first:]
        lengths = ends - starts
        width = int(lengths.max(initial=0))
        if width > WIDEST:
            whole = self.data.tobytes().decode("ascii")
            return [whole[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        if not width:
            return Packed(np.zeros((len(starts), 0), dtype=np.uint8))
        from_anywhere = np.ndarray(len(self.data) - width + 1, f"V{width}", self.data, strides=(1,))  # overlapping
        cells = from_anywhere[starts].view(np.uint8).reshape(-1, width)
        cells *= np.arange(width) < lengths[:, None]  # what lies behind the end of a cell
        return Packed(cells)


class Columns(Sequence[Sequence[str]]):
    """The columns of a grid from a row on, each made when it is first asked for."""

    def __init__(self, grid: Grid, first: int) -> None:
        self.grid = grid
        self.first = first
        self.made: dict[int, Sequence[str]] = {}

    def __len__(self) -> int:
        return len(self.grid.ends)

    def __getitem__(self, index: int) -> Sequence[str]:  # type: ignore[override]
        if index not in self.made:
            self.made[index] = self.grid.column(index, self.first)
        return self.made[index]
