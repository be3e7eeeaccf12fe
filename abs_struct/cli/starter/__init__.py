"""The starter: a commented deal and the specification of a small tape, written by `abs-struct init`."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
NAME = re.compile(r"\w[\w.-]*")
LONGEST = 200


def write_starter(name: str, *, force: bool = False) -> list[Path]:
    """Write NAME.yaml, tapes/NAME.yaml (what the loans look like) and tapes/NAME.csv (the loans).

    Raises
    ------
    UsageError : a file exists already, or the name is none
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.files import whole
    from abs_struct.tape.generate import as_csv, generate, write_tape
    from abs_struct.tape.specification import read_specification

    if len(name) > LONGEST:
        raise UsageError(f"init '{name[:40]}...': a deal's name has at most {LONGEST} letters")
    deal = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    stem = deal.stem
    if not NAME.fullmatch(stem) or name.endswith("/"):
        raise UsageError(f"init '{name}': a deal's name is written with letters, digits, - and _, as in my_deal")
    specification, tape = deal.parent / "tapes" / f"{stem}.yaml", deal.parent / "tapes" / f"{stem}.csv"
    existing = [file for file in (deal, specification, tape) if file.exists()]
    if existing and not force:
        raise UsageError(f"{existing[0]}: exists already; choose another name, or say --force to write over it")
    for file, template in ((deal, "deal.txt"), (specification, "tape.txt")):
        with whole(file) as draft:
            draft.write_text((HERE / template).read_text("utf-8").replace("STARTER", stem), "utf-8")
    spec = read_specification(specification)
    write_tape(tape, as_csv(spec, generate(spec)))
    return [deal, specification, tape]
