"""Speed of purchases as ratios measured side by side; run it with `python tests/benchmarks/purchases.py`.

The same deal is swept without purchases, with monthly purchases on payment dates, and with daily purchases.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.side_by_side import DEAL, Row, ratio, report

from abs_struct.core.state import Program
from abs_struct.deal import load
from abs_struct.waterfall.engine import run

RECORDED = ("pool.balance", "notes.A.balance")
ONE = {"loans": "{share: 100%, repayment: level_pay, term: 12, rate: 14%}"}
FIVE = {
    "bill": "{share: 45%, repayment: next_bill, price: 99.55, due_day: 10}",
    "three": "{share: 13%, repayment: instalments, term: 3, fee: 2.5%}",
    "six": "{share: 14%, repayment: instalments, term: 6, fee: 4.5%}",
    "twelve": "{share: 23%, repayment: instalments, term: 12, fee: 8.8%}",
    "minimum": "{share: 5%, repayment: minimum_payment, term: 24, rate: 18.25%, minimum: 10%}",
}


def program(folder: Path, scenarios: int, kinds: dict[str, str], clock: str) -> Program:
    """The marketplace deal over many scenarios, with a year of purchases where there are kinds to buy."""
    text = DEAL.read_text(encoding="utf-8")
    if kinds:
        curves = ", ".join(f"{name}: {{default: {{cdr: 5%}}}}" for name in kinds)
        bought = "".join(f"    {name}: {kind}\n" for name, kind in kinds.items())
        block = f"revolving:\n  until: 2027-12-31\n  clock: {clock}\n  receivables:\n{bought}"
        text = text.replace("assumptions:\n", f"assumptions:\n  groups: {{{curves}}}\n", 1).replace(
            "waterfall:\n", f"{block}waterfall:\n", 1
        )
        if clock == "payment dates":
            clause = f"- {{purchase: [{', '.join(kinds)}], amount: pool.principal_collections}}"
            text = re.sub(r"(\n *)(- fill: reserve\n)", rf"\1\2\1{clause}\n".replace("\n\n", "\n"), text, count=1)
    (folder / "tapes").mkdir(exist_ok=True)
    tape = folder / "tapes" / "mpl_2027_1.csv.gz"
    tape.write_bytes((DEAL.parent / "tapes" / "mpl_2027_1.csv.gz").read_bytes())
    file = folder / "deal.yaml"
    file.write_text(text, encoding="utf-8")
    found = load(file).program
    found.inputs["assumptions.prepayment.cpr"] = np.linspace(0.05, 0.30, scenarios)
    found.inputs["assumptions.default.cnl"] = np.linspace(0.05, 0.20, scenarios)
    return found


def sweep(made: Program) -> Callable[[], object]:
    """One sweep of a program."""
    return lambda: run(made, RECORDED)


def rows() -> Iterator[Row]:
    """Measure, row by row."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = program(folder, 10_000, {}, "")
        monthly = program(folder, 10_000, ONE, "payment dates")
        small = program(folder, 1_000, {}, "")
        daily = program(folder, 1_000, FIVE, "daily")
        yield Row(
            "monthly purchases, one kind, 10,000 scenarios / none",
            "<= 1.2",
            ratio(sweep(monthly), sweep(plain), 5),
        )
        yield Row(
            "daily purchases, five kinds, 1,000 scenarios / none",
            "<= 30",
            ratio(sweep(daily), sweep(small), 3),
        )


if __name__ == "__main__":
    report("Purchases", rows())
