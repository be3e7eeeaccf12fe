"""Four views of a deal side by side: which level each implies for a class, and which of them binds.

    multiples         the strictest level whose multiples the class survives in every scenario
    expected loss     the strictest whose limit, by mean life, the expected discounted loss of a simulation keeps; the
                      default level is lognormal
    quantile          the strictest whose quantile of the default level of a large pool (Vasicek) the class bears
    higher base case  the strictest whose multiples are survived where the base case is so much higher

All read one file, so that their levels are the same. A level is implied by the file; it is no rating.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.analytics import vasicek
from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.study.levels import Levels
from abs_struct.study.scenarios import Progress
from abs_struct.study.simulation import Simulation, simulate
from abs_struct.study.stress import NONE, StressRun, finite, stress
from abs_struct.study.stressfile import CardLevel, CardStresses, Level, StressFile, stress_file
from abs_struct.study.uncertainty import LOGNORMAL, UncertainDefault, Uncertainty

if TYPE_CHECKING:
    import pandas as pd

VIEWS = ("multiples", "expected loss", "quantile", "higher base case")
#: How many times the base case the grid of the fourth view has; the last is the one that it reads.
HIGHER = (0.75, 1.0, 1.25)


@dataclass(frozen=True)
class View:
    """What the four views say of a class: the level that each implies, and the figures it is read from.

    binding : the views that imply the weakest level, and that level
    break_even : the multiple of the deal's own curve that it bears; level : the default level there, a fraction
    beyond : the probability of a default level beyond that one, of a large pool
    expected_loss, error, life : of the simulation; fractions and years
    """

    note: str
    implied: dict[str, str]
    binding: tuple[str, ...]
    level_binding: str
    break_even: float
    level: float
    beyond: float
    expected_loss: float
    error: float
    life: float


@dataclass(frozen=True, eq=False)
class FourViews:
    """The four views of N classes."""

    deal: str
    run: StressRun
    simulation: Simulation
    views: tuple[View, ...]
    seconds: float

    def of(self, note: str) -> View:
        """The views of a class.

        Raises
        ------
        UsageError : no such class, with the nearest one
        """
        names = [view.note for view in self.views]
        if note not in names:
            raise UsageError(f"no class '{note}'{nearest(note, names)} (classes: {listed(names)})")
        return self.views[names.index(note)]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a class: the level by each view, the one that binds, and the figures."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "class": view.note, **view.implied,
                    "implied": view.level_binding, "binding": ", ".join(view.binding),
                    "break_even": view.break_even, "break_even_level": view.level, "probability_beyond": view.beyond,
                    "expected_loss": view.expected_loss, "expected_loss_error": view.error, "life": view.life,
                }
                for view in self.views
            ]
        ).set_index("class")  # fmt: skip

    def grid(self, note: str) -> pd.DataFrame:
        """Whether a class survives a level, by base case: rows are base cases, columns levels.

        Raises
        ------
        UsageError : no such class
        """
        import pandas as pd

        cells = self.run.cells
        rows = [survives(self.run, note, times) for times in HIGHER]
        return pd.DataFrame(rows, index=[times * cells.base_case for times in HIGHER], columns=list(self.run.levels))

    def summary(self, files: Sequence[str] = ()) -> dict[str, Any]:
        """The views in one JSON object, schema abs-struct/views/1; a figure that is not there is null."""
        return {
            "schema": "abs-struct/views/1",
            "deal": self.deal,
            "base_case": self.run.cells.base_case,
            "levels": list(self.run.levels),
            "paths": len(self.simulation),
            "remarks": list(self.run.remarks),
            "classes": {
                view.note: {
                    "implied": view.implied,
                    "binding": list(view.binding),
                    "level": view.level_binding,
                    "break_even": finite(view.break_even),
                    "break_even_level": finite(view.level),
                    "probability_beyond": finite(view.beyond),
                    "expected_loss": finite(view.expected_loss),
                    "expected_loss_error": finite(view.error),
                    "life": finite(view.life),
                }
                for view in self.views
            },
            "seconds": self.seconds,
            "files": list(files),
        }


def four_views(
    deal: Deal,
    file: StressFile | str | Path | None = None,
    *,
    notes: Sequence[str] | None = None,
    paths: int = 20_000,
    seed: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> FourViews:
    """Look at a deal in four ways, and say by class which one binds.

    Parameters
    ----------
    deal : the base
    file : levels with multiples, expected losses and probabilities; the toolkit's own when left out
    notes : the classes, N of them; all but subordinated loans when left out
    paths, seed : of the simulation
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, part by part

    Returns
    -------
    FourViews of N classes

    Raises
    ------
    DealError : what the deal refuses; no such class
    UsageError : a file without expected losses, probabilities or widths; a deal without defaults

    Source: multiples after rating practice; lognormal expected loss; Vasicek (2002).
    """
    terms = file if isinstance(file, StressFile) else stress_file(file)
    refuse_incomplete(terms)
    started = time.perf_counter()
    run = stress(deal, terms, notes=notes, executor=executor, progress=progress)
    plain = stress(deal, without_stress(terms), notes=notes, executor=executor, progress=progress)
    uncertain = Uncertainty(default=UncertainDefault(distribution=LOGNORMAL, deviation=terms.deviation))
    simulation = simulate(
        deal, uncertain, paths=paths, seed=seed, table=terms.table, executor=executor, progress=progress
    )
    views = tuple(view_of(note, terms, run, plain, simulation) for note in run.notes)
    return FourViews(deal.terms.name, run, simulation, views, time.perf_counter() - started)


def refuse_incomplete(terms: StressFile) -> None:
    """A file for the four views says more than multiples.

    Raises
    ------
    UsageError : names what is missing
    """
    missing = [word for word in ("years", "deviation", "correlation") if getattr(terms, word) is None]
    for word in ("expected_losses", "probability"):
        missing += [f"levels.{name}.{word}" for name, level in terms.levels.items() if getattr(level, word) is None]
    if missing:
        raise UsageError(f"the file of stresses lacks {listed(missing)}, which the four views read")


def without_stress(terms: StressFile) -> StressFile:
    """A file that leaves a deal as it is, to find how much of its own curve each class bears."""
    one = {"as it stands": Level(multiples=[1.0])}
    cards = terms.cards
    if cards is not None:
        own = {"as it stands": CardLevel(charge_off=1.0)}
        cards = CardStresses(ramp=cards.ramp, hold=cards.hold, decay=cards.decay, levels=own)
    return StressFile(base_cases=[0.01], levels=one, cards=cards)


def view_of(note: str, terms: StressFile, run: StressRun, plain: StressRun, simulation: Simulation) -> View:
    """What the four views say of a class."""
    own = simulation.of(note).estimates
    break_even = float(plain.break_evens[plain.row(note), 0, 0])
    level = level_at(simulation.levels, break_even)
    mean, rho = simulation.levels.mean, float(terms.correlation or 0.0)
    beyond = 1.0 if level <= 0.0 else float(1.0 - vasicek.distribution(min(level, 1.0), mean, rho))
    levels = list(run.levels)
    implied = {
        "multiples": run.implied(note),
        "expected loss": simulation.implied(simulation.of(note)).replace("n/a", NONE),
        "quantile": next(
            (name for name in levels if name in terms.levels and beyond <= (terms.levels[name].probability or 0.0)),
            NONE,
        ),
        "higher base case": strictest(levels, survives(run, note, HIGHER[-1])),
    }
    order = [*levels, NONE]
    weakest = max(implied.values(), key=order.index)
    binding = tuple(view for view in VIEWS if implied[view] == weakest)
    return View(
        note, implied, binding, weakest, break_even, level, beyond, own["discounted_loss"].value,
        own["discounted_loss"].error, own["wal"].value,
    )  # fmt: skip


def level_at(levels: Levels, multiple: float) -> float:
    """The default level at a multiple of the deal's own curves, a fraction; 100% where no multiple is too much."""
    if np.isinf(multiple):
        return 1.0 if multiple > 0 else 0.0
    return float(np.interp(multiple, levels.multiples, levels.levels))


def survives(run: StressRun, note: str, times: float) -> list[bool]:
    """Whether a class survives each level in every scenario where the base case is so many times its own."""
    least = run.break_evens[run.row(note)].min(axis=1)
    cells, found = run.cells, []
    for k, level in enumerate(run.levels):
        own = float(cells.multiples[k])
        cards = cells.deal.terms.assumptions.cards is not None
        wanted = times * (own if cards else run.file.multiple(level, times * cells.base_case))
        found.append(bool(least[k] >= wanted))
    return found


def strictest(levels: Sequence[str], survived: Sequence[bool]) -> str:
    """The strictest level that is survived with all weaker ones."""
    reached = [level for k, level in enumerate(levels) if all(survived[k:])]
    return reached[0] if reached else NONE
