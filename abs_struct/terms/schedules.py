"""Schedules: values by the period from which they hold, such as the levels of a trigger or a planned balance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, TypeAdapter, WithJsonSchema

from abs_struct.core.formula import Formula
from abs_struct.core.formula.formula import accept_formula


def as_schedule(value: object) -> object:
    """One value holds from period 1."""
    return value if isinstance(value, dict) or value is None else {1: value}


def in_order(schedule: dict[int, Formula]) -> dict[int, Formula]:
    """A schedule starts in period 1, and its periods rise.

    Raises
    ------
    ValueError : where it starts, or which periods were found
    """
    periods = list(schedule)
    if not periods or periods[0] != 1:
        raise ValueError(f"a schedule starts in period 1, not in {periods[0] if periods else 'none'}")
    if periods != sorted(set(periods)):
        raise ValueError(f"the periods of a schedule must rise; found {periods}")
    return schedule


#: Formulas by the period from which each holds: {1: 2%, 13: 6%}; a value alone holds from period 1.
Schedule = Annotated[dict[int, Formula], BeforeValidator(as_schedule), AfterValidator(in_order)]


def by_period(found: object) -> Formula | dict[int, Formula]:
    """A formula, or formulas by the period from which each holds."""
    if isinstance(found, Mapping):
        schedule: dict[int, Formula] = TypeAdapter(Schedule).validate_python(dict(found))
        return schedule
    return accept_formula(found)


#: A formula, or a schedule of them.
ByPeriod = Annotated[
    Any,
    BeforeValidator(by_period),
    PlainSerializer(lambda value: written(value) if value is not None else None),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "object"}]}),
]


def written(value: Formula | dict[int, Formula]) -> str | dict[int, str]:
    """A formula or a schedule as a document writes it."""
    return {period: str(entry) for period, entry in value.items()} if isinstance(value, dict) else str(value)


def entries(value: Formula | dict[int, Formula]) -> dict[int, Formula]:
    """The formulas by the period from which each holds."""
    return value if isinstance(value, dict) else {1: value}
