"""The whole document: load, cross-check, compile, run.

`load` reads a deal file; `Deal` holds its terms and, once asked, its pool; `compile_program` turns both into the
program that the engine runs, the tracer writes down and the checks prove; `Result` is what came out.
"""

from abs_struct.deal.deal import Deal, load
from abs_struct.deal.model import DealFile
from abs_struct.deal.result import Result

__all__ = ["Deal", "DealFile", "Result", "load"]
