"""Loan tapes: read with a layout, checked row by row, tested for eligibility, stratified, and generated."""

from abs_struct.tape.eligibility import Criterion, Eligibility
from abs_struct.tape.join import join
from abs_struct.tape.read import read_tape
from abs_struct.tape.stratify import Stratification, stratify
from abs_struct.tape.tape import Rejection, Tape, Totals

__all__ = [
    "Criterion",
    "Eligibility",
    "Rejection",
    "Stratification",
    "Tape",
    "Totals",
    "join",
    "read_tape",
    "stratify",
]
