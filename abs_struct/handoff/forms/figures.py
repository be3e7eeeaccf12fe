"""Figures: lines of a run as they stand on one payment date, and formulas over them.

`pool.prepaid` is the flow of all months that the payment date collects, `pool.balance` what stands after it,
`notes.balance` that of all classes together; `initial.pool.balance` stands at closing, `to_date.pool.recovered` is
added up since then, and `previous(pool.balance, 1)` stood after the payment before. A line that this deal has not is
nil in a sum, and a figure made of such lines only is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from abs_struct.core.findings import UsageError, nearest
from abs_struct.core.formula import Formula, Name, Node
from abs_struct.core.formula.nodes import Call, Number, Operation, Text
from abs_struct.core.lines import QUANTITIES
from abs_struct.deal.result import Result
from abs_struct.handoff.forms.facts import FACTS, TERMS
from abs_struct.handoff.view import View

Value = float | str | date | None
#: Money that a line says anew each month without being a flow: it stands, and is not added up.
STANDING = {
    "opening_balance", "required", "notional", "interest_owed", "owed", "target_balance", "notes_balance",
    "overcollateralisation", "available", "target_default", "reinvested", "limit",
}  # fmt: skip
OWNERS = ("notes", "fees", "accounts", "facilities", "hedges", "residuals", "triggers")
PREFIXES = ("initial", "to_date")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """What a row is about: a class, a fee, an account, a trigger, a clause, or (by `at`) a payment date."""

    path: str
    label: str
    group: str = ""
    at: int = 0


class Missing(Exception):  # noqa: N818 - told to the reader as a sentence, with the place in the template
    """A name that means nothing; `near` is what was probably meant."""


@dataclass(frozen=True)
class Figures:
    """The lines of one run by payment date; payment 0 is closing."""

    result: Result

    @cached_property
    def payments(self) -> list[int]:
        """The period of each payment date, closing first."""
        return [0, *(t for t, pays in enumerate(self.result.schedule.pays, 1) if pays)]

    @cached_property
    def view(self) -> View:
        """Names to print, and where the deal ends."""
        return View(self.result)

    @cached_property
    def last(self) -> int:
        """The number of the last payment date on which anything moves."""
        return max(1, sum(period <= self.view.end for period in self.payments) - 1)

    def months(self, k: int) -> int:
        """The months that a payment collects."""
        return self.payments[k] - self.payments[k - 1]

    @cached_property
    def flows(self) -> set[str]:
        """The lines that are added up over the months of a payment."""
        found = set()
        for owner, slot in self.result.program.slots.items():
            for line in slot.lines:
                if line.kind in {"flow", "tally"} and line.unit == "money" and line.name not in STANDING:
                    found.add(f"{owner}.{line.name}")
        return {path for path in found if not path.startswith(("waterfall.", "amounts."))}

    def line(self, path: str, k: int) -> float | None:
        """A line on a payment date: a flow of its months, anything else as it stands; None where there is none."""
        if path not in self.result.lines:
            return None
        k = max(k, 0)
        series = self.result.lines[path]
        if path not in self.flows:
            return float(series[self.payments[k]])
        total = 0.0
        for period in range(self.payments[k - 1] + 1 if k else 0, self.payments[k] + 1):
            total += float(series[period])
        return total

    def to_date(self, path: str, k: int) -> float | None:
        """A flow added up from closing."""
        if path not in self.result.lines:
            return None
        total = 0.0
        for at in range(1, k + 1):
            total += self.line(path, at) or 0.0
        return total

    def paths(self, name: str) -> list[str]:
        """The lines that a name stands for: itself, or that of all classes, fees, accounts; none in another deal.

        Raises
        ------
        Missing : no deal has such a line
        """
        if name in self.result.lines:
            return [name]
        owner, _, rest = name.partition(".")
        if owner in OWNERS and "." not in rest:
            found = [p for p in self.result.lines if p.startswith(f"{owner}.") and p.rpartition(".")[2] == rest]
            found = [path for path in found if path.count(".") == 2]
            if owner == "notes" and rest.endswith("balance"):  # as the deal language counts them
                loans = {n for n, terms in self.result.terms.notes.items() if terms.subordinated_loan}
                found = [path for path in found if path.split(".")[1] not in loans]
            if owner == "accounts":
                found = [path for path in found if path.split(".")[1] != "collections"]
            if found:
                return found
        known = {line.name for key, group in QUANTITIES.items() for line in group.lines if key.split(" ")[0] == owner}
        if owner == "pool":
            known |= {line.name for key in ("groups", "cohorts") for line in QUANTITIES[key].lines} | POOL_BESIDES
        word = name.rpartition(".")[2]
        if word in known or owner in {"facilities", "hedges", "waterfall", "amounts"}:
            return []
        raise Missing(nearest(name, self.result.lines))

    def value(self, name: str, k: int) -> float:
        """A name on a payment date, several lines added up in their order; nil where the deal has none."""
        prefix, _, rest = name.partition(".")
        if prefix in PREFIXES:
            read = self.to_date if prefix == "to_date" else lambda path, at: self.line(path, 0)
            name = rest
        else:
            read = self.line
        total = 0.0
        for path in self.paths(name):
            total += read(path, k) or 0.0
        return total

    def has(self, name: str) -> bool:
        """Whether the deal has a line of that name."""
        prefix, _, rest = name.partition(".")
        return bool(self.paths(rest if prefix in PREFIXES else name))


#: Lines of some pools only, which their products and assumptions of arrears declare.
POOL_BESIDES = {
    "refunds", "dilution", "delinquent", "delinquent_1_30", "delinquent_31_60", "delinquent_61_90",
    "delinquent_91_120", "delinquent_121_150", "delinquent_151_180", "overdue", "missed", "paid_late", "late_fees",
    "charged_off", "charge_offs", "new_receivables", "payments", "purchases",
}  # fmt: skip

Read = Callable[[str, int], Value]


def worked_out(tree: Node, k: int, read: Read) -> Value:
    """A formula on a payment date; None where it has no value (a share of nothing, a payment before the first)."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Text):
        return tree.value
    if isinstance(tree, Name):
        return read(tree.path, k)
    if isinstance(tree, Call):
        return called(tree, k, read)
    assert isinstance(tree, Operation)
    values = [worked_out(arg, k, read) for arg in tree.args]
    if any(not isinstance(value, int | float) for value in values):
        return None
    numbers: list[Any] = values
    return operated(tree.op, numbers)


