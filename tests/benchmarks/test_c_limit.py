"""The C limit and the loan script compute the deal: what they are compared with is the same work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.c_limit import CLimit, compiler
from benchmarks.loan_script import Script

from abs_struct.deal import load
from abs_struct.waterfall.engine import run

DEALS = Path(__file__).parents[2] / "deals"
LINES = (
    "notes.A.interest_paid",
    "notes.B.principal_paid",
    "notes.B.balance",
    "pool.balance",
    "residuals.originator.paid",
)


@pytest.fixture(scope="module")
def program():
    """MPL 2027-1 over sixteen scenarios, some of them in default."""
    found = load(DEALS / "mpl_2027_1.yaml").program
    cpr, cnl = "assumptions.prepayment.cpr", "assumptions.default.cnl"
    return replace(found, inputs=found.inputs | {cpr: np.linspace(0.0, 0.4, 16), cnl: np.linspace(0.6, 0.02, 16)})


@pytest.mark.skipif(compiler() is None, reason="no C compiler: gcc is not on the path")
@pytest.mark.parametrize(("lanes", "whole"), [(1, True), (16, False)])
def test_the_c_program_is_the_deal(program, lanes, whole, tmp_path):
    """Scalar and vector C give the lines of the engine and their totals; only powers may differ in the last bits."""
    block = run(program, LINES).block
    found = CLimit(program, LINES, whole=whole, lanes=lanes).compile(tmp_path).run()
    wanted = block if whole else np.cumsum(block, axis=1)[:, -1]
    np.testing.assert_allclose(found, wanted, rtol=0.0, atol=1e-13 * wanted.max())


def test_the_loan_script_is_the_deal(program):
    """The script over loans gives the notes of the engine, in good scenarios and after a default."""
    lines = run(program)
    script = Script(DEALS / "tapes" / "mpl_2027_1.csv.gz")
    for k in (0, 7, 15):
        found = script.run(
            *(float(program.inputs[f"assumptions.{path}"][k]) for path in ("prepayment.cpr", "default.cnl"))
        )
        for note, flows in found["principal"].items():
            np.testing.assert_allclose(flows, lines[f"notes.{note}.principal_paid"][1:, k], rtol=0.0, atol=1e-5)
        np.testing.assert_allclose(found["residual"], lines["residuals.originator.paid"][1:, k], rtol=0.0, atol=1e-5)
