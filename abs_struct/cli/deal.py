"""abs-struct init, validate, schema, explain: the deal file itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abs_struct.cli.options import Changes, DealPath, Json, TapePath, loaded
from abs_struct.cli.terminal import print_json, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abs_struct.deal import Result
    from abs_struct.deal.explain import Explanation

MOST_CHILDREN = 8


def init(
    name: Annotated[str, typer.Argument(help="The new deal's name; NAME.yaml is written.")] = "my_deal",
    force: Annotated[bool, typer.Option("--force", help="Write over files that exist.")] = False,
) -> None:
    """Write a commented starter deal and a small tape; `abs-struct run` works on it at once."""
    from abs_struct.cli.starter import write_starter

    files = write_starter(name, force=force)
    for file in files:
        print(file)
    say(f"now run: abs-struct run {files[0]}")


def validate(deal: DealPath, changes: Changes = None, tape: TapePath = None, json_: Json = False) -> None:
    """Say whether a deal file, with its tape, can be run; every mistake with its line."""
    from abs_struct.core.findings import AbsStructError

    try:
        found = loaded(deal, changes, tape)
        program = found.program
    except AbsStructError as error:
        if not json_:
            raise
        mistakes = [
            {
                "severity": f.severity,
                "file": f.place.file,
                "line": f.place.line,
                "path": f.place.path,
                "message": f.message,
            }
            for f in error.findings
        ] or [{"severity": "error", "file": str(deal), "line": None, "path": None, "message": str(error)}]
        print_json(validation(deal, mistakes))
        raise
    if json_:
        print_json(validation(deal, []))
        return
    terms = found.terms
    clauses = sum(len(section.steps) for section in terms.waterfall.values())
    counts = {
        "note": len(terms.notes), "fee": len(terms.fees), "account": len(terms.accounts),
        "trigger": len(terms.triggers), "clause": clauses, "loan": found.collateral.loans,
        "payment date": program.periods,
    }  # fmt: skip
    spoken = ", ".join(f"{count:,} {word}{'' if count == 1 else 's'}" for word, count in counts.items())
    print(f"{deal}: valid; {spoken}")


def validation(deal: Path, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The JSON of a validation."""
    return {"schema": "abs-struct/validate/1", "file": str(deal), "valid": not findings, "findings": list(findings)}


def schema(
    name: Annotated[str, typer.Argument(help="Which schema: deal.")] = "deal",
) -> None:
    """Print the JSON Schema of the deal file, for completion in an editor."""
    from abs_struct.core.findings import UsageError, nearest

    if name != "deal":
        raise UsageError(f"no schema '{name}'{nearest(name, ['deal'])} (schemas: deal)")
    from abs_struct.deal import DealFile

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "abs_struct deal file"}
    print_json({**head, **{k: v for k, v in DealFile.model_json_schema().items() if k != "title"}})


def explain(
    deal: DealPath,
    line: Annotated[str, typer.Argument(metavar="LINE", help="As in notes.B.interest_paid.", show_default=False)],
    period: Annotated[int, typer.Option("--period", metavar="N", help="0 is closing.", show_default=False)],
    depth: Annotated[int, typer.Option("--depth", help="How many levels of inputs are opened.", min=0)] = 3,
    changes: Changes = None,
    tape: TapePath = None,
    json_: Json = False,
) -> None:
    """Say why a line has its value in a period: clause, formula, inputs, down to the deal file."""
    from abs_struct.deal.explain import explain as explanation

    result = loaded(deal, changes, tape).run()
    root = explanation(result, line, period, depth)
    base = loaded(deal, None, tape).run() if changes else None
    if json_:
        head = {"schema": "abs-struct/explain/1", "deal": result.terms.name, "currency": result.terms.currency}
        found = root.as_dict() if base is None else beside(root, base)
        print_json({**head, "date": result.dates[period].isoformat(), "line": found})
        return
    print(
        f"{printable(result.terms.name)}, period {period}, payment date {result.dates[period]}, "
        f"{result.terms.currency}\n"
    )
    for text in tree(root, period, base):
        print(text)


def beside(node: Explanation, base: Result) -> dict[str, Any]:
    """The tree as JSON, with what each value was without the changes."""
    from abs_struct.deal.explain import without
    from abs_struct.deal.summary import number

    found = node.as_dict()
    was = without(node, base)
    found["without_changes"] = None if was is None else number(was)
    found["children"] = [beside(child, base) for child in node.children]
    return found


def tree(node: Explanation, period: int, base: Result | None = None, bar: str = "") -> list[str]:
    """An explanation as an indented tree; beside each value that the changes moved, what it was without them."""
    from abs_struct.deal.explain import figure, without

    when = "" if node.period in {None, period} else f" [period {node.period}]"
    lines = [f"{node.path}{when} = {figure(node.value, node.unit)}", f"  {node.label}"]
    was = None if base is None else without(node, base)
    if base is not None and was != node.value:
        lines[0] += "   (not there without --set)" if was is None else f"   (without --set {figure(was, node.unit)})"
    if node.place:
        lines[1] += f"  ({node.place})"
    if node.repeated:
        lines[1] += "  (opened above)"
    elif node.formula:
        lines.append(f"  = {printable(node.formula, 300)}")
        if node.figures:
            lines.append(f"  = {printable(node.figures, 300)}")
    shown = node.children[:MOST_CHILDREN]
    for at, child in enumerate(shown):
        last = at == len(shown) - 1 and len(node.children) == len(shown)
        first, *rest = tree(child, period, base)
        lines.append(f"  {'`-' if last else '|-'} {first}")
        lines += [f"  {' ' if last else '|'}  {text}" for text in rest]
    if len(node.children) > len(shown):
        lines.append(f"  `- and {len(node.children) - len(shown)} more of the kind; --json prints all")
    return [bar + text for text in lines]
