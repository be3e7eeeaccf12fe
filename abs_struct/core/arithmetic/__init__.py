"""The three arithmetics: one text of a clause, computed by floats, by arrays, or written as formulas.

A step never asks what kind of number it holds. It uses `+ - * /`, comparisons, and the functions of the
backend `x` that is passed in. `Floats` runs one scenario a period at a time, `Arrays` runs many scenarios
side by side with the same bits, and `symbols.Symbols` writes the formula that the workbook and `explain` show.
"""

from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.arithmetic.numbers import TOLERANCE, Numbers, Value

__all__ = ["TOLERANCE", "Floats", "Numbers", "Value"]
