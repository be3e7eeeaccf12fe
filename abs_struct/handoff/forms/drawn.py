"""A report as PDF drawn by matplotlib, where typst is not installed: plainer, the same figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.forms.fonts import chinese_font
from abs_struct.handoff.forms.printed import Report, Row
from abs_struct.handoff.forms.words import WORDS, say
from abs_struct.handoff.workbook.styles import BAND, GREY, HAIRLINE, INK, NAVY, RED

PAGE = (11.69, 8.27)  # inches, A4 across
LEFT, RIGHT, TOP, BOTTOM = 0.04, 0.96, 0.93, 0.06
STEP = 0.0225
NOTE = "set by matplotlib, because the extra `pdf` (typst) is not installed; its pages are plainer"
Cells = list[str]


class Pages:
    """Pages on their way: where the next line stands, and what is repeated."""

    def __init__(self, report: Report, book: Any) -> None:
        self.report, self.book, self.number = report, book, 0
        self.figure: Any = None
        self.y = 0.0

    def turn(self) -> None:
        """A new page, with the stamp."""
        from matplotlib.figure import Figure

        self.close()
        self.number += 1
        self.figure = Figure(figsize=PAGE)
        self.y = TOP
        self.figure.text(LEFT, 0.025, plain_text(f"{self.report.stamp}   {self.number}"), fontsize=6, color=GREY)
        if self.report.draft:
            self.figure.text(0.5, 0.965, self.report.draft, fontsize=12, color=RED, weight="bold", ha="center")

    def close(self) -> None:
        """Keep the page."""
        if self.figure is not None:
            self.book.savefig(self.figure)

    def room(self, lines: int) -> bool:
        """Whether so many lines fit below."""
        return self.figure is not None and self.y - lines * STEP > BOTTOM

    def text(self, x: float, text: str, **look: Any) -> None:
        """A text on the line; Chinese fonts mostly have one weight."""
        if self.report.language == "zh":
            look.pop("weight", None)
        self.figure.text(x, self.y, plain_text(text), va="baseline", **({"fontsize": 7.0, "color": INK} | look))

    def shade(self, colour: str) -> None:
        """A band behind the line."""
        from matplotlib.patches import Rectangle

        self.figure.add_artist(
            Rectangle(
                (LEFT, self.y - 0.006), RIGHT - LEFT, STEP, transform=self.figure.transFigure, color=colour, zorder=0
            )
        )

    def rule(self) -> None:
        """A hairline below the line."""
        from matplotlib.lines import Line2D

        height = self.y - 0.007
        self.figure.add_artist(Line2D([LEFT, RIGHT], [height, height], color=HAIRLINE, linewidth=0.5))


def width(text: str) -> float:
    """How wide a text is, in letters; a Chinese sign counts as two."""
    return sum(1.75 if east_asian_width(sign) in "WF" else 1.0 for sign in text)


def cut(text: str, room: float) -> str:
    """A text that fits, its end left out where it does not."""
    if width(text) <= room:
        return text
    kept = ""
    for sign in text:
        if width(kept + sign) > room - 2:
            break
        kept += sign
    return f"{kept}..."


def broken(text: str, room: float) -> list[str]:
    """A heading in as many lines as it needs, broken between words.

    >>> broken("(a) Beginning balance", 14)
    ['(a) Beginning', 'balance']
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def write(report: Report, file: Path) -> list[str]:
    """The whole report; wide tables are cut into parts that fit a page. Gives what the reader should know."""
    import logging

    import matplotlib
    from matplotlib.backends.backend_pdf import PdfPages

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a font with one weight serves as bold, too

    found = chinese_font()
    settings: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
    settings |= {"font.family": ["DejaVu Sans", *([found[0]] if found else [])], "pdf.fonttype": 42,
                 "text.parse_math": False}  # fmt: skip
    data = {"Title": report.title, "Creator": "abs_struct", "CreationDate": None, "ModDate": None}
    with matplotlib.rc_context(settings), PdfPages(file, metadata=data) as book:
        pages = Pages(report, book)
        pages.turn()
        pages.text(LEFT, report.title, fontsize=15, color=NAVY, weight="bold")
        pages.y -= STEP * 1.2
        pages.text(LEFT, report.subtitle, color=GREY)
        pages.y -= STEP
        words = {key: said[report.language] for key, said in WORDS.items()}
        for table in report.tables:
            cited = any(row.cites for row in table.rows)
            count = len(table.heads)
            for first in range(0, count, 7):
                part = range(first, min(first + 7, count))
                heads = [table.heads[at] for at in part]
                rows = [(row.style, cells_of(row, part, cited, report.language)) for row in table.rows]
                laid(pages, table.title, [words["line"], words["item"], *heads], rows, cited, words["from"])
            if table.note:
                pages.text(LEFT, cut(table.note, 190), color=GREY, fontsize=6.0)
                pages.y -= STEP
        heads = [words[key] for key in ("line", "item", "left", "right", "difference", "tolerance", "status")]
        tied = [
            ("line", [f"T{at}", check.statement, f"{check.left:,.2f}", f"{check.right:,.2f}", f"{check.difference:.1e}",
                      f"{check.tolerance:.1e}", words["passed" if check.passed else "failed"]])
            for at, check in enumerate(report.tied, 1)
        ]  # fmt: skip
        laid(pages, words["tie-outs"], heads, tied, False, "")
        if report.left_out:
            laid(pages, words["left out"], ["", ""], [("line", ["", entry]) for entry in report.left_out], False, "")
        pages.close()
    return [NOTE]


