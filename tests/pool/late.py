"""The twin of arrears: every path from an entry into arrears to its payment followed by itself, in plain Python.

It takes the flows that the curves leave due, as the loan-by-loan twin or the replay of a purchase gives them, and moves
every instalment that a path misses to the month in which the path pays.
"""

from __future__ import annotations

DAYS = ("1_30", "31_60", "61_90", "91_120", "121_150", "151_180")


def late(due, terms, start):
    """What is received, overdue and delinquent by month, from what is due by month (0 is closing).

    due : scheduled_principal, interest, defaulted, balance, lists of T + 1
    start : the balance at month 0
    """
    roll, enter, fee = terms["roll"], terms.get("enter", "from default"), terms.get("late_fee", 0.0)
    count, months = len(roll), len(due["balance"])
    reaching = [1.0]  # of who entered, the share that comes to bucket 1, 2, ...; the last is default
    for share in roll:
        reaching.append(reaching[-1] * share)
    paying = 1.0 - reaching[-1]
    stays = [reaching[k] * (1.0 - roll[k]) / paying if paying else float(k == 0) for k in range(count)]
    out = {name: [0.0] * (months + count + 1) for name in ("principal", "interest", "missed", "paid_late", "late_fees")}
    out |= {name: [0.0] * (months + count + 1) for name in ("overdue", "owed", *DAYS[:count])}
    entered, squeezed = {}, False

    def at(name, month):
        return due[name][month] if month < months else 0.0

    for t in range(1, months):
        out["principal"][t] += at("scheduled_principal", t)
        out["interest"][t] += at("interest", t)
        leaving = [at("defaulted", t + count - k) if t > k else 0.0 for k in range(count)]
        balance = at("balance", t)
        room = 1.0 - (sum(leaving) / balance if balance else 0.0)
        older = sum(entered[a] * sum(stays[t - a :]) for a in range(max(1, t - count + 1), t))
        squeezed = squeezed or older > room + 1e-13
        left = max(room - older, 0.0)
        if enter == "from default":
            odds = paying / reaching[-1] if reaching[-1] else 0.0
            entered[t] = min(leaving[0] * odds / balance if balance else 0.0, left)
        else:
            entered[t] = enter * left
        for k in range(count):
            out[DAYS[k]][t] += leaving[k]
        for behind, share in enumerate(stays, 1):  # misses months t to t + behind - 1, and pays in t + behind
            path = entered[t] * share
            for month in range(t, t + behind):
                principal, interest = (path * at(name, month) for name in ("scheduled_principal", "interest"))
                out["principal"][month] -= principal
                out["interest"][month] -= interest
                out["missed"][month] += principal + interest
                out["principal"][t + behind] += principal
                charged = fee * 365.0 / 12.0 * (t + behind - month) * (principal + interest)
                out["interest"][t + behind] += interest + charged
                out["late_fees"][t + behind] += charged
                out["paid_late"][t + behind] += principal + interest
                for waiting in range(month, t + behind):
                    out["overdue"][waiting] += principal + interest
                    out["owed"][waiting] += principal
                    out[DAYS[waiting - t]][waiting] += principal
                out[DAYS[month - t]][month] += path * at("balance", month)
    return {name: values[:months] for name, values in out.items()}, squeezed


def padded(flows, months):
    """Flows of a run that waits longer for who pays late."""
    return {name: [*map(float, values), *[0.0] * (months - len(values))] for name, values in flows.items()}
