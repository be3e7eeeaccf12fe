"""The shape of a deal: what it is apart from its numbers. Two deals of one shape run as one program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abs_struct.core.formula import Formula
from abs_struct.deal import Deal


def shape_of(deal: Deal) -> str:
    """What a deal is apart from its numbers."""
    return blanked({name: getattr(deal.terms, name) for name in type(deal.terms).model_fields})


def blanked(value: Any) -> str:
    """A document with its floats blanked."""
    if isinstance(value, float):
        return "#"
    if isinstance(value, Formula):
        return value.shape()
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{blanked(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(blanked(entry) for entry in value) + "]"
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        given = ",".join(f"{name}:{blanked(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({given})"
    return repr(value)
