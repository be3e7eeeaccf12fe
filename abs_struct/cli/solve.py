"""abs-struct solve: break-even levels, sizes, coupons, and any number of the deal that meets a target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, printable, say, table

if TYPE_CHECKING:
    from abs_struct.deal import Deal
    from abs_struct.study import BreakEven
    from abs_struct.study.sizes import Size

app = typer.Typer(
    help="Levels, sizes, coupons or any number at which a deal keeps a promise.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
MOST_ROWS = 60
MANY = "not monotone"
TWICE = "*: not monotone, it survives up to the first level, fails above it, and survives again up to the second"

Classes = Annotated[
    list[str] | None,
    typer.Option("--notes", metavar="NAMES", help="Classes, as in A,B; all if left out.", show_default=False),
]
Where = Annotated[Literal["local", "process", "dask"], typer.Option("--executor", help="Where it runs.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Processes of --executor process.", show_default=False)
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Of --executor dask, as tcp://host:port.", show_default=False),
]


@app.command("break-even", short_help="The largest default level that each class survives.")
def break_even(
    deal: DealPath,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", metavar="PATH=VALUES", show_default=False,
            help="A cell for each value: START:STOP:STEP or A,B,C; repeat for a grid.",
        ),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(
            "--of", metavar="PATH", show_default=False,
            help="What is raised; the multiple of the default curve if left out.",
        ),
    ] = None,
    until: Annotated[
        str, typer.Option("--until", metavar="TEST", help="full-and-on-time, first-dollar-of-loss, or yield=5%.")
    ] = "full-and-on-time",
    notes: Classes = None,
    span: Annotated[
        str | None,
        typer.Option("--range", metavar="LOW..HIGH", help="Where to look, as 0..15 or 0%..40%.", show_default=False),
    ] = None,
    scan: Annotated[int, typer.Option("--scan", metavar="N", help="Levels of the scan that comes first.")] = 33,
    tolerance: Annotated[float, typer.Option("--tolerance", metavar="X", help="How close.")] = 1e-9,
    changes: Changes = None,
    tape: TapePath = None,
    executor: Where = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Folder = None,
    json_: Json = False,
) -> None:  # fmt: skip
    """Find the largest level of default at which each class is repaid in full and on time, over a grid of cells."""
    from abs_struct.cli.sweep import words_of
    from abs_struct.handoff.breakeven import write_break_even
    from abs_struct.study import axis_of
    from abs_struct.study import break_even as solved
    from abs_struct.study.executors import executor_of

    axes = [axis_of(text) for text in vary or []]
    with Progress("break-even") as progress:
        progress.stage("reading the deal and its tape")
        base = loaded(deal, changes, tape)
        with executor_of(executor, workers, scheduler) as where:
            found = solved(
                base, axes, of=of, until=until, notes=words_of(notes), span=span, scan=scan, tolerance=tolerance,
                executor=where, progress=progress,
            )  # fmt: skip
        progress.stage("writing files")
        files = [str(file) for file in write_break_even(found, folder_of(deal, out))]
    if json_:
        print_json(found.summary(files))
        return
    show_break_even(found)
    print("\n".join(files))


def show_break_even(found: BreakEven) -> None:
    """The table on the terminal: a row for each cell, a column for each class; or a row for each class of one cell."""
    what = f"{', '.join(found.paths)}{' (times what it is)' if found.times else ''}"
    print(f"{printable(found.deal)}: break-even of {what}, until {found.until}")
    low, high = found.printed(found.span.low), found.printed(found.span.high)
    if len(found) == 1 and not found.cells.varied:
        rows = [
            [name, level_of(found, n, 0), f"{100.0 * found.losses[n, 0]:.2f}%", found.outcomes[n, 0]]
            for n, name in enumerate(found.notes)
        ]
        print(table(["Class", "Level", "Net loss", "Outcome"], rows))
        print(f"looked between {low} and {high}")
        if MANY in found.outcomes:
            print(TWICE)
        return
    rows = []
    for k in range(min(len(found), MOST_ROWS)):
        shown = [one.text(k) for one in found.cells.varied]
        levels = [level_of(found, n, k) for n in range(len(found.notes))]
        rows.append([*([found.cells.names[k]] if found.cells.names else []), *shown, *levels])
    heads = [*(["name"] if found.cells.names else []), *(one.path for one in found.cells.varied)]
    print(table([*heads, *found.notes], rows, len(heads)))
    if len(found) > MOST_ROWS:
        print(f"... {len(found) - MOST_ROWS:,} cells more in break_even.csv")
    words = set(found.outcomes.ravel())
    marks = {
        "survives the whole range": f"all: survives the whole range, {low} to {high}",
        "not reachable": f"all: not reachable, the pool can lose no more than it does at {high}",
        "fails at the lowest": f"none: fails at the lowest, {low}",
        MANY: TWICE,
        "holds from a level on": "some levels are the least that hold and not the greatest; break_even.csv says which",
    }
    for word, sentence in marks.items():
        if word in words:
            print(sentence)


def level_of(found: BreakEven, note: int, cell: int) -> str:
    """A level as the terminal shows it; both turns where it is not monotone."""
    level = found.printed(found.levels[note, cell])
    if found.outcomes[note, cell] != MANY:
        return level
    return f"{level} / {found.printed(found.highest[note, cell])}*"


@app.command("value", short_help="The value of a field that meets a target.")
def value(
    deal: DealPath,
    path: Annotated[str, typer.Argument(metavar="PATH", help="Any number of the deal, as notes.B.coupon.")],
    target: Annotated[
        str, typer.Option("--target", metavar="MEASURE=VALUE", help="As in B.yield=6% or residual.irr=12%.")
    ],
    span: Annotated[
        str | None,
        typer.Option(
            "--range", metavar="LOW..HIGH", help="Where to look; 0 to four times the deal's value if left out.",
            show_default=False,
        ),
    ] = None,
    scan: Annotated[int, typer.Option("--scan", metavar="N", help="Values of the scan that comes first.")] = 65,
    changes: Changes = None,
    tape: TapePath = None,
    executor: Where = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    json_: Json = False,
) -> None:  # fmt: skip
    """Find every value of a field at which a measure is what is wanted."""
    from abs_struct.study import solve_value
    from abs_struct.study.executors import executor_of
    from abs_struct.study.target import shown, written

    measure, wanted = target_of(target)
    with Progress("value") as progress, executor_of(executor, workers, scheduler) as where:
        progress.stage("reading the deal and its tape")
        base = loaded(deal, changes, tape)
        found = solve_value(base, path, measure, wanted, span=span, scan=scan, executor=where, progress=progress)
    if json_:
        print_json(found.summary())
        return
    print(f"{printable(found.deal)}: {measure} = {shown(measure, wanted)}")
    for k in range(len(found)):
        jump = ", where it jumps over the target" if found.jumps[k] else ""
        at = written(float(found.values[k]), found.span)
        print(f"{path} = {at}   ({measure} {shown(measure, float(found.measured[k]))}{jump})")
    if len(found) > 1:
        say(f"{len(found)} values meet the target: {measure} is not monotone between the ends of the range")


def target_of(text: str) -> tuple[str, float]:
    """`--target MEASURE=VALUE` as a measure and a number.

    Raises
    ------
    UsageError : no `=`, or no number behind it
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.study.axes import number_of

    measure, equals, written = (part.strip() for part in text.partition("="))
    number = number_of(written) if equals else None
    if number is None:
        raise UsageError(f"--target {text}: write MEASURE=VALUE, as in B.yield=6%")
    return measure, number


