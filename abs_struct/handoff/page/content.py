"""Content: what the page knows of its deal beside the formulas: places of lines, dates, terms, the engine's sums."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.page.charts import Chart
from abs_struct.handoff.page.inputs import LIMITS, Input
from abs_struct.handoff.page.script import Script
from abs_struct.handoff.view import View
from abs_struct.handoff.wholes import wholes

#: The lines of a class that its figures are made of; those that not every class has are null where they lack.
NOTE_LINES = (
    "balance", "principal_paid", "interest_paid", "enhancement", "interest_shortfall", "interest_lost", "unreimbursed",
)  # fmt: skip
POOL_PRINCIPAL = ("scheduled_principal", "prepaid", "recovered", "refunds")


def content_of(view: View, script: Script, inputs: list[Input], charts: list[Chart]) -> dict[str, Any]:
    """The facts of a deal by the names that `model.js` and `page.js` read."""
    result, place = view.result, script.lines
    schedule, lines, terms = result.schedule, result.lines, result.terms
    typed = {one.path: one for one in inputs}
    values = {path: one.value for path, one in typed.items()}
    paying = [t for t, pays in enumerate(schedule.pays, start=1) if pays]
    return {
        "name": plain_text(terms.name),
        "dates": [day.isoformat() for day in result.dates],
        "first_payment": paying[0] if paying else 1,
        "years": list(map(float, schedule.years())),
        "years_from_closing": list(map(float, schedule.years(schedule.closing))),
        "series": bool(terms.pool.series),
        "data": [[place[path], [finite(float(v)) for v in values]] for path, values in result.program.data.items()],
        "inputs": facts_of_inputs(result.program.inputs, inputs),
        "notes": [note(view, script, name) for name in terms.notes],
        "triggers": [
            {word: place[f"triggers.{name}.{word}"] for word in ("breached", "active")} for name in terms.triggers
        ],
        "places": {
            "pool": place["pool.balance"],
            "notes": place["deal.notes_balance"],
            "whole": place["deal.invested_amount" if terms.pool.series else "pool.balance"],
            "initial_balance": place["pool.initial_balance"],
            "cumulative_net_loss": place["pool.cumulative_net_loss"],
            "defaulted": place["pool.defaulted"],
            "pool_principal": [place[f"pool.{n}"] for n in POOL_PRINCIPAL if f"pool.{n}" in place],
            "residuals": [place[path] for path in view.residuals],
            "accounts": [place[f"accounts.{name}.balance"] for name in terms.accounts],
            "fees": [place[f"fees.{name}.paid"] for name in terms.fees],
        },
        "charts": [drawn(chart, place) for chart in charts],
        "wholes": [[typed[path].place for path in paths] for paths in wholes(values).values()],
        "totals": [total(lines, path, script) for path in place],
    }


def facts_of_inputs(values: dict[str, Any], inputs: list[Input]) -> list[dict[str, Any]]:
    """Every input of the program by its place; those that can be changed with their kind and limits."""
    shown = {one.path: one for one in inputs}
    found = []
    for path, value in values.items():
        entry: dict[str, Any] = {"path": plain_text(path), "value": float(value)}
        if path in shown:
            kind = shown[path].kind
            entry |= {"kind": kind, "limits": LIMITS[kind], "label": [plain_text(text) for text in shown[path].label]}
        found.append(entry)
    return found


def note(view: View, script: Script, name: str) -> dict[str, Any]:
    """A class: the places of its lines, its price, coupon, and index with accrual fractions."""
    path, place, terms = f"notes.{name}", script.lines, view.result.terms.notes[name]
    coupon = place.get(f"{path}.coupon")
    index = None if terms.index is None else place[f"indices.{terms.index}.rate"]
    found: dict[str, Any] = {word: place.get(f"{path}.{word}") for word in NOTE_LINES}
    return found | {
        "price": script.inputs[f"{path}.issue_price"],
        "coupon_line": coupon,
        "coupon_input": script.inputs.get(f"{path}.coupon"),
        "index": index,
        "fractions": [] if index is None else list(map(float, view.result.schedule.accrual_fractions(terms.day_count))),
    }


def drawn(chart: Chart, place: dict[str, int]) -> dict[str, Any]:
    """A chart as the page draws it."""
    curves = [
        {
            "label": [plain_text(text) for text in curve.label],
            "line": place[curve.line],
            "over": place.get(curve.over),
            "during": place.get(curve.during),
            "tested": curve.line.startswith("triggers."),
        }
        for curve in chart.curves
    ]
    most = None if math.isinf(chart.most) else chart.most
    return {"name": chart.name, "stacked": chart.stacked, "unit": chart.unit, "suffix": chart.suffix, "most": most,
            "curves": curves}  # fmt: skip


def finite(value: float) -> float | None:
    """A number that JSON can hold."""
    return value if math.isfinite(value) else None


def total(lines: Any, path: str, script: Script) -> list[float | int | None]:
    """The sum of a line of the engine's run after closing, null where it has none, and whether it is an amount."""
    return [finite(float(np.cumsum(lines[path][1:])[-1])), int(script.trace.lines[path].unit == "money")]


def as_json(facts: object) -> str:
    r"""JSON that may stand inside of a script element, whatever the names of the deal are.

    >>> as_json({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
