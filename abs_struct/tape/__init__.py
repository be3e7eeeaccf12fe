"""Loan tapes: read with a layout, checked row by row, tested for eligibility, stratified, and generated."""

from abs_struct.tape.read import read_tape
from abs_struct.tape.tape import Rejection, Tape, Totals

__all__ = ["Rejection", "Tape", "Totals", "read_tape"]
