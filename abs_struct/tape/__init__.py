"""Loan tapes: read with a layout, checked row by row, tested for eligibility, joined, stratified, and generated."""

from abs_struct.tape.eligibility import Criterion, Eligibility
from abs_struct.tape.read import read_tape
from abs_struct.tape.tape import Rejection, Tape, Totals

__all__ = ["Criterion", "Eligibility", "Rejection", "Tape", "Totals", "read_tape"]
