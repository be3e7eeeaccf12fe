"""abs-struct tape: look at a loan tape, check it, stratify it, map its columns, generate one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abs_struct.cli import tape_limits, tape_map, tape_scan
from abs_struct.cli.tape_reading import print_totals, printable, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abs_struct.tape.concentration import Concentration, Limit
    from abs_struct.tape.eligibility import Eligibility
    from abs_struct.tape.stratify import Stratification
    from abs_struct.tape.tape import Tape

app = typer.Typer(
    help="Loan tapes: inspect, check, stratify, map, generate.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

File = Annotated[
    str,
    typer.Argument(help="The tape: .csv, .csv.gz, .xml, .parquet, .xlsx, or a table's address.", show_default=False),
]
LayoutName = Annotated[
    str | None,
    typer.Option("--layout", help="A layout's name, or a layout file (.yaml); found by the header if left out."),
]
AsOfDay = Annotated[
    str,
    typer.Option("--as-of", help="cutoff, origination, or auto: origination where every balance is zero."),
]
CutoffDay = Annotated[
    str | None,
    typer.Option("--cutoff", help="The cut-off date, from which terms are counted where a tape gives dates only."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


app.command("limits")(tape_limits.limits)
app.command("select")(tape_limits.select)
app.command("map")(tape_map.map_)
app.command("convert")(tape_scan.convert)
app.command("rows")(tape_scan.rows)
app.command("sql")(tape_scan.sql)


@app.command()
def inspect(
    file: File, layout: LayoutName = None, as_of: AsOfDay = "auto", cutoff: CutoffDay = None, json_: Json = False
) -> None:
    """Say what a tape holds: loans, balances, averages."""
    from abs_struct.tape.summary import summary

    tape = read(file, layout, as_of, cutoff)
    found = summary(tape)
    if json_:
        print(json.dumps(found, indent=1))
        return
    print_summary(found)
    print_remarks(tape)
    print_rejections(tape, most=10)


@app.command()
def check(
    file: File,
    layout: LayoutName = None,
    as_of: AsOfDay = "auto",
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", help='A criterion over the columns, such as "fico >= 640"; may be repeated.'),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option("--limit", help="A concentration: no value of a column above a share, as in province=12%."),
    ] = None,
    cutoff: CutoffDay = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 where a row is rejected.")] = False,
    json_: Json = False,
) -> None:
    """List the rows that are rejected, and why; loans that fail a criterion; concentrations of the others."""
    from abs_struct.core.formula import Formula
    from abs_struct.tape.concentration import test_concentrations
    from abs_struct.tape.eligibility import Criterion, test_eligibility
    from abs_struct.tape.summary import summary

    tape = read(file, layout, as_of, cutoff)
    eligibility = test_eligibility(tape, [Criterion(text, Formula(text)) for text in rule or ()])
    concentrations = test_concentrations(tape.keep(eligibility.mask), [limit_of(text) for text in limit or ()])
    if json_:
        found = summary(tape)
        found["criteria"] = [
            {"rule": c.rule, "failed": c.failed, "failed_balance": c.failed_cents / 100} for c in eligibility.criteria
        ]
        found["ineligible"] = [
            {
                "row": loan.row,
                "loan_id": loan.loan_id,
                "balance": loan.balance_cents / 100,
                "fails": list(loan.fails),
            }
            for loan in eligibility.ineligible
        ]
        found["concentrations"] = [tested.as_dict() for tested in concentrations]
        print(json.dumps(found, indent=1))
    else:
        print_totals(tape)
        print_remarks(tape)
        print_rejections(tape)
        print_criteria(eligibility)
        print_concentrations(concentrations)
    if strict and tape.rejections:
        raise typer.Exit(4)


@app.command()
def stratify(
    file: File,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Columns, with commas between them or repeated; all usual ones if left out."),
    ] = None,
    layout: LayoutName = None,
    as_of: AsOfDay = "auto",
    cutoff: CutoffDay = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the tables to .csv or .xlsx.")] = None,
    charts: Annotated[Path | None, typer.Option("--charts", help="Also draw the tables into a folder.")] = None,
    json_: Json = False,
) -> None:
    """Cut the pool into bands of balance, rate, term ..."""
    from abs_struct.tape.stratify import stratify as tables_of

    names = [name.strip() for words in by for name in words.split(",") if name.strip()] if by else None
    tape = None
    if any(sign in file for sign in "*?["):
        from abs_struct.cli.tape_scan import day_of
        from abs_struct.tape.scan_strata import stratify_scan

        tables = stratify_scan(file, names, layout, day_of("cutoff" if as_of == "auto" else as_of))
    else:
        tape = read(file, layout, as_of, cutoff)
        tables = tables_of(tape, names)
    if json_:
        print(json.dumps(as_json(file if tape is None else tape.file, tables), indent=1))
    else:
        for table in tables:
            print_table(table)
    if out is not None:
        from abs_struct.tape.export import write_tables

        print(f"wrote {write_tables(out, tables)}", file=sys.stderr)
    if charts is not None:
        from abs_struct.handoff.strata import write_strata

        prints = "" if tape is None else f"   tape {tape.sha256[:12]}"
        files = write_strata(tables, charts, f"{Path(file).name}{prints}")
        print(f"wrote {len(files)} pictures in {charts}", file=sys.stderr)


@app.command()
def generate(
    specification: Annotated[Path, typer.Argument(help="The specification of the pool (.yaml).", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Where to: .csv, .csv.gz or .parquet.", show_default=False)],
) -> None:
    """Write a synthetic tape from a short specification."""
    from abs_struct.tape.generate import as_csv, write_tape
    from abs_struct.tape.generate import generate as loans_of
    from abs_struct.tape.specification import read_specification

    spec = read_specification(specification)
    file = write_tape(out, as_csv(spec, loans_of(spec)))
    print(f"wrote {file}: {spec.loans:,} loans, balance {spec.balance:,.2f} {spec.currency}", file=sys.stderr)


def print_summary(found: dict[str, Any]) -> None:
    """The figures of a tape, one a line."""
    currency = found["currency"] or ""

    def percent(value: float | None) -> str:
        return "-" if value is None else f"{value:.4%}"

    def months(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f} months"

    lines = {
        "file": printable(found["file"]),
        "layout": found["layout"] + ("  (a history: every current balance is zero)" if found["history"] else ""),
        "rows read": f"{found['rows_read']:>15,}",
        "accepted": f"{found['accepted']:>15,}",
        "rejected": f"{found['rejected']:>15,}",
        "original balance": f"{found['original_balance']:>18,.2f} {currency}",
        "balance": f"{found['balance']:>18,.2f} {currency}",
        "average rate": percent(found["wa_rate"]),
        "average original term": months(found["wa_original_term"]),
        "average remaining term": months(found["wa_remaining_term"]),
        "average age": months(found["wa_age"]),
    }
    for name, value in lines.items():
        print(f"{name:<24}{value}".rstrip())
    print(f"averages are weighted by {'original balance' if found['history'] else 'balance'}")
    for note in found["notes"]:
        print(printable(note, 200))


def print_remarks(tape: Tape) -> None:
    """What contradicts itself in accepted loans, and how many instalments are those of level pay."""
    if "instalment" in tape.columns:
        from abs_struct.tape.contradictions import within

        near, far = within(tape.columns, 0.02), within(tape.columns, 1.0)
        if near[1]:
            parts = f"{near[0] / near[1]:.2%} within 0.02, {far[0] / far[1]:.2%} within 1.00"
            print(f"instalments that are level pay: {parts}")
    if tape.remarks:
        print("\ncontradictions in accepted loans:")
    for remark in tape.remarks:
        print(f"{len(remark.rows):>10,}  {printable(str(remark), 200)}")


def print_rejections(tape: Tape, most: int | None = None) -> None:
    """The rejected rows with their reasons."""
    if not tape.rejections:
        return
    print(f"\n{'row':>10}  {'field':<18}reason")
    for rejection in tape.rejections[:most]:
        print(f"{rejection.row:>10,}  {rejection.field:<18}{printable(rejection.reason, 300)}")
    if most is not None and len(tape.rejections) > most:
        print(f"{'':>10}  and {len(tape.rejections) - most:,} more; `abs-struct tape check` lists them all")


def print_criteria(eligibility: Eligibility) -> None:
    """What each criterion found, and the loans that fail."""
    if not eligibility.criteria:
        return
    print(f"\n{'failed':>10}{'balance':>18}  criterion")
    for tested in eligibility.criteria:
        print(f"{tested.failed:>10,}{tested.failed_cents / 100:>18,.2f}  {tested.rule}")
    if eligibility.ineligible:
        print(f"\n{'row':>10}{'balance':>18}  {'loan':<20}fails")
    for loan in eligibility.ineligible:
        fails = "; ".join(loan.fails)
        print(f"{loan.row:>10,}{loan.balance_cents / 100:>18,.2f}  {printable(loan.loan_id, 18):<20}{fails}")


def limit_of(text: str) -> Limit:
    """A concentration as the command line writes it: `province=12%`.

    Raises
    ------
    UsageError : it is written otherwise
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.tape.concentration import Limit
    from abs_struct.terms.numbers import share

    column, _, written = text.partition("=")
    try:
        return Limit(column.strip(), share(written.strip()), column.strip())
    except ValueError as error:
        raise UsageError(f"--limit {text}: {error}; write COLUMN=SHARE, as in province=12%") from None