def cells_of(row: Row, part: range, cited: bool, language: str) -> Cells:
    """The texts of a row."""
    if row.style == "group":
        return [row.label]
    figures = [say(row.cells[at].value, row.cells[at].kind, language) for at in part]
    number = f"({row.number})" if row.number else ""
    return [number, row.label, *figures, *([row.cites] if cited else [])]


def laid(pages: Pages, title: str, heads: list[str], rows: list[tuple[str, Cells]], cited: bool, how: str) -> None:
    """A table; its head is repeated on every page."""
    figures = len(heads) - 2
    step = min(0.115, 0.52 / max(figures, 1))
    end = RIGHT - (0.22 if cited else 0.0)
    begin = end - step * figures
    letters = (begin - LEFT - 0.04) * 200
    fresh = True
    for at, (style, cells) in enumerate(rows):
        if fresh or not pages.room(1):
            if not fresh or not pages.room(5):
                pages.turn()
            pages.y -= STEP * 0.7
            pages.text(LEFT, title if at == 0 else f"{title} (...)", fontsize=9, color=NAVY, weight="bold")
            pages.y -= STEP * 1.1
            split = [broken(head, step * 190) for head in heads[2:]]
            for depth in range(max(map(len, split), default=1) - 1, 0, -1):
                pages.shade(NAVY)
                for n, parts in enumerate(split, 1):
                    if len(parts) > depth:
                        text = parts[len(parts) - 1 - depth]
                        pages.text(begin + step * n - 0.003, text, color="white", ha="right", fontsize=6.5)
                pages.y -= STEP
            pages.shade(NAVY)
            pages.text(LEFT + 0.003, heads[0], color="white")
            pages.text(LEFT + 0.04, heads[1], color="white")
            for n, parts in enumerate(split, 1):
                text = cut(parts[-1], step * 190)
                pages.text(begin + step * n - 0.003, text, color="white", ha="right", fontsize=6.5)
            if cited:
                pages.text(end + 0.01, how, color="white")
            pages.y -= STEP
            fresh = False
        if style == "group":
            pages.shade(BAND)
            pages.text(LEFT + 0.003, cells[0], color=NAVY, weight="bold")
        else:
            weight = "bold" if style == "total" else "normal"
            pages.text(LEFT + 0.003, cells[0], color=GREY)
            pages.text(LEFT + 0.04, cut(cells[1], letters if figures else 190), weight=weight)
            for n, text in enumerate(cells[2 : 2 + figures], 1):
                pages.text(begin + step * n - 0.003, cut(text, step * 190), ha="right", weight=weight)
            if cited:
                pages.text(end + 0.01, cut(cells[-1], 42), color=GREY, fontsize=6.0)
            pages.rule()
        pages.y -= STEP
