"""A report as one HTML file: no script, nothing loaded from anywhere, ready to print."""

from __future__ import annotations

from html import escape
from pathlib import Path

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.forms.printed import Report, Row, Table
from abs_struct.handoff.forms.words import WORDS, say

STYLE = """
body{font:13px/1.45 "Segoe UI","Helvetica Neue",Arial,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",
"WenQuanYi Micro Hei",sans-serif;color:#1f2933;margin:2rem auto;max-width:76rem;padding:0 1rem}
h1{color:#16324f;font-size:22px;margin:0}h2{color:#16324f;font-size:15px;margin:1.8rem 0 .4rem}
.lead,.note,footer{color:#5f6b76}.draft{background:#b00020;color:#fff;font-weight:700;padding:.5rem 1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{background:#16324f;color:#fff;text-align:right;vertical-align:bottom;padding:4px 8px;font-weight:600}
th.w,td.w{text-align:left}td{text-align:right;border-bottom:1px solid #d9d9d9;padding:3px 8px;white-space:nowrap}
td.w{white-space:normal}td.n,th.n{width:3rem;text-align:left;color:#5f6b76}th.n{color:#fff}td.c{color:#5f6b76;text-align:left}
tr.total td{font-weight:700;border-top:1px solid #767676}tr.group td{background:#e8eef4;color:#16324f;font-weight:700;
text-align:left}.bad{color:#b00020;font-weight:700}
@media print{body{margin:0;font-size:9px}thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}}
""".strip()


def clean(text: object) -> str:
    """Text as it may stand between tags."""
    return escape(plain_text(text))


def write(report: Report, file: Path) -> None:
    """The whole report."""
    file.write_text(page(report), encoding="utf-8", newline="\n")


def page(report: Report) -> str:
    """The text of the page."""
    language = "zh-CN" if report.language == "zh" else "en"
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{clean(report.title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>",
    ]
    if report.draft:
        parts.append(f'<p class="draft">{clean(report.draft)}</p>')
    parts.append(f'<h1>{clean(report.title)}</h1>\n<p class="lead">{clean(report.subtitle)}</p>')
    parts += [section(table, report.language) for table in report.tables]
    parts.append(tied(report))
    if report.left_out:
        items = "\n".join(f"<li>{clean(entry)}</li>" for entry in report.left_out)
        parts.append(f"<h2>{WORDS['left out'][report.language]}</h2>\n<ul>{items}</ul>")
    parts.append(f"<footer>{clean(report.stamp)}</footer>\n</body>\n</html>\n")
    return "\n".join(parts)


def section(table: Table, language: str) -> str:
    """One table."""
    cited = any(row.cites for row in table.rows)
    heads = "".join(f"<th>{clean(head)}</th>" for head in table.heads)
    how = f'<th class="w">{WORDS["from"][language]}</th>' if cited else ""
    lines = [
        f"<h2>{clean(table.title)}</h2>",
        f'<div class="scroll"><table><thead><tr><th class="n">{WORDS["line"][language]}</th>'
        f'<th class="w">{WORDS["item"][language]}</th>{heads}{how}</tr></thead><tbody>',
        *(line(row, len(table.heads), cited, language) for row in table.rows),
        "</tbody></table></div>",
    ]
    if table.note:
        lines.append(f'<p class="note">{clean(table.note)}</p>')
    return "\n".join(lines)


def line(row: Row, columns: int, cited: bool, language: str) -> str:
    """One row."""
    if row.style == "group":
        return f'<tr class="group"><td colspan="{columns + 2 + cited}">{clean(row.label)}</td></tr>'
    cells = "".join(f"<td>{clean(say(cell.value, cell.kind, language))}</td>" for cell in row.cells)
    number = f"({row.number})" if row.number else ""
    how = f'<td class="c">{clean(row.cites)}</td>' if cited else ""
    name = ' class="total"' if row.style == "total" else ""
    return f'<tr{name}><td class="n">{number}</td><td class="w">{clean(row.label)}</td>{cells}{how}</tr>'


def tied(report: Report) -> str:
    """The tie-outs, both sides printed."""
    words = {key: found[report.language] for key, found in WORDS.items()}
    heads = "".join(f"<th>{words[key]}</th>" for key in ("left", "right", "difference", "tolerance", "status"))
    rows = []
    for at, check in enumerate(report.tied, 1):
        status = words["passed"] if check.passed else f'<span class="bad">{words["failed"]}</span>'
        rows.append(
            f'<tr><td class="n">T{at}</td><td class="w">{clean(check.statement)}</td><td>{check.left:,.2f}</td>'
            f"<td>{check.right:,.2f}</td><td>{check.difference:.2e}</td><td>{check.tolerance:.2e}</td><td>{status}</td></tr>"
        )
    return (
        f'<h2>{words["tie-outs"]}</h2>\n<div class="scroll"><table><thead><tr><th class="n">{words["line"]}</th>'
        f'<th class="w">{words["item"]}</th>{heads}</tr></thead><tbody>\n'
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )
