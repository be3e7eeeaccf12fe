"""Deal files that nobody would write on purpose: each is refused with one sentence, and none is half read."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import AbsStructError

CASES = {
    "a merge key": (TERMS.replace("  A: {balance", "  A: {<<: {}, balance"), WATERFALL, "merge keys (<<) are not read"),
    "tabs": (TERMS.replace("  B: {balance", "\tB: {balance"), WATERFALL, "not with tabs"),
    "a character of control": (TERMS.replace("Small", "Sm\x01all"), WATERFALL, "U+0001"),
    "no clauses": (TERMS, "waterfall: {}\n", "at least one section"),
    "an empty section": (TERMS, "waterfall: {whole: []}\n", "write at least one"),
    "a currency in small letters": (TERMS.replace("USD", "usd"), WATERFALL, "code of three capitals"),
    "a division by nothing": (TERMS.replace("/ pool.initial_balance", "/ 0"), WATERFALL, "divides by 0"),
    "a number beyond money": (TERMS.replace("plus: 6_000", "plus: 1e400"), WATERFALL, "too large for an amount"),
    "a note named twice in a clause": (TERMS, WATERFALL.replace("[A, B]", "[A, A]"), "stands twice in one clause"),
    "a price of one": (
        TERMS + "call: {when: pool.balance <= 10% of pool, price: 1, exercised: true}\n",
        WATERFALL,
        "par is 100",
    ),
    "a file that is nested without end": (TERMS + "description: " + "[" * 4000 + "\n", WATERFALL, "nested more than"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    """The file is refused, the sentence says what was found, and nothing else escapes."""
    terms, waterfall, words = CASES[name]
    with pytest.raises(AbsStructError) as error:
        _ = small(tmp_path, terms, waterfall).program
    assert words in str(error.value)