@app.command("coupon", short_help="Coupons at par, or at a price.")
def coupon(
    deal: DealPath,
    yields: Annotated[
        list[str] | None,
        typer.Option("--yield", metavar="CLASS=RATE", help="What it yields, as in A=5.25%,B=6%.", show_default=False),
    ] = None,
    margins: Annotated[
        list[str] | None,
        typer.Option(
            "--margin", metavar="CLASS=RATE", help="The discount margin of a floating class.", show_default=False
        ),
    ] = None,
    prices: Annotated[
        list[str] | None,
        typer.Option(
            "--price", metavar="CLASS=PRICE", show_default=False,
            help="Per 100, 100 if left out; alone: the yield or discount margin at that price.",
        ),
    ] = None,
    changes: Changes = None,
    tape: TapePath = None,
    executor: Where = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    json_: Json = False,
) -> None:  # fmt: skip
    """Find the coupons at which classes are worth par, or a price, at their yields; margins of floaters."""
    from abs_struct.study import solve_coupons
    from abs_struct.study.executors import executor_of

    asked = [
        numbers_by_class(given, word) for given, word in ((yields, "yield"), (margins, "margin"), (prices, "price"))
    ]
    with Progress("coupon") as progress, executor_of(executor, workers, scheduler) as where:
        progress.stage("reading the deal and its tape")
        base = loaded(deal, changes, tape)
        found = solve_coupons(base, *asked, executor=where, progress=progress)
    if json_:
        print_json(found.summary())
        return
    print(f"{printable(found.deal)}: coupons at the prices asked for")
    rows = [
        [
            one.note, one.path, f"{100.0 * found.coupons[k]:.6f}%", f"{one.price:g}",
            one.measure.rpartition(".")[2].replace("_", " "), f"{100.0 * found.measured[k]:.6f}%",
            f"{found.lives[k]:.2f}",
        ]
        for k, one in enumerate(found.wanted)
    ]  # fmt: skip
    print(table(["Class", "Field", "Value", "Price", "Measure", "at price", "WAL"], rows, 2))
    print(" ".join(f"--set {one.path}={100.0 * c:.8g}%" for one, c in zip(found.wanted, found.coupons, strict=True)))


