"""State: what a step sees of a deal in one period.

`s.notes["A"].balance`, `s.pool.interest`, `s.accounts["reserve"].balance`: each thing is an `Entity` whose
attributes are this period's lines, the deal's inputs, and known data. A stock keeps last period's value until a
step rewrites it; a flow is written in each period before it is read; a tally starts each period at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.findings import DealError
from abs_struct.core.lines import Line

#: (x, line, profile, length, last) -> the sum over a = 1 .. length of the line `a` periods ago x the profile's
#: period a; the line is nil after period `last`.
Convolution = Callable[[Numbers, str, str, int, int], Value]


def no_history(x: Numbers, path: str, profile: str, length: int, last: int) -> Value:
    """Where there are no periods there is nothing to convolve."""
    raise DealError(f"{path} has no history here")


class Entity:
    """One thing of a deal: a bag of attributes with a path."""

    def __init__(self, path: str) -> None:
        self.path = path

    if TYPE_CHECKING:  # at run time a plain object: Python reads its attributes much faster without these

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def __repr__(self) -> str:
        return f"<{self.path}>"


class Part(Protocol):
    """A piece of the program: the pool, the accruals, a trigger, a section of the waterfall."""

    def open(self, x: Numbers, s: State) -> None:
        """Set the lines of the closing date (period 0)."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Compute the curve lines for all periods at once; attributes are whole series here."""

    def apply(self, x: Numbers, s: State) -> None:
        """Compute the lines of one period."""


@dataclass
class Slot:
    """One entity of a program before it is run: its lines, and which inputs of the deal it carries."""

    path: str
    lines: tuple[Line, ...]
    inputs: dict[str, str] = field(default_factory=dict)
    structure: dict[str, Any] = field(default_factory=dict)  # what a step may branch on: it never varies by scenario


@dataclass
class Program:
    """A compiled deal: entities, inputs, data and parts. Picklable, holds no loans.

    inputs : path of a number in the deal -> its value, a float (or an array (S,) for a scenario axis)
    data   : path of a data line -> array (T + 1,), index 0 is closing
    past   : the lines whose earlier values some part reads
    kept   : what is worked out from the parts once and shared with copies of other inputs; it does not travel
    """

    periods: int
    slots: dict[str, Slot]
    inputs: dict[str, Any]
    data: dict[str, Any]
    parts: Sequence[Part]
    past: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"kept": {}}


class State:
    """All entities of a deal in one period."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        past: Callable[[str, int], Value],
        convolved: Convolution | None = None,
    ) -> None:
        self.entities: dict[str, Entity] = dict(entities)
        self.past = past
        self.convolved = convolved or no_history
        self.inputs: dict[str, Any] = {}
        self.resolved: dict[str, Any] = {}  # what a part looks up once for this state
        self.notes = self.group("notes")
        self.fees = self.group("fees")
        self.accounts = self.group("accounts")
        self.triggers = self.group("triggers")
        self.residuals = self.group("residuals")
        self.clauses = self.group("waterfall")
        self.receivables = self.group("receivables")
        self.cohorts = list(self.group("cohorts").values())
        self.pool = self.entities.get("pool", Entity("pool"))
        self.amounts = self.entities.get("amounts", Entity("amounts"))
        self.deal = self.entities.get("deal", Entity("deal"))

    def group(self, owner: str) -> dict[str, Entity]:
        """The entities below one word: `notes` -> {"A": ..., "B": ...}."""
        start = owner + "."
        return {path[len(start) :]: entity for path, entity in self.entities.items() if path.startswith(start)}
