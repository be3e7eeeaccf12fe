"""Speeds: conversions between the prepayment and default rates of the trade.

Each is the formula of the curve of the same name, so that a table of speeds and a projection cannot differ.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.core.arithmetic.arrays import Arrays, power
from abs_struct.curves.default.sda import Sda
from abs_struct.curves.prepayment.abs import AbsSpeed
from abs_struct.curves.prepayment.psa import Psa

Series = NDArray[np.float64]
MONTH = 1.0 / 12.0

floats = partial(np.asarray, dtype=np.float64)


def smm_of_cpr(cpr: ArrayLike) -> Series:
    """The monthly rate of an annual one: SMM = 1 - (1 - CPR)^(1/12); the same for MDR of CDR.

    Parameters
    ----------
    cpr : scalar or array of any shape, a fraction a year

    Returns
    -------
    array of the same shape, a fraction a month

    Raises
    ------
    Nothing : a rate above 1 gives nan

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-6.

    >>> round(float(smm_of_cpr(0.06)), 8)
    0.00514301
    """
    return 1.0 - power(1.0 - floats(cpr), MONTH)


def cpr_of_smm(smm: ArrayLike) -> Series:
    """The annual rate of a monthly one: CPR = 1 - (1 - SMM)^12; the same for CDR of MDR.

    Parameters
    ----------
    smm : scalar or array of any shape, a fraction a month

    Returns
    -------
    array of the same shape, a fraction a year

    Raises
    ------
    Nothing

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-6.

    >>> round(float(cpr_of_smm(0.0043527)), 4)
    0.051
    """
    return 1.0 - power(1.0 - floats(smm), 12.0)


def smm_of_psa(psa: ArrayLike, month: ArrayLike) -> Series:
    """The SMM of a PSA speed: CPR = PSA x min(6 %, 0.2 % x month), SMM = 1 - (1 - CPR)^(1/12).

    Parameters
    ----------
    psa : scalar or array of any shape, a multiple (1.5 is 150 % PSA)
    month : scalar or array that broadcasts, months of loan life, 1 in a loan's first month

    Returns
    -------
    array of the broadcast shape, a fraction a month

    Raises
    ------
    Nothing

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-6.

    >>> round(float(smm_of_psa(1.5, 1)), 8)
    0.00025034
    """
    curve = Psa.model_construct(psa=1.0)
    return floats(curve.rate(Arrays(), lambda field: floats(psa), floats(month) - 1.0, 1.0, MONTH))


def psa_of_cpr(cpr: ArrayLike, month: ArrayLike) -> Series:
    """The PSA speed of a CPR: PSA = CPR / min(6 %, 0.2 % x month).

    Parameters
    ----------
    cpr : scalar or array of any shape, a fraction a year
    month : scalar or array that broadcasts, months of loan life, from 1

    Returns
    -------
    array of the broadcast shape, a multiple (1.5 is 150 % PSA)

    Raises
    ------
    Nothing

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-6.

    >>> round(float(psa_of_cpr(0.051, 17)), 12)
    1.5
    """
    return floats(cpr) / np.minimum(0.06, 0.002 * floats(month))


def smm_of_abs(abs_speed: ArrayLike, month: ArrayLike) -> Series:
    """The SMM of an ABS speed: SMM = ABS / (1 - ABS x (month - 1)); 1 once the original loans are used up.

    Parameters
    ----------
    abs_speed : scalar or array of any shape, a fraction of the original number of loans a month
    month : scalar or array that broadcasts, months of loan life from origination, from 1

    Returns
    -------
    array of the broadcast shape, a fraction a month

    Raises
    ------
    Nothing

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-11 to SF-14.

    >>> round(float(smm_of_abs(0.015, 50)), 4)
    0.0566
    """
    curve = AbsSpeed.model_construct(abs=0.0)
    return floats(curve.rate(Arrays(), lambda field: floats(abs_speed), floats(month) - 1.0, 1.0, MONTH))


def mdr_of_sda(sda: ArrayLike, month: ArrayLike) -> Series:
    """The MDR of an SDA speed: 0.02 % CDR a month to 0.60 % in month 30, level to 60, down to 0.03 % in month 120.

    Parameters
    ----------
    sda : scalar or array of any shape, a multiple (1.5 is 150 % SDA)
    month : scalar or array that broadcasts, months of loan life, from 1

    Returns
    -------
    array of the broadcast shape, a fraction a month

    Raises
    ------
    Nothing

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-16.

    >>> round(float(cpr_of_smm(mdr_of_sda(1.0, 90))), 6)
    0.00315
    """
    curve = Sda.model_construct(sda=1.0)
    return floats(curve.rate(Arrays(), lambda field: floats(sda), floats(month) - 1.0, 1.0, MONTH))
