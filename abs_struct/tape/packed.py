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

COMMA, LINE, DOT, MINUS, ZERO = 44, 10, 46, 45, 48
WIDEST = 32  # bytes of a cell that is kept as bytes
SAMPLE = 200  # rows
DIGITS = 15  # so many are exact in a float


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
        count, width = self.cells.shape
        if count > 2 * SAMPLE and len(set(texts_of(self.cells[:SAMPLE]))) == SAMPLE:  # surely an id
            return texts_of(self.cells), np.arange(count)
        words = np.zeros((count, -(-max(width, 1) // 8) * 8), dtype=np.uint8)
        words[:, :width] = self.cells
        keys = words.view(np.uint64)
        at = np.zeros(count, dtype=np.intp)
        for k in range(keys.shape[1]):
            values, place = np.unique(keys[:, k], return_inverse=True)
            at = place if k == 0 else np.unique(at * len(values) + place, return_inverse=True)[1]
        size = int(at.max(initial=-1)) + 1
        if 2 * size >= count:  # nearly all differ: each row on its own
            return texts_of(self.cells), np.arange(count)
        first = np.zeros(size, dtype=np.intp)
        first[at] = np.arange(count)
        return texts_of(self.cells[first]), at

    def decimals(self) -> NDArray[np.float64] | None:
        """The numbers (N,), where every cell is digits with at most one dot and a minus before them; else None.

        The digits are an integer below 10^15 and the division by a power of ten rounds once, as float() does.
        """
        count, width = self.cells.shape
        if not width or width > DIGITS + 2:
            return None
        value, decimals = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        digits, dots = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        negative = self.cells[:, 0] == MINUS
        for k in range(width):
            cell = self.cells[:, k]
            figure = cell - np.uint8(ZERO)  # wraps above 9 for every other sign
            is_digit = figure < 10
            dots += cell == DOT
            if not (is_digit | (cell == DOT) | (cell == 0) | (negative if k == 0 else False)).all():
                return None
            value = np.where(is_digit, value * 10 + figure, value)
            digits += is_digit
            decimals += is_digit & (dots > 0)
        if (digits == 0).any() or (dots > 1).any() or digits.max() > DIGITS:
            return None
        result: NDArray[np.float64] = np.where(negative, -value, value) / 10.0**decimals
        return result


def texts_of(cells: Bytes) -> list[str]:
    """Bytes (N, width) as texts."""
    if not cells.size:
        return [""] * len(cells)
    flat = np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").ravel()
    return [word.decode("ascii") for word in flat.tolist()]


class Grid:
    """A plain CSV divided into cells: where each begins and ends, (columns, rows), the header among them."""

    def __init__(self, data: Bytes, starts: Places, ends: Places) -> None:
        self.data = data
        self.starts = starts
        self.ends = ends

    @classmethod
    def of(cls, data: bytes) -> Grid | None:
        """The grid of a CSV, or None where it is not plain: quotes, other signs than ASCII, rows of unlike length."""
        if b'"' in data or b"\0" in data or not data.isascii():
            return None
        data = data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
        if b"\r" in data:
            return None
        signs = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero((signs == COMMA) | (signs == LINE))
        lines = np.flatnonzero(signs[ends] == LINE)
        width = int(lines[0]) + 1
        if width < 2 or len(ends) != width * len(lines) or (np.diff(lines) != width).any():
            return None
        starts = np.concatenate([[0], ends[:-1] + 1])
        return cls(
            signs,
            np.ascontiguousarray(starts.reshape(-1, width).T),
            np.ascontiguousarray(ends.reshape(-1, width).T),
        )

    def __len__(self) -> int:
        return int(self.starts.shape[1])

    def row(self, index: int) -> list[str]:
        """One row as texts."""
        pairs = zip(self.starts[:, index].tolist(), self.ends[:, index].tolist(), strict=True)
        return [self.data[a:b].tobytes().decode("ascii") for a, b in pairs]

    def column(self, index: int, first: int) -> Sequence[str]:
        """A column from a row on."""
        starts, ends = self.starts[index, first:], self.ends[index, first:]
        lengths = ends - starts
        width = int(lengths.max(initial=0))
        if width > WIDEST:
            whole = self.data.tobytes().decode("ascii")
            return [whole[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        cells = np.zeros((len(starts), width), dtype=np.uint8)
        shortest, last = int(lengths.min(initial=0)), len(self.data) - 1
        for k in range(width):
            cells[:, k] = self.data[np.minimum(starts + k, last)]
            if k >= shortest:
                cells[lengths <= k, k] = 0
        return Packed(cells)


class Columns(Sequence[Sequence[str]]):
    """The columns of a grid from a row on, each made when it is first asked for."""

    def __init__(self, grid: Grid, first: int) -> None:
        self.grid = grid
        self.first = first
        self.made: dict[int, Sequence[str]] = {}

    def __len__(self) -> int:
        return len(self.grid.starts)

    def __getitem__(self, index: int) -> Sequence[str]:  # type: ignore[override]
        if index not in self.made:
            self.made[index] = self.grid.column(index, self.first)
        return self.made[index]
