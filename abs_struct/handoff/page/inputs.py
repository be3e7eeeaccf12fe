"""Inputs: the numbers of the deal that the page lets its reader change, grouped, the most used first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abs_struct.core.arithmetic.symbols import leaves
from abs_struct.deal.model import DealFile
from abs_struct.handoff.page.formats import typed
from abs_struct.handoff.page.words import Both, both, clean, input_words, main_words
from abs_struct.handoff.workbook.pages.assumptions import formulas_of, kind_of
from abs_struct.handoff.workbook.words import words
from abs_struct.waterfall.trace import Trace

KEY = "key"
GROUPS: dict[str, Both] = {
    KEY: ("Main assumptions", "主要假设"),
    "assumptions": ("Collateral: all assumptions", "资产池：其他假设"),
    "notes": ("Notes: size, coupon, price", "证券：规模、利率、价格"),
    "triggers": ("Triggers", "触发事件"),
    "accounts": ("Accounts", "账户"),
    "amounts": ("Targets and amounts", "目标与金额"),
    "fees": ("Fees", "费用"),
    "hedges": ("Hedges", "对冲"),
    "facilities": ("Liquidity facilities", "流动性支持"),
    "revolving": ("Purchases", "循环购买"),
    "call": ("Clean-up call", "清仓回购"),
    "waterfall": ("Priority of payments", "分配顺序"),
}
#: What is moved by a slider: the last word of the path below `assumptions`, and how far a slider reaches at least.
SLIDERS = {
    "cpr": 0.5, "smm": 0.06, "abs": 0.03, "psa": 5.0, "cdr": 0.3, "mdr": 0.03, "cnl": 0.3, "cgd": 0.2, "multiple": 5.0,
    "rate": 1.0, "yield": 0.3, "payment_rate": 0.4, "charge_off": 0.3, "purchase_rate": 1.5, "sda": 5.0,
}  # fmt: skip
UNITS = {"rate": "%", "price": "/100"}
#: The limits of a field, by its kind, as it is typed.
LIMITS = {"rate": (-100.0, 200.0), "price": (0.0, 1000.0), "money": (-1e13, 1e13), "number": (-1e13, 1e13)}
STEPS = 200


@dataclass(frozen=True)
class Input:
    """A number that may be changed: its path, its place in the program, what it is called and how it is typed."""

    path: str
    place: int
    value: float
    kind: str
    group: str
    label: Both
    formula: str = ""


def inputs_of(terms: DealFile, trace: Trace) -> list[Input]:
    """The inputs that some formula reads, and the prices of the notes, in the order of the page."""
    program = trace.program
    read = {
        str(leaf.args[0])
        for formulas in (trace.openings, trace.curves, trace.formulas)
        for node in formulas.values()
        for leaf in leaves(node)
        if leaf.op == "input"
    }
    read |= {f"notes.{name}.issue_price" for name in terms.notes}
    formulas = {formula.path: formula for formula in formulas_of(terms)}
    found = []
    for place, (path, value) in enumerate(program.inputs.items()):
        if path not in read:
            continue
        formula = formulas.get(path.partition("#")[0])
        group = KEY if is_main(path) else path.partition(".")[0]
        said = "" if formula is None else " ".join(formula.text.split())
        kind = "number" if is_multiple(path) else kind_of(path, formula, float(value))
        label = main_words(path) or input_words(path, program.labels)
        found.append(Input(path, place, float(value), kind, group, label, said))
    order = list(GROUPS)
    return sorted(found, key=lambda one: order.index(one.group) if one.group in order else len(order))


def is_main(path: str) -> bool:
    """Whether an input is one that a reader moves first."""
    parts = path.split(".")
    if parts[:2] == ["assumptions", "groups"]:  # each group's own speed and default level, but not its multiple
        return len(parts) == 5 and parts[-1] in SLIDERS and parts[-1] != "multiple"
    return parts[0] == "assumptions" and len(parts) == 3 and (parts[1] == "indices" or parts[2] in SLIDERS)


def is_multiple(path: str) -> bool:
    """Whether an assumption is a multiple, and no rate although it may be below one."""
    return path.startswith("assumptions.") and path.rpartition(".")[2] in {"multiple", "psa", "sda", "purchase_rate"}


def fields(inputs: list[Input]) -> str:
    """All fields: the main ones in sight, the others in groups to be opened."""
    text = []
    for group in dict.fromkeys(one.group for one in inputs):
        title = GROUPS.get(group, (words(group), words(group)))
        inside = "".join(field(one) for one in inputs if one.group == group)
        shut = "" if group == KEY else f"<details><summary>{both(*title)}</summary>"
        end = "" if group == KEY else "</details>"
        legend = f"<legend{'' if group == KEY else ' class=unseen'}>{both(*title)}</legend>"
        text.append(f"{shut}<fieldset>{legend}{inside}</fieldset>{end}")
    return "".join(text)


def field(one: Input) -> str:
    """A label, a field to type into, and for the main inputs a slider."""
    name = f"i{one.place}"
    unit = f'<span class="unit" id="{name}-unit">{UNITS.get(one.kind, "")}</span>'
    hint = f'<small id="{name}-hint">{clean(one.formula)}</small>' if one.formula and "#" in one.path else ""
    described = f"{name}-unit {name}-hint" if hint else f"{name}-unit"
    text = (
        f'<label for="{name}" id="{name}-label">{both(*one.label)}</label>'
        f'<input type="text" inputmode="decimal" autocomplete="off" id="{name}" data-input="{one.place}" '
        f'data-path="{clean(one.path)}" aria-describedby="{described}" value="{typed(one.value, one.kind)}">{unit}'
    )
    if one.group == KEY:
        low, high, step = reach(one)
        text += (
            f'<input type="range" aria-labelledby="{name}-label" data-slider="{one.place}" min="{low}" max="{high}" '
            f'step="{step}" value="{typed(one.value, one.kind)}">'
        )
    return f'<div class="field{" slid" if one.group == KEY else ""}">{text}{hint}</div>'


def reach(one: Input) -> tuple[str, str, str]:
    """From where to where a slider reaches, and its step, as they are typed: at least twice as far as it stands."""
    word = one.path.rpartition(".")[2]
    high = max(SLIDERS.get(word, 0.1), 2.0 * one.value)
    if one.kind == "rate" and word in {"rate", "payment_rate"}:
        high = min(high, 1.0)
    if one.kind == "rate":
        high *= 100.0
    power = 10.0 ** math.floor(math.log10(high / STEPS))
    step = next(power * nice for nice in (1.0, 2.0, 2.5, 5.0, 10.0) if power * nice >= high / STEPS * (1.0 - 1e-9))
    return "0", typed(math.ceil(high / step - 1e-9) * step, "number"), typed(float(f"{step:.3g}"), "number")
