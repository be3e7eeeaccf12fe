"""What is read as plain YAML is what a whole reader gives, and the rest is left to that reader."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest
from ruamel.yaml import YAML

from abs_struct.core.findings import DealError
from abs_struct.core.plain_yaml import read_plain
from abs_struct.deal.load import Document, composed

ROOT = Path(__file__).parents[2]
FILES = [
    *ROOT.glob("deals/*.yaml"),
    *ROOT.glob("abs_struct/tape/layouts/*.yaml"),
    *ROOT.glob("abs_struct/cli/starter/*"),
]
BLOCKS = [
    block
    for document in (ROOT / "README.md", *ROOT.glob("deals/*.md"))
    for block in re.findall(r"```yaml\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
]
SIGNS = " \n:,-#'\"[]{}()%.|>&*!?@`~=<+_0123456789aetn/\\"


def whole(text: str) -> tuple[object, object] | None:
    """Tree and lines as the whole reader gives them; None for a mistake."""
    try:
        return composed(text, Document("deal.yaml", "", {}))
    except DealError:
        return None


@pytest.mark.parametrize(
    "text", [*(file.read_text("utf-8") for file in FILES if file.suffix in {".yaml", ".txt"}), *BLOCKS]
)
def test_documents_read_alike(text: str) -> None:
    """Every deal, layout and example is the same by both roads, value by value and line by line."""
    plain = read_plain(text)
    assert plain is None or repr(plain) == repr(whole(text))


def test_the_deal_of_the_quick_start_is_plain() -> None:
    """The quick road is the one that is taken."""
    assert read_plain((ROOT / "deals" / "mpl_2027_1.yaml").read_text("utf-8")) is not None
    assert read_plain((ROOT / "abs_struct" / "tape" / "layouts" / "abs_struct.yaml").read_text("utf-8")) is not None


def mutated(random: Random, text: str) -> str:
    """A piece of a document with a few signs put in, taken out or shifted."""
    lines = text.split("\n")
    first = random.randrange(len(lines))
    piece = dedent("\n".join(lines[first : first + random.randint(1, 12)]))
    for _ in range(random.randint(0, 3)):
        at = random.randrange(len(piece) + 1)
        what = random.random()
        if what < 0.5:
            piece = piece[:at] + random.choice(SIGNS) + piece[at:]
        elif what < 0.8:
            piece = piece[:at] + piece[at + 1 :]
        else:
            piece = re.sub(r"(?m)^", lambda found: " " * random.choice([0, 0, 0, 1, 2]), piece)
    return piece


@pytest.mark.parametrize("seed", range(4))
def test_mutations_read_alike(seed: int) -> None:
    """Whatever a slip of the hand makes of a document, the quick road never gives another reading."""
    random = Random(seed)
    texts = [file.read_text("utf-8") for file in FILES if file.suffix in {".yaml", ".txt"}] + BLOCKS
    plain = 0
    for _ in range(600):
        text = mutated(random, random.choice(texts))
        found = read_plain(text)
        if found is not None:
            plain += 1
            assert repr(found) == repr(whole(text)), text
    assert plain > 60


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1", "a: *x", "a: !!str 1", "a: |\n  text", "a: 1\na: 2", "a:", "a: b: c", "a: [1,2]", "a: {b}", "{a: 1}",
        "- a", "a: one\n  two", "a: >-\n  one\n\n  two", "a: 0x1F", "a: 1e5", "a: 007", "a: .5", "a: 2027-02-30",
        "a: null", "a: ~", "true: 1", "a: 'it''s'", 'a: "\\n"', "a:\tb", "a: Ünder", "--- \na: 1", "%YAML 1.1\n", "",
        "a: @b", "a: 2027-01-20 10:00:00", "a: b:", "a: {b: 1,}", "a: [1, 2]]",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    """Anchors, tags, long texts, rare numbers and every mistake are the whole reader's."""
    assert read_plain(text) is None


def test_scalars_of_a_plain_text() -> None:
    """Truth, numbers, dates and texts are those of YAML 1.2."""
    text = (
        "a: {b: true, c: -3, d: 0.25, e: 240_000, f: 2027-01-20, g: 5.00%, h: 30/360}\n"
        "i:  # a list\n- 'x # y'\n- min(a, b) * 2.00% of pool  # amount\n- k: 1 month\n  7: yes\n"
        "l: >-\n  one\n  # two\n"
    )
    plain = read_plain(text)
    assert plain is not None
    assert plain[0] == {
        "a": {"b": True, "c": -3, "d": 0.25, "e": 240000, "f": date(2027, 1, 20), "g": "5.00%", "h": "30/360"},
        "i": ["x # y", "min(a, b) * 2.00% of pool", {"k": "1 month", 7: "yes"}],
        "l": "one # two",
    }
    assert plain[0] == YAML(typ="safe", pure=True).load(text)
    assert plain[1][("i", 2, 7)] == 6
