"""Prepayment curves: one file a kind, found by the key that the deal file uses.

To add a kind, add a file that subclasses `Curve`, enters itself with `@PREPAYMENT.add("key")`, and is imported here.
"""

from abs_struct.curves.prepayment.abs_speed import AbsSpeed
from abs_struct.curves.prepayment.cpr import Cpr
from abs_struct.curves.prepayment.ppc import Ppc
from abs_struct.curves.prepayment.psa import Psa
from abs_struct.curves.prepayment.smm import Smm
from abs_struct.curves.prepayment.vector import PrepaymentVector

__all__ = ["AbsSpeed", "Cpr", "Ppc", "PrepaymentVector", "Psa", "Smm"]
