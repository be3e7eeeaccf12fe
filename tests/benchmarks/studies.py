"""Speed of studies as ratios measured side by side; run it with `python tests/benchmarks/studies.py`.

The deal is MPL 2027-1: 25 clauses in two sections, 66 months, 18 cohorts of 23,000 loans. The C limit is the same deal
as a C program (c_limit.py), compiled here; without a C compiler its rows are left out.
"""

from __future__ import annotations

import dataclasses
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.c_limit import CLimit, compiler
from benchmarks.loan_script import Script
from benchmarks.side_by_side import DEAL, Row, process, ratio, report

from abs_struct.analytics.discounting import total
from abs_struct.analytics.irr import annual_irr
from abs_struct.core.state import Program
from abs_struct.deal import Deal, load
from abs_struct.pool.loans import Loans
from abs_struct.pool.rows import compress
from abs_struct.pool.schedule import cohorts
from abs_struct.study import Varied, break_even, evaluate, simulate, uncertainty_of
from abs_struct.study.draws import draws_of
from abs_struct.study.levels import levels_of
from abs_struct.waterfall.engine import run, run_as_arrays

CPR, CNL = "assumptions.prepayment.cpr", "assumptions.default.cnl"
UNCERTAIN = {
    "default": "{distribution: inverse normal, correlation: 15%}",
    "prepayment": "{deviation: 20%, correlation: 50%}",
}
MEASURES = ("A.wal", "A.yield", "B.principal_shortfall", "C.principal_shortfall", "D.principal_shortfall", "D.yield")
FEW = tuple(f"notes.{note}.{line}" for note in "ABCD" for line in ("interest_paid", "principal_paid", "balance"))
MANY = (
    *(f"notes.{note}.{line}" for note in "ABCD" for line in (
        "interest_due", "interest_paid", "interest_shortfall", "principal_paid", "balance", "factor", "enhancement")),
    *(f"pool.{line}" for line in (
        "balance", "interest", "scheduled_principal", "prepaid", "defaulted", "recovered", "cumulative_net_loss")),
    "accounts.reserve.balance", "accounts.reserve.drawn", "triggers.turbo.active", "deal.overcollateralisation",
    "residuals.originator.paid",
)  # fmt: skip
#: Prepayment x timing x recovery.
CELLS = {
    CPR: ["10%", "14%", "18%", "22%", "26%"],
    "assumptions.default.timing.by_year": ["[40%, 35%, 18%, 6%, 1%]", "[25%, 30%, 25%, 15%, 5%]"],
    "assumptions.recovery.rate": ["0%", "4%", "7%", "10%", "15%"],
}
SCENARIOS = 16_384
NOTE = """\
The deal is MPL 2027-1: 25 clauses in two sections, 66 months, 18 cohorts of 23,000 loans, some 400 lines. C is that
deal written from its trace and compiled with `gcc -O3 -march=native`, with the same figures; it computes only what it
is asked for, and so do large sweeps. The script over loans is `loan_script.py`, with the same figures, too. Monte Carlo
stands for a million paths, which run in chunks of 8,192 at one cost each; its draws are the benchmark's own, and are
counted, and C is given them drawn."""
TOLERANCE = 1e-12


def levels(count: int) -> dict[str, Any]:
    """Speeds and losses of so many scenarios, in no order."""
    draw = np.random.default_rng(20270120)
    return {CPR: draw.uniform(0.05, 0.30, count), CNL: draw.uniform(0.03, 0.25, count)}


def varied(count: int) -> list[Varied]:
    """The same as fields of the deal."""
    return [Varied.of_numbers(path, values) for path, values in levels(count).items()]


def of(program: Program, count: int) -> Program:
    """The program over so many scenarios."""
    return dataclasses.replace(program, inputs=program.inputs | levels(count))


def totals(program: Program) -> Callable[[], Any]:
    """A sweep of reductions: the totals of some lines."""

    def sweep() -> Any:
        lines = run(program, FEW)
        return [total(lines[name]) for name in FEW]

    return sweep


def agree(found: Any, wanted: Any) -> None:
    """Stop where two sides of a ratio do not compute the same."""
    gap = float(np.max(np.abs(np.subtract(found, wanted)))) / max(float(np.max(np.abs(wanted))), 1.0)
    if not gap <= TOLERANCE:
        raise SystemExit(f"the two sides differ by {gap:.3g} of their greatest value; there is nothing to compare")


