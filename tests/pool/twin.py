"""The twin: every loan projected by itself, in plain Python, from its own balance each month.

Slow on purpose and separate on purpose. It shares no formula with the engine: a level payment is worked out anew
each month from the surviving balance, curves are written out as tables of the trade, and losses are kept loan by
loan. The engine must agree to 1e-12 of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Loan:
    """One loan with its balance today."""

    balance: float
    rate: float
    remaining: int
    age: int
    repayment: str
    group: str
    accrual: str
    skips: dict | None = None  # its payment holiday
    extends: dict | None = None  # its term extension
    owed: float = 0.0  # years of interest deferred by a holiday
    contract: float = field(init=False)
    contract_payment: float = field(init=False)
    total: int = field(init=False)
    elapsed: float = field(init=False)

    def __post_init__(self):
        self.contract = self.balance
        self.contract_payment = payment(self.balance, self.rate, self.remaining)
        self.total = self.remaining
        self.elapsed = self.age / 12.0


def payment(balance, rate, months):
    """The level payment of a balance: what discounts to it, month by month."""
    factor, worth = 1.0 / (1.0 + rate / 12.0), 0.0
    for _ in range(months):
        worth = (worth + 1.0) * factor
    return balance / worth


def contract_month(loan, balance, days):
    """Interest and principal that this balance owes this month by contract."""
    last = loan.remaining == 1
    fraction = days / 365.0 if loan.accrual == "actual/365" else 1.0 / 12.0
    if loan.repayment == "single_payment":
        owed = balance * loan.rate * (loan.elapsed + fraction)
        return (owed, balance) if last else (0.0, 0.0)
    interest = balance * loan.rate * fraction
    if last:
        return interest, balance
    if loan.repayment == "interest_first":
        return interest, 0.0
    if loan.repayment == "level_principal":
        return interest, balance / loan.remaining
    if loan.accrual == "actual/365":  # the payment was fixed at the start, and shrinks with the loans that are left
        due = loan.contract_payment * balance / loan.contract if loan.contract else 0.0
        return interest, min(max(due - interest, 0.0), balance)
    return interest, payment(balance, loan.rate, loan.remaining) - interest


def on_holiday(loan, month):
    """Whether the loan skips the instalment of this month of the deal."""
    return loan.skips is not None and 0 <= month - loan.skips["from"] < loan.skips["months"]


def month_of(loan, balance, days, month):
    """Interest and principal that this balance pays this month, relief included."""
    if not on_holiday(loan, month):
        interest, principal = contract_month(loan, balance, days)
        return interest + balance * loan.rate * loan.owed, principal
    fraction = days / 365.0 if loan.accrual == "actual/365" else 1.0 / 12.0
    pays = loan.skips["interest"] == "paid" and loan.repayment != "single_payment"
    return (balance * loan.rate * fraction if pays else 0.0), 0.0


def end_month(loan, days, month):
    """The loan is a month older; one on holiday is no month nearer its end."""
    fraction = days / 365.0 if loan.accrual == "actual/365" else 1.0 / 12.0
    if not on_holiday(loan, month):
        if loan.accrual == "actual/365":
            loan.contract -= contract_month_of_contract(loan, days)[1]
        loan.elapsed += fraction
        loan.owed = 0.0
        loan.remaining -= 1
    elif loan.skips["interest"] != "waived" and loan.repayment == "single_payment":
        loan.elapsed += fraction
    elif loan.skips["interest"] == "deferred":
        loan.owed += fraction


def extend(loan, month):
    """The instalments of the loan are worked out anew over the longer term."""
    if loan.extends is not None and month == loan.extends["from"] and loan.remaining >= 1:
        loan.remaining += loan.extends["months"]
        loan.contract_payment = payment(loan.contract, loan.rate, loan.remaining)


def divided(loans, written, accrual):
    """Each loan as up to three: the part on holiday, the extended part, and the rest."""
    holiday, extension = written.get("payment_holiday"), written.get("term_extension")
    shares = [holiday["share"] if holiday else 0.0, extension["share"] if extension else 0.0]
    columns = (loans.balance_cents, loans.rate, loans.remaining_term, loans.age, loans.repayment, loans.group)
    for c, r, n, a, p, g in zip(*columns, strict=True):
        terms = (float(r), int(n), int(a), str(p), str(g), accrual)
        kinds = [(1.0 - sum(shares), None, None), (shares[0], holiday, None), (shares[1], None, extension)]
        for share, skips, extends in kinds:
            if share > 0.0:
                yield Loan(share * int(c) / 100, *terms, skips=skips, extends=extends)


def annual(rate, part):
    """The rate of a part of a year."""
    return 1.0 - (1.0 - rate) ** part


def speed(curve, month, period, part):
    """A prepayment or default curve at a month of loan life (from 1) and a period of the deal (from 1)."""
    if not curve:
        return 0.0
    stress = curve.get("multiple", 1.0)
    ramp = min(1.0, month / curve["ramp"]) if curve.get("ramp") else 1.0
    if "cpr" in curve:
        return annual(curve["cpr"] * ramp, part)
    if "cdr" in curve:
        return annual(min(1.0, stress * curve["cdr"] * ramp), part)
    if "smm" in curve:
        return curve["smm"] * ramp
    if "mdr" in curve:
        return min(1.0, stress * curve["mdr"] * ramp)
    if "psa" in curve:
        return annual(min(1.0, curve["psa"] * min(month, 30) * 0.002), part)
    if "abs" in curve:
        used = curve["abs"] * (month - 1)
        return 1.0 if used + curve["abs"] >= 1.0 else curve["abs"] / (1.0 - used)
    if "sda" in curve:
        if month <= 30:
            base = 0.0002 * month
        elif month <= 60:
            base = 0.006
        else:
            base = 0.006 - 0.000095 * (month - 60) if month <= 120 else 0.0003
        return annual(min(1.0, curve["sda"] * base), part)
    if "ppc" in curve:
        place = min(1.0, (month - 1) / (curve["months"] - 1)) if curve["months"] > 1 else 1.0
        level = curve["start"] + (curve["end"] - curve["start"]) * place
        return annual(min(1.0, curve["ppc"] * level), part)
    index = (month if curve.get("by", "age") == "age" else period) - 1
    found = min(1.0, stress * curve["vector"][min(index, len(curve["vector"]) - 1)])
    return annual(found, part) if curve["unit"] in ("cpr", "cdr") else found


def weight(timing, period):
    """The share of a cumulative net loss that falls in a period."""
    if "by_year" in timing:
        year = (period - 1) // 12
        return timing["by_year"][year] / 12.0 if year < len(timing["by_year"]) else 0.0
    return timing["by_month"][period - 1] if period <= len(timing["by_month"]) else 0.0


def lost_share(recovery):
    """The share of a default that is lost for good."""
    if not recovery:
        return 1.0
    return 1.0 - recovery["rate"] if "rate" in recovery else recovery["severity"]


def parts_of(recovery):
    """The share of a default's recovery that arrives so many months after the default: [(months, share), ...]."""
    lag, timing = recovery.get("lag", 0), recovery.get("timing", [1.0])
    if isinstance(timing, dict):
        if "months" in timing:
            timing = [1.0 / timing["months"]] * timing["months"]
        else:
            timing = timing.get("by_month") or [share / 12.0 for share in timing["by_year"] for _ in range(12)]
    return [(lag + i, share) for i, share in enumerate(timing)]


