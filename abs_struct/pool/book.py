"""Books: the cohorts that default and recover by the same assumption, and the entity that keeps count of them.

A pool has one book, the pool itself, unless groups of loans have a default or recovery of their own; then each
such group is a book (`groups.36`), and the others together are one (`groups.others`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.state import Entity, State
from abs_struct.curves import Assumptions, Curve, Placed, Recovery
from abs_struct.curves.curve import Read
from abs_struct.pool.returns import returns_of
from abs_struct.pool.schedule import Cohort

if TYPE_CHECKING:
    from abs_struct.pool.arrears import Delay

POOL = "pool"
#: What a book looks back at whose advances stop before the liquidation.
STOPPING = ("defaulted", "newly_defaulted", "scheduled_balance")


@dataclass(frozen=True, eq=False, repr=False)
class Book:
    """Cohorts by number, their default and recovery, and where in the deal these are written."""

    path: str
    cohorts: tuple[int, ...]
    default: Curve | None
    default_at: str
    recovery: Recovery | None
    recovery_at: str
    loss_at: str
    advances: bool
    stop: int | None = None  # so many instalments are advanced; all until the liquidation when None
    delay: Delay | None = None

    @property
    def amount(self) -> bool:
        """Whether defaults are an amount to be placed, and not a rate."""
        return isinstance(self.default, Placed)

    @property
    def lag(self) -> int:
        """Months from default to recovery."""
        return 0 if self.recovery is None else self.recovery.lag

    def recovered_share(self, s: State) -> Value:
        """The share of a defaulted balance that is received."""
        return 0.0 if self.recovery is None else self.recovery.recovered(reader(s, self.recovery_at))

    def lost_share(self, s: State) -> Value:
        """The share of a defaulted balance that is lost."""
        return 1.0 if self.recovery is None else self.recovery.lost(reader(s, self.recovery_at))

    def prepare(self, x: Numbers, s: State) -> None:
        """The gross default of each period, as a share of the initial balance: CNL / severity or CGD, x timing."""
        if isinstance(self.default, Placed):
            value = reader(s, self.default_at)
            weight = self.default.weight(x, value, s.pool.period, s.pool.year)
            s.entities[self.path].default_share = self.default.gross(x, value, self.lost_share(s)) * weight

    def place(self, x: Numbers, s: State) -> None:
        """One default rate for all cohorts of the book: target default / opening balance, at most 1."""
        own = s.entities[self.path]
        own.target_default = own.default_share * own.initial_balance
        opening = own.opening_balance if self.delay is None else own.punctual_balance  # the curve knows no arrears
        bearing = opening * s.pool.defaults_allowed if self.advances else opening
        own.default_rate = x.ratio(x.minimum(own.target_default, bearing), opening)
        beyond = x.maximum(0.0, own.target_default - bearing)
        own.unplaced_loss = own.unplaced_loss + beyond * self.lost_share(s)
        for k in self.cohorts:
            s.cohorts[k].default_rate = own.default_rate

    def recover(self, x: Numbers, s: State) -> None:
        """What defaulted `lag` periods ago is liquidated, or from then on in parts: its recovery is received."""
        own, lag = s.entities[self.path], self.lag
        share = self.recovered_share(s)
        timing = None if self.recovery is None else self.recovery.timing

        def ago(part: int) -> Value:
            return own.defaulted if lag + part == 0 else s.past(f"{self.path}.defaulted", lag + part)

        if timing is None:
            own.liquidated = ago(0)
        else:
            own.liquidated = timing.spread(x, reader(s, self.recovery_at), ago)
        own.recovered = share * own.liquidated
        own.pending_default = x.maximum(0.0, own.pending_default + own.defaulted - own.liquidated)
        own.pending_recovery = share * own.pending_default

    def past(self) -> tuple[str, ...]:
        """The lines whose earlier values the book reads."""
        if not self.advances:
            remembered = self.recovery is not None and self.recovery.last > 0
            return (f"{self.path}.defaulted",) if remembered else ()
        names = ("defaulted", "newly_defaulted") if self.stop is None else STOPPING
        return tuple(f"cohorts.{k}.{name}" for k in self.cohorts for name in names)


def reader(s: State, at: str) -> Read:
    """How a curve reads its numbers: by their path in the deal."""
    inputs = s.inputs
    return lambda field: inputs[f"{at}.{field}"]


def books(assumptions: Assumptions, cohorts: Sequence[Cohort], prefix: str, *, apart: bool = False) -> tuple[Book, ...]:
    """The books of a pool; `apart` keeps its count beside that of the pool, where purchases join it."""
    members: dict[str | None, list[int]] = {}
    for k, cohort in enumerate(cohorts):
        override = assumptions.groups.get(cohort.group)
        own = override is not None and bool(override.model_fields_set & {"default", "recovery", "delinquency"})
        members.setdefault(cohort.group if own else None, []).append(k)
    found = []
    for group, numbers in members.items():
        default, default_at = assumptions.own(group, "default")
        recovery, recovery_at = assumptions.own(group, "recovery")
        path = POOL if set(members) == {None} and not apart else f"groups.{'others' if group is None else group}"
        delay = delay_of(assumptions, group, path, {f"cohorts.{k}": cohorts[k].group for k in numbers}, prefix)
        found.append(
            Book(
                path,
                tuple(numbers),
                default,
                f"{prefix}.{default_at}",
                recovery,
                f"{prefix}.{recovery_at}",
                assumptions.conventions.resolved.loss_at,
                assumptions.advancing,
                assumptions.last_advance,
                delay,
            )
        )
    return tuple(found)


def delay_of(
    assumptions: Assumptions, group: str | None, path: str, members: Mapping[str, str], prefix: str
) -> Delay | None:
    """The arrears of a book, where its loans have any; its members are entities with their groups."""
    terms, at = assumptions.own(group, "delinquency")
    if terms is None:
        return None
    from abs_struct.pool.arrears import Delay

    default = assumptions.own(group, "default")[0]
    together = assumptions.conventions.resolved.order == "together"
    placed = isinstance(default, Placed)
    returns = tuple(returns_of(assumptions, name, prefix) for name in members.values())
    return Delay(path, f"{prefix}.{at}", terms, tuple(members), placed, default is not None, together, returns)


def opened(x: Numbers, own: Entity, members: Sequence[Entity]) -> None:
    """The balance of a book at closing."""
    own.balance = x.total([c.balance for c in members])
    own.initial_balance = own.balance
