"""The document of the deal language is what the registries print."""

from __future__ import annotations

from pathlib import Path

from abs_struct.deal.language import deal_language
from abs_struct.waterfall.steps import STEPS


def test_the_document_is_up_to_date(repository: Path) -> None:
    """deals/README.md equals the output of its module."""
    assert (repository / "deals" / "README.md").read_text(encoding="utf-8") == deal_language()


def test_every_step_is_documented() -> None:
    """Each registered step has its section with an example."""
    text = deal_language()
    for word in STEPS:
        assert f"### `{word}`" in text
