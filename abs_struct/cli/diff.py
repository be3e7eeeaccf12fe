"""abs-struct diff: two deals side by side, their wording, their numbers, and what each class receives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abs_struct.cli.options import Json, TapePath, loaded
from abs_struct.cli.terminal import Progress, print_json, printable, say, table

if TYPE_CHECKING:
    from abs_struct.study.difference import Difference, Effect

SHOWN = ("wal", "yield", "principal_shortfall", "interest_shortfall")
WIDEST = 100


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A deal file.", show_default=False)],
    after: Annotated[
        Path | None, typer.Argument(metavar="B", help="Another; A again with --set if left out.", show_default=False)
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a field of the second deal.", show_default=False),
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option("--scenarios", metavar="FILE", help="The toolkit's own if left out.", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="Of the wording: en or zh.")] = "en",
    tape: TapePath = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The effects as .csv too.", show_default=False),
    ] = None,
    json_: Json = False,
) -> None:
    """Compare two deals: clauses and fields that differ, and each class under the standard scenarios."""
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.prose.clauses import clauses_of
    from abs_struct.handoff.prose.compared import wording
    from abs_struct.study.difference import difference

    if after is None and not changes:
        raise UsageError("name a second deal file, or change the first with --set PATH=VALUE")
    first, second = loaded(before, None, tape), loaded(after or before, changes, tape)
    with Progress("diff") as progress:
        progress.stage("running both deals")
        found = difference(first, second, scenarios)
        progress.stage("writing both in words")
        words = wording(clauses_of(first, language), clauses_of(second, language))
    files = [] if out is None else [save(found, out)]
    if json_:
        print_json(
            {
                "schema": "abs-struct/diff/1", "before": str(before), "after": str(after or before),
                "wording": [{"path": one.path, "before": one.before, "after": one.after} for one in words],
                "fields": [{"path": one.path, "before": one.before, "after": one.after} for one in found.changes],
                "effects": [
                    {"scenario": e.scenario, "note": e.note, "measure": e.measure, "before": e.before, "after": e.after,
                     "difference": e.difference}
                    for e in found.effects
                ],
                "notes": list(found.notes), "files": files,
            }
        )  # fmt: skip
        return
    if not found.changes:
        print("the two deals do not differ")
    for title, differ in (("Fields", found.changes), ("Wording", words)):
        if differ:
            print(f"{title}: {len(differ)} differ")
            for one in differ:
                print(f"  {printable(one.path, WIDEST)}")
                for sign, text in (("-", one.before), ("+", one.after)):
                    if text is not None:
                        print(f"    {sign} {printable(text, 400)}")
            print()
    print(effects(found))
    for note in found.notes:
        say(note)
    for file in files:
        print(file)


def effects(found: Difference) -> str:
    """The classes under every scenario, where something differs."""
    rows: list[list[str]] = []
    keyed = {(e.scenario, e.note, e.measure): e for e in found.effects}
    for scenario, note in dict.fromkeys((e.scenario, e.note) for e in found.effects):
        cells = [keyed[scenario, note, measure] for measure in SHOWN]
        if any(differs(cell) for cell in cells):
            rows.append([scenario, printable(note, 20), *(text for cell in cells for text in spoken(cell))])
    if not rows:
        return "No class receives anything else under any of the scenarios."
    header = ("Scenario", "Class", "WAL", "", "Yield", "", "Prin. short", "", "Int. short", "")
    return table(header, rows, left=2)


def differs(effect: Effect) -> bool:
    """Whether a measure is another one in the second deal, by more than it prints."""
    if effect.before is None or effect.after is None:
        return effect.before is not effect.after
    return abs(effect.after - effect.before) > (5e-3 if effect.measure.endswith("shortfall") else 5e-6)


def spoken(effect: Effect) -> list[str]:
    """The value after, and its difference from that before."""

    def value(number: Any, sign: str = "") -> str:
        if number is None:
            return "-"
        if effect.measure == "yield":
            return f"{100.0 * number:{sign}.3f}%"
        return f"{number:{sign},.2f}"

    return [value(effect.after), value(effect.difference, "+") if differs(effect) else ""]


def save(found: Difference, out: Path) -> str:
    """The effects as CSV, whole or not at all."""
    from abs_struct.core.whole import whole

    with whole(out) as draft:
        found.frame.to_csv(draft, index=False, lineterminator="\n")
    return str(out)
