"""Curves: what is assumed of a pool, the `assumptions` block of a deal file.

    prepayment: {cpr: 18%, ramp: 12}          cpr, smm, abs, psa, ppc, vector
    default:    {cdr: 4%}                     cdr, mdr, sda, cnl or cgd with a timing, vector; a multiple on it
    recovery:   {rate: 7%, lag: 6}            rate or severity, months until it is received, timing
    delinquency: {enter: 2%, roll: [30%, 60%, 85%]}   arrears by bucket, and instalments that are paid late
    advances:   false                         or true, or {months: 6}: the servicer pays instalments of defaulted loans
    payment_holiday: {share: 10%, from: 6, months: 3, interest: paid}         a share of every loan skips instalments
    term_extension:  {share: 5%, from: 1, months: 12}                         or pays off later
    conventions: sifma                        or survivor-days, each member of a set may be overridden
    indices:    {SOFR: 4.3%}                  a flat rate, a curve or a file, with its fixing
    groups:     {"36": {prepayment: ...}}     what differs for a group of loans

Each kind of curve is one small file with one formula; `speeds` converts between the rates of the trade.
"""

from abs_struct.curves.assumptions import Assumptions, GroupAssumptions, read
from abs_struct.curves.conventions import SETS, Convention, Conventions
from abs_struct.curves.curve import DEFAULT, PREPAYMENT, Curve
from abs_struct.curves.default.timing import Placed, Timing
from abs_struct.curves.recovery import Recovery

__all__ = [
    "DEFAULT",
    "PREPAYMENT",
    "SETS",
    "Assumptions",
    "Convention",
    "Conventions",
    "Curve",
    "GroupAssumptions",
    "Placed",
    "Recovery",
    "Timing",
    "read",
]
