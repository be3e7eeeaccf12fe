"""abs-struct run: one run of a deal, its figures on the terminal, its report in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, Fires, Folder, Json, TapePath, fired, folder_of, loaded
from abs_struct.cli.terminal import Progress, complain, print_json, printable, say, table

if TYPE_CHECKING:
    from pathlib import Path

    from abs_struct.deal.result import Result


MOST_EVENTS = 12
WIDE = 150
CENT = 0.005


def run(
    deal: DealPath,
    changes: Changes = None,
    tape: TapePath = None,
    fire: Fires = None,
    out: Folder = None,
    json_: Json = False,
    record: Annotated[
        list[str] | None,
        typer.Option(
            "--record",
            metavar="LINES",
            show_default=False,
            help="Write lines by period as CSV, as in notes.*.balance,pool.prepaid; may be repeated.",
        ),
    ] = None,
    excel: Annotated[bool, typer.Option("--excel/--no-excel", help="Write the investor report.")] = True,
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts.")] = True,
    language: Annotated[str, typer.Option("--lang", help="Of the charts: en or zh.")] = "en",
) -> None:
    """Run a deal: tranche table, triggers, checks, investor report."""
    from abs_struct.deal.summary import run_summary

    with Progress("run") as progress:
        progress.stage("reading the deal and its tape")
        loan_deal = fired(loaded(deal, changes, tape), fire)
        progress.stage("paying the notes")
        result = loan_deal.run()
        wanted = lines_of(result, record)
        files: list[Path] = []
        if excel or charts or wanted:
            folder = folder_of(deal, out)
            if excel:
                progress.stage("writing the report")
                from abs_struct.handoff.report import write_report

                files.append(write_report(result, folder / "report.xlsx"))
            if charts:
                progress.stage("drawing the charts")
                from abs_struct.handoff.charts import write_charts

                files += write_charts(result, folder, spoken(language))
            if wanted:
                from abs_struct.handoff.lines import write_lines

                files.append(write_lines(result, wanted, folder / "lines.csv"))
    names = tuple(str(file) for file in files)
    if json_:
        print_json(run_summary(result, names))
    else:
        show(result, names)
    if result.failures:
        for check in result.failures:
            complain(
                f"check failed: {check.statement}: left {check.left:,.2f}, right {check.right:,.2f}, "
                f"period {check.period} ({check.id})"
            )
        raise typer.Exit(4)


def spoken(language: str) -> str:
    """The language of the charts; a word where no font of this machine has its signs.

    Raises
    ------
    UsageError : another language
    """
    from abs_struct.core.findings import UsageError

    if language not in {"en", "zh"}:
        raise UsageError(f"--lang {language}: charts are labelled in en or zh")
    if language == "zh":
        from abs_struct.handoff.chinese import MISSING, chinese_font

        if chinese_font() is None:
            say(MISSING)
    return language


def lines_of(result: Result, record: list[str] | None) -> list[str]:
    """The lines that --record names; `*` stands for anything.

    Raises
    ------
    UsageError : no such line, with the nearest name
    """
    from fnmatch import fnmatchcase

    from abs_struct.core.findings import UsageError, nearest

    found: dict[str, None] = {}
    for word in (word.strip() for text in record or () for word in text.split(",")):
        if not word:
            continue
        names = [name for name in result.lines if fnmatchcase(name, word)]
        if not names:
            raise UsageError(f"--record {word}: the deal has no such line{nearest(word, result.lines)}")
        found.update(dict.fromkeys(names))
    return list(found)


def show(result: Result, files: tuple[str, ...]) -> None:
    """The run on the terminal: classes, pool, residual, triggers, checks, files."""
    from abs_struct.handoff.formats import factor_percent, life, money, rate, short_date

    terms, collateral, deal = result.terms, result.collateral, result.deal_measures
    print(f"{printable(terms.name)}   {terms.currency}   cut-off {terms.dates.cutoff}   closing {terms.dates.closing}")
    left_out = f"{len(collateral.tape.rejections):,} rejected, {collateral.ineligible:,} ineligible"
    print(f"{collateral.loans:,} loans, {money(collateral.balance)} ({printable(collateral.tape.file)}; {left_out})")
    print()
    rows = [
        [
            printable(terms.notes[name].label or name, 24), m.rating or "-", money(m.balance),
            factor_percent(m.balance / deal.sized_by), factor_percent(m.enhancement) if m.balance else "n/a",
            rate(m.coupon), life(m.wal) if m.balance else "n/a",
            rate(m.yield_), life(m.modified_duration), short_date(m.first_principal), short_date(m.last_principal),
            money(m.interest_shortfall), money(m.principal_shortfall),
        ]
        for name, m in result.note_measures.items()
    ]  # fmt: skip
    whole = "% series" if terms.pool.series else "% pool"
    header = ["Class", "Rating", "Balance", whole, "Enh.", "Coupon", "WAL", "Yield", "Dur.", "First", "Last"]
    print(table([*header, "Int. short", "Prin. short"], rows, left=2))
    show_coupons(result)
    print()
    parts = {
        "scheduled": deal.scheduled_principal, "prepaid": deal.prepaid, "defaulted": deal.defaulted,
        "recovered": deal.recovered, "net loss": deal.net_loss,
    }  # fmt: skip
    amounts = ", ".join(f"{word} {money(value)}" for word, value in parts.items())
    share = factor_percent(deal.net_loss / deal.pool_balance)
    if terms.pool.kind == "cards":
        share = f"{factor_percent(deal.loss_a_year)} a year"
    print(f"Pool      {amounts} ({share}), WAL {life(deal.pool_wal)}")
    if (bought := result.purchases) is not None:
        until = "" if bought.last is None else f" to {result.dates[bought.last]}"
        print(
            f"Purchases par {money(bought.par)} for {money(bought.price)} in {bought.periods} periods{until}: "
            f"{life(bought.turns)} turns of the initial pool, {life(bought.turns_of_average)} of the average pool"
        )
    put_in = deal.residual_invested > CENT  # nothing earned on rounding
    irr, times = (rate(deal.residual_irr), life(deal.residual_multiple)) if put_in else ("-", "-")
    earned = f"on {money(deal.residual_invested)}, IRR {irr}, multiple {times}"
    if terms.pool.series:
        earned = "to the seller and other series, for their share of the trust: no return of its own"
    print(f"Residual  paid {money(deal.residual_paid)} {earned}; cost of funds {rate(deal.cost_of_funds)}")
    show_triggers(result)
    show_events(result)
    if result.retention is not None and result.retention.passed:  # what fails is a note
        print(f"\nRetention {result.retention.sentence.removeprefix('risk retention ')}")
    for warning in result.warnings:
        say(f"note: {warning}")
    passed = len(result.checks) - len(result.failures)
    failed = f", {len(result.failures)} FAILED" if result.failures else ""
    print(f"\nChecks    {passed} of {len(result.checks)} passed{failed}")
    for at, file in enumerate(files):
        print(f"{'Files     ' if at == 0 else '          '}{file}")


def show_coupons(result: Result) -> None:
    """The coupons that are not one fixed rate, below the table that shows their first one."""
    from abs_struct.deal.summary import note_words

    notes = result.terms.notes.items()
    said = [(note.label or name, note_words(note)) for name, note in notes if note.floats or note.notional is not None]
    for at, (label, words) in enumerate(said):
        lead = "\nCoupons   " if at == 0 else "          "
        print(f"{lead}{printable(f'{label}: {words}', WIDE - 10)}")


def show_triggers(result: Result) -> None:
    """Triggers at their tightest: tested value, level, headroom, first breach."""
    from abs_struct.handoff.formats import tested

    if not result.triggers:
        return
    rows = []
    for found in result.triggers.values():
        first = "never" if found.first_breach is None else f"period {found.first_breach}"
        measured = (
            ["-", "-", "-", "-"]
            if found.condition
            else [tested(found.value), tested(found.level), tested(found.least_headroom), f"{found.at_period}"]
        )
        rows.append([printable(found.label, 40), *measured, first, f"{found.periods_active}"])
    print()
    header = ["Trigger", "Tightest value", "Level", "Headroom", "In period", "First breach", "Periods active"]
    print(table(header, rows))


def show_events(result: Result) -> None:
    """What happened to the triggers: when, on what figures, and what they switched."""
    from textwrap import wrap

    from abs_struct.handoff.formats import event_words

    events = result.events
    for at, event in enumerate(events[:MOST_EVENTS]):
        if at == 0:
            print()
        text = f"{event.period:>3}  {event.date}  {event_words(event)}"
        for nth, part in enumerate(wrap(printable(text, 1_000), WIDE - 10, subsequent_indent=" " * 17)):
            print(f"{'Events    ' if at == nth == 0 else '          '}{part}")
    if len(events) > MOST_EVENTS:
        print(f"          and {len(events) - MOST_EVENTS} more: the report and --json have all")
