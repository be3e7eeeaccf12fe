"""Pool: loans become rows, rows become cohorts, cohorts run off under curves.

    loans -> rows        loans that share a schedule and their hazards, added up in whole cents
    rows -> cohorts      the contractual schedule, computed once and added up by group and loan age
    cohorts -> flows     survival x schedule, period by period, in floats, arrays or formulas

The loan-by-loan projection that this equals to 1e-12 lives in the tests.
"""
