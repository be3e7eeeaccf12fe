"""The script to beat: MPL 2027-1 by hand in NumPy, vectorised over loans, one scenario at a time.

What many desks have on file: arrays over loans for the pool, a loop over months, and the waterfall in plain floats. It
is written for this one deal and for speed: the instalments are worked out once for all scenarios, and what no loan
needs is left out. Its notes are those of the engine to 1e-9.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np

MONTHS = 66
TIMING = (0.40, 0.35, 0.18, 0.06, 0.01, 0.0)
RECOVERY, LAG = 0.07, 6
CLASSES = {"A": (0.5525, 0.0500), "B": (0.18, 0.0560), "C": (0.062, 0.0640), "D": (0.0995, 0.0875)}
LEVELS = (0.02, 0.045, 0.075, 0.0975, 0.1125, 0.1225, 0.13)


class Script:
    """The loans of the deal, ready for scenarios."""

    def __init__(self, tape: Path, most: int | None = None) -> None:
        with gzip.open(tape, "rt", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))[:most]
        self.balance = np.array([float(row["balance"]) for row in rows])
        rate = np.array([float(row["rate"]) for row in rows]) / 12.0
        term = np.array([int(row["remaining_term"]) for row in rows])
        self.age = np.array([int(row["age"]) for row in rows])
        self.rate = rate
        left = np.maximum(term - np.arange(MONTHS)[:, None], 1)
        self.share = np.minimum(rate / ((1.0 + rate) ** left - 1.0), 1.0)  # of the balance, repaid in each month
        self.total = float(self.balance.sum())

    def pool(self, cpr: float, cnl: float) -> list[tuple[float, ...]]:
        """Balance before and after, interest, principal, recovery and net loss of each month."""
        speeds = 1.0 - (1.0 - cpr * np.minimum(1.0, np.arange(1, MONTHS + 20) / 12.0)) ** (1.0 / 12.0)
        balance, before = self.balance, self.total
        lost: list[float] = []
        found = []
        for month in range(MONTHS):
            asked = cnl / (1.0 - RECOVERY) * TIMING[month // 12] / 12.0 * self.total
            mdr = min(asked, before) / before if before else 0.0
            alive = 1.0 - mdr
            smm = np.minimum(speeds[self.age + month], alive)
            interest = balance * self.rate
            repaid = balance * self.share[month]
            prepaid = smm * (balance - repaid)
            repaid *= alive
            balance = balance * alive - repaid - prepaid
            lost.append(mdr * before)
            recovered = RECOVERY * lost[month - LAG] if month >= LAG else 0.0
            after = float(balance.sum())
            principal = float(repaid.sum()) + float(prepaid.sum())
            found.append((before, after, alive * float(interest.sum()), principal, recovered, lost[-1] - recovered))
            before = after
        return found

    def run(self, cpr: float, cnl: float) -> dict[str, Any]:
        """Interest and principal of each class by month, and what the originator gets."""
        total = self.total
        held = {name: share * total for name, (share, _) in CLASSES.items()}
        short = dict.fromkeys(CLASSES, 0.0)
        fees = {"trustees": 0.0, "backup": 0.0, "servicer": 0.0}
        reserve, loss, failed, paid_this_year = 0.005 * total, 0.0, False, 0.0
        interest: dict[str, list[float]] = {name: [] for name in CLASSES}
        principal: dict[str, list[float]] = {name: [] for name in CLASSES}
        residual = []
        for month, (before, after, earned, repaid, recovered, net_loss) in enumerate(self.pool(cpr, cnl)):
            loss += net_loss
            year = 25.0 / 360.0 if month == 0 else 1.0 / 12.0
            paid_this_year = 0.0 if month % 12 == 0 else paid_this_year
            outstanding = before > 0.005 or any(balance > 0.005 for balance in held.values())
            fees["trustees"] += 0.0005 * before / 12.0 + (240_000.0 / 12.0 if outstanding else 0.0)
            fees["backup"] += 0.0003 * before / 12.0
            fees["servicer"] += 0.0100 * before / 12.0
            required = 0.0 if sum(held.values()) <= reserve or month == MONTHS - 1 else 0.005 * total
            senior = [name for name in CLASSES if held[name] > 0.0][:1]
            failed = failed or any(short[name] > 0.01 for name in senior)
            owed = {name: short[name] + held[name] * coupon * year for name, (_, coupon) in CLASSES.items()}
            given = dict.fromkeys(CLASSES, 0.0)
            got = dict.fromkeys(CLASSES, 0.0)
            cash = earned + repaid + recovered
            released = min(max(reserve - required, 0.0), reserve)
            cash, reserve = cash + released, reserve - released

            for name, due in fees.items():
                room = 250_000.0 - paid_this_year if name == "trustees" and not failed else float("inf")
                first = min(due, room, cash)
                second = min(due - first, room - first, reserve)
                cash, reserve = cash - first, reserve - second
                fees[name] = due - (first + second)
                paid_this_year += first + second if name == "trustees" else 0.0

            ranked: list[str] = []
            for name in CLASSES:
                ranked.append(name)
                first = min(owed[name], cash)
                second = min(owed[name] - first, reserve)
                cash, reserve = cash - first, reserve - second
                given[name] = first + second
                wanted = float("inf") if failed else sum(held[one] for one in ranked) - after
                for one in [name] if failed else ranked:
                    part = min(max(min(held[one], wanted), 0.0), cash)
                    wanted, cash = wanted - min(held[one], max(wanted, 0.0)), cash - part
                    held[one] -= part
                    got[one] += part

            if not failed:
                filled = min(max(required - reserve, 0.0), cash)
                cash, reserve = cash - filled, reserve + filled
                target = max(0.1325 * after, 0.02 * total)
                turbo = loss / total - LEVELS[min(month // 6, 6)] > 1e-12
                wanted = cash if turbo else sum(held.values()) - (after - target)
                for one in CLASSES:
                    part = min(max(min(held[one], wanted), 0.0), cash)
                    wanted, cash = wanted - min(held[one], max(wanted, 0.0)), cash - part
                    held[one] -= part
                    got[one] += part
                part = min(fees["trustees"], cash)
                fees["trustees"] -= part
                cash -= part
            for name in CLASSES:
                short[name] = owed[name] - given[name]
                interest[name].append(given[name])
                principal[name].append(got[name])
            residual.append(cash)
        return {"interest": interest, "principal": principal, "residual": residual}
