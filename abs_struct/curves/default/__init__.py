"""Default curves: one file a kind, found by the key that the deal file uses.

To add a kind, add a file that subclasses `Curve`, enters itself with `@DEFAULT.add("key")`, and is imported here.
"""

from abs_struct.curves.default.cdr import Cdr
from abs_struct.curves.default.cgd import Cgd
from abs_struct.curves.default.cnl import Cnl
from abs_struct.curves.default.mdr import Mdr
from abs_struct.curves.default.sda import Sda
from abs_struct.curves.default.timing import Placed, Timing
from abs_struct.curves.default.vector import DefaultVector

__all__ = ["Cdr", "Cgd", "Cnl", "DefaultVector", "Mdr", "Placed", "Sda", "Timing"]
