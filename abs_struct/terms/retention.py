"""The terms of risk retention: what the sponsor keeps of its own deal, and how much it has to be."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from abs_struct.terms.base import Terms
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import Share, choice, share, written_as

VERTICAL, FIRST_LOSS, HORIZONTAL = "vertical", "first loss", "horizontal"


def held(written: object) -> float:
    """A share of the residual: true is all of it, false nothing.

    Raises
    ------
    ValueError : neither a yes or no nor a share

    >>> held(True), held(False), held("5%")
    (1.0, 0.0, 0.05)
    """
    return float(written) if isinstance(written, bool) else share(written)


Held = Annotated[float, BeforeValidator(held), written_as("true, false, or a share in [0, 1]", [True, "5%"])]


class Retention(Terms):
    """What is retained, and in which form; tested at closing, and no part of the cash flows.

    vertical: at least `share` of every class and of the residual (EU and UK Article 6(3)(a), US vertical interest).
    first loss: what is held from the residual upwards, at nominal, is at least `share` of the pool (EU and UK Article
    6(3)(d); overcollateralisation counts). horizontal: the same at fair value, as a share of all interests in the
    deal (US eligible horizontal residual interest); fair value is taken as the issue price, and for the residual as
    what pool and accounts hold beyond the proceeds of the notes. From the residual upwards, a class counts only
    where all that is junior to it is held in full.
    """

    form: choice(VERTICAL, FIRST_LOSS, HORIZONTAL) = Field(  # type: ignore[valid-type]
        description="vertical, first loss (at nominal), or horizontal (the same at fair value)"
    )
    share: Share = Field(default=0.05, description="the least that has to be held")
    holds: dict[Name, Share] = Field(
        default_factory=dict, description="the share that is held of each class; of a class left out nothing"
    )
    residual: Held = Field(description="whether the residual is held: true, false, or a share of it")
