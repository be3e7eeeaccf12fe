"""Owners: what rows and columns of a report are about, in the order of the deal, with their names to print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from abs_struct.handoff.forms.figures import Figures, Owner
from abs_struct.handoff.prose.speech import Speech
from abs_struct.handoff.workbook.sheets import clause_title, leg_label
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.sentences import ZH
from abs_struct.waterfall.steps.step import WHOLE

PAYMENTS = {"due", "paid"}


def owners_of(figures: Figures, each: str, language: str) -> list[Owner]:
    """The owners of a kind.

    Parameters
    ----------
    figures : the lines of a run
    each : notes, fees, accounts, facilities, hedges, triggers, clauses or payments
    language : in which clauses are said

    Returns
    -------
    list of owners
    """
    if each == "payments":
        days = figures.result.dates
        return [Owner(f"payment.{k}", days[figures.payments[k]].isoformat(), at=k) for k in range(1, figures.last + 1)]
    if each == "clauses":
        return list(clauses(figures, language))
    labels = labels_of(figures, language)
    found = []
    for name in getattr(figures.result.terms, each):
        label = labels.get(f"{each}.{name}", figures.view.label(f"{each}.{name}"))
        if language == ZH and each == "notes" and label.startswith("Class "):
            label = f"{label.removeprefix('Class ')}级"
        found.append(Owner(f"{each}.{name}", label))
    return found


def labels_of(figures: Figures, language: str) -> dict[str, str]:
    """The names of the deal in a language."""
    deal: Any = figures.result  # it has the terms and the program that a speech asks a deal for
    return Speech(deal, ZH).labels if language == ZH else figures.result.program.labels


def clauses(figures: Figures, language: str) -> Iterator[Owner]:
    """Every payment of the waterfall, clause by clause, with the section that it belongs to."""
    program, labels = figures.result.program, labels_of(figures, language)
    for section in (part for part in program.parts if isinstance(part, Section)):
        for number, clause in enumerate(section.clauses, 1):
            title = clause_title(clause, labels, language)
            owner = clause.step.owners().get(clause.step.word, "")
            for leg, path in clause.legs.items():
                has = {line.name for line in program.slots[path].lines}
                if not has >= PAYMENTS or leg == WHOLE:
                    continue
                said = leg_label(leg, owner, labels).removesuffix(": ") if leg else ""
                if language == ZH:
                    said = said.replace("From ", "来自").replace(" from ", "，来自")
                yield Owner(path, f"{number}. {said}: {title}" if said else f"{number}. {title}", group=section.name)
