"""Loan tapes: read with a layout, checked row by row, tested for eligibility, stratified, and generated.

Each name is imported when it is first asked for: a run reads and tests a tape, and neither joins nor stratifies it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

MODULES = {
    "Criterion": "eligibility",
    "Eligibility": "eligibility",
    "Rejection": "tape",
    "Stratification": "stratify",
    "Tape": "tape",
    "Totals": "tape",
    "join": "join",
    "read_tape": "read",
    "stratify": "stratify",
}

__all__ = [*MODULES]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module 'abs_struct.tape' has no attribute '{name}'; it has {', '.join(MODULES)}")
    return getattr(import_module(f"abs_struct.tape.{MODULES[name]}"), name)
