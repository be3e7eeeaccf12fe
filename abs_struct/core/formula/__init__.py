"""The formula language of the deal file: parsed, checked, never handed to Python's own evaluator.

    max(13.25% * pool.balance, 2.00% * pool.initial_balance)
    55.25% of pool
    if(triggers.turbo.active, available, notes.balance - (pool.balance - target_oc))
    state not in ["IA", "ID"] and days_past_due <= 30

Names are lines (or the columns of a tape), numbers may carry `_`, `%` or `bp`. There are `+ - * /`, comparisons,
`in`, `and or not`, and the functions min, max, abs, if, average(line, n) and previous(line, n).
"""

from abs_struct.core.formula.formula import Formula, Resolver, Scope
from abs_struct.core.formula.nodes import Name, Node
from abs_struct.core.formula.parse import parse

__all__ = ["Formula", "Name", "Node", "Resolver", "Scope", "parse"]
