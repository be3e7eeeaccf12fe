"""Stratification tables as a file: CSV or Excel. Text from a tape stays text and can never become a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from abs_struct.core.findings import TapeError
from abs_struct.core.whole import whole
from abs_struct.tape.stratify import Band, Stratification

HEADER = (
    "by", "band", "loans", "share_of_loans", "balance", "share", "wa_rate", "wa_remaining_term", "wa_original_term",
    "wa_age", "wa_fico",
)  # fmt: skip
STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=HYPERLINK(1)"), guarded("CA")
    ("'=HYPERLINK(1)", 'CA')
    """
    return "'" + text if text.startswith(STARTS) else text


def write_tables(path: str | Path, tables: Sequence[Stratification]) -> Path:
    """Write tables to .csv (one below the other) or .xlsx (a sheet each), whole or not at all.

    Raises
    ------
    TapeError : another kind of file
    UsageError : a place that cannot be written, or a disk that fills up
    """
    file = Path(path)
    writers = {".csv": write_csv, ".xlsx": write_excel}
    if file.suffix not in writers:
        raise TapeError(f"{path}: stratification tables are written as .csv or .xlsx, not '{file.suffix}'")
    with whole(file) as draft:
        writers[file.suffix](draft, tables)
    return file


def cells_of(band: Band) -> tuple[float | int | None, ...]:
    """The figures of a row: counts, shares as fractions, balance in currency units."""
    figures = (band.loans, band.share_of_loans, band.balance, band.share, band.wa_rate, band.wa_remaining_term)
    return (*figures, band.wa_original_term, band.wa_age, band.wa_fico)


def write_csv(file: Path, tables: Sequence[Stratification]) -> None:
    """All tables in one tidy CSV."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(HEADER)
        for table in tables:
            for band in (*table.bands, table.total):
                writer.writerow([table.by, guarded(band.label), *cells_of(band)])


def write_excel(file: Path, tables: Sequence[Stratification]) -> None:
    """A sheet a table, with the formats of the field."""
    from abs_struct.core.xlsx import Xlsx

    book = Xlsx(file)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "align": "right", "valign": "bottom"})
    first = book.add_format({"bold": True, "bottom": 1, "valign": "bottom"})
    title = book.add_format({"bold": True, "font_size": 13})
    formats = ("#,##0", "0.00%", "#,##0.00", "0.00%", "0.00%", "0.00", "0.00", "0.00", "0")
    styles = [book.add_format({"num_format": code}) for code in formats]
    totals = [book.add_format({"num_format": code, "bold": True, "top": 1}) for code in formats]
    total_label = book.add_format({"bold": True, "top": 1})
    names = (
        "Loans", "% of loans", "Balance", "% of balance", "WA rate", "WA remaining term", "WA original term", "WA age",
        "WA FICO",
    )  # fmt: skip
    for table in tables:
        sheet = book.add_worksheet(table.by[:31])
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(names), 13)
        sheet.set_column(3, 3, 20)  # balances
        sheet.write_string(0, 0, table.title, title)
        sheet.write_string(2, 0, "Band", first)
        for column, name in enumerate(names, 1):
            sheet.write_string(2, column, name, head)
        for row, band in enumerate((*table.bands, table.total), 3):
            last = band is table.total
            sheet.write_string(row, 0, band.label, total_label if last else None)
            for column, (value, style) in enumerate(zip(cells_of(band), totals if last else styles, strict=True), 1):
                if value is None:
                    sheet.write_blank(row, column, None, style)
                else:
                    sheet.write_number(row, column, value, style)
        sheet.freeze_panes(3, 1)
        chart = book.add_chart({"type": "bar"})
        last_row = 2 + len(table.bands)
        chart.add_series(
            {
                "name": "% of balance",
                "categories": [sheet.name, 3, 0, last_row, 0],
                "values": [sheet.name, 3, 4, last_row, 4],
                "fill": {"color": "#0072B2"},
                "gap": 40,
            }
        )
        chart.set_title({"name": table.title, "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_size({"width": 720, "height": 120 + 22 * len(table.bands)})
        sheet.insert_chart(len(table.bands) + 6, 0, chart)
    book.close()
