"""Work: some scenarios of one compiled deal, to be run and measured anywhere. It holds no loans.

A piece of work can be sent to another process or machine as it is; its outcome does not depend on where it is done,
nor on which other scenarios stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abs_struct.core.findings import DealError
from abs_struct.core.state import Program, Slot
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.deal.measures import Measures, measure_of
from abs_struct.deal.model import DealFile
from abs_struct.waterfall.checks import cash_lines
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.ledger import Ledger

NOTE_LINES = ("balance", "interest_paid", "principal_paid", "interest_shortfall", "enhancement")
#: What only some notes have.
SPECIAL_LINES = ("interest_lost", "written_down", "written_up", "unreimbursed")
POOL_LINES = (
    "initial_balance", "balance", "scheduled_principal", "prepaid", "recovered", "defaulted", "cumulative_net_loss",
)  # fmt: skip

TOO_LARGE = "the notes are larger than the pool"
NEGATIVE = "a balance at closing is below 0"
BROKEN = "check failed: cash received is not cash paid and held"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of R scenarios.

    columns : measure -> (R,), nan where the deal of a scenario is impossible
    reasons : (R,) texts, empty where nothing is wrong
    recorded : path of a line -> (T + 1, R), index 0 is closing
    """

    columns: dict[str, Any]
    reasons: Any
    recorded: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Work:
    """R scenarios of one compiled deal.

    inputs : the numbers that vary, each (R,); measures : names; record : paths of lines to give back
    """

    terms: DealFile
    schedule: PaymentSchedule
    program: Program
    inputs: dict[str, Any]
    count: int
    measures: tuple[str, ...]
    record: tuple[str, ...] = ()

    def do(self) -> Outcome:
        """Run the scenarios, measure them, and say why a row has no figures."""
        inputs = self.program.inputs | self.inputs
        if not self.inputs:  # nothing varies, and still there are R scenarios
            first = next(iter(inputs))
            inputs[first] = np.full(self.count, inputs[first])
        lines = run(replace(self.program, inputs=inputs), [*self.needed(), *self.record])
        too_large, negative = self.impossible(lines)
        none = too_large | negative
        found = Measures(self.terms, self.schedule, lines, inputs)
        columns = {}
        with np.errstate(all="ignore"):
            for name in self.measures:
                values = np.broadcast_to(np.asarray(value_of(found, name), dtype=float), (self.count,))
                columns[name] = np.where(none, np.nan, values)
        reasons = np.full(self.count, "", dtype=object)
        reasons[too_large] = TOO_LARGE
        reasons[negative] = NEGATIVE
        reasons[~balanced(self.program, lines) & ~none] = BROKEN
        return Outcome(columns, reasons, {path: np.array(lines[path]) for path in self.record})

    def needed(self) -> list[str]:
        """The lines that its measures and the cash check read; coupons only where something is discounted at them."""
        coupons = [f"notes.{name}.coupon" for name in self.terms.notes if f"{name}.value_at_coupon" in self.measures]
        slots = self.program.slots
        own = [path for path in coupons if has(slots, path)]
        return [*lines_for(self.terms, self.program), *own]

    def impossible(self, lines: Ledger) -> tuple[Any, Any]:
        """The scenarios whose notes are larger than the pool, and those with a negative balance at closing, (R,)."""
        pool, notes = lines["pool.balance"][0], lines["deal.notes_balance"][0]
        too_large = np.broadcast_to(notes > pool * (1.0 + 1e-12), (self.count,))
        if self.terms.notes_may_exceed_pool:
            too_large = np.zeros(self.count, dtype=bool)
        negative = np.zeros(self.count, dtype=bool)
        for owner, names in (("notes", self.terms.notes), ("accounts", self.terms.accounts)):
            for name in names:
                negative |= lines[f"{owner}.{name}.balance"][0] < 0.0
        return too_large, negative


def has(slots: Mapping[str, Slot], path: str) -> bool:
    """Whether a line is recorded by the program; a fixed coupon is an input and no line."""
    owner, _, name = path.rpartition(".")
    return any(line.name == name for line in slots[owner].lines)


def done(work: Work) -> Outcome:
    """The outcome of a piece of work: what an executor is given to call."""
    return work.do()


def value_of(found: Measures, name: str) -> Any:
    """A measure; nan where a scenario has taken the index of a class away."""
    try:
        function = measure_of(found.terms, name)
    except DealError:
        return np.nan
    return function(found)


def lines_for(terms: DealFile, program: Program) -> list[str]:
    """The lines that measures and the cash check read."""
    slots = program.slots
    paths = [f"notes.{name}.{line}" for name in terms.notes for line in NOTE_LINES]
    for name in terms.notes:
        paths += [f"notes.{name}.{line.name}" for line in slots[f"notes.{name}"].lines if line.name in SPECIAL_LINES]
    paths += [f"pool.{line}" for line in POOL_LINES] + ["deal.notes_balance"]
    paths += [f"pool.{line.name}" for line in slots["pool"].lines if line.name == "refunds"]
    paths += [f"{path}.rate" for path in slots if path.startswith("indices.")]
    cash = cash_lines(program)
    return list(dict.fromkeys([*paths, *cash.held, *cash.received, *cash.paid]))


def balanced(program: Program, lines: Any) -> Any:
    """Whether cash held + received = cash paid out + held after, in every period, for each scenario."""
    cash = cash_lines(program)
    held, received, paid = (totalled(lines, names) for names in cash)
    gap = held[:-1] + received[1:] - paid[1:] - held[1:]
    tolerance = 1e-9 * np.maximum(lines["pool.balance"][0], 1.0)
    return np.abs(gap).max(axis=0) <= tolerance


def totalled(lines: Any, names: Sequence[str]) -> Any:
    """The sum of some lines."""
    return sum(lines[name] for name in names)