def print_concentrations(found: Sequence[Concentration]) -> None:
    """The largest value of each limited column, and what exceeds its limit."""
    if not found:
        return
    print(f"\n{'largest':>10}{'limit':>10}{'excess':>18}  concentration")
    for tested in found:
        what = f"{tested.name}: {tested.value}" + ("" if tested.kept else f" ({tested.over} above the limit)")
        print(f"{tested.share:>10.4%}{tested.limit:>10.4%}{tested.excess_cents / 100:>18,.2f}  {printable(what, 60)}")


def print_table(table: Stratification) -> None:
    """One stratification table, 100 columns wide."""
    from abs_struct.tape.stratify import Band

    def line(band: Band) -> str:
        rate = "" if band.wa_rate is None else f"{band.wa_rate:.2%}"
        term = "" if band.wa_remaining_term is None else f"{band.wa_remaining_term:.1f}"
        return (
            f"{printable(band.label, 26):<26}{band.loans:>10,}{band.share_of_loans:>9.2%}"
            f"{band.balance:>20,.2f}{band.share:>9.2%}{rate:>10}{term:>14}"
        )

    print(f"{table.title:<26}{'loans':>10}{'%':>9}{'balance':>20}{'%':>9}{'WA rate':>10}{'WA rem. term':>14}")
    print("-" * 98)
    for band in table.bands:
        print(line(band))
    print("-" * 98)
    print(line(table.total) + "\n")


def as_json(file: str, tables: tuple[Stratification, ...]) -> dict[str, Any]:
    """The tables under the schema abs-struct/stratification/1."""
    from abs_struct.tape.stratify import Band

    def row(band: Band) -> dict[str, Any]:
        return {
            "label": band.label,
            "low": band.low,
            "high": band.high,
            "loans": band.loans,
            "share_of_loans": band.share_of_loans,
            "balance": band.balance,
            "share": band.share,
            "wa_rate": band.wa_rate,
            "wa_remaining_term": band.wa_remaining_term,
            "wa_original_term": band.wa_original_term,
            "wa_age": band.wa_age,
            "wa_fico": band.wa_fico,
        }

    return {
        "schema": "abs-struct/stratification/1",
        "file": file,
        "loans": tables[0].total.loans if tables else 0,
        "balance": tables[0].total.balance if tables else 0.0,
        "tables": [
            {"by": t.by, "title": t.title, "bands": [row(b) for b in t.bands], "total": row(t.total)} for t in tables
        ],
    }
