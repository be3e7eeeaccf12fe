"""Inputs: every float of a document is a number of the deal that may be a scenario axis.

An input is known by its path, the words that lead to it in the deal file: `assumptions.prepayment.cpr`,
`assumptions.default.timing.by_year.0`. Whole numbers (a lag, a ramp) and words are the structure of the deal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from abs_struct.core.formula import Formula


def leaves(value: Any, path: str) -> Iterator[tuple[str, float]]:
    """Path and value of each float below a value, in the order of the document; formulas learn their paths."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, Formula):
        value.path = path
        yield from value.constants(path).items()
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from leaves(getattr(value, name), f"{path}.{field.alias or name}")
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from leaves(entry, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from leaves(entry, f"{path}.{index}")


def inputs(model: BaseModel, prefix: str) -> dict[str, float]:
    """The inputs of a model: path in the deal -> value.

    Parameters
    ----------
    model : a frozen pydantic model
    prefix : the path of the model in the deal

    Returns
    -------
    dict of scalar floats by path, each in the unit of its field

    Raises
    ------
    Nothing

    Source: definition.

    >>> from abs_struct.terms.base import Terms
    >>> class Fee(Terms):
    ...     rate: float
    ...     lag: int = 0
    >>> inputs(Fee(rate=0.01), "fees.servicer")
    {'fees.servicer.rate': 0.01}
    """
    return dict(leaves(model, prefix))
