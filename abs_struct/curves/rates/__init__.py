"""Index rates: what a floating coupon, a swap or an account earns by, under `assumptions.indices`.

    EURIBOR_1M: 2.45%                                                  the rate of every period
    PRIME: {curve: {2027-01-01: 4.3%, 2028-01-01: 4.0%}}               a rate holds until the next date
    SOFR: {file: curves/sofr.csv, shift: 25 bp, fixing: compounded in arrears, lookback: 5, calendar: US-SIFMA}

`index` is the model, `points` a curve by date and the file it may come from, `fixing` turns daily rates into the
rate of each accrual period, and `part` is the piece of the program that fills the line `indices.SOFR.rate`.
"""

from abs_struct.curves.rates.fixing import base_rates
from abs_struct.curves.rates.index import Index
from abs_struct.curves.rates.part import INDICES, IndexRates, indices_of
from abs_struct.curves.rates.points import Points

__all__ = ["INDICES", "Index", "IndexRates", "Points", "base_rates", "indices_of"]
