"""A panel: accounts that a tape follows through some months, as columns `status_2005_08` and `statement_2005_08`."""

from __future__ import annotations

import re
from typing import Any

from abs_struct.core.findings import TapeError
from abs_struct.history.rolls import RollRates, roll_rates
from abs_struct.tape.tape import Tape

STATUS, STATEMENT = "status", "statement"
DATED = re.compile(r"([a-z_]+)_(\d{4}_\d{2})")


def panel_of(tape: Tape) -> dict[str, dict[str, Any]]:
    """The dated columns of a tape: word -> month such as "2005_08" -> values (N,), oldest month first."""
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(tape.columns):
        dated = DATED.fullmatch(name)
        if dated:
            found.setdefault(dated[1], {})[dated[2]] = tape.columns[name]
    return found


def rolls_of(tape: Tape, *, by_balance: bool = False) -> tuple[RollRates, list[str]]:
    """The transitions of a panel between all its months, and the months.

    Parameters
    ----------
    tape : with a status in months late for two months or more
    by_balance : weigh each account by its statement before the move

    Returns
    -------
    RollRates, and the months such as "2005-08"

    Raises
    ------
    TapeError : no statuses by month, or no statement for one of them
    """
    panel = panel_of(tape)
    statuses, money = panel.get(STATUS, {}), panel.get(STATEMENT, {})
    if len(statuses) < 2:
        raise TapeError(
            f"{tape.file}: no statuses by month; roll rates need columns such as status_2026_08 and status_2026_09, "
            "in months late (a layout gives columns their names)"
        )
    missing = [month for month in statuses if month not in money]
    if by_balance and missing:
        raise TapeError(f"{tape.file}: no column statement_{missing[0]}, by which --by-balance weighs accounts")
    found = roll_rates(list(statuses.values()), [money[month] for month in statuses] if by_balance else None)
    return found, [month.replace("_", "-") for month in statuses]
