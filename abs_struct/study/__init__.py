"""Studies vary a deal: scenarios are an axis, not a loop.

`evaluate` takes fields of the deal with a value for each scenario and gives a table of measures; every row has the
bits of its single run, here or on any executor. `sweep` stands on it: the full grid of any fields, the scenarios of a
file, or a drawn design, as a `Study` with its tidy table, grids and heat map. `simulate` draws paths of an uncertain
deal; `break_even` and its neighbours search on the scenario axis.
"""

from abs_struct.study.axes import Axis, axis_of
from abs_struct.study.breakeven import break_even
from abs_struct.study.breakeven_table import BreakEven
from abs_struct.study.coupons import Coupons, solve_coupons
from abs_struct.study.designs import Design, design_from, drawn
from abs_struct.study.scenarios import Table, evaluate
from abs_struct.study.simulation import Simulation, simulate
from abs_struct.study.sizes import Sizes
from abs_struct.study.sizing import size_notes
from abs_struct.study.study import Study
from abs_struct.study.sweep import sweep
from abs_struct.study.target import Solution, solve_value
from abs_struct.study.uncertainty import Uncertainty, uncertainty_of
from abs_struct.study.varied import Varied

__all__ = [
    "Axis",
    "BreakEven",
    "Coupons",
    "Design",
    "Simulation",
    "Sizes",
    "Solution",
    "Study",
    "Table",
    "Uncertainty",
    "Varied",
    "axis_of",
    "break_even",
    "design_from",
    "drawn",
    "evaluate",
    "simulate",
    "size_notes",
    "solve_coupons",
    "solve_value",
    "sweep",
    "uncertainty_of",
]
