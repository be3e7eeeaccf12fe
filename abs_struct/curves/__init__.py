"""Curves: what is assumed of a pool, the `assumptions` block of a deal file.

    prepayment: {cpr: 18%, ramp: 12}          cpr, smm, abs, psa, ppc, vector
    default:    {cdr: 4%}                     cdr, mdr, sda, cnl with a timing, vector
    recovery:   {rate: 7%, lag: 6}            rate or severity, months until it is received
    advances:   false                         the servicer advances on defaulted loans until they are liquidated
    conventions: sifma                        or survivor-days, each member of a set may be overridden
    groups:     {"36": {prepayment: ...}}     what differs for a group of loans

Each kind of curve is one small file with one formula; `speeds` converts between the rates of the trade.
"""

from abs_struct.curves.assumptions import Assumptions, GroupAssumptions, read
from abs_struct.curves.conventions import SETS, Convention, Conventions
from abs_struct.curves.curve import DEFAULT, PREPAYMENT, Curve
from abs_struct.curves.default import Cnl, Timing
from abs_struct.curves.recovery import Recovery

__all__ = [
    "DEFAULT",
    "PREPAYMENT",
    "SETS",
    "Assumptions",
    "Cnl",
    "Convention",
    "Conventions",
    "Curve",
    "GroupAssumptions",
    "Recovery",
    "Timing",
    "read",
]
