"""A run in one JSON object (schema abs-struct/run/1), and in one line."""

from __future__ import annotations

import math
from typing import Any

import abs_struct

#: A Result; it is not imported here, because it imports this module to print itself.
Run = Any


def run_summary(result: Run, files: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON of a run; scripts rely on it, so fields are added and never changed."""
    deal, tape = result.deal_measures, result.collateral.tape
    checks = result.checks
    return {
        "schema": "abs-struct/run/1",
        "deal": {"name": result.terms.name, "file": result.document.file, "sha256": result.document.sha256},
        "engine": {"version": abs_struct.__version__},
        "tape": {
            "file": str(tape.file),
            "sha256": tape.sha256,
            "loans": result.collateral.loans,
            "balance": result.collateral.balance,
            "rejected": len(tape.rejections),
            "ineligible": result.collateral.ineligible,
        },
        "pool": {
            "initial_balance": deal.pool_balance,
            "principal": deal.scheduled_principal,
            "prepaid": deal.prepaid,
            "defaulted": deal.defaulted,
            "recovered": deal.recovered,
            "net_loss": deal.net_loss,
            "wal": number(deal.pool_wal),
        },
        "notes": {name: note_summary(measures) for name, measures in result.note_measures.items()},
        "residual": {
            "paid": deal.residual_paid,
            "invested": deal.residual_invested,
            "irr": number(deal.residual_irr),
            "multiple": number(deal.residual_multiple),
        },
        "cost_of_funds": number(deal.cost_of_funds),
        "triggers": {
            name: {
                "first_breach": trigger.first_breach,
                "periods_active": trigger.periods_active,
                "least_headroom": number(trigger.least_headroom),
                "at_period": trigger.at_period,
            }
            for name, trigger in result.triggers.items()
        },
        "events": [event.as_dict() for event in result.events],
        "retention": None if result.retention is None else result.retention.as_dict(),
        "checks": {
            "passed": len(checks) - len(result.failures),
            "failed": len(result.failures),
            "failures": [f"{c.id}: {c.statement} (left {c.left!r}, right {c.right!r})" for c in result.failures],
        },
        "warnings": list(result.warnings),
        "files": list(files),
    }


def note_summary(measures: Any) -> dict[str, Any]:
    """The measures of a class, dates as ISO text, what has no value as null."""
    found = {}
    for key, value in measures.as_dict().items():
        if hasattr(value, "isoformat"):
            found[key] = value.isoformat()
        else:
            found[key] = number(value) if isinstance(value, float) else value
    found["first_principal"] = found["first_principal"] or ""
    found["last_principal"] = found["last_principal"] or ""
    return found


def number(value: float) -> float | None:
    """A float that JSON can hold; nan becomes null."""
    return None if math.isnan(value) or math.isinf(value) else value


def one_line(result: Run) -> str:
    """How a run prints itself in a notebook."""
    lives = ", ".join(f"{name} {m.wal:.2f}" for name, m in result.note_measures.items())
    return (
        f"<Result {result.terms.name}: WAL {lives} years; "
        f"{len(result.checks) - len(result.failures)} of {len(result.checks)} checks passed>"
    )
