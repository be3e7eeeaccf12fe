"""How often a deal pays: `every: 3 months`, as a whole number of months."""

from __future__ import annotations

import re

from abs_struct.core.findings import DateError, nearest

WRITTEN = re.compile(r"(\d{1,4}) (month|year)s?")
WORDS = {"month": 1, "monthly": 1, "quarter": 3, "quarterly": 3, "half year": 6, "semi-annually": 6, "year": 12,
         "yearly": 12, "annually": 12}  # fmt: skip
MOST = 12


def months_of(every: str) -> int:
    """The months between payment dates.

    Parameters
    ----------
    every : "1 month", "3 months", "1 year", or a word such as "quarterly"

    Returns
    -------
    scalar, months

    Raises
    ------
    DateError : something else, or more than a year

    Source: definition.

    >>> months_of("3 months"), months_of("quarterly")
    (3, 3)
    """
    text = " ".join(str(every).lower().split())
    found = WRITTEN.fullmatch(text)
    months = int(found[1]) * (12 if found[2] == "year" else 1) if found else WORDS.get(text, 0)
    if 1 <= months <= MOST:
        return months
    if found:
        raise DateError(f"a deal pays every 1 to {MOST} months (got '{every}')")
    raise DateError(
        f"'{every}' is not a time between payments{nearest(text, WORDS)}; write 1 month, 3 months, 6 months or 1 year"
    )
