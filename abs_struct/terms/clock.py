"""Purchase clocks: how often a month collections are spent on new receivables."""

from __future__ import annotations

#: Days of a month, as due days and clocks count them.
MONTH = 30


def steps_of(clock: str) -> int | None:
    """The steps a month of a clock in words; None for purchases on payment dates.

    >>> steps_of("daily"), steps_of("3 times a month"), steps_of("payment dates")
    (30, 3, None)
    """
    words = clock.split()
    if clock == "payment dates":
        return None
    if clock == "daily":
        return MONTH
    if clock == "monthly":
        return 1
    if len(words) == 4 and words[1:] == ["times", "a", "month"] and words[0].isdigit():
        count = int(words[0])
        if 1 <= count <= MONTH:
            return count
        raise ValueError(f"a month has {MONTH} days to buy on, not {count}; write daily, or 1 to {MONTH} times a month")
    raise ValueError(f"'{clock}' is not a purchase clock; write payment dates, monthly, 3 times a month, or daily")
