"""A run in one JSON object (schema abs-struct/run/1), and in one line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import abs_struct
from abs_struct.curves.buckets import BUCKETS
from abs_struct.terms.coupons import Coupon
from abs_struct.terms.notes import Note

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
            "concentrations": [limit.as_dict() for limit in result.collateral.concentrations],
        },
        "pool": {
            "initial_balance": deal.pool_balance,
            "principal": deal.scheduled_principal,
            "prepaid": deal.prepaid,
            "defaulted": deal.defaulted,
            "recovered": deal.recovered,
            "net_loss": deal.net_loss,
            "wal": number(deal.pool_wal),
            "refunds": added(result, "refunds"),
            "dilution": added(result, "dilution"),
        },
        "delinquency": delinquency_summary(result),
        "purchases": None if result.purchases is None else result.purchases.as_dict(),
        "notes": {
            name: note_summary(measures) | {"coupon_terms": note_words(result.terms.notes[name])}
            for name, measures in result.note_measures.items()
        },
        "residual": {
            "paid": deal.residual_paid,
            "invested": number(deal.residual_invested),
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


def added(result: Run, name: str) -> float:
    """A flow of the pool over all periods, nil where the pool does not have it."""
    return float(result.lines[f"pool.{name}"].sum()) if f"pool.{name}" in result.lines else 0.0


def delinquency_summary(result: Run) -> dict[str, Any] | None:
    """Arrears by bucket, as a share of the pool over its life and at their highest; None where none are assumed."""
    lines = result.lines
    if "pool.delinquent" not in lines:
        return None
    owed = float(lines["pool.balance"].sum())
    buckets = {}
    for bucket in BUCKETS:
        if f"pool.delinquent_{bucket}" in lines:
            late = lines[f"pool.delinquent_{bucket}"]
            buckets[bucket.replace("_", "-")] = {
                "average_share": float(late.sum()) / owed,
                "highest_balance": float(late.max()),
                "at_period": int(late.argmax()),
            }
    return {"days": buckets, "paid_late": added(result, "paid_late"), "late_fees": added(result, "late_fees")}


def note_words(note: Note) -> str:
    """What a class is paid by, in a few words: its coupon, and what that is counted on where it is not the balance."""
    on = "" if note.notional is None else f" on {' '.join(note.notional.text.split())}"
    return f"{coupon_words(note.coupon)}{on}"


def coupon_words(coupon: float | Coupon) -> str:
    """A coupon in a few words.

    >>> coupon_words(0.05), coupon_words(Coupon(index="SOFR", margin=0.008, floor="0%"))
    ('5.00%', 'SOFR + 0.80%, at least 0%')
    """
    if not isinstance(coupon, Coupon):
        return percent(coupon)
    steps = "" if coupon.schedule is None else steps_in_words({t: f.text for t, f in coupon.schedule.items()})
    if coupon.index is not None:
        sign = "-" if coupon.margin < 0.0 else "+"
        margin = steps or (percent(abs(coupon.margin)) if coupon.margin else "")
        text = f"{coupon.index} {sign} {margin}" if margin else coupon.index
    elif coupon.formula is not None:
        text = " ".join(coupon.formula.text.split())
    else:
        text = steps or percent(coupon.fixed or 0.0)
    if coupon.step_up is not None:
        since = coupon.step_up.when
        when = f"from {coupon.step_up.from_}" if since is None else f"while {' '.join(since.text.split())}"
        text += f", + {percent(coupon.step_up.add)} {when}"
    limits = (("at least", coupon.floor), ("at most", coupon.cap))
    return text + "".join(f", {word} {limit.text}" for word, limit in limits if limit is not None)


def steps_in_words(steps: Mapping[int, str]) -> str:
    """Entries by period: `3% (from period 25 3.5%)`."""
    first, *others = steps.items()
    later = ", ".join(f"{text} from period {period}" for period, text in others)
    return f"{first[1]} ({later})" if later else first[1]


def percent(value: float) -> str:
    """A rate as a document writes it: two decimals, more where it has more.

    >>> percent(0.007), percent(0.00125)
    ('0.70%', '0.125%')
    """
    whole, _, decimals = f"{100.0 * value:.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}%"


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
