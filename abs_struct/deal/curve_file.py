"""Curves from a file: what `abs-struct curves fit` has written, named in a deal as `assumptions: {curves: FILE}`.

A deal writes a curve or names a file that has it, not both; a `multiple` alone is a stress of the curve of the file.
Where the file is named by a change (`--set assumptions.curves=FILE`), its curves take the place of the deal's own.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from abs_struct.core.findings import DealError, nearest
from abs_struct.curves.assumptions import FittedCurves, GroupAssumptions
from abs_struct.deal.load import Document, parse_document, validated
from abs_struct.terms.base import Terms

CURVES = ("prepayment", "default", "recovery")
WHOLE = "all"
ADDED = {"multiple"}


class Band(Terms):
    """Multiples of a default curve between which nine of ten new vintages should lie."""

    low: float = Field(ge=0.0, le=1.0)
    high: float = Field(ge=1.0, le=100.0)


class CurveFile(Terms):
    """A file of curves by month of loan life, of all loans and of segments."""

    about: dict[str, Any] = Field(default_factory=dict, description="where they come from")
    by: list[str] = Field(default_factory=list, description="the columns of the segments, as pool.groups has them")
    bands: dict[str, Band] = Field(default_factory=dict, description="of default curves, by segment, or all")
    prepayment: Any = None
    default: Any = None
    recovery: Any = None
    groups: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def curves(self) -> CurveFile:
        """Every curve is one that a deal could write."""
        for written in (self.whole, *self.groups.values()):
            GroupAssumptions.model_validate(written)
        return self

    @property
    def whole(self) -> dict[str, Any]:
        """The curves of all loans."""
        return {name: value for name in CURVES if (value := getattr(self, name)) is not None}


def add_curves(document: Document, *, instead: bool) -> None:
    """Put the curves of the file that a deal names among its assumptions; `instead` of its own.

    Raises
    ------
    DealError : no such file, what is wrong with it, a curve that the deal writes too, or segments that are not the
        pool's groups
    """
    assumptions = document.tree["assumptions"]
    place = document.place(("assumptions", "curves"))
    try:
        wanted = FittedCurves.model_validate(assumptions["curves"])
    except ValueError:
        return  # the model of the deal says what is wrong
    found = read_curves(wanted, document)
    pool = document.tree.get("pool")
    own = pool.get("groups") if isinstance(pool, dict) else None
    groups = [] if own is None else [own] if isinstance(own, str) else list(own)
    if found.by and groups != found.by:
        has = f"pool.groups is {groups}" if groups else "pool.groups is not written"
        raise DealError(
            f"{place}: {wanted.file} has curves by {', '.join(found.by)}, and {has}; write groups: "
            f"[{', '.join(found.by)}] in the pool, or fit without --by"
        )
    stressed(found, wanted)
    written = {str(name): block or {} for name, block in (assumptions.get("groups") or {}).items()}
    for where, own, curves in (
        (("assumptions",), assumptions, found.whole),
        *((("assumptions", "groups", name), own, found.groups.get(name, {})) for name, own in written.items()),
    ):
        for name in sorted(own.keys() & curves.keys()) if isinstance(own, dict) and not instead else ():
            if not adds(own[name]):
                raise DealError(
                    f"{document.place((*where, name))}: {name} is written here, and {wanted.file} has one; keep one of "
                    "the two (a multiple alone stresses that of the file)"
                )
    merged = under(assumptions, found.whole)
    merged["curves"] = wanted.model_dump() | {"segments": list(found.groups)}
    if found.groups or (instead and written):
        names = found.groups if instead else {**found.groups, **written}
        merged["groups"] = {name: under(written.get(name, {}), found.groups.get(name, {})) for name in names}
    document.tree["assumptions"] = merged


def read_curves(wanted: FittedCurves, document: Document) -> CurveFile:
    """The file that a deal names, seen from the deal file.

    Raises
    ------
    DealError : no such file, or what is wrong with it and in which line
    """
    place = document.place(("assumptions", "curves"))
    file = Path(document.file).parent / wanted.file
    if not file.exists() and Path(wanted.file).exists():
        file = Path(wanted.file)  # named on the command line
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        near = nearest(file.name, (path.name for path in file.parent.glob("*.yaml"))) if file.parent.is_dir() else ""
        raise DealError(f"{place}: no such file of curves: {wanted.file}{near}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DealError(f"{place}: {wanted.file} cannot be read ({reason})") from None
    document.curves = (str(file), hashlib.sha256(raw).hexdigest())
    found: CurveFile = validated(CurveFile, parse_document(text, str(file)))
    return found


def stressed(found: CurveFile, wanted: FittedCurves) -> None:
    """Default curves times a multiple, at the low or the high end of their band."""
    for name, block in ((WHOLE, found.whole), *found.groups.items()):
        if not isinstance(block.get("default"), dict):
            continue
        band = found.bands.get(name)
        ends = {"base": 1.0} if band is None else {"low": band.low, "base": 1.0, "high": band.high}
        if wanted.case not in ends:
            raise DealError(f"{wanted.file}: no band for '{name}', and the deal asks for its {wanted.case} case")
        times = float(block["default"].get("multiple", 1.0)) * ends[wanted.case] * wanted.multiple
        if times != 1.0:
            block["default"]["multiple"] = times


def adds(given: Any) -> bool:
    """Whether a block of a deal only adds to a curve of the file."""
    return isinstance(given, dict) and bool(given) and given.keys() <= ADDED


def under(own: dict[Any, Any], curves: dict[str, Any]) -> dict[Any, Any]:
    """What a deal writes, with the curves of the file; a `multiple` alone is added to them."""
    found = dict(own)
    for name, block in curves.items():
        more = own[name] if name in own and adds(own[name]) and isinstance(block, dict) else {}
        found[name] = deepcopy(block) | more if isinstance(block, dict) else block
    return found
