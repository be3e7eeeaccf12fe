"""A pool from a tape: the loans of a target balance that maximise an objective under concentration limits.

A mixed-integer programme, solved by HiGHS through scipy: one binary unknown a loan, one for the balance of the pool, a
row for every limit that can bind. The programme with parts of loans settles most of them and bounds the objective; the
answer is checked against the limits in whole cents, and the gap to the bound is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.findings import FormulaError, TapeError
from abs_struct.core.formula import Formula
from abs_struct.tape.eligibility import Criterion, Loans, column_name, meets
from abs_struct.tape.limits import Concentration, Limits, buckets, eligible, numbers_of, sums_of, test_limits
from abs_struct.tape.tape import Tape, total_cents

Floats = NDArray[np.float64]
GAP = 1e-4  # of the objective, at which the search may end
OPEN = 2_000  # loans that the relaxed programme leaves to the search
QUICK = 10.0  # seconds for them
SECONDS = 120.0
SAFE = 1e-7  # of the pool: a margin for limits that the tolerance of the solver let pass by a cent
SCALE = 100_000.0  # cents in the unit of the solver: thousands of currency units


@dataclass(frozen=True, eq=False)
class Selection:
    """The selected loans as a mask (N,) over the accepted loans of a tape, and how good the selection is.

    objective : its value over the selected loans
    bound     : no selection has more
    limits    : the selected pool against its limits
    """

    mask: NDArray[np.bool_]
    objective: float
    bound: float
    limits: Concentration

    @property
    def gap(self) -> float:
        """How far the objective may be from the best there is, as a share of it."""
        return max(0.0, self.bound - self.objective) / abs(self.bound) if self.bound else 0.0


def select(
    tape: Tape, limits: Limits, target: float, maximise: str = "balance", tolerance: float = 0.01,
    seconds: float = SECONDS,
) -> Selection:  # fmt: skip
    """Select loans up to a target balance.

    Parameters
    ----------
    tape : N accepted loans
    limits : criteria and limits; shares and averages are those of the selected pool
    target : the balance of the pool at most, in currency units
    maximise : a formula over the columns of the tape, summed over the selected loans, such as "balance * rate"
    tolerance : how far the pool may stay below the target, as a fraction of it
    seconds : how long the solver may search

    Raises
    ------
    TapeError : a column that the tape lacks, or no pool of this size meets the limits; says the largest that does
    """
    mask = eligible(tape, limits)
    places = np.flatnonzero(mask)
    if not len(places):
        raise TapeError(f"{tape.file}: no loan is eligible under the limits")
    goal = values_of(tape, maximise)[places]
    cents = 100.0 * target
    for margin in (0.0, SAFE):
        programme = Programme(tape, limits, places, margin)
        found = programme.solve(goal, (1.0 - tolerance) * cents, cents, seconds)
        chosen = np.zeros(len(tape), dtype=bool)
        if found is not None:
            chosen[places[found[0]]] = True
            if test_limits(tape.keep(chosen), limits).met:
                break
    if found is None:
        largest = programme.solve(tape.columns["balance_cents"][places].astype(float), 0.0, cents, seconds)
        size = 0.0 if largest is None else total_cents(tape.columns["balance_cents"][places[largest[0]]]) / 100
        raise TapeError(
            f"{tape.file}: no pool of {(1.0 - tolerance) * target:,.2f} to {target:,.2f} meets the limits; the largest "
            f"that was found has {size:,.2f}"
        )
    return Selection(chosen, float(goal[found[0]].sum()), found[1], test_limits(tape.keep(chosen), limits))


def values_of(tape: Tape, formula: str) -> Floats:
    """A formula over the columns of a tape, loan by loan (N,); balances in currency units, missing values as 0."""
    try:
        parsed = Formula(formula)
        names = {name: column_name(tape, name) or name for name in parsed.names()}
        columns = {name: numbers_of(tape, ours) for name, ours in names.items()}

        def resolve(name: str) -> list[tuple[str, str, str]]:
            return [("tape", name, "number")]

        parsed.bind(resolve)
        found = parsed(Arrays(), Loans({n: np.nan_to_num(c) for n, c in columns.items()}, parsed.constants()))
    except FormulaError as error:
        raise TapeError(f"maximise '{formula}': {error}") from None
    return np.array(np.broadcast_to(np.asarray(found, dtype=float), (len(tape),)))


class Programme:
    """The rows of the programme: each limit over the loans that may be selected, and their balance last."""

    def __init__(self, tape: Tape, limits: Limits, places: NDArray[np.intp], margin: float) -> None:
        self.balance = tape.columns["balance_cents"][places] / SCALE
        self.count = len(places)
        self.rows: list[tuple[NDArray[np.intp], Floats, float]] = []  # loans, their weights, factor of the pool: <= 0
        cents = tape.columns["balance_cents"][places]
        for limit in limits.limits:
            if limit.average:
                values = numbers_of(tape, limit.average)[places]
                for bound, sign in ((limit.at_least, -1.0), (limit.at_most, 1.0)):
                    if bound is not None:
                        weights = sign * np.nan_to_num(values - bound) * self.balance
                        self.rows.append((np.arange(self.count), weights, 0.0))
                continue
            if limit.where is not None:
                inside = np.flatnonzero(meets(tape, Criterion(str(limit), limit.where))[places])
                self.rows.append((inside, self.balance[inside], -(limit.share or 0.0) + margin))
                continue
            if limit.largest:
                raise TapeError(
                    f"the limit '{limit}' is on the largest values together, which selection does not know; limit each "
                    f"of them, and test the selected pool with `tape limits`"
                )
            _, place = buckets(tape, limit.by)
            place = np.unique(place[places], return_inverse=True)[1]
            sums = sums_of(place, cents, int(place.max()) + 1)
            share = limit.each or 0.0
            order = np.argsort(place, kind="stable")
            starts = np.searchsorted(place[order], np.arange(len(sums) + 1))
            for k in np.flatnonzero(sums > 0).tolist():
                members = order[starts[k] : starts[k + 1]]
                self.rows.append((members, self.balance[members], -share + margin))

    def solve(self, goal: Floats, low: float, high: float, seconds: float) -> tuple[NDArray[np.bool_], float] | None:
        """The best selection with its bound, or None where there is none; balances in cents.

        Rows that cannot bind (all loans of a value are below its share of the smallest pool) are left out.
        """
        from scipy.sparse import csr_matrix

        used = [
            (loans, weights, factor) for loans, weights, factor in self.rows
            if factor == 0.0 or weights.sum() > -factor * low / SCALE
        ]  # fmt: skip
        loans = [np.append(members, self.count) for members, _, _ in used] + [np.arange(self.count + 1)]
        weights = [np.append(w, factor) for _, w, factor in used] + [np.append(self.balance, -1.0)]
        starts = np.concatenate(([0], np.cumsum([len(w) for w in weights])))
        shape = (len(weights), self.count + 1)
        matrix = csr_matrix((np.concatenate(weights), np.concatenate(loans), starts), shape=shape)
        unit = float(np.abs(goal).max()) or 1.0
        least, most = np.zeros(self.count + 1), np.ones(self.count + 1)
        least[-1], most[-1] = low / SCALE, high / SCALE
        cost = np.append(-goal / unit, 0.0)
        for members, w, factor in used:
            if factor:  # a loan above the limit of its value in the largest pool is in no pool
                most[members[w > -factor * most[-1]]] = 0.0
        relaxed = relaxation(cost, matrix, least, most)
        if relaxed is None:
            return None
        bound, settled, taken = relaxed
        held = np.where(settled, taken, np.nan)
        found = solved(cost, matrix, np.fmax(least, held), np.fmin(most, held), min(QUICK, seconds))
        if found is None or found[0] - bound > GAP * abs(bound):
            whole = solved(cost, matrix, least, most, seconds)
            if whole is not None:
                bound = max(bound, whole[2])
                found = whole if found is None or whole[0] < found[0] else found
        return None if found is None else (found[1][:-1] > 0.5, -bound * unit)


def relaxation(
    cost: Floats, matrix: Any, least: Floats, most: Floats
) -> tuple[float, NDArray[np.bool_], Floats] | None:
    """The programme with parts of loans: its bound, which unknowns it settles clearly, and their values; None if void.

    A loan that the relaxed programme takes or leaves by a wide margin is taken or left; the search is for the others.
    """
    from scipy.optimize import linprog

    limited = matrix.shape[0] > 1
    options: dict[str, Any] = {"A_ub": matrix[:-1], "b_ub": np.zeros(matrix.shape[0] - 1)} if limited else {}
    solve: Any = linprog
    result = solve(cost, A_eq=matrix[-1:], b_eq=[0.0], bounds=np.column_stack([least, most]), method="highs", **options)
    if result.x is None:
        return None
    margin = np.abs(result.lower.marginals + result.upper.marginals)
    settled = np.zeros(len(cost), dtype=bool)
    settled[np.argsort(-margin, kind="stable")[: max(0, len(cost) - 1 - OPEN)]] = True
    settled[-1] = False
    whole = np.abs(result.x - np.round(result.x)) < 1e-9
    return float(result.fun), settled & whole, np.round(result.x)


def solved(
    cost: Floats, matrix: Any, least: Floats, most: Floats, seconds: float
) -> tuple[float, Floats, float] | None:
    """The programme with whole loans: cost, unknowns and the bound on the cost; None where no solution was found."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = matrix.shape[0]
    result: Any = milp(
        c=cost,
        integrality=np.append(np.ones(len(cost) - 1), 0.0),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(matrix, np.append(np.full(rows - 1, -np.inf), 0.0), np.zeros(rows)),
        options={"mip_rel_gap": GAP, "time_limit": seconds},
    )
    return None if result.x is None else (float(result.fun), np.asarray(result.x), float(result.mip_dual_bound))