def against_c(deal: Deal, folder: Path) -> Iterator[Row | str]:
    """The engine against the C limit."""
    if compiler() is None:
        yield "the rows against C: this machine has no gcc"
        return
    program = of(deal.program, SCENARIOS)
    vector = CLimit(program, FEW).compile(folder)
    scalar = CLimit(program, FEW, lanes=1).compile(folder)
    whole = CLimit(program, MANY, whole=True).compile(folder)
    sweep = totals(program)
    for limit in (vector, scalar):
        agree(limit.run(), sweep())
    agree(whole.run(), run(program, MANY).block)
    count = f"{SCENARIOS:,} scenarios"
    yield Row(
        f"sweep of {count}, totals of 12 lines / C with vector instructions", "<= 10", ratio(sweep, vector.run, 9)
    )
    yield Row(f"sweep of {count}, totals of 12 lines / scalar C", "<= 4", ratio(sweep, scalar.run, 9))
    yield Row(
        f"sweep of {count} that records 40 lines / C that records them",
        "<= 2.5",
        ratio(lambda: run(program, MANY), whole.run, 7),
        "the goal was set on a deal of a quarter of the lines; here what is not recorded is most of the work",
    )


def one_at_a_time(deal: Deal) -> Iterator[Row]:
    """Many scenarios side by side against one after the other."""
    program = deal.program
    sweep = totals(of(program, SCENARIOS))
    yield Row(
        "one scenario at a time on arrays / the sweep, each scenario",
        ">= 1,000",
        ratio(lambda: [run_as_arrays(program, FEW) for _ in range(5)], sweep, 9, SCENARIOS / 5),
    )
    tape = DEAL.parent / "tapes" / "mpl_2027_1.csv.gz"
    for most in (None, 1_000):
        script = Script(tape, most)
        if most is None:
            check_script(deal, script)
        yield Row(
            f"NumPy over {len(script.balance):,} loans, one scenario at a time / the sweep, each scenario",
            ">= 100",
            ratio(lambda script=script: [script.run(0.18, cnl) for cnl in (0.05, 0.09, 0.15)], sweep, 9, SCENARIOS / 3),
        )


def check_script(deal: Deal, script: Script) -> None:
    """The script computes this deal."""
    for cpr, cnl in ((0.05, 0.05), (0.18, 0.09), (0.30, 0.40)):
        lines = deal.with_({CPR: repr(cpr), CNL: repr(cnl)}).run().lines
        found = script.run(cpr, cnl)
        agree(found["residual"], lines["residuals.originator.paid"][1:])
        for note, flows in found["principal"].items():
            agree(flows, lines[f"notes.{note}.principal_paid"][1:])
            agree(found["interest"][note], lines[f"notes.{note}.interest_paid"][1:])


