"""The value of a line's written formula, its inputs and lines read from a run."""

from __future__ import annotations

from abs_struct.core.arithmetic.symbols import evaluate
from abs_struct.waterfall.ledger import Ledger
from abs_struct.waterfall.trace import Trace


def valued(written: Trace, lines: Ledger, path: str, period: int) -> float:
    """The value of a line's written formula, its inputs and lines read from the run."""

    def read(leaf: object) -> float:
        if leaf.op == "input":  # type: ignore[attr-defined]
            return float(written.program.inputs[leaf.args[0]])  # type: ignore[attr-defined]
        name, ago = leaf.args  # type: ignore[attr-defined]
        return float(lines[name][period - ago]) if period >= ago else 0.0

    formula = written.formula(path)
    assert formula is not None
    return float(evaluate(formula, read))
