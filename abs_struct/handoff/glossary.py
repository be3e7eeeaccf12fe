"""The glossary: names of structured finance and of a deal in Chinese."""

from __future__ import annotations

from pathlib import Path

from abs_struct.deal import Deal, Result

GLOSSARY = Path(__file__).with_name("glossary.yaml")


def glossary_of(deal: Deal | Result) -> dict[str, str]:
    """English names in Chinese: those of the toolkit, and before them those of the deal."""
    from abs_struct.deal.load import parse_document

    text = GLOSSARY.read_text("utf-8")
    known = parse_document(text, str(GLOSSARY)).tree
    return {str(en).lower(): str(zh) for en, zh in {**known, **deal.terms.glossary}.items()}


def of_language(label: str, *, chinese: bool) -> str:
    """The part of a label in two languages that belongs to one: `加速清偿 Acceleration`.

    >>> of_language("加速清偿 Acceleration", chinese=False), of_language("Class A", chinese=True)
    ('Acceleration', 'Class A')
    """
    first, _, rest = label.partition(" ")
    if rest and not first.isascii() and rest.isascii():
        return first if chinese else rest
    return label
