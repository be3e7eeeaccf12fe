"""abs_struct: structure, run and report asset-backed securities.

    deal = abs_struct.load("deals/mpl_2027_1.yaml")
    result = deal.run()
    result.notes                                    # a table of measures, one row a note
    abs_struct.sweep(deal, {"assumptions.prepayment.cpr": [0.10, 0.18, 0.26]}).frame

The folders, read downwards, are the way of thought: core, dates and analytics; terms, what a document says; a
tape and curves make a pool; the waterfall makes a deal; studies vary it; the hand-off shows it; cli is the door.

A public name is imported when it is first asked for, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: Each public name and the module that holds it; tests/house/test_public_names.py pins the list.
PUBLIC = {
    # a deal, and what a run of it gives
    "load": "abs_struct.deal",
    "Deal": "abs_struct.deal",
    "Result": "abs_struct.deal",
    # many runs
    "sweep": "abs_struct.study",
    "Study": "abs_struct.study",
    "simulate": "abs_struct.study",
    "Simulation": "abs_struct.study",
    "uncertainty_of": "abs_struct.study",
    "stress": "abs_struct.study.stress",
    "StressRun": "abs_struct.study.stress",
    "stress_file": "abs_struct.study.stressfile",
    "four_views": "abs_struct.study.views",
    # searches
    "break_even": "abs_struct.study",
    "BreakEven": "abs_struct.study",
    "size_notes": "abs_struct.study",
    "Sizes": "abs_struct.study",
    "solve_coupons": "abs_struct.study",
    "Coupons": "abs_struct.study",
    "solve_value": "abs_struct.study",
    "Solution": "abs_struct.study",
    # loans
    "read_tape": "abs_struct.tape",
    "Tape": "abs_struct.tape",
    # what can go wrong
    "Finding": "abs_struct.core.findings",
    "Place": "abs_struct.core.findings",
    "AbsStructError": "abs_struct.core.findings",
    "AnalyticsError": "abs_struct.core.findings",
    "CheckError": "abs_struct.core.findings",
    "CurveError": "abs_struct.core.findings",
    "DateError": "abs_struct.core.findings",
    "DealError": "abs_struct.core.findings",
    "FormulaError": "abs_struct.core.findings",
    "TapeError": "abs_struct.core.findings",
    "UsageError": "abs_struct.core.findings",
}

__all__ = ["__version__", *PUBLIC]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    if name not in PUBLIC:
        raise AttributeError(f"module 'abs_struct' has no attribute '{name}'; it has {', '.join(PUBLIC)}")
    value = getattr(import_module(PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
