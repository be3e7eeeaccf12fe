"""The source of a workbook: the deal and its pool, packed into texts, so that a workbook can be checked without them.

The deal is written as it was run, with the changes of `--set` and the curves of a file in it; the pool is its eligible
loans added up by what they run off by. Neither an amount nor a date is lost: the deal that is unpacked gives the same
figures to the last bit.
"""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.findings import UsageError
from abs_struct.deal import Deal
from abs_struct.deal.result import Result
from abs_struct.handoff.workbook.scenarios import Scenarios

SCHEMA = "abs-struct/workbook/3"
DEAL, TAPE, SCENARIOS, LAYOUT = "deal.yaml", "pool.csv", "scenarios.json", "layout.txt"
#: So many signs of a packed text stand in one cell; a cell takes 32,767.
CELL = 32_000
KEYS = ("repayment", "original_term", "remaining_term", "age")
#: What the deal no longer needs of its pool: the loans that are packed belong to it.
SETTLED = ("tapes", "layout", "eligibility", "concentrations")


def packed(result: Result, scenarios: Scenarios | None = None, layout: str = "rows") -> list[str]:
    """The source of a run, a text a cell.

    Parameters
    ----------
    result : a run of a deal
    scenarios : the columns of its inputs
    layout : how the workbook is laid out

    Returns
    -------
    list of texts, the first of which names the schema
    """
    files = {
        DEAL: deal_text(result),
        TAPE: pool_text(result),
        SCENARIOS: json.dumps((scenarios or Scenarios()).packed()),
        LAYOUT: layout,
    }
    files |= further_files(result)
    data = zlib.compress(json.dumps(files, sort_keys=True, ensure_ascii=False).encode(), 9)
    text = base64.b64encode(data).decode()
    return [SCHEMA, *(text[at : at + CELL] for at in range(0, len(text), CELL))]


def unpacked(cells: Sequence[str], folder: Path) -> tuple[Deal, Scenarios, str]:
    """The deal of a source, its scenarios and its layout, its files written into a folder.

    Parameters
    ----------
    cells : texts as `packed` made them
    folder : where the files go

    Returns
    -------
    Deal, Scenarios, name of the layout

    Raises
    ------
    UsageError : texts that nobody packed, or of another version
    """
    if not cells or cells[0] != SCHEMA:
        raise UsageError(f"its source is not of the kind '{SCHEMA}'; write the workbook again with abs-struct excel")
    try:
        files = json.loads(zlib.decompress(base64.b64decode("".join(cells[1:]), validate=True)))
    except (ValueError, zlib.error):
        raise UsageError("its source was changed and cannot be read; write the workbook again") from None
    for name, text in files.items():
        if Path(name).name != name:
            raise UsageError(f"its source holds a file '{name}' that lies elsewhere; write the workbook again")
        (folder / name).write_text(text, "utf-8")
    from abs_struct.deal import load

    return load(folder / DEAL), Scenarios.unpacked(json.loads(files[SCENARIOS])), files[LAYOUT]


def deal_text(result: Result) -> str:
    """The deal as YAML, as it was run."""
    from ruamel.yaml import YAML

    tree = deepcopy(result.document.tree)
    pool = {key: value for key, value in tree["pool"].items() if key not in SETTLED}
    tree["pool"] = pool | {"tape": TAPE, "as_of": "cutoff"}
    if isinstance(tree.get("assumptions"), dict):
        tree["assumptions"].pop("curves", None)  # they stand among the assumptions by now
    rename_files(tree)
    text = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 4096
    writer.dump(tree, text)
    return text.getvalue()


def named_files(tree: Mapping[str, Any]) -> dict[str, str]:
    """The further files that a deal reads: their path from it -> the name under which they are packed."""
    found = []
    dates = tree.get("dates") or {}
    if dates.get("holidays"):
        found.append(str(dates["holidays"]))
    indices = (tree.get("assumptions") or {}).get("indices") or {}
    found += [str(one["file"]) for one in indices.values() if isinstance(one, dict) and one.get("file")]
    return {path: f"file_{n}{Path(path).suffix}" for n, path in enumerate(dict.fromkeys(found), 1)}


def rename_files(tree: dict[str, Any]) -> None:
    """Name the further files as they are packed."""
    names = named_files(tree)
    dates = tree.get("dates") or {}
    if dates.get("holidays"):
        dates["holidays"] = names[str(dates["holidays"])]
    for one in ((tree.get("assumptions") or {}).get("indices") or {}).values():
        if isinstance(one, dict) and one.get("file"):
            one["file"] = names[str(one["file"])]


def further_files(result: Result) -> dict[str, str]:
    """The texts of the further files, by the names under which they are packed."""
    folder = Path(result.document.file).parent
    return {name: (folder / path).read_text("utf-8-sig") for path, name in named_files(result.document.tree).items()}


def pool_text(result: Result) -> str:
    """The eligible loans as a tape in the toolkit's own layout, those added up that run off alike."""
    tape, groups = result.collateral.eligible, result.terms.pool.groups
    names = [*dict.fromkeys([*groups, *KEYS, "rate"])]
    columns = [np.asarray(tape.columns[name]) for name in names]
    codes = [np.unique(column, return_inverse=True)[1] for column in columns]
    _, first, at = np.unique(np.stack(codes, axis=1), axis=0, return_index=True, return_inverse=True)
    cents = np.zeros((2, len(first)), dtype=np.int64)
    for k, name in enumerate(("balance_cents", "original_balance_cents")):
        np.add.at(cents[k], at.reshape(-1), tape.columns[name].astype(np.int64))
    lines = [",".join(["loan_id", "balance", "original_balance", *names])]
    for row, start in enumerate(first.tolist()):
        amounts = (f"{cents[k, row] // 100}.{cents[k, row] % 100:02d}" for k in range(2))
        lines.append(",".join([f"R{row + 1}", *amounts, *(cell(column[start]) for column in columns)]))
    return "\n".join(lines) + "\n"


def cell(value: Any) -> str:
    """A value of a tape as its cell."""
    if isinstance(value, float | np.floating):
        return repr(float(value))
    text = str(value)
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(sign in text for sign in ',"\n\r') else text
