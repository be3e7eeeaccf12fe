"""A layout proposed for an unknown header: by the names of its columns, their synonyms, and the shapes of values."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from abs_struct.core.findings import TapeError
from abs_struct.tape.cells import TERM
from abs_struct.tape.days import detected, reads
from abs_struct.tape.days import in_notation as day_of
from abs_struct.tape.layout import FIELDS, NECESSARY, TITLE_ROWS, load_layout, read_yaml
from abs_struct.tape.readers import Table, read_lines
from abs_struct.tape.tape import Ambiguous
from abs_struct.tape.written import standard

SYNONYMS = Path(__file__).parent / "words" / "fields.yaml"
SAMPLE = 500  # rows
LIKELY = 0.76  # of 1; a column below it is left to the user
KINDS = {
    **FIELDS, "state": "text", "region": "text", "grade": "text", "product": "text", "purpose": "text",
    "borrower_id": "text", "originator": "text", "origination_date": "date", "maturity_date": "date",
    "next_payment_date": "date", "cutoff_date": "date", "instalment": "number",
}  # fmt: skip
PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*")


@dataclass(frozen=True)
class Proposal:
    """A field and the column that may hold it, how well they fit (of 1), and the first filled cell of the column."""

    field: str
    column: str
    score: float
    example: str
    options: str


def spread(name: str) -> str:
    """A column's name as words.

    >>> spread("LoanOriginalAmount"), spread("OUT-PRNCP"), spread("贷款余额（元）")
    ('loan original amount', 'out prncp', '贷款余额')
    """
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"\([^)]*\)\s*$", "", text)
    return re.sub(r"[\s_\-./]+", " ", text).strip().lower()


def likeness(name: str, synonym: str) -> float:
    """How much a column's name is like a synonym, of 1."""
    if name == synonym:
        return 1.0
    ours, theirs = set(synonym.split()), set(name.split())
    shared = len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0
    inside = 0.85 if not name.isascii() and len(synonym) > 1 and (synonym in name or name in synonym) else 0.0
    return max(shared, inside, 0.95 * difflib.SequenceMatcher(None, name, synonym).ratio())


def number_of(cell: str) -> float | None:
    """A cell as a number, whatever its notation, or None."""
    for sign in (".", ","):
        bare = standard(cell, sign).removesuffix("%")
        try:
            return float(bare)
        except ValueError:
            continue
    return None


