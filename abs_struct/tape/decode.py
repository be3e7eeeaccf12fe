"""Text files as they come: their encoding, the sign between cells, a last record that is cut off, records of XML."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from abs_struct.core.findings import TapeError

SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SAMPLE_LINES = 60
LONGEST = 1_000_000  # characters in one cell


def text_of(path: str | Path, raw: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding: UTF-8 with or without a mark, UTF-16, or the Chinese GBK.

    Raises
    ------
    TapeError : it is none of them
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return decoded(path, raw, "utf-16"), "UTF-16"
    sample = raw[:2000]
    if sample[1::2].count(0) > len(sample) // 3:
        return decoded(path, raw, "utf-16-le"), "UTF-16"
    if sample[::2].count(0) > len(sample) // 3:
        return decoded(path, raw, "utf-16-be"), "UTF-16"
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        if is_chinese(raw):
            return decoded(path, raw, "gb18030"), "GBK"
        line = raw.count(b"\n", 0, error.start) + 1
    raise TapeError(f"{path} row {line:,}: is not UTF-8 text; save the tape as CSV UTF-8")


def decoded(path: str | Path, raw: bytes, encoding: str) -> str:
    """Bytes in a known encoding; a last character that is cut off is left out with its line's end.

    Raises
    ------
    TapeError : the bytes are not in this encoding after all
    """
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start >= len(raw) - 4:
            return raw[: error.start].decode(encoding)
        line = raw.count(b"\n", 0, error.start) + 1
        raise TapeError(f"{path} row {line:,}: is not {encoding} text; save the tape as CSV UTF-8") from None


def is_chinese(raw: bytes) -> bool:
    """Whether bytes that are not UTF-8 are GBK: its characters are pairs above 0xA0, which Western texts hardly have.

    >>> is_chinese("借据号,余额".encode("gbk")), is_chinese("Société,Générale".encode("latin-1"))
    (True, False)
    """
    pairs = single = i = 0
    part = raw[:200_000]
    while i < len(part):
        if part[i] < 0x80:
            i += 1
        elif i + 1 < len(part) and part[i] >= 0xA1 and part[i + 1] >= 0xA1:
            pairs, i = pairs + 1, i + 2
        else:
            single, i = single + 1, i + 1
    return pairs > 0 and pairs > 20 * single


def sign_between(text: str) -> str:
    r"""The sign that divides the cells: the one that stands equally often in most lines, outside of quotes.

    >>> sign_between("id;rate\n1;0,5\n2;0,7\n"), sign_between('id,name\n1,"a;b"\n')
    (';', ',')
    """
    lines = [line for line in text[:200_000].split("\n", SAMPLE_LINES)[:SAMPLE_LINES] if line.strip()]
    best, found = (0, 0), ","
    for sign in SIGNS:
        counts = Counter(n for n in (outside(line, sign) for line in lines) if n)
        if counts:
            often = max(counts.items(), key=lambda item: (item[1], item[0]))
            if (often[1], often[0]) > best:
                best, found = (often[1], often[0]), sign
    return found


def outside(line: str, sign: str) -> int:
    """How often a sign stands in a line outside of double quotes."""
    return sum(part.count(sign) for part in line.split('"')[::2])


def rows_of(path: str | Path, text: str, sign: str) -> tuple[list[list[str]], Sequence[int], str]:
    """The rows of a text, the line on which each begins, and a note where the last record is cut off within quotes.

    Raises
    ------
    TapeError : quotes that never close, and not in the last line only
    """
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign)
    cells: list[list[str]] = []
    numbers: list[int] = []
    begin, note = 1, ""
    try:
        for row in reader:
            if row:
                cells.append(row)
                numbers.append(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        rest = text.rstrip("\r\n")
        last = rest[max(rest.rfind("\n"), rest.rfind("\r")) + 1 :]
        lines = len(text.splitlines())
        if "unexpected end" not in str(error) or begin < lines:
            raise TapeError(
                f"{path} row {reader.line_num:,}: is not {SIGNS[sign].removesuffix('s')}-separated text ({error})"
            ) from None
        cells.append([cell.strip('"') for cell in last.split(sign)])
        numbers.append(begin)
        note = f"row {begin:,}: the last record is cut off within quotes"
    return cells, numbers, note


def records_of_xml(path: str | Path, raw: bytes) -> tuple[list[list[str]], Sequence[int]]:
    """The records of an XML file as rows, under a header of the names of their elements; record 1 is row 2.

    Records are the elements that repeat below the root, such as `assets` in the asset data of Form ABS-EE.

    Raises
    ------
    TapeError : not XML, no record in it, or a document type, which could name other files
    """
    from xml.etree import ElementTree

    if b"<!DOCTYPE" in raw[:4000] or b"<!ENTITY" in raw:
        raise TapeError(f"{path}: declares a document type; a tape needs none, remove it")
    try:
        node = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise TapeError(f"{path} row {error.position[0]:,}: is not whole XML ({error}); is the file cut off?") from None
    while len(node) == 1 and any(len(child) for child in node[0]):
        node = node[0]
    kinds = Counter(child.tag for child in node if len(child))
    if not kinds:
        raise TapeError(f"{path}: holds no records; each loan is one element with its fields in it")
    tag = kinds.most_common(1)[0][0]
    names: dict[str, int] = {}
    rows: list[dict[int, str]] = []
    for record in node:
        if record.tag == tag:
            row: dict[int, str] = {}
            for leaf in record.iter():
                if not len(leaf):
                    at = names.setdefault(leaf.tag.rpartition("}")[2], len(names))
                    row.setdefault(at, (leaf.text or "").strip())
            rows.append(row)
    cells = [list(names), *([row.get(i, "") for i in range(len(names))] for row in rows)]
    return cells, range(1, len(cells) + 1)
