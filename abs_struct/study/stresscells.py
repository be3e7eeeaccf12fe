"""The cells of a stress run: what each level and each scenario of a stress file does to the fields of a deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.curves.default.timing import Placed
from abs_struct.deal import Deal
from abs_struct.study.breakeven import usual_range
from abs_struct.study.levels import first_rate, levels_of
from abs_struct.study.levers import MOST, Lever, curves, default_levers, recovery_levers, speed_levers, timing_levers
from abs_struct.study.stressfile import BASE, CardLevel, CardStresses, StressFile
from abs_struct.study.trials import Array, Range, Rows
from abs_struct.study.varied import Varied

CARDS = "assumptions.cards"
INTERRUPTION = "assumptions.interruption"
#: The rates of cards that come down under stress, with their fields.
COMING_DOWN = {"payment_rate": "payment_rate", "yield": "yield_", "purchase_rate": "purchase_rate"}


@dataclass(frozen=True)
class Scenario:
    """One way in which every level is tried: a choice on each axis of the file."""

    timing: str = BASE
    prepayment: str = BASE
    rates: str = BASE
    interrupted: bool = False

    @property
    def name(self) -> str:
        """What differs from the base, in words."""
        parts = [
            f"{self.timing} timing" if self.timing != BASE else "",
            f"{self.prepayment} prepayment" if self.prepayment != BASE else "",
            f"rates {self.rates}" if self.rates != BASE else "",
            "interruption" if self.interrupted else "",
        ]
        return ", ".join(part for part in parts if part) or BASE


@dataclass(frozen=True, eq=False)
class Cells:
    """L levels x K scenarios of a deal, levels first.

    deal : with its card rates put in the form that a stress moves; else as it was
    base_case : the default level that multiples are counted on, a fraction; the deal's curves are brought to it
    levels, scenarios : their names; multiples : (L,) of the base case
    varied : the fields that differ besides the default level, each (L x K,)
    raised : the fields that set the default level: (n,) multiples -> Varied
    span : between which multiples a break-even is looked for
    notes : what was left out or changed, and what the table does not cover
    """

    deal: Deal
    base_case: float
    levels: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    multiples: Any
    varied: tuple[Varied, ...]
    raised: Callable[[Array, Rows], list[Varied]]
    span: Range
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.levels) * len(self.scenarios)

    def changes(self, level: str) -> dict[str, dict[str, str]]:
        """The scenarios of a level as they would be written: name -> path -> value; for `solve size` and `sweep`.

        Raises
        ------
        UsageError : no such level, with the nearest one
        """
        if level not in self.levels:
            raise UsageError(f"no level '{level}'{nearest(level, self.levels)} (levels: {listed(self.levels)})")
        at, count = self.levels.index(level), len(self.scenarios)
        multiples = np.repeat(self.multiples, count)
        fields = [*self.raised(multiples, np.arange(len(multiples))), *self.varied]
        return {
            scenario.name: {one.path: one.text(at * count + k) for one in fields}
            for k, scenario in enumerate(self.scenarios)
        }


def cells_of(deal: Deal, file: StressFile, base_case: float | None = None) -> Cells:
    """The cells of a deal under a file.

    Raises
    ------
    UsageError : a deal without defaults, cards without a card set, a base case that is none
    """
    if base_case is not None and not 0.0 < base_case < 1.0:
        raise UsageError(f"--base-case {base_case:g}: a base case lies above 0% and below 100%")
    if deal.terms.assumptions.cards is not None:
        return card_cells(deal, file, base_case)
    base = own_base_case(deal) if base_case is None else base_case
    notes = outside(file, base) + recovery_notes(deal, file)
    levels = tuple(file.levels)
    scenarios = scenarios_of(deal, file, notes)
    multiples = np.array([file.multiple(level, base) for level in levels])
    varied = recoveries(deal, file, len(scenarios)) + speeds(deal, file, scenarios) + timings(deal, file, scenarios)
    varied += rates(deal, file, levels, scenarios) + interruptions(file, len(levels), scenarios)
    times = 1.0 if base_case is None else brought(deal, base_case, notes)
    levers = [Lever(lever.path, lever.base * times, lever.most) for lever in default_levers(deal)]
    spans = [usual_range(deal, lever.path).high / lever.base for lever in levers if lever.base > 0.0]
    span = Range(0.0, min([*spans, MOST]))
    return Cells(
        deal, base, levels, scenarios, multiples, tuple(varied), partial(raised, levers, span), span, tuple(notes)
    )


def placed(deal: Deal) -> Placed | None:
    """The one default curve of the deal where it is an amount; None where it is a rate, or one of many."""
    assumptions = deal.terms.assumptions
    alone = not any(terms.default for terms in assumptions.groups.values())
    return assumptions.default if alone and isinstance(assumptions.default, Placed) else None


def own_base_case(deal: Deal) -> float:
    """The level that the deal's own curve says: its net loss where it is written as one, else its lifetime default."""
    own: Any = placed(deal)
    return levels_of(deal).mean if own is None else float(getattr(own, own.key)) * float(own.multiple)


