"""Stratification tables of a tape of any size: DuckDB counts and adds up band by band, and only bands come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from abs_struct.core.findings import TapeError
from abs_struct.tape.scan import connected, files_of, relation, words
from abs_struct.tape.statement import RATE_UNITS, Statement, Writer, column_of, statement
from abs_struct.tape.stratify import BANDS, MOST_WORDS, ORDER, WORDS, Band, Stratification, label_of, value_label
from abs_struct.tape.tape import CENTS

#: Characteristics by bands -> the whole number of a loan that SQL has for them, and how many of it are one of ours.
FIELDS = {
    "balance": ("balance_cents", 100),
    "original_balance": ("original_cents", 100),
    "rate": ("rate_units", RATE_UNITS),
    "remaining_term": ("remaining_term", 1),
    "age": ("age", 1),
}


@dataclass(frozen=True)
class Part:
    """The loans of a band, with sums of balance by rate, by remaining term, by original term and by age."""

    loans: int
    cents: int
    sums: tuple[float, float, float, float]


def stratify_scan(
    path: str | Path,
    by: Iterable[str] | None = None,
    layout: str | None = None,
    as_of: Literal["cutoff", "origination"] = "cutoff",
) -> tuple[Stratification, ...]:
    """Stratification tables of the loans that a stream accepts.

    Parameters
    ----------
    path : a CSV or Parquet file, or a pattern
    by : characteristics; all usual ones that the files have when left out
    layout : the name of a layout or a layout file; recognised when left out
    as_of : cutoff, or origination, where the original balance at age 0 is the balance

    Returns
    -------
    one table a characteristic: balances in cents, shares as fractions, rates as fractions per year, terms in months

    Raises
    ------
    TapeError : the files cannot be read so, lack a column, or hold no loan that can be accepted
    """
    import duckdb

    source, columns, found = relation(files_of(path), layout)
    held = {name for name, one in found.columns.items() if column_of(one, columns)} | set(FIELDS) | set(columns)
    wanted = list(by) if by is not None else [name for name in ORDER if name in held]
    write, tables = Writer(found, columns, "duckdb"), []
    engine = connected()
    for name in wanted:
        numeric = name in BANDS and name not in FIELDS
        written = statement(found, columns, [] if name in FIELDS or numeric else [name], "duckdb", as_of)
        if numeric:
            column = column_of(found.columns[name], columns) if name in found.columns else None
            if column is None:
                raise TapeError(f"{path}: no column '{name}' to stratify by")
            written = replace(written, fields={**written.fields, name: write.number(column)})
        try:
            tables.append(table(name, engine.execute(query(written, name, source)).fetchnumpy()))
        except duckdb.Error as error:
            raise TapeError(f"{path}: {str(error).splitlines()[0]}") from None
    return tuple(table for table in tables if table is not None)


def query(written: Statement, name: str, source: str) -> str:
    """The SQL of one table: a band or a value a row, with counts and sums."""
    field, scale = FIELDS.get(name, (name, 1))
    band = field
    if name in BANDS:
        edges = " + ".join(f"CAST({field} >= {edge * scale:.17g} AS INTEGER)" for edge in BANDS[name][1])
        band = f"CASE WHEN {field} IS NOT NULL THEN {edges} END"
    sums = ", ".join(
        f"CAST(SUM(CAST({key} AS HUGEINT) * balance_cents) AS DOUBLE) AS {key}"
        for key in ("rate_units", "remaining_term", "original_term", "age")
    )
    loans = replace(written, follows={}).loans(source, () if name in FIELDS else (name,))
    return (
        f"SELECT {band} AS band, COUNT(*) AS loans, CAST(SUM(balance_cents) AS BIGINT) AS cents, {sums}\n"
        f"  FROM ({loans}) AS loans WHERE fault IS NULL GROUP BY 1"
    )


def table(name: str, arrays: dict[str, Any]) -> Stratification | None:
    """The table of one characteristic; None where no loan has a value."""
    band = np.ma.asarray(arrays["band"])
    missing = np.ma.getmaskarray(band)
    if missing.all():
        return None
    figures = [np.ma.filled(np.ma.asarray(arrays[key]), 0).tolist() for key in ("loans", "cents")]
    keys = ("rate_units", "remaining_term", "original_term", "age")
    sums = list(zip(*(np.ma.filled(np.ma.asarray(arrays[key]), 0.0).tolist() for key in keys), strict=True))
    parts = [Part(int(n), int(cents), one) for n, cents, one in zip(*figures, sums, strict=True)]
    total = added(parts)
    if name in BANDS:
        title, edges = BANDS[name]
        numbered = {int(k): part for k, part, gone in zip(band.data, parts, missing, strict=True) if not gone}
        whole = name not in CENTS and all(edge % 1 == 0 for edge in edges)
        rows = []
        for k in range(min(numbered), max(numbered) + 1):
            low, high = edges[k - 1] if k else None, edges[k] if k < len(edges) else None
            rows.append((label_of(name, low, high, whole), numbered.get(k, added([])), low, high))
        blank = [part for part, gone in zip(parts, missing, strict=True) if gone]
        rows += [("not given", added(blank), None, None)] if blank else []
        bands = tuple(band_of(label, part, total, low, high) for label, part, low, high in rows)
    else:
        title, bands = WORDS.get(name, name.replace("_", " ").capitalize()), by_value(band, parts, total)
    return Stratification(name, title, bands, band_of("Total", total, total))


def by_value(band: Any, parts: Sequence[Part], total: Part) -> tuple[Band, ...]:
    """The values with the largest balances, a row each; the rest share one, as in the tables of a tape."""
    values = words(band) if band.dtype.kind == "O" else np.ma.filled(band.astype(float), np.nan)
    ranked = sorted(range(len(parts)), key=lambda k: (-parts[k].cents, str(values[k])))
    shown = ranked if len(ranked) <= MOST_WORDS + 1 else ranked[:MOST_WORDS]
    if values.dtype.kind != "U" or max(map(len, map(str, values))) <= 2 < len(values) <= MOST_WORDS:
        shown = sorted(shown, key=lambda k: values[k])
    found = [band_of(value_label(values[k].item()), parts[k], total) for k in shown]
    if rest := [parts[k] for k in ranked if k not in set(shown)]:
        found.append(band_of(f"other ({len(rest):,})", added(rest), total))
    return tuple(found)


def added(parts: Sequence[Part]) -> Part:
    """Several parts as one."""
    sums = [sum(part.sums[i] for part in parts) for i in range(4)]
    return Part(sum(p.loans for p in parts), sum(p.cents for p in parts), (sums[0], sums[1], sums[2], sums[3]))


def band_of(label: str, part: Part, total: Part, low: float | None = None, high: float | None = None) -> Band:
    """A part as a row of a table."""
    averages = [value / part.cents if part.cents else None for value in part.sums]
    return Band(
        label=label,
        loans=part.loans,
        balance_cents=part.cents,
        share=part.cents / total.cents if total.cents else 0.0,
        share_of_loans=part.loans / total.loans if total.loans else 0.0,
        wa_rate=None if averages[0] is None else averages[0] / RATE_UNITS,
        wa_remaining_term=averages[1],
        low=low,
        high=high,
        wa_original_term=averages[2],
        wa_age=averages[3],
    )