def operated(op: str, a: list[float]) -> Value:
    """An operator over numbers."""
    if op in {"+", "-"}:
        return a[0] + a[1] if op == "+" else a[0] - a[1]
    if op in {"*", "of"}:
        return a[0] * a[1]
    if op == "/":
        return a[0] / a[1] if abs(a[1]) > 1e-12 else None
    if op == "neg":
        return -a[0]
    if op in {"and", "or", "not"}:
        return float(a[0] <= 0.5 if op == "not" else all(v > 0.5 for v in a) if op == "and" else max(a) > 0.5)
    return float(COMPARE[op](a[0], a[1]))


def called(call: Call, k: int, read: Read) -> Value:
    """A function."""
    if call.function in {"previous", "average"}:
        name, number = call.args
        assert isinstance(name, Name)
        assert isinstance(number, Number)
        n = int(number.value)
        if call.function == "previous":
            return read(name.path, k - n)
        seen = [value for value in (read(name.path, k - j) for j in range(n)) if isinstance(value, float)]
        return sum(seen) / n if len(seen) == n else None
    if call.function == "if":
        test = worked_out(call.args[0], k, read)
        return None if not isinstance(test, float) else worked_out(call.args[1 if test > 0.5 else 2], k, read)
    values: list[Any] = [worked_out(arg, k, read) for arg in call.args]
    if any(not isinstance(value, int | float) for value in values):
        return None
    if call.function in {"min", "max"}:
        return float(min(values) if call.function == "min" else max(values))
    if call.function == "abs":
        return float(abs(values[0]))
    raise UsageError(
        f"a report template has no function '{call.function}'; it has min, max, abs, if, previous, average"
    )


def rounded(value: float, decimals: int) -> float:
    """A number rounded as a report rounds it, halves away from zero.

    >>> rounded(2.675, 2), rounded(-0.5, 0)
    (2.68, -1.0)
    """
    if not math.isfinite(value):
        return value
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def known_fact(name: str) -> bool:
    """Whether there is a fact of the name; raises Missing where a fact is asked for that there is not."""
    word, _, rest = name.partition(".")
    if word not in {"facts", "terms"}:
        return False
    facts = list(FACTS if word == "facts" else TERMS)
    if rest not in facts:
        raise Missing(nearest(rest, facts))
    return True


def text_of(formula: Formula) -> str:
    """A formula as it is written, on one line."""
    return " ".join(formula.text.split())
