"""Words: what entities, lines and inputs are called on the sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from abs_struct.core.state import Program
from abs_struct.curves.buckets import BUCKETS

OWNER_WORDS = {
    "pool": "Pool",
    "deal": "Deal",
    "amounts": "Amounts",
    "assumptions": "Assumption",
    "call": "Call",
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ABBREVIATIONS = {
    "cpr": "CPR",
    "cnl": "CNL",
    "cdr": "CDR",
    "smm": "SMM",
    "mdr": "MDR",
    "psa": "PSA",
    "sda": "SDA",
    "oc": "OC",
    "abs": "ABS",
    "ppc": "PPC",
}


def words(name: str) -> str:
    """A name of a path as words.

    >>> words("target_oc")
    'Target OC'
    """
    spoken = " ".join(ABBREVIATIONS.get(word, word) for word in name.split("_"))
    return spoken[:1].upper() + spoken[1:]


def entity_label(program: Program, labels: Mapping[str, str], path: str) -> str:
    """What owns a line: `notes.A.balance` -> the label of class A."""
    owner = path.rpartition(".")[0]
    if owner in labels:
        return labels[owner]
    slot = program.slots.get(owner)
    if slot is not None and "label" in slot.structure:
        return str(slot.structure["label"])
    head, _, rest = owner.partition(".")
    spoken = ", ".join(words(word) for word in rest.split(".")) if rest else OWNER_WORDS.get(head, words(head))
    return {"residuals": f"Residual: {spoken}", "groups": f"Group {spoken}"}.get(head, spoken)


def lowered(text: str) -> str:
    """Words in the middle of a sentence; abbreviations keep their capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def clean(text: object) -> str:
    """Text that a cell can hold: no control characters, no more than a cell takes."""
    return CONTROL.sub("", str(text))[:32_767]


def input_label(path: str, labels: Mapping[str, str]) -> str:
    """An input in words: `triggers.turbo.above.7` -> `Cumulative net loss: above, from period 7`.

    >>> input_label("assumptions.delinquency.roll.1", {})
    'Delinquency, roll, 31-60 days'
    """
    base, _, number = path.partition("#")
    parts = base.split(".")
    owner = ".".join(parts[:2])
    if owner in labels:
        head, rest = labels[owner], parts[2:]
    else:
        head, rest = ("", parts[1:]) if parts[0] in OWNER_WORDS else ("", parts)
    spoken = [words(word) if not word.isdigit() else word for word in rest]
    if parts[0] == "triggers" and len(rest) > 1 and rest[-1].isdigit():
        spoken = [spoken[0], f"from period {rest[-1]}"]
    elif "by_year" in rest or "by_month" in rest:
        kind = "year" if "by_year" in rest else "month"
        spoken = [words(rest[0]), f"timing, {kind} {int(rest[-1]) + 1}"]
    elif "delinquency" in rest and rest[-1].isdigit():
        spoken = [*spoken[:-1], f"{BUCKETS[int(rest[-1])].replace('_', '-')} days"]
    text = ", ".join([*spoken[:1], *(lowered(word) for word in spoken[1:])])
    text = f"{head}: {lowered(text)}" if head and text else head or text
    return f"{text} (number {int(number) + 1})" if number else text
