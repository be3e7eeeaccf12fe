"""Studies vary a deal: scenarios are an axis, not a loop.

`sweep` takes any numeric fields of the deal, runs the full grid side by side on the array backend, and gives back
a `Study`: a tidy table, grids, and a heat map. Every row has the bits of its single run.
"""

from abs_struct.study.axes import Axis, axis_of
from abs_struct.study.study import Study
from abs_struct.study.sweep import sweep

__all__ = ["Axis", "Study", "axis_of", "sweep"]
