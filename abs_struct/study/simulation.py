"""A simulation: many paths of an uncertain deal through its whole waterfall, and what each class loses in them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.study.draws import Draws, draws_of
from abs_struct.study.implied import LevelTable
from abs_struct.study.levels import Levels, levels_of
from abs_struct.study.scenarios import Progress, evaluate
from abs_struct.study.study import saved
from abs_struct.study.tails import Estimate, mean_of, quantile_of, share_of, shortfall_of
from abs_struct.study.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

HALF_A_CENT = 0.005
MOST_PATHS = 10_000_000
MEASURES = ("balance", "wal", "principal_shortfall", "interest_shortfall", "value_at_coupon")
QUANTILES = (0.5, 0.95, 0.99, 0.999)
TAIL = 0.99


@dataclass(frozen=True, eq=False)
class ClassOutcome:
    """What became of a class in S paths.

    loss : (S,) principal never repaid, as a fraction of the class
    missed : (S,) whether any principal or interest is never paid
    discounted_loss : (S,) what is missing of its value in the base case, discounted at its own coupon, as a fraction;
        nil where all is paid
    wal : (S,) years; nan where nothing is repaid
    """

    name: str
    loss: Any
    missed: Any
    discounted_loss: Any
    wal: Any

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Each figure with its standard error."""
        found = {
            "probability_of_loss": share_of(self.missed),
            "expected_loss": mean_of(self.loss),
            "discounted_loss": mean_of(self.discounted_loss),
        }
        found |= {f"loss_{100.0 * level:g}": quantile_of(self.loss, level) for level in QUANTILES}
        found[f"expected_shortfall_{100.0 * TAIL:g}"] = shortfall_of(self.loss, TAIL)
        lives = self.wal[np.isfinite(self.wal)]
        found["wal"] = mean_of(lives)
        found |= {f"wal_{100.0 * level:g}": quantile_of(lives, level) for level in (0.05, 0.5, 0.95)}
        return found


@dataclass(frozen=True, eq=False)
class Simulation:
    """The outcome of a simulation of S paths.

    mean : the default level of the deal as it stands, a fraction; draws : what was drawn
    classes : what became of each class; reasons : (S,) why a path has no figures, or empty
    """

    deal: str
    uncertainty: Uncertainty
    seed: int
    levels: Levels
    draws: Draws
    classes: tuple[ClassOutcome, ...]
    net_loss: Any
    reasons: Any
    seconds: float
    chunks: int
    table: LevelTable | None = None

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def level(self) -> Any:
        """The default level of each path, (S,), a fraction."""
        return self.draws.drawn["level"]

    def of(self, note: str) -> ClassOutcome:
        """What became of a class.

        Raises
        ------
        UsageError : no such class, with the nearest one
        """
        names = [one.name for one in self.classes]
        if note not in names:
            raise UsageError(f"no class '{note}'{nearest(note, names)} (classes: {listed(names)})")
        return self.classes[names.index(note)]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a class: each figure, and its standard error under its name with `_error`."""
        import pandas as pd

        rows = []
        for one in self.classes:
            row: dict[str, Any] = {"class": one.name}
            for name, estimate in one.estimates.items():
                row |= {name: estimate.value, f"{name}_error": estimate.error}
            if self.table is not None:
                row["implied_level"] = self.implied(one)
            rows.append(row)
        return pd.DataFrame(rows).set_index("class")

    @cached_property
    def paths(self) -> pd.DataFrame:
        """A row a path: what was drawn, the net loss of the pool, and loss and life of each class."""
        import pandas as pd

        table: dict[str, Any] = {"path": np.arange(len(self)), **self.draws.drawn, "net_loss": self.net_loss}
        for one in self.classes:
            table |= {f"{one.name}.loss": one.loss, f"{one.name}.wal": one.wal}
            table[f"{one.name}.discounted_loss"] = one.discounted_loss
        return pd.DataFrame({**table, "reason": self.reasons})

    def implied(self, one: ClassOutcome) -> str:
        """The level that the user's table implies for a class, by expected discounted loss and mean life."""
        if self.table is None:
            raise UsageError("no table of levels was given; name one with --levels")
        return self.table.implied(one.estimates["discounted_loss"].value, one.estimates["wal"].value)

    def plot(self, note: str | None = None) -> Figure:
        """Default levels of the paths, or losses and lives of a class."""
        from abs_struct.study.histograms import class_figure, level_figure

        return level_figure(self) if note is None else class_figure(self, self.of(note))

    def save_paths(self, path: str | Path) -> Path:
        """Write all paths as .csv or .parquet; the file appears whole or not at all."""
        return saved(self.paths, Path(path))

    @cached_property
    def level_estimates(self) -> dict[str, Estimate]:
        """Mean and quantiles of the default level that was drawn."""
        found = {"mean": mean_of(self.level)}
        return found | {f"{100.0 * level:g}": quantile_of(self.level, level) for level in QUANTILES}

    def summary(self, files: Sequence[str] = ()) -> dict[str, Any]:
        """The simulation in one JSON object, schema abs-struct/simulation/1; rates as fractions, lives in years."""
        classes = {}
        for one in self.classes:
            figures: dict[str, Any] = {
                name: {"value": finite(found.value), "error": finite(found.error)}
                for name, found in one.estimates.items()
            }
            if self.table is not None:
                figures["implied_level"] = self.implied(one)
            classes[one.name] = figures
        return {
            "schema": "abs-struct/simulation/1",
            "deal": self.deal,
            "paths": len(self),
            "seed": self.seed,
            "uncertainty": self.uncertainty.model_dump(mode="json", exclude_none=True),
            "mean_level": self.levels.mean,
            "level": {
                name: {"value": finite(found.value), "error": finite(found.error)}
                for name, found in self.level_estimates.items()
            },
            "beyond_the_pool": self.draws.beyond,
            "classes": classes,
            "seconds": self.seconds,
            "paths_per_second": len(self) / self.seconds if self.seconds else 0.0,
            "chunks": self.chunks,
            "refused": int(sum(bool(reason) for reason in self.reasons)),
            "files": list(files),
        }

    def __repr__(self) -> str:
        return f"<Simulation of {self.deal}: {len(self):,} paths, seed {self.seed}; {self.uncertainty.words}>"