def fits(kind: str, cells: Sequence[str]) -> float:
    """How many of the filled cells of a column have the shape of a kind, of 1; a column without any fits nothing."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return 0.0
    if kind == "id":
        return len(set(filled)) / len(cells)
    if kind == "date":
        return share_of_dates(filled)
    if kind in ("text", "status", "repayment", "currency"):
        return 1.0 if kind != "currency" else sum(len(cell) == 3 and cell.isalpha() for cell in filled) / len(filled)
    if kind == "months":
        good = sum(bool(TERM.fullmatch(c)) or ((n := number_of(c)) is not None and 0 <= n <= 600) for c in filled)
        return good / len(filled)
    numbers = [number_of(cell) for cell in filled]
    known = [number for number in numbers if number is not None]
    if kind == "rate":
        known = [number for number in known if 0.0 <= number < 100.0]
    if kind == "score":
        known = [number for number in known if 250 <= number <= 900]
    if kind == "count":
        known = [number for number in known if number % 1 == 0]
    return len(known) / len(filled)


def share_of_dates(filled: Sequence[str]) -> float:
    """How many cells are dates in one of the known notations, of 1; whether day or month comes first is open here."""
    try:
        notations = detected(filled)
    except Ambiguous:
        notations = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%m.%d.%Y")
    if set(notations) <= {"excel", "%y%m%d"} and not all(day_of(cell, notations[0]) for cell in filled if notations):
        return 0.0
    return sum(reads(cell, notations) is not None for cell in filled) / len(filled)


def header_of(path: str | Path) -> Table:
    """The table below the likeliest header: the row, of the first, with the most different words in it."""
    lines = read_lines(path)
    rows = lines.cells[:TITLE_ROWS]
    at = max(range(len(rows)), key=lambda i: (len({cell.strip() for cell in rows[i] if cell.strip()}), -i))
    return lines.table(at)


def propose(table: Table) -> list[Proposal]:
    """The fields of a table that are likely, the best first; each field and each column once."""
    known = {field: [spread(word) for word in words] for field, words in read_yaml(SYNONYMS, "list of words").items()}
    samples = [list(table.columns[i][:SAMPLE]) for i in range(len(table.header))]
    candidates = []
    for i, heading in enumerate(table.header):
        name = spread(heading)
        for field, synonyms in known.items():
            like = max(likeness(name, synonym) for synonym in synonyms) if name else 0.0
            if like >= LIKELY and (fit := fits(KINDS[field], samples[i])) > 0.5:
                candidates.append((like * (0.5 + 0.5 * fit), field, i))
    fields: set[str] = set()
    columns: set[int] = set()
    found = []
    for score, field, i in sorted(candidates, key=lambda item: (-item[0], item[2])):
        if score >= LIKELY and field not in fields and i not in columns:
            fields.add(field)
            columns.add(i)
            example = next((cell.strip() for cell in samples[i] if cell.strip()), "")
            found.append(
                Proposal(field, table.header[i], score, example, options(KINDS[field], table.header[i], samples[i]))
            )
    return found


def options(kind: str, heading: str, cells: Sequence[str]) -> str:
    """What a layout says beside the kind: the unit of rates and terms, the notation of dates."""
    if kind == "rate":
        return ", unit: detect"
    if kind == "months" and re.search(r"year|jahr|ann[ée]e|年", heading, re.IGNORECASE):
        return ", unit: years"
    if kind == "date":
        try:
            notations = detected(list(cells))
        except Ambiguous:
            notations = ("detect",)
        words = ["iso" if word == "%Y-%m-%d" else word for word in notations] or ["detect"]
        return f", format: [{', '.join(word if word.isalpha() else quoted(word) for word in words)}]"
    return ""


def quoted(word: str) -> str:
    """A word as YAML writes it, in quotes where it has to be."""
    return word if PLAIN_WORD.fullmatch(word) else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_layout(path: str | Path, table: Table, found: Sequence[Proposal]) -> str:
    """The layout file of a proposal: what was found with an example, what lacks, and the columns that are left."""
    name = re.sub(r"\W+", "_", Path(path).name.split(".")[0]).strip("_").lower() or "mine"
    lines = [
        f"# A layout proposed for {Path(path).name}. Look at every line: is it the right column, the right unit?",
        "# Then try",
        f"#   abs-struct tape check {Path(path).name} --layout THIS_FILE",
        "# Units: fraction, percent or detect for a rate, months or years for a term. Formats of dates: iso, excel,",
        "# quarter, detect, or patterns such as %d/%m/%Y. abs_struct/tape/layouts/README.md says more.",
        f"name: {quoted(name)}",
        f"title: {quoted(f'Proposed for {Path(path).name}')}",
        'currency: ""  # ISO code, such as EUR, where no column says it',
        "others: keep",
        "columns:",
    ]
    order = list(KINDS)
    for proposal in sorted(found, key=lambda p: (p.field not in NECESSARY, order.index(p.field))):
        need = ", required: true" if proposal.field in NECESSARY else ""
        kind = f"kind: {KINDS[proposal.field]}{proposal.options}{need}"
        line = f"  {proposal.field}: {{from: [{quoted(proposal.column)}], {kind}}}"
        sure = "" if proposal.score > 0.9 else " likely, look at it;"
        lines.append(f"{line}  #{sure} such as {proposal.example[:30]!r}")
    lacking = [field for field in NECESSARY if field not in {p.field for p in found}]
    for field in lacking:
        lines.append(
            f"  # {field}: {{from: [NAME OF ITS COLUMN], kind: {KINDS[field]}, required: true}}  # needed, not found"
        )
    if lacking == ["balance"]:
        lines.insert(lines.index("columns:"), "# not_given: [balance]  # where the tape has none")
    used = {proposal.column for proposal in found}
    left = [heading for heading in table.header if heading and heading not in used]
    if left:
        lines.append("# columns that are left; with `others: keep` they stay under their own names:")
        lines += [f"#   {heading}" for heading in left]
    return "\n".join([*lines, "constants:", "  repayment: level_pay", ""])


def write_layout(path: str | Path, out: str | Path) -> tuple[list[Proposal], list[str]]:
    """Propose a layout for a tape and write it; gives what was found, and the necessary fields that were not.

    Raises
    ------
    TapeError : the tape cannot be read, the file is there already, or cannot be written
    """
    table = header_of(path)
    found = propose(table)
    file = Path(out)
    if file.exists():
        raise TapeError(f"{out}: is there already, and may hold your own work; name another file with --out")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(as_layout(path, table, found), "utf-8")
    except OSError as error:
        raise TapeError(f"{out}: cannot be written ({error.strerror})") from None
    lacking = [field for field in NECESSARY if field not in {p.field for p in found}]
    if not lacking:
        load_layout(file)
    return found, lacking