def numbers_by_class(given: list[str] | None, word: str) -> dict[str, float]:
    """`--yield A=5.25%,B=6%` as class and number.

    Raises
    ------
    UsageError : no `=`, no number behind it, or a class twice
    """
    from abs_struct.cli.sweep import words_of
    from abs_struct.core.findings import UsageError
    from abs_struct.study.axes import number_of

    found: dict[str, float] = {}
    for text in words_of(given):
        name, equals, written = (part.strip() for part in text.partition("="))
        number = number_of(written) if equals else None
        if number is None or not name:
            example = "A=99.5" if word == "price" else "A=5.25%"
            raise UsageError(f"--{word} {text}: write CLASS=NUMBER, as in {example}")
        if name in found:
            raise UsageError(f"--{word} {text}: class {name} stands twice; keep one")
        found[name] = number
    return found


@app.command("size", short_help="The largest classes that survive their stresses.")
def size(
    deal: DealPath,
    stress: Annotated[
        Path | None,
        typer.Option(
            "--stress", metavar="FILE", show_default=False,
            help="YAML of class -> scenario -> {path: value}, or a stress file; the toolkit's own if left out.",
        ),
    ] = None,
    set_of: Annotated[
        list[str] | None,
        typer.Option(
            "--set-of", metavar="'CLASS: PATH=VALUE, ...'", show_default=False,
            help="A scenario of a class; may be repeated.",
        ),
    ] = None,
    notes: Classes = None,
    until: Annotated[
        str, typer.Option("--until", metavar="TEST", help="full-and-on-time, first-dollar-of-loss, or yield=5%.")
    ] = "full-and-on-time",
    total_free: Annotated[
        bool, typer.Option("--total-free", help="Size the last class, too, and so the total of the notes.")
    ] = False,
    changes: Changes = None,
    tape: TapePath = None,
    executor: Where = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Folder = None,
    json_: Json = False,
) -> None:  # fmt: skip
    """Find the largest class A that survives its stresses, then B, and so on; the last class absorbs the rest."""
    from abs_struct.cli.sweep import words_of
    from abs_struct.handoff.sizes import write_sizes
    from abs_struct.study import size_notes
    from abs_struct.study.executors import executor_of

    remarks: list[str] = []
    with Progress("size") as progress, executor_of(executor, workers, scheduler) as where:
        progress.stage("reading the deal and its tape")
        base, stresses = stresses_for(loaded(deal, changes, tape), stress, set_of, remarks)
        found = size_notes(
            base, stresses, notes=words_of(notes) or None, until=until, total_free=total_free, executor=where,
            progress=progress,
        )  # fmt: skip
        files = [str(file) for file in write_sizes(found, folder_of(deal, out))]
    if json_:
        print_json(found.summary() | {"remarks": remarks, "files": files})
        return
    print(f"{printable(found.deal)}: largest sizes, until {found.until}")
    rows = [
        [
            one.note, f"{100.0 * one.before:.4f}%", f"{100.0 * one.share:.4f}%", f"{one.amount:,.2f}",
            f"{abs(round(100.0 * one.subordination, 4)):.4f}%", survival(one), one.bound,
        ]
        for one in found.classes
    ]  # fmt: skip
    print(table(["Class", "Was", "Size", "Amount", "Below it", "Stresses", "Binding"], rows))
    print(" ".join(f"--set '{path}={value}'" for path, value in found.changes().items()))
    for words in remarks:
        say(f"{words[:1].upper()}{words[1:]}.")
    if not found.settled:
        say("the sizes went round in circles, each class making room for the other; the smaller ones were kept")
    print("\n".join(files))


def survival(one: Size) -> str:
    """Whether a class survives its stresses, in a word."""
    return "none given" if one.survives is None else "survives" if one.survives else "FAILS"


def stresses_for(
    deal: Deal, file: Path | None, given: list[str] | None, remarks: list[str]
) -> tuple[Deal, dict[str, dict[str, dict[str, str]]]]:
    """The stresses of a file, or the toolkit's own, and those of the command line, which are named by their number.

    `remarks` takes what a stress file leaves out for this deal, and what its table does not cover.
    """
    from abs_struct.study.sizing import stress_of, stresses_from

    found: dict[str, dict[str, dict[str, str]]] = {}
    if file is not None or not given:
        deal, found = stresses_from(deal, file, remarks)
    for number, text in enumerate(given or (), start=1):
        note, changes = stress_of(text)
        found.setdefault(note, {})[f"set {number}"] = changes
    return deal, found