def finite(value: float) -> float | None:
    """A number, or None for what JSON has no number for."""
    return float(value) if np.isfinite(value) else None


def simulate(
    deal: Deal,
    uncertainty: Uncertainty | None = None,
    *,
    paths: int = 100_000,
    seed: int = 1,
    table: LevelTable | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Draw paths of an uncertain deal and run each through its whole waterfall.

    Parameters
    ----------
    deal : the base; its own curves are the means
    uncertainty : what is drawn; a lognormal default level with a deviation of 40% when left out
    paths : S of them
    seed : the same seed draws the same paths; path n does not depend on how many there are
    table : limits of expected loss, from which implied levels are read
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with paths done and in all

    Returns
    -------
    Simulation of S paths; neither chunks nor workers change a bit of it

    Raises
    ------
    DealError : what the deal refuses
    UsageError : no paths or too many, something uncertain that the deal does not have

    Source: Monte Carlo; the default level as a distribution, the cash flows by the engine.
    """
    if not 1 <= paths <= MOST_PATHS:
        raise UsageError(f"--paths {paths}: a simulation has 1 to {MOST_PATHS:,} paths")
    if not 0 <= seed < 2**64:
        raise UsageError(f"--seed {seed}: a seed is a whole number from 0 to 2^64 - 1")
    terms = uncertainty if uncertainty is not None else Uncertainty()
    _ = deal.collateral
    started = time.perf_counter()
    levels = levels_of(deal)
    draws = draws_of(deal, terms, levels, seed, paths)
    names = [name for name, note in deal.terms.notes.items() if not note.subordinated_loan]
    wanted = [f"{name}.{word}" for name in names for word in MEASURES]
    found = evaluate(deal, draws.varied, [*wanted, "pool.net_loss"], executor=executor, progress=progress)
    base = base_values(deal, names)
    classes = tuple(outcome_of(name, found.columns, base[name]) for name in names)
    seconds = time.perf_counter() - started
    return Simulation(
        deal.terms.name, terms, seed, levels, draws, classes, found.columns["pool.net_loss"], found.reasons, seconds,
        found.chunks, table,
    )  # fmt: skip


def base_values(deal: Deal, names: Sequence[str]) -> dict[str, float]:
    """What each class is worth at its own coupon in the deal as it stands, as a fraction of par."""
    measures = deal.run().measures
    return {name: float(measures.value(f"{name}.value_at_coupon")) for name in names}


def outcome_of(name: str, columns: dict[str, Any], base: float) -> ClassOutcome:
    """Losses and lives of a class from its measures."""
    balance, wal, principal, interest, value = (columns[f"{name}.{word}"] for word in MEASURES)
    with np.errstate(invalid="ignore", divide="ignore"):
        missed = np.where(np.isnan(balance), np.nan, principal + interest > HALF_A_CENT)
        loss = np.where(principal > HALF_A_CENT, principal / balance, 0.0 * balance)
        discounted = np.where(missed > 0.5, np.maximum(1.0 - value / base, 0.0), 0.0 * balance)
    return ClassOutcome(name, loss, missed, discounted, wal)