def brought(deal: Deal, base_case: float, notes: list[str]) -> float:
    """How many times the deal's own curves make the base case; the notes say so.

    Raises
    ------
    UsageError : the deal has no defaults to be raised, or its pool cannot bear so many
    """
    if placed(deal) is not None:
        own = own_base_case(deal)
        if not own > 0.0:
            raise UsageError("nothing defaults in the deal as it stands; its curve cannot be brought to a base case")
        times = base_case / own
    else:
        ladder = levels_of(deal)
        if base_case > ladder.most:
            raise UsageError(
                f"--base-case {base_case:.2%}: with the curves of the deal, its pool can bear defaults of "
                f"{ladder.most:.2%} at most"
            )
        own, times = ladder.mean, float(ladder.multiple(base_case))
    notes.append(f"the deal's curves of {own:.2%} are brought to the base case of {base_case:.2%}")
    return times


def recovery_notes(deal: Deal, file: StressFile) -> list[str]:
    """Say where haircuts of recoveries have nothing to cut, or do not change what is lost."""
    if not any(level.recovery_haircut for level in file.levels.values()):
        return []
    if not recovery_levers(deal):
        return ["recovery haircuts are left out: the deal recovers nothing"]
    if any(getattr(curve, "net", False) for _, curve in curves(deal, "default")):
        return [
            "the default level is a net loss, and stays the multiple of the base case: haircuts of recoveries change "
            "how much defaults and comes back to make it"
        ]
    return []


def outside(file: StressFile, base: float) -> list[str]:
    """Say where the table does not cover the base case."""
    low, high = file.base_cases[0], file.base_cases[-1]
    if low <= base <= high:
        return []
    near = low if base < low else high
    ends = f"{low:.0%} to {high:.0%}"
    return [f"the base case of {base:.2%} lies outside the table ({ends}); the multiples of {near:.0%} are used"]


def scenarios_of(deal: Deal, file: StressFile, notes: list[str], *, cards: bool = False) -> tuple[Scenario, ...]:
    """Every combination of the file's axes that the deal has something for; what is left out goes to the notes."""
    timing, prepayment = list(file.timing), list(file.prepayment)
    if cards:
        if len(timing) > 1 or prepayment != [BASE]:
            notes.append("timing and prepayment are left out: the stresses of card accounts take their place")
        timing, prepayment = [BASE], [BASE]
    if any(power != 1.0 for power in file.timing.values()) and not cards and not timing_levers(deal):
        notes.append("timing is left out: the default curves of the deal are rates, which have none")
        timing = [BASE]
    if prepayment != [BASE]:
        try:
            if not speed_levers(deal):
                notes.append("prepayment is left out: the deal has none")
                prepayment = [BASE]
        except UsageError as error:
            notes.append(f"prepayment is left out: {error}")
            prepayment = [BASE]
    moves = list(file.rates)
    if moves != [BASE] and not deal.terms.assumptions.indices:
        notes.append("rates are left out: the deal has no index")
        moves = [BASE]
    broken = [False] if file.interruption is None else [False, True]
    if len(broken) > 1 and deal.terms.assumptions.interruption is not None:
        notes.append("interruption is left out: the deal has one of its own")
        broken = [False]
    return tuple(Scenario(*choice) for choice in product(timing, prepayment, moves, broken))


def raised(levers: Sequence[Lever], span: Range, multiples: Array, at: Rows) -> list[Varied]:
    """All default curves at so many times their own level."""
    return [
        Varied.of_numbers(
            lever.path, np.minimum(lever.base * multiples, lever.most), "",
            (lever.base * span.low, min(lever.base * span.high, lever.most)),
        )
        for lever in levers
    ]  # fmt: skip


def recoveries(deal: Deal, file: StressFile, count: int) -> list[Varied]:
    """Recoveries after the haircut of each level."""
    kept = 1.0 - np.repeat([level.recovery_haircut for level in file.levels.values()], count)
    return [lever.of(lever.share * kept) for lever in recovery_levers(deal)]


def speeds(deal: Deal, file: StressFile, scenarios: Sequence[Scenario]) -> list[Varied]:
    """Speeds, slow and fast as each level has them."""
    if all(scenario.prepayment == BASE for scenario in scenarios):
        return []
    pace = [
        getattr(level, scenario.prepayment) if scenario.prepayment != BASE else 1.0
        for level in file.levels.values()
        for scenario in scenarios
    ]
    return [lever.times(pace) for lever in speed_levers(deal)]


def timings(deal: Deal, file: StressFile, scenarios: Sequence[Scenario]) -> list[Varied]:
    """The timing of each scenario, the same for all levels."""
    if all(file.timing.get(scenario.timing, 1.0) == 1.0 for scenario in scenarios):
        return []
    return [
        Varied.of_texts(
            lever.path,
            [lever.shaped(file.timing.get(scenario.timing, 1.0)) for scenario in scenarios] * len(file.levels),
        )
        for lever in timing_levers(deal)
    ]


