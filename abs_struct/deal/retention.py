"""Risk retention, tested at closing: whether what the sponsor holds is as much as it has to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from abs_struct.core.findings import DealError, listed, nearest
from abs_struct.deal.load import Document
from abs_struct.deal.measures import Measures
from abs_struct.deal.model import DealFile
from abs_struct.terms.retention import FIRST_LOSS, VERTICAL

#: How far a held share may lie below its level by rounding alone.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class RetentionTest:
    """What is held, as a fraction; the level; what is held beyond it; and of what it was measured."""

    form: str
    value: float
    level: float
    measured: str

    @property
    def headroom(self) -> float:
        """How far the value lies above the level, as a fraction; below nil where the test fails."""
        return self.value - self.level

    @property
    def passed(self) -> bool:
        """Whether enough is held."""
        return self.headroom >= -TOLERANCE

    @property
    def sentence(self) -> str:
        """The test in one line."""
        outcome = "passed" if self.passed else f"FAILED, {-self.headroom:.2%} short"
        return (
            f"risk retention ({self.form}): {self.value:.2%} held {self.measured}, {self.level:.2%} required: {outcome}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The test as a run's JSON holds it."""
        figures = {"value": self.value, "level": self.level, "headroom": self.headroom, "passed": self.passed}
        return {"form": self.form, **figures}


def known_classes(terms: DealFile, document: Document) -> None:
    """Refuse a class that does not exist, or that is no interest in the pool.

    Raises
    ------
    DealError : the class, its line, and the nearest one that exists
    """
    if terms.retention is None:
        return
    known = classes(terms)
    for name in terms.retention.holds:
        if name not in known:
            what = "is a subordinated loan and no class of the deal" if name in terms.notes else "does not exist"
            place = document.place(("retention", "holds", name))
            raise DealError(f"{place}: class '{name}' {what}{nearest(name, known)} (classes: {listed(known)})")


def classes(terms: DealFile) -> list[str]:
    """The classes that are interests in the pool, most senior first; loans that fund an account are none."""
    return [name for name, note in terms.notes.items() if not note.subordinated_loan]


def retention_test(measures: Measures) -> RetentionTest | None:
    """The retention of a single run, at closing; None where the deal says nothing of it."""
    terms = measures.terms.retention
    if terms is None:
        return None
    if terms.form == VERTICAL:
        value, measured = vertical(measures)
        return RetentionTest(terms.form, value, terms.share, measured)
    value = first_loss(measures) if terms.form == FIRST_LOSS else horizontal(measures)
    measured = "of the pool" if terms.form == FIRST_LOSS else "of the fair value of all interests"
    return RetentionTest(terms.form, value, terms.share, f"{measured}, from the residual upwards")


def too_little_held(measures: Measures) -> list[str]:
    """The warning where the test fails; nothing where the lines that it reads were not recorded."""
    terms = measures.terms
    wanted = [f"{owner}.{name}.balance" for owner in ("notes", "accounts") for name in getattr(terms, owner)]
    if not all(path in measures.lines for path in ("pool.balance", *wanted)):
        return []
    found = retention_test(measures)
    return [found.sentence] if found is not None and not found.passed else []


def vertical(measures: Measures) -> tuple[float, str]:
    """The least share that is held of any class or of the residual, and of which."""
    terms = measures.terms
    assert terms.retention is not None  # the caller has looked
    shares = {f"of class {name}": terms.retention.holds.get(name, 0.0) for name in classes(terms)}
    if any(step.word == "residual" for section in terms.waterfall.values() for step in section.steps):
        shares["of the residual"] = terms.retention.residual
    least = min(shares, key=lambda word: shares[word])
    return shares[least], f"{least}, the least of all"


def first_loss(measures: Measures) -> float:
    """What is held from the overcollateralisation upwards, over the pool; both at nominal."""
    pool = float(measures.lines["pool.balance"][0])
    sizes = {name: float(measures.balance(name)) for name in classes(measures.terms)}
    held = sum(from_below(measures.terms, max(0.0, pool - sum(sizes.values())), sizes))
    return held / pool if pool > 0.0 else 0.0


def horizontal(measures: Measures) -> float:
    """What is held from the residual upwards, over all interests; both at the issue price."""
    sizes = {name: float(measures.proceeds(name)) for name in classes(measures.terms)}
    residual = max(0.0, float(measures.residual_invested()))
    everything = residual + sum(sizes.values())
    return sum(from_below(measures.terms, residual, sizes)) / everything if everything > 0.0 else 0.0


def from_below(terms: DealFile, residual: float, sizes: dict[str, float]) -> Iterator[float]:
    """The amounts held, residual first, up to the first interest that is not held in full."""
    assert terms.retention is not None  # the caller has looked
    yield terms.retention.residual * residual
    if residual > 0.0 and terms.retention.residual < 1.0:
        return
    for name in reversed(sizes):
        share = terms.retention.holds.get(name, 0.0)
        yield share * sizes[name]
        if sizes[name] > 0.0 and share < 1.0:
            return
