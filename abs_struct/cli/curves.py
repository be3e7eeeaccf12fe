"""abs-struct curves: static pools, curves fitted to them, back-tests and roll rates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abs_struct.cli.terminal import Progress, print_json, printable, say, table

if TYPE_CHECKING:
    from abs_struct.history.fit import Method
    from abs_struct.history.loans import History
    from abs_struct.history.vintages import Every
    from abs_struct.tape.tape import Tape

app = typer.Typer(
    help="Curves from history: static pools, fits, back-tests, roll rates.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
LAG = 5
MOST_ROWS = 40
SEGMENT_COLUMNS = ("Segment", "Loans", "Lent", "Def. 12m", "24m", "36m", "End", "Seen", "+-", "CPR", "Recovery", "Band")

File = Annotated[str, typer.Argument(metavar="TAPE", help="A tape that is a history.", show_default=False)]
LayoutName = Annotated[str | None, typer.Option("--layout", help="A layout's name, or a layout file (.yaml).")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="COLUMNS", help="Segments, as in original_term,grade.", show_default=False),
]
EveryOf = Annotated[str, typer.Option("--every", help="Vintages: month, quarter, year.")]
LagOf = Annotated[int, typer.Option("--lag", help="Months from the last payment to the charge-off.", min=0, max=36)]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="What was known then, as 2009-12-31.", show_default=False),
]
Folder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where files are written.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Tail = Annotated[str, typer.Option("--tail", help="Where few were at risk: weibull, log-logistic, flat.")]
Credibility = Annotated[
    float, typer.Option("--credibility", help="Loans that all loans count as in a segment.", min=0.0)
]
Window = Annotated[
    int | None,
    typer.Option("--window", metavar="MONTHS", help="Only what happened in them counts.", show_default=False, min=1),
]
Recent = Annotated[
    int | None,
    typer.Option(
        "--trend", metavar="MONTHS", help="Loans made in them set the level.", show_default=False, min=1
    ),
]  # fmt: skip


@app.command("history")
def history(
    file: File, by: By = None, every: EveryOf = "quarter", lag: LagOf = LAG, until: Until = None,
    layout: LayoutName = None, out: Folder = None, json_: Json = False,
) -> None:  # fmt: skip
    """Add the loans up by vintage and by month; print what each vintage lost, and what is still to come."""
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.history import draw_vintages
    from abs_struct.handoff.static import write_static
    from abs_struct.history.developed import developed
    from abs_struct.history.dynamic import dynamic_pool
    from abs_struct.history.recoveries import recovery_curve
    from abs_struct.history.vintages import static_pool

    tape, loans = read_history(file, layout, lag, until)
    pool = static_pool(loans, every_of(every), words_of(by))
    notes = []
    try:
        vintages = developed(pool)
    except UsageError as error:
        vintages = None
        notes.append(f"no chain ladder: {error}")
    recoveries = recovery_curve(loans) if loans.defaulted.any() else None
    months, folder, name = dynamic_pool(loans), folder_for(file, out), Path(file).name.partition(".")[0]
    source = source_of(tape)
    files = [write_static(folder / "history.xlsx", name, pool, vintages, months, recoveries, source)]
    files += [written(pool.frame, folder / "static_pool.csv"), written(months.frame, folder / "dynamic_pool.csv")]
    files += [] if recoveries is None else [written(recoveries.frame, folder / "recoveries.csv")]
    files += draw_vintages(pool, folder / "vintages", source)
    if json_:
        print_json(
            {
                "schema": "abs-struct/history/1", "tape": tape_json(tape), "loans": len(loans),
                "vintages": [] if vintages is None else records(vintages.frame), "files": [str(one) for one in files],
                "notes": notes,
            }
        )  # fmt: skip
        return
    print(f"{describe(loans)}\n")
    if vintages is not None:
        header = ("Vintage", "Loans", "Lent", "Known to", "Lost", "Chain ladder", "+-", "Blended")
        rows = [
            [printable(row["vintage"], 32), f"{row['loans']:,}", f"{row['original']:,.0f}", f"{row['known_to']}",
             *(f"{row[name]:.2%}" for name in ("lost", "chain_ladder", "mack_error", "blended"))]
            for row in vintages.frame.to_dict("records")
        ]  # fmt: skip
        print(table(header, shortened(rows)))
        print()
    finish(files, notes)


@app.command("fit")
def fit(
    file: File, by: By = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="curves/<tape>.yaml if left out.", show_default=False),
    ] = None,
    every: EveryOf = "quarter", tail: Tail = "log-logistic", credibility: Credibility = 500.0, window: Window = None,
    recent: Recent = None,
    recovery_lag: Annotated[
        int | None,
        typer.Option(
            "--recovery-lag", metavar="MONTHS", help="From default to recovery, if the tape cannot say.",
            show_default=False, min=0, max=120,
        ),
    ] = None,
    lag: LagOf = LAG, until: Until = None, layout: LayoutName = None, json_: Json = False,
) -> None:  # fmt: skip
    """Fit default, prepayment and recovery by segment; write the curves that a deal names, with their bands."""
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.history import draw_fit
    from abs_struct.history.fit import fit as fitted
    from abs_struct.history.projection import loss_timing
    from abs_struct.history.recoveries import recovery_curve
    from abs_struct.history.trend import band
    from abs_struct.history.trend import trend as trend_of
    from abs_struct.history.written import LAG as TWELVE
    from abs_struct.history.written import curve_text, write_curves

    tape, loans = read_history(file, layout, lag, until)
    found = fitted(loans, words_of(by), method_of(tail, credibility, window, recent))
    levels, recoveries = trend_of(found, loans, every_of(every)), recovery_curve(loans)
    target = out if out is not None else Path("curves") / f"{Path(file).name.partition('.')[0]}.yaml"
    if target.suffix not in {".yaml", ".yml"}:
        raise UsageError(f"--out {target}: curves are written as .yaml")
    source = {"tape": Path(str(tape.file)).name, "sha256": tape.sha256}
    files = [write_curves(curve_text(found, levels, recoveries, source, recovery_lag), target)]
    files.append(written(found.frame, target.with_suffix(".csv")))
    files += draw_fit(found, levels, target.with_suffix(""), source_of(tape))
    timing, notes = loss_timing(found, loans.paying()), []
    if recovery_lag is None and not recoveries.timed:
        notes.append(
            f"the tape does not say when recoveries come; they are put {TWELVE} months after the default "
            "(--recovery-lag)"
        )
    ends = [12 * year for year in range(1, (len(timing) + 11) // 12 + 1)]
    by_year = [float(timing[min(end, len(timing)) - 1]) for end in ends]
    if json_:
        print_json(
            {
                "schema": "abs-struct/fit/1", "tape": tape_json(tape), "method": str(found.method),
                "segments": [
                    {"name": one.name, "loans": one.loans, "lent": one.original,
                     "defaults": float(one.incidence[-1]),
                     "recovery": None if one.recovery != one.recovery else one.recovery,
                     "band": list(band(found, levels, one.key))}
                    for one in (found.whole, *found.segments.values())
                ],
                "between_vintages": None if levels.between != levels.between else levels.between,
                "vintages": records(levels.frame), "loss_timing": by_year, "files": [str(one) for one in files],
                "notes": notes,
            }
        )  # fmt: skip
        return
    print(f"{describe(loans)}\n{found.method}\n")
    rows = [segment_words(one, band(found, levels, one.key)) for one in (found.whole, *found.segments.values())]
    print(table(SEGMENT_COLUMNS, shortened(rows)))
    steps = [b - a for a, b in zip([0.0, *by_year], by_year, strict=False)]
    print(f"\nLoss timing by year of life: {', '.join(f'{step:.1%}' for step in steps)}")
    listed = [f"{name} {level:.2f}" for name, level in zip(levels.labels, levels.level, strict=True) if level == level]
    say_vintages = ", ".join(listed[-12:])
    print(f"Defaults seen by expected, last {min(12, len(listed))} vintages: {say_vintages}")
    if levels.between == levels.between:
        print(f"Between vintages beyond chance: {levels.between:.1%} of the level\n")
    finish(files, notes)
    say(f"name them in a deal, assumptions: {{curves: {target}}}, or run it with --set assumptions.curves={target}")


@app.command("backtest")
def backtest(
    file: File,
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="What is known: up to 2009-12-31.", show_default=False)
    ],
    by: By = None,
    months: Annotated[int, typer.Option("--months", help="New loans of so many months.", min=1, max=120)] = 12,
    every: EveryOf = "quarter", lag: LagOf = LAG, layout: LayoutName = None, out: Folder = None, json_: Json = False,
) -> None:  # fmt: skip
    """Fit on what was known at a date and project later loans; print the error beside that of the naive mean."""
    from abs_struct.handoff.history import draw_backtest
    from abs_struct.history.backtest import backtest as tested

    tape, loans = read_history(file, layout, lag, None)
    with Progress("back-test") as progress:
        progress.stage("choosing among methods on the year before")
        found = tested(loans, month_of(before, "--before"), words_of(by), months=months, every=every_of(every))
    folder = folder_for(file, out)
    tables = {what: found.table(what) for what in ("vintage", "segment")}
    files = [written(one.reset_index(), folder / f"backtest_{what}.csv") for what, one in tables.items()]
    files += draw_backtest(found, folder / "backtest", source_of(tape))
    if json_:
        print_json(found.summary() | {"files": [str(one) for one in files]})
        return
    print(f"known until {before}: {found.fit.whole.loans:,} loans; projected: {len(found.original):,} loans made since")
    print(f"chosen on the year before it among {len(found.trials)}: {found.fit.method}\n")
    for what, one in tables.items():
        rows = [
            [printable(row[what], 24), f"{row['loans']:,}",
             *(f"{row[name]:.2%}" for name in ("actual", "projected", "naive")),
             *(f"{100 * row[name]:+.2f}" for name in ("projected_error", "naive_error"))]
            for row in one.reset_index().to_dict("records")
        ]  # fmt: skip
        header = (what.capitalize(), "Loans", "Actual", "Projected", "Naive", "Error, pts", "Naive, pts")
        print(table(header, shortened(rows)))
        print()
    print(f"{found.verdict[:1].upper()}{found.verdict[1:]}.")
    finish(files, [])


@app.command("rolls")
def rolls(
    file: File,
    by_balance: Annotated[bool, typer.Option("--by-balance", help="Weigh accounts by their statements.")] = False,
    layout: LayoutName = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write a .csv.", show_default=False)
    ] = None,
    json_: Json = False,
) -> None:  # fmt: skip
    """Print how accounts move from bucket to bucket of months late, from a panel of months."""
    from abs_struct.cli.tape_reading import read
    from abs_struct.history.panel import rolls_of

    tape = read(file, layout, "origination")
    found, months = rolls_of(tape, by_balance=by_balance)
    files = [] if out is None else [written(found.frame.rename_axis("from").reset_index(), out)]
    names = ["current", *(f"M{bucket}" for bucket in found.buckets[1:])]
    if json_:
        rates = [[None if rate != rate else float(rate) for rate in row] for row in found.rates]
        print_json(
            {"schema": "abs-struct/rolls/1", "tape": tape_json(tape), "months": months, "buckets": names,
             "rates": rates, "counts": found.counts.tolist(), "files": [str(one) for one in files]}
        )  # fmt: skip
        return
    unit = "balance" if by_balance else "accounts"
    print(f"{len(tape):,} accounts, {months[0]} to {months[-1]}: {len(months) - 1} moves each, by {unit}\n")
    rows = [
        [name, f"{counts.sum():,.0f}", *("-" if rate != rate else f"{rate:.2%}" for rate in rates),
         "-" if worse != worse else f"{worse:.2%}"]
        for name, counts, rates, worse in zip(names, found.counts, found.rates, found.forward, strict=True)
    ]  # fmt: skip
    print(table(("From", unit.capitalize(), *names, "Rolls on"), rows))
    finish(files, [])


def read_history(file: str, layout: str | None, lag: int, until: str | None) -> tuple[Tape, History]:
    """The tape and the lives of its loans, as they were known at a date."""
    from abs_struct.cli.tape_reading import read
    from abs_struct.history.loans import history_of

    tape = read(file, layout, "origination")
    loans = history_of(tape, lag)
    return tape, loans if until is None else loans.censored(month_of(until, "--until"))


def month_of(text: str, option: str) -> int:
    """The month of a date, counted from year 0: all that happened up to its end is known.

    Raises
    ------
    UsageError : no date
    """
    import re

    from abs_struct.core.findings import UsageError

    written = re.fullmatch(r"(\d{4})-(\d{2})(-\d{2})?", text.strip())
    if not written or not 1 <= int(written[2]) <= 12:
        raise UsageError(f"{option} {text}: is not a date; write it as 2009-12-31 or 2009-12")
    return 12 * int(written[1]) + int(written[2]) - 1


def every_of(text: str) -> Every:
    """The length of a vintage.

    Raises
    ------
    UsageError : another word
    """
    from abs_struct.core.findings import UsageError, listed, nearest
    from abs_struct.history.vintages import SPANS

    for word in SPANS:
        if word == text:
            return word  # type: ignore[return-value]
    raise UsageError(f"--every {text}: vintages are made by {listed(SPANS)}{nearest(text, SPANS)}")


def words_of(given: list[str] | None) -> list[str]:
    """Columns, with commas between them or repeated."""
    return [name.strip() for words in given or () for name in words.split(",") if name.strip()]


def method_of(tail: str, credibility: float, window: int | None, recent: int | None) -> Method:
    """How hazards are estimated, as the options say."""
    from abs_struct.core.findings import UsageError, listed, nearest
    from abs_struct.history.fit import Method
    from abs_struct.history.hazards import KINDS

    if tail not in KINDS:
        raise UsageError(f"--tail {tail}: no such curve{nearest(tail, KINDS)} (curves: {listed(KINDS)})")
    return Method(tail, credibility, window, recent)


def segment_words(one: Any, between: tuple[float, float]) -> list[str]:
    """One segment in a line."""
    reached = [f"{one.incidence[month - 1]:.2%}" if month <= one.term else "-" for month in (12, 24, 36)]
    years = one.smm[: min(one.term, 36)].mean()
    seen, error = one.table.incidence[-1], one.table.error[-1]
    return [
        printable(one.name, 24), f"{one.loans:,}", f"{one.original:,.0f}", *reached, f"{one.incidence[-1]:.2%}",
        f"{seen:.2%}", f"{error:.2%}", f"{1.0 - (1.0 - years) ** 12:.1%}",
        "-" if one.recovery != one.recovery else f"{one.recovery:.1%}", f"{between[0]:.2f}-{between[1]:.2f}",
    ]  # fmt: skip


def shortened(rows: list[list[str]]) -> list[list[str]]:
    """The rows that a terminal bears; the files have all."""
    if len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:MOST_ROWS], [f"... {len(rows) - MOST_ROWS:,} more", *[""] * (len(rows[0]) - 1)]]


def describe(loans: History) -> str:
    """How many loans, and what is known of them."""
    from abs_struct.history.loans import month_text

    ended = int(loans.defaulted.sum())
    return (
        f"{len(loans):,} loans, {loans.original.sum():,.2f} lent, known until {month_text(loans.observed)}; {ended:,} "
        f"charged off, {int(loans.prepaid.sum()):,} paid off early"
    )


def source_of(tape: Tape) -> str:
    """What was read, for the foot of a picture."""
    return f"{Path(str(tape.file)).name}   tape {tape.sha256[:12]}"


def tape_json(tape: Tape) -> dict[str, str]:
    """What was read, for scripts."""
    return {"file": str(tape.file), "sha256": tape.sha256}


def folder_for(file: str, out: Path | None) -> Path:
    """Where the files of a tape go; reports/<tape> if nothing is said."""
    return out if out is not None else Path("reports") / Path(file).name.partition(".")[0]


def written(frame: Any, target: Path) -> Path:
    """A table as CSV, whole or not at all."""
    from abs_struct.core.whole import whole

    with whole(target) as draft:
        frame.to_csv(draft, index=False, lineterminator="\n")
    return target


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a table for JSON; blank where there is no number."""
    return [
        {key: None if value != value else value for key, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def finish(files: list[Path], notes: list[str]) -> None:
    """The files on stdout, and what has to be said on stderr."""
    for note in notes:
        say(note)
    print("\n".join(str(file) for file in files))