def rates(deal: Deal, file: StressFile, levels: Sequence[str], scenarios: Sequence[Scenario]) -> list[Varied]:
    """All indices, moved in parallel."""
    if all(scenario.rates == BASE for scenario in scenarios):
        return []
    moves = np.array(
        [
            0.0 if scenario.rates == BASE
            else getattr(file.levels[level], f"rates_{scenario.rates}")
            for level in levels
            for scenario in scenarios
        ]
    )  # fmt: skip
    found = []
    for name, index in deal.terms.assumptions.indices.items():
        flat = isinstance(index, float)
        path = f"assumptions.indices.{name}" if flat else f"assumptions.indices.{name}.shift"
        found.append(Varied.of_numbers(path, (index if isinstance(index, float) else index.shift) + moves))
    return found


def interruptions(file: StressFile, levels: int, scenarios: Sequence[Scenario]) -> list[Varied]:
    """Collections lost by the servicer, or none."""
    terms = file.interruption
    if terms is None or not any(scenario.interrupted for scenario in scenarios):
        return []
    lost = f"{{from: {terms.from_}, months: {terms.months}, lost: {terms.lost!r}}}"
    texts = [lost if scenario.interrupted else "null" for scenario in scenarios] * levels
    return [Varied.of_texts(INTERRUPTION, texts)]


def card_cells(deal: Deal, file: StressFile, base_case: float | None) -> Cells:
    """The cells of card accounts: charge-offs up to a peak and back, the other rates down to stay there.

    Raises
    ------
    UsageError : the file has no card set, or a rate of the deal moves by period
    """
    if file.cards is None:
        raise UsageError("the deal holds card accounts, and the file has no `cards:` with stresses for them")
    terms: Any = deal.terms.assumptions.cards
    base = first_rate_of(deal) if base_case is None else base_case
    changes = {}
    for word, field in {"charge_off": "charge_off", **COMING_DOWN}.items():
        rate = getattr(terms, field)
        if not isinstance(rate, float):
            raise UsageError(f"{CARDS}.{word}: moves by period; a stress needs one number as its base")
        changes[f"{CARDS}.{word}"] = moving(file.cards, word, base if word == "charge_off" else rate)
    moved = deal.with_(changes)
    notes: list[str] = []
    if base_case is not None:
        notes.append(f"charge-offs of {first_rate_of(deal):.2%} are brought to the base case of {base:.2%}")
    scenarios = scenarios_of(deal, file, notes, cards=True)
    levels, count = tuple(file.cards.levels), len(scenarios)
    stresses: list[CardLevel] = [*file.cards.levels.values()]
    multiples = np.array([level.charge_off for level in stresses])
    varied = []
    for word, field in COMING_DOWN.items():
        rate = getattr(terms, field)
        ends = np.repeat([min(rate * getattr(level, field), ceiling(word)) for level in stresses], count)
        varied.append(Varied.of_numbers(f"{CARDS}.{word}.to", ends))
    varied += rates(deal, file, levels, scenarios) + interruptions(file, len(levels), scenarios)
    top = min(20.0, 0.9999 / base) if base else 20.0
    if multiples.max() > top:
        raise UsageError(
            f"a base case of {base:.2%} times {multiples.max():g} is no charge-off rate; it lies below 100%"
        )
    peaks = [Lever(f"{CARDS}.charge_off.multiple.linear.{month}", 1.0) for month in peak_months(file.cards)]
    span = Range(0.0, top)
    return Cells(
        moved, base, levels, scenarios, multiples, tuple(varied), partial(raised, peaks, span), span, tuple(notes)
    )


def first_rate_of(deal: Deal) -> float:
    """The charge-off rate of the deal as it stands."""
    return first_rate(deal) if not isinstance(rate := charge_off(deal), float) else rate


def charge_off(deal: Deal) -> Any:
    """The charge-off of card accounts as the deal writes it."""
    cards = deal.terms.assumptions.cards
    return cards.charge_off if cards is not None else 0.0


def ceiling(word: str) -> float:
    """The most that a rate of cards may be."""
    return {"purchase_rate": 20.0, "payment_rate": 1.0}.get(word, 0.9999)


def peak_months(terms: CardStresses) -> list[int]:
    """The months between which charge-offs are at their peak."""
    return [terms.ramp, terms.ramp + terms.hold] if terms.hold else [terms.ramp]


def moving(terms: CardStresses, word: str, rate: float) -> str:
    """A rate of cards in the form that a stress moves, as the deal file would write it; still without stress."""
    if word == "charge_off":
        months = [0, *peak_months(terms), terms.ramp + terms.hold + terms.decay]
        points = ", ".join(f"{month}: 1" for month in months)
        return f"{{rate: {rate!r}, multiple: {{linear: {{{points}}}}}}}"
    return f"{{from: {rate!r}, to: {rate!r}, months: {terms.ramp}}}"
