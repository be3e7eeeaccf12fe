"""Stratification: the pool cut into bands of one characteristic; every table sums to the pool, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from abs_struct.core.findings import TapeError, listed, nearest
from abs_struct.tape.tape import CENTS, Column, Tape, total_cents, weighted

SIZES = (1_000, 2_500, 5_000, 7_500, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 50_000)

#: Characteristic -> (title, edges of the bands); the first band is open below, the last one above.
BANDS: dict[str, tuple[str, tuple[float, ...]]] = {
    "balance": (
        "Current balance",
        SIZES,
    ),
    "original_balance": (
        "Original balance",
        SIZES,
    ),
    "rate": ("Rate", (0.05, 0.075, 0.10, 0.125, 0.15, 0.175, 0.20, 0.225, 0.25, 0.30, 0.36)),
    "remaining_term": ("Remaining term (months)", (7, 13, 19, 25, 31, 37, 43, 49, 55, 61, 73, 85)),
    "age": ("Seasoning (months)", (1, 2, 3, 4, 5, 6, 9, 12, 18, 24, 36)),
    "fico": ("FICO score", (600, 620, 640, 660, 680, 700, 720, 740, 760, 780, 800)),
    "days_past_due": ("Days past due", (1, 31, 61, 91, 121)),
}
#: Characteristics by value: the largest values by balance have a row each, the rest share one.
WORDS = {
    "original_term": "Original term (months)",
    "grade": "Grade",
    "product": "Product",
    "originator": "Originator",
    "borrower_id": "Obligor",
    "purpose": "Purpose",
    "state": "State",
    "region": "Region",
    "status": "Status",
    "repayment": "Repayment",
    "tape": "Tape",
}
ORDER = (
    "balance", "original_balance", "rate", "original_term", "remaining_term", "age", "fico", "grade", "product",
    "originator", "purpose", "state", "region", "days_past_due", "status", "tape",
)  # fmt: skip
MOST_WORDS = 15


@dataclass(frozen=True)
class Band:
    """One row: the loans of a band, their balance in cents, shares of the pool, and averages weighted by balance.

    low, high : low <= value < high; None where open, or where the characteristic is a word
    """

    label: str
    loans: int
    balance_cents: int
    share: float
    share_of_loans: float
    wa_rate: float | None
    wa_remaining_term: float | None
    low: float | None = None
    high: float | None = None
    wa_original_term: float | None = None
    wa_age: float | None = None
    wa_fico: float | None = None

    @property
    def balance(self) -> float:
        """The balance in currency units."""
        return self.balance_cents / 100


@dataclass(frozen=True)
class Stratification:
    """The pool by one characteristic; the bands sum to `total`, to the cent."""

    by: str
    title: str
    bands: tuple[Band, ...]
    total: Band


def stratify(tape: Tape, by: Iterable[str] | None = None) -> tuple[Stratification, ...]:
    """Stratification tables of the accepted loans.

    Parameters
    ----------
    tape : N loans
    by : characteristics; all usual ones that the tape has when left out. Any other column of the tape is taken by
        its values

    Returns
    -------
    one table a characteristic; balances in cents, shares as fractions of the pool, rates as fractions per year

    Raises
    ------
    TapeError : the tape has no such column
    """
    wanted = list(by) if by is not None else [name for name in ORDER if name in tape.names and varies(tape, name)]
    return tuple(table(tape, name) for name in wanted)


def varies(tape: Tape, name: str) -> bool:
    """Whether a usual characteristic is worth a table: some loan has a value."""
    column = tape.column(name)
    return bool((column != "").any()) if column.dtype.kind == "U" else not bool(np.isnan(column).all())


def table(tape: Tape, name: str) -> Stratification:
    """The table of one characteristic."""
    if name not in tape.names:
        raise TapeError(
            f"{tape.file}: no column '{name}' to stratify by{nearest(name, tape.names)} "
            f"(columns: {listed(tape.names, 30)})"
        )
    title, edges = BANDS.get(name, (WORDS.get(name, name.replace("_", " ").capitalize()), None))
    column = tape.columns[CENTS[name]] if name in CENTS else tape.column(name)
    if edges is None and column.dtype.kind == "f" and len(np.unique(column)) > 2 * MOST_WORDS:
        edges = round_edges(column)
    groups = by_value(tape, column) if edges is None else by_edges(name, column, edges)
    bands = tuple(band(tape, mask, label, low, high) for label, mask, low, high in groups)
    everything = np.ones(len(tape), dtype=bool)
    return Stratification(name, title, bands, band(tape, everything, "Total", None, None))


Group = tuple[str, Column, float | None, float | None]


def by_edges(name: str, column: Column, edges: Sequence[float]) -> list[Group]:
    """The bands between edges, those at either end without loans left out; missing values are a band of their own."""
    scale = 100 if name in CENTS else 1
    place = np.searchsorted(np.asarray(edges, dtype=float) * scale, column, side="right")
    missing = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), dtype=bool)
    groups: list[Group] = []
    whole = name not in CENTS and all(edge % 1 == 0 for edge in edges) and bool((column[~missing] % 1 == 0).all())
    used = np.unique(place[~missing])
    for k in range(int(used.min()), int(used.max()) + 1) if used.size else ():
        low = edges[k - 1] if k else None
        high = edges[k] if k < len(edges) else None
        groups.append((label_of(name, low, high, whole), (place == k) & ~missing, low, high))
    if missing.any():
        groups.append(("not given", missing, None, None))
    return groups


def by_value(tape: Tape, column: Column) -> list[Group]:
    """One band a value, numbers in their order and words by balance; beyond the largest, all others share a band."""
    values, place = np.unique(column, return_inverse=True)
    cents = tape.columns["balance_cents"]
    weight = np.bincount(place, weights=cents).tolist()  # exact: whole cents below 2^53
    ranked = sorted(range(len(values)), key=lambda k: (-weight[k], str(values[k])))
    shown = ranked if len(ranked) <= MOST_WORDS + 1 else ranked[:MOST_WORDS]
    if column.dtype.kind != "U" or max(map(len, map(str, values))) <= 2 < len(values) <= MOST_WORDS:
        shown = sorted(shown)  # numbers and grades in their own order
    groups: list[Group] = [(value_label(values[k]), place == k, None, None) for k in shown]
    rest = ~np.isin(place, shown)
    if rest.any():
        groups.append((f"other ({len(ranked) - len(shown):,})", rest, None, None))
    return groups


def value_label(value: object) -> str:
    """A value as a row is named."""
    if isinstance(value, str):
        return value or "not given"
    number = float(value)  # type: ignore[arg-type]
    return "not given" if np.isnan(number) else f"{number:g}"


def round_edges(column: Column) -> tuple[float, ...]:
    """About ten round edges for a number that has no usual bands."""
    known = column[~np.isnan(column)]
    low, high = float(known.min()), float(known.max())
    raw = (high - low) / 10.0
    step = 10.0 ** np.floor(np.log10(raw))
    step *= next(m for m in (1.0, 2.0, 5.0, 10.0) if m * step >= raw)
    first = np.floor(low / step) + 1
    return tuple(float((first + k) * step) for k in range(int((high - first * step) / step) + 1))


def band(tape: Tape, mask: Column, label: str, low: float | None, high: float | None) -> Band:
    """Counts, exact balance and averages of the loans of a mask (N,)."""
    cents, pool = tape.columns["balance_cents"], tape.balance_cents
    balance = total_cents(cents[mask])
    loans = int(mask.sum())
    return Band(
        label=label,
        loans=loans,
        balance_cents=balance,
        share=balance / pool if pool else 0.0,
        share_of_loans=loans / len(tape) if len(tape) else 0.0,
        wa_rate=weighted(tape.columns["rate"][mask], cents[mask]),
        wa_remaining_term=weighted(tape.columns["remaining_term"][mask], cents[mask]),
        low=low,
        high=high,
        wa_original_term=weighted(tape.columns["original_term"][mask], cents[mask]),
        wa_age=weighted(tape.columns["age"][mask], cents[mask]),
        wa_fico=average_score(tape, mask),
    )


def average_score(tape: Tape, mask: Column) -> float | None:
    """The average score of the loans of a mask (N,) that have one, or None."""
    if (scores := tape.columns.get("fico")) is None:
        return None
    known = mask & ~np.isnan(scores) if scores.dtype.kind == "f" else mask
    return weighted(scores[known], tape.columns["balance_cents"][known])


def label_of(name: str, low: float | None, high: float | None, whole: bool) -> str:
    """A band as a table prints it: whole numbers inclusive, rates in percent."""
    if name == "rate":
        write = "{:.2%}".format
    elif name in CENTS:
        write = "{:,.0f}".format
    else:
        write = "{:g}".format
    if not whole or name == "rate":
        if low is None:
            return f"< {write(high)}"
        return f">= {write(low)}" if high is None else f"{write(low)} - < {write(high)}"
    if low is None:
        assert high is not None  # a band is open at one end at most
        return "0" if high == 1 and name in {"days_past_due", "age"} else f"<= {write(high - 1)}"
    if high is None:
        return f">= {write(low)}"
    return write(low) if high - low == 1 else f"{write(low)} - {write(high - 1)}"