def target_of(default, recovery, month):
    """The gross default of a month as a share of the initial balance."""
    gross = default["cgd"] if "cgd" in default else default["cnl"] / lost_share(recovery)
    return default.get("multiple", 1.0) * gross * weight(default["timing"], month)


NAMES = (
    "scheduled_principal",
    "prepaid",
    "defaulted",
    "recovered",
    "interest",
    "balance",
    "net_loss",
    "unplaced_loss",
)


def project_loans(loans, written, periods, days=None, accrual="30/360"):
    """Flows of the pool by period (0 is closing), each loan by itself."""
    pool = list(divided(loans, written, accrual))
    conventions = written.get("conventions", "sifma")
    days_rule = conventions == "survivor-days"
    overrides = written.get("groups", {})

    def own(group, name):
        return overrides[group][name] if group in overrides and name in overrides[group] else written.get(name)

    def book(group):
        return group if {"default", "recovery"} & set(overrides.get(group, {})) else None

    books = {}
    for loan in pool:
        books.setdefault(book(loan.group), []).append(loan)
    initial = {name: sum(loan.balance for loan in members) for name, members in books.items()}
    out = {name: [0.0] * (periods + 1) for name in NAMES}
    out["balance"][0] = sum(loan.balance for loan in pool)
    waiting = {name: [0.0] * (periods + 1) for name in books}
    unplaced = 0.0
    for t in range(1, periods + 1):
        part = days[t - 1] / 365.0 if days_rule else 1.0 / 12.0
        placed = {}
        for name, members in books.items():
            group = members[0].group
            default = own(group, "default")
            if default and "timing" in default:
                severity = lost_share(own(group, "recovery"))
                target = target_of(default, own(group, "recovery"), t) * initial[name]
                opening = sum(loan.balance for loan in members)
                placed[name] = min(1.0, target / opening) if opening > 0.0 else 0.0
                unplaced += max(0.0, target - opening) * severity
        for loan in pool:
            name, month, start = book(loan.group), loan.age + t, loan.balance
            p = speed(own(loan.group, "prepayment"), month, t, part)
            d = placed[name] if name in placed else speed(own(loan.group, "default"), month, t, part)
            gone = d * start
            extend(loan, t)
            if loan.remaining < 1:
                continue
            month_days = days[t - 1] if days is not None else 0
            if days_rule:
                prepaid = p * (start - gone)
                left = start - gone - prepaid
                interest, principal = month_of(loan, left, month_days, t)
            else:
                left = start - gone
                interest, principal = month_of(loan, left, month_days, t)
                _, of_all = month_of(loan, start, month_days, t)
                prepaid = min(p, 1.0 - d) * (start - of_all)
                left -= prepaid
            loan.balance = 0.0 if loan.remaining == 1 and not on_holiday(loan, t) else left - principal
            end_month(loan, month_days, t)
            out["interest"][t] += interest
            out["scheduled_principal"][t] += principal
            out["prepaid"][t] += prepaid
            out["defaulted"][t] += gone
            waiting[name][t] += gone
        for name, members in books.items():
            recovery = own(members[0].group, "recovery")
            parts = parts_of(recovery or {})
            done = sum(share * waiting[name][t - ago] for ago, share in parts if t - ago >= 1)
            got = (1.0 - lost_share(recovery)) * done
            out["recovered"][t] += got
            out["net_loss"][t] += done - got if days_rule else waiting[name][t] - got
        out["balance"][t] = sum(loan.balance for loan in pool)
        out["unplaced_loss"][t] = unplaced
    return out


def contract_month_of_contract(loan, days):
    """The month of the loan as if nobody defaulted or prepaid."""
    interest = loan.contract * loan.rate * days / 365.0
    if loan.remaining == 1:
        return interest, loan.contract
    if loan.repayment == "level_pay":
        return interest, min(max(loan.contract_payment - interest, 0.0), loan.contract)
    return contract_month(loan, loan.contract, days)