def of_loans(deal: Deal, count: int) -> Program:
    """The deal on so many synthetic loans, which have the same 1,000 combinations of term, age and rate."""
    draw = np.random.default_rng(7)
    at = np.arange(count) % 1_000
    term = np.where(at % 2 == 0, 36, 60)
    columns = {
        "balance_cents": draw.integers(100_000, 4_000_000, count),
        "rate": 0.06 + (at // 2 % 60) * 0.005,
        "remaining_term": term - at % 9,
        "age": at % 9,
        "original_term": term,
        "repayment": np.full(count, "level_pay"),
    }
    rows = compress(Loans.of(columns, ["original_term"]))
    schedule = deal.schedule
    found = cohorts(rows, deal.terms.assumptions, schedule.periods, schedule.collection_days(), deal.terms.pool.accrual)
    other = load(DEAL)
    other.__dict__["collateral"] = dataclasses.replace(deal.collateral, rows=rows, cohorts=tuple(found))
    return of(other.program, SCENARIOS)


def loans(deal: Deal) -> Iterator[Row]:
    """The number of loans makes no difference after loading."""
    large, small = totals(of_loans(deal, 10_000_000)), totals(of_loans(deal, 1_000))
    yield Row("the sweep on 10,000,000 loans / on 1,000 loans of the same rows", "<= 1.1", ratio(large, small, 9))


def processes(deal: Deal) -> Iterator[Row]:
    """Two processes."""
    fields = varied(8 * SCENARIOS)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:

        def two() -> object:
            return evaluate(deal, fields, MEASURES, executor=executor)

        yield Row(
            f"one process / two, {8 * SCENARIOS:,} scenarios with measures, each right after the same untimed",
            ">= 1.6",
            ratio(lambda: evaluate(deal, fields, MEASURES), two, 5, awake=True),
            "the deal is planned in one process, and the two share a cache",
        )


def peak(count: int, of: str = "--peak") -> float:
    """The most memory, in GB, of a process that measures so many scenarios, or draws so many paths."""
    command = [sys.executable, __file__, of, str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def memory() -> Iterator[Row]:
    """Memory is bounded by the chunk, not by the scenarios."""
    most = peak(1_000_000)
    yield Row("GB of memory at most, a million scenarios with six measures", "<= 1.5", (most, most, most))
    most = peak(1_000_000, "--peak-of-paths")
    yield Row("GB of memory at most, `simulate` with a million paths", "<= 1.5", (most, most, most))


def flows(count: int) -> Any:
    """The flows of so many investments, (61, S): bought once, repaid monthly."""
    draw = np.random.default_rng(11)
    paid = draw.uniform(0.5, 1.5, (60, count)) * 2.2
    return np.concatenate([np.full((1, count), -100.0), paid])


def yields() -> Iterator[Row | str]:
    """Yields of many flows against loops over the functions of other packages."""
    import numpy_financial

    many, years = flows(100_000), np.arange(61) / 12.0
    here = annual_irr(many, years)
    columns = [np.ascontiguousarray(many[:, k]) for k in range(2_000)]

    def compared(irr: Callable[[Any], float], name: str, count: int, goal: str) -> Row:
        monthly = np.array([irr(column) for column in columns[:100]])
        agree((1.0 + monthly) ** 12 - 1.0 + 1e3, here[:100] + 1e3)
        return Row(
            f"`{name}` in a loop / yields of 100,000 flows at once, each flow",
            goal,
            ratio(lambda: [irr(one) for one in columns[:count]], lambda: annual_irr(many, years), 7, 100_000 / count),
        )

    yield compared(numpy_financial.irr, "numpy_financial.irr", 200, ">= 500")
    try:
        import pyxirr
    except ImportError:
        yield "`pyxirr.irr` in a loop: pyxirr is not installed"
        return
    yield compared(pyxirr.irr, "pyxirr.irr", 2_000, ">= 20")


def paths(deal: Deal, folder: Path) -> Iterator[Row | str]:
    """Monte Carlo through the full waterfall: one-factor default levels, correlated speeds."""
    if compiler() is None:
        yield "Monte Carlo against C: this machine has no gcc"
        return
    count, uncertain = 262_144, uncertainty_of(None, UNCERTAIN)
    drawn = draws_of(deal, uncertain, levels_of(deal), 1, count)
    inputs = {one.path: one.numbers for one in drawn.varied}
    limit = CLimit(dataclasses.replace(deal.program, inputs=deal.program.inputs | inputs), FEW).compile(folder)
    yield Row(
        f"`simulate` with {count:,} paths: drawn, run, measured / C with vector instructions on the same paths",
        "<= 10",
        ratio(lambda: simulate(deal, uncertain, paths=count), limit.run, 3),
        "it measures lives and values at the coupon of four classes besides, which C does not",
    )


def break_evens(deal: Deal) -> Iterator[Row]:
    """A break-even table against the wait for a data frame; each level survives and fails a tolerance above."""
    found = break_even(deal, CELLS, notes=["A", "B", "C"])
    agree(found.levels.shape, (3, 50))
    if set(found.outcomes.ravel()) - {"break-even", "not reachable"}:
        raise SystemExit("the cells of the break-even table are not what they were")
    yield Row(
        "break-even table of 3 classes x 50 cells to 1e-9 / a process that imports pandas",
        "<= 1",
        ratio(
            lambda: break_even(deal, CELLS, notes=["A", "B", "C"]), process(sys.executable, "-c", "import pandas"), 9
        ),
        "seven passes over the waterfall for some 1,500 scenarios each, and six deals compiled for the cells",
    )


def rows() -> Iterator[Row | str]:
    """Measure, row by row."""
    deal = load(DEAL)
    yield from memory()
    with tempfile.TemporaryDirectory() as name:
        yield from against_c(deal, Path(name))
        yield from one_at_a_time(deal)
        yield from yields()
        yield from loans(deal)
        yield from processes(deal)
        yield from paths(deal, Path(name))
    yield from break_evens(deal)


def peak_here() -> float:
    """The most memory of this process so far, in GB."""
    status = Path("/proc/self/status")  # resource would count what the process was before it ran this program, too
    if status.exists():
        found = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**3  # bytes where there is no /proc: macOS


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        evaluate(load(DEAL), varied(int(sys.argv[2])), MEASURES)
        print(peak_here())
    elif sys.argv[1:2] == ["--peak-of-paths"]:
        simulate(load(DEAL), uncertainty_of(None, UNCERTAIN), paths=int(sys.argv[2]))
        print(peak_here())
    else:
        report("Studies", rows(), NOTE)
