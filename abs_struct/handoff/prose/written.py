"""Clauses as Markdown, as a page of HTML, and as a Word document."""

from __future__ import annotations

from html import escape
from io import BytesIO
from pathlib import Path

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.core.whole import whole
from abs_struct.handoff.files import plain_text
from abs_struct.handoff.prose.articles import Clauses

FORMATS = ("md", "html", "docx")
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 Georgia, "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", serif; max-width: 46rem;
  margin: 3rem auto; padding: 0 1.25rem; color: #1f2933; background: #fff; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; color: #12355b; }
p { margin: .45rem 0; } .number { display: inline-block; min-width: 2.6rem; text-indent: 0; color: #5f6b76; }
.d0 { padding-left: 2.6rem; text-indent: -2.6rem; } .d1 { padding-left: 5.2rem; text-indent: -2.6rem; }
.d2 { padding-left: 7.8rem; text-indent: -2.6rem; } .sub, footer { color: #5f6b76; }
@media (prefers-color-scheme: dark) { body { color: #dde3ea; background: #15191e; } h2 { color: #9cc3e6; } }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } p { break-inside: avoid; } }
"""


def markdown(clauses: Clauses) -> str:
    """The clauses as Markdown."""
    stop = "：" if clauses.language == "zh" else "."
    lines = [f"# {clauses.title}", "", clauses.subtitle, ""]
    for number, article, paragraphs in clauses.numbered():
        lines += [f"## {number}. {article.heading}", ""]
        for mark, depth, one in paragraphs:
            heading = f"**{one.heading}{stop}** " if one.heading else ""
            lines.append(
                f"{'    ' * depth}{mark} {heading}{one.text}  "
                if depth == 0
                else f"{'    ' * depth}- {mark} {heading}{one.text}"
            )
            if depth == 0:
                lines.append("")
        lines.append("")
    text = "\n".join([*lines, *(f"*{note}*" for note in clauses.notes)])
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"


def html(clauses: Clauses) -> str:
    """The clauses as one page that needs nothing else."""
    stop = "：" if clauses.language == "zh" else "."
    parts = [f"<h1>{escape(clauses.title)}</h1>", f'<p class="sub">{escape(clauses.subtitle)}</p>']
    for number, article, paragraphs in clauses.numbered():
        parts.append(f"<section><h2>{number}. {escape(article.heading)}</h2>")
        for mark, depth, one in paragraphs:
            heading = f"<strong>{escape(one.heading)}{stop}</strong> " if one.heading else ""
            parts.append(f'<p class="d{depth}"><span class="number">{mark}</span>{heading}{escape(one.text)}</p>')
        parts.append("</section>")
    footer = "".join(f"<p>{escape(note)}</p>" for note in clauses.notes)
    language = "zh-CN" if clauses.language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(clauses.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts)
        + f"\n<footer>{footer}</footer>\n</body>\n</html>\n"
    )  # fmt: skip


def docx(clauses: Clauses, draft: Path) -> None:
    """The clauses as a Word document.

    Raises
    ------
    UsageError : python-docx is not there
    """
    try:
        from docx import Document
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt, RGBColor
    except ImportError:
        raise UsageError("--format docx needs python-docx: pip install 'abs-struct[docx]'") from None
    from datetime import datetime

    document, stop = Document(), "：" if clauses.language == "zh" else "."
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    for level in (0, 1):
        style = document.styles["Title" if level == 0 else "Heading 1"]
        style.font.color.rgb = RGBColor(0x12, 0x35, 0x5B)
        style.font.name = "Calibri"
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimHei")
    document.add_heading(plain_text(clauses.title), 0)
    document.add_paragraph(plain_text(clauses.subtitle))
    for number, article, paragraphs in clauses.numbered():
        document.add_heading(plain_text(f"{number}. {article.heading}"), 1)
        for mark, depth, one in paragraphs:
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(1.2 * (depth + 1))
            paragraph.paragraph_format.first_line_indent = Cm(-1.2)
            paragraph.paragraph_format.space_after = Pt(4)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.2 * (depth + 1)))
            paragraph.add_run(f"{mark}\t")
            if one.heading:
                paragraph.add_run(plain_text(f"{one.heading}{stop} ")).bold = True
            paragraph.add_run(plain_text(one.text))
    for note in clauses.notes:
        document.add_paragraph().add_run(plain_text(note)).italic = True
    properties = document.core_properties
    properties.author = properties.last_modified_by = "abs_struct"
    properties.title, properties.comments = plain_text(clauses.title), ""
    properties.created = properties.modified = datetime(2020, 1, 1)
    archive = BytesIO()
    document.save(archive)
    draft.write_bytes(undated(archive))


def undated(file: BytesIO) -> bytes:
    """An archive again with one date in all its parts, so that the same clauses give the same bytes."""
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    with ZipFile(file) as archive:
        parts = [(name, archive.read(name)) for name in sorted(archive.namelist())]
    again = BytesIO()
    with ZipFile(again, "w", ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return again.getvalue()


def write_clauses(clauses: Clauses, path: str | Path, form: str) -> Path:
    """Write the clauses, whole or not at all.

    Raises
    ------
    UsageError : no such format, nothing can be written there, or python-docx is not there
    """
    if form not in FORMATS:
        raise UsageError(f"--format {form}: clauses are written as {listed(FORMATS)}{nearest(form, FORMATS)}")
    file = Path(path)
    with whole(file) as draft:
        if form == "docx":
            docx(clauses, draft)
        else:
            draft.write_text(markdown(clauses) if form == "md" else html(clauses), "utf-8")
    return file
