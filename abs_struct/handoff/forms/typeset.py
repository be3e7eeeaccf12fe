"""A report as PDF through typst (the extra `pdf`): headings repeat on every page, and so does the stamp."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.forms.fonts import chinese_font
from abs_struct.handoff.forms.printed import Report, Row, Table
from abs_struct.handoff.forms.words import WORDS, say

WIDE = 9  # columns of figures beyond which a table is set smaller


def write(report: Report, file: Path) -> None:
    """The whole report; no clock time is in it, so that the same report gives the same bytes."""
    import typst

    found = chinese_font()
    folders = [str(Path(found[1]).parent)] if found else []
    compiled: Any = typst.compile  # its types do not say which of its forms takes bytes
    compiled(source(report).encode("utf-8"), output=str(file), font_paths=folders, ignore_system_fonts=True)


def quoted(text: object) -> str:
    """Text as a typst string, in which nothing is a command."""
    clean = plain_text(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{clean}"'


def source(report: Report) -> str:
    """The report as a typst document."""
    found = chinese_font()
    fonts = ", ".join(quoted(name) for name in ("Libertinus Serif", *([found[0]] if found else [])))
    draft = report.draft
    columns = max((len(table.heads) for table in report.tables), default=1)
    paper = '"a3"' if columns > WIDE else '"a4"'
    header = (
        f'align(center, text(fill: rgb("#b00020"), weight: "bold", size: 12pt)[#{quoted(draft)}])' if draft else "none"
    )
    parts = [
        f'#set document(title: {quoted(report.title)}, author: "abs_struct", date: none)',
        f"#set page(paper: {paper}, flipped: true, margin: (x: 1.5cm, top: 1.6cm, bottom: 1.6cm), header: {header}, "
        f"footer: context [#set text(size: 7pt, fill: gray)\n#{quoted(report.stamp)} #h(1fr) "
        '#counter(page).display("1 / 1", both: true)])',
        f'#set text(font: ({fonts},), size: 8.5pt, fill: rgb("#1f2933"), lang: {quoted(report.language)})',
        '#show heading: set text(fill: rgb("#16324f"))',
        '#set table(stroke: (x, y) => (bottom: 0.4pt + rgb("#d9d9d9")), inset: (x: 4pt, y: 3pt), '
        'fill: (x, y) => if y == 0 { rgb("#16324f") })',
        f'#text(size: 18pt, weight: "bold", fill: rgb("#16324f"))[#{quoted(report.title)}]',
        f"#{quoted(report.subtitle)}",
    ]
    parts += [section(table, report.language) for table in report.tables]
    parts.append(tied(report))
    if report.left_out:
        parts.append(f"#heading(level: 2)[#{quoted(WORDS['left out'][report.language])}]")
        parts += [f"- #{quoted(entry)}" for entry in report.left_out]
    return "\n\n".join(parts) + "\n"


def grid(heads: list[str], cells: list[str], widths: list[str], lefts: set[int], size: float) -> str:
    """A table whose head is repeated on every page."""
    aligned = ", ".join("left" if at in lefts else "right" for at in range(len(heads)))
    top = ", ".join(f'text(fill: white, weight: "bold")[#{quoted(head)}]' for head in heads)
    return (
        f"#text(size: {size}pt)[#table(columns: ({', '.join(widths)},), align: ({aligned},), table.header({top}), "
        f"{', '.join(cells)})]"
    )


def section(table: Table, language: str) -> str:
    """One section."""
    cited = any(row.cites for row in table.rows)
    heads = [WORDS["line"][language], WORDS["item"][language], *table.heads]
    widths = ["auto", "1fr", *["auto"] * len(table.heads)]
    if cited:
        heads.append(WORDS["from"][language])
        widths.append("0.7fr")
    cells = [cell for row in table.rows for cell in line(row, len(heads), cited, language)]
    size = 8.5 if len(table.heads) <= WIDE else 6.5
    lefts = {0, 1, len(heads) - 1} if cited else {0, 1}
    note = f"\n#text(size: 7.5pt, fill: gray)[#{quoted(table.note)}]" if table.note else ""
    return f"#heading(level: 2)[#{quoted(table.title)}]\n" + grid(heads, cells, widths, lefts, size) + note


def line(row: Row, columns: int, cited: bool, language: str) -> list[str]:
    """One row as cells."""
    if row.style == "group":
        return [f'table.cell(colspan: {columns}, fill: rgb("#e8eef4"), align: left)[*#{quoted(row.label)}*]']
    texts = [f"({row.number})" if row.number else "", row.label]
    texts += [say(cell.value, cell.kind, language) for cell in row.cells]
    if cited:
        texts.append(row.cites)
    strong = "*" if row.style == "total" else ""
    return [f"[{strong}#{quoted(text)}{strong}]" for text in texts]


def tied(report: Report) -> str:
    """The tie-outs with both sides."""
    words = {key: found[report.language] for key, found in WORDS.items()}
    heads = [words[key] for key in ("line", "item", "left", "right", "difference", "tolerance", "status")]
    cells = []
    for at, check in enumerate(report.tied, 1):
        status = words["passed" if check.passed else "failed"]
        texts = [f"T{at}", check.statement, f"{check.left:,.2f}", f"{check.right:,.2f}", f"{check.difference:.1e}",
                 f"{check.tolerance:.1e}"]  # fmt: skip
        cells += [f"[#{quoted(text)}]" for text in texts]
        cells.append(f"[#{quoted(status)}]" if check.passed else f'text(fill: rgb("#b00020"))[*#{quoted(status)}*]')
    widths = ["auto", "1fr", *["auto"] * 5]
    return f"#heading(level: 2)[#{quoted(words['tie-outs'])}]\n" + grid(heads, cells, widths, {0, 1}, 8.0)
