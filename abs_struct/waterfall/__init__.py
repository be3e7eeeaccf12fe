"""The waterfall floor: how cash is handed down, period by period.

A compiled deal is a `Program`: entities with declared lines, inputs, known data, and parts in their order - the
pool, the accruals, the determinations (amounts and triggers), the sections of the priority of payments, the
close. `engine` runs it in floats or arrays, `trace` writes it down as formulas, `checks` proves that cash is
conserved, and `Ledger` holds every recorded line.
"""
