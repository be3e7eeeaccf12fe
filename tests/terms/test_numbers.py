"""Numbers as a document writes them, and the sentences for those that cannot be meant."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from abs_struct.terms.base import Terms, problems
from abs_struct.terms.inputs import inputs
from abs_struct.terms.numbers import Amount, Months, Rate, Share, Speed


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (Rate, "18%", 0.18),
        (Rate, "5.35%", 0.0535),
        (Rate, "45 bp", 0.0045),
        (Rate, "45bps", 0.0045),
        (Rate, 0, 0.0),
        (Rate, "0.06", 0.06),
        (Share, "100%", 1.0),
        (Speed, "150%", 1.5),
        (Speed, 1.5, 1.5),
        (Speed, 20, 20.0),
        (Amount, "1_000_000", 1e6),
        (Amount, 150_000, 150_000.0),
        (Months, 6, 6),
        (Months, "12", 12),
    ],
)
def test_numbers_are_read(kind, written, value):
    """Per cent, basis points and underscores are read, rounded once."""
    found = TypeAdapter(kind).validate_python(written)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "written", "sentence"),
    [
        (Rate, 6, "6 is not a rate; rates lie in [0, 1): write 6% or 0.06"),
        (Rate, 1.5, "1.5 is not a rate; rates lie in [0, 1): write 1.5% or 0.015"),
        (Rate, -0.5, "-0.5 is not a rate; rates lie in [0, 1)"),
        (Rate, "150%", "150% is not a rate; rates lie in [0, 1)"),
        (Rate, True, "true is not a rate"),
        (Rate, "high", "'high' is not a rate"),
        (Rate, float("nan"), "nan is not a rate"),
        (Rate, None, "nothing is not a rate"),
        (Share, "150%", "150% is not a share; shares lie in [0, 1]"),
        (
            Speed,
            150,
            "150 is not a speed; speeds are multiples up to 20 (1.5 is 150%): write 150% or 1.5",
        ),
        (Speed, -1, "-1 is not a speed; speeds are 0 or more"),
        (Amount, "1,000,000", "'1,000,000' is not an amount; write 1_000_000"),
        (Amount, -5, "-5 is not an amount; amounts are 0 or more"),
        (Months, -2, "-2 is not a number of months; it is a whole number from 0 to 1,200"),
        (Months, 1.5, "1.5 is not a number of months; it is a whole number from 0 to 1,200"),
    ],
)
def test_impossible_numbers_are_refused(kind, written, sentence):
    """Each is refused by one sentence that says how it was probably meant."""
    with pytest.raises(ValidationError) as error:
        TypeAdapter(kind).validate_python(written)
    assert problems(error.value, written)[0][1] == sentence


def test_inputs_are_floats_and_nothing_else():
    """Floats in lists, mappings and nested models are inputs; whole numbers, words and flags are structure."""

    class Leaf(Terms):
        level: Rate
        lag: Months = 3
        on: bool = True

    class Whole(Terms):
        first: Leaf
        many: dict[str, Leaf]
        steps: list[Rate]
        none: Leaf | None = None

    whole = Whole(first=Leaf(level="1%"), many={"36": Leaf(level="2%")}, steps=["3%", "4%"])
    assert inputs(whole, "a") == {
        "a.first.level": 0.01,
        "a.many.36.level": 0.02,
        "a.steps.0": 0.03,
        "a.steps.1": 0.04,
    }
