"""Arrears: borrowers in buckets of so many instalments, on the way to default or to paying late.

The curves rule: what defaults, and what falls due, is what the pool without arrears says. On top of that, of the loans
of a book (a pool, a group, a kind of receivable) at the end of month t:

    on the way to default   in bucket k of n: what the curve defaults n - k + 1 months later, from month k on, as nobody
                            is in arrears at the cut-off or when bought; of an amount that the pool cannot bear, what it
                            owes
    paying late             in bucket k: the share U(k), who have missed k instalments and will pay them all at once

    U(k) = onward(k - 1) x U(k - 1) of last month      onward: the share that stays behind of those who pay
    missed = (U(1) + ... + U(n)) x due                 paid late = sum of (1 - onward(k)) x what bucket k owed

so that instalments are only moved to later months: received + what is owed at the end = due + what was owed before.
A borrower in bucket k pays in the end with probability 1 - r(k) r(k + 1) ... r(n), so that, with p(k) = r(k) ... r(n),
onward(k) = r(k) (1 - p(k + 1)) / (1 - p(k)), and for each one who defaults (1 - p(1)) / p(1) others have entered.
What is due but missed by those on the way to default is part of the balance that the curve defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.lines import Line, curve, declare, flow, stock
from abs_struct.core.state import Entity, State
from abs_struct.curves.buckets import BUCKETS
from abs_struct.curves.delinquency import Delinquency
from abs_struct.pool.returns import Returns

#: The days of a month by which late fees are charged.
MONTH = 365.0 / 12.0
DAYS = tuple(bucket.replace("_", "-") for bucket in BUCKETS)


def numbered(name: str, count: int) -> list[str]:
    """The names of one line by bucket."""
    return [f"{name}_{k}" for k in range(1, count + 1)]


def delinquent(count: int) -> list[str]:
    """The lines of balances in arrears, by bucket."""
    return [f"delinquent_{bucket}" for bucket in BUCKETS[:count]]


#: What is said of arrears everywhere: of the pool, groups, kinds of receivables and their units.
TOTALS = (
    stock("delinquent", "Delinquent", "逾期余额", "the balance of all loans in arrears that have not defaulted"),
    stock(
        "overdue", "Overdue instalments", "逾期未付金额", "instalments missed and not yet paid, principal and interest"
    ),
    flow("missed", "Missed instalments", "当期未付金额", "due in the period and not paid, by those who pay later"),
    flow("paid_late", "Paid late", "补付金额", "overdue instalments paid in the period"),
)
FEES = (flow("late_fees", "Late fees", "滞纳金", "late fee a day x days x overdue, paid with the late instalments"),)
#: What a book works with.
WORKINGS = (
    stock("arrears_principal", "Overdue principal", "逾期本金", "missed principal, part of the balance"),
    flow("received_principal", "Received principal", "实收计划本金", "scheduled principal due - missed + paid late"),
    flow("received_interest", "Received interest", "实收利息", "interest due - missed + paid late, and late fees"),
    flow("due_principal", "Due principal", "应收计划本金", "scheduled principal that the curves leave due"),
    flow("due_interest", "Due interest", "应收利息", "interest that the curves leave due"),
    flow("to_default", "To default", "将违约余额", "balance in arrears that the curve will default"),
    flow(
        "sound_share",
        "Sound share",
        "不违约占比",
        "the share of the loans that is not on its way to default",
        unit="rate",
    ),
    stock("punctual_balance", "Punctual balance", "无逾期余额", "the balance had all instalments been paid in time"),
)
ODDS = curve(
    "paying_odds", "Paying odds", "补付倍数", "who entered arrears and pays, for each one who defaults", unit="number"
)


def by_bucket(count: int) -> tuple[Line, ...]:
    """The balances in arrears, by bucket."""
    return tuple(
        stock(
            f"delinquent_{bucket}",
            f"Delinquent {days} days",
            f"M{k} 逾期{days}天",
            f"the balance of loans {days} days late",
        )
        for k, (bucket, days) in enumerate(zip(BUCKETS[:count], DAYS, strict=False), 1)
    )


def workings(count: int) -> tuple[Line, ...]:
    """What a book keeps of each bucket."""
    found: list[Line] = []
    for k, days in enumerate(DAYS[:count], 1):
        at = f"of {days} days"
        found += [
            flow(f"to_default_{k}", f"To default, {days}", f"M{k} 将违约", f"balance {at} that the curve will default"),
            stock(f"behind_{k}", f"Behind, {days}", f"M{k} 占比", f"share {at} who will pay", unit="factor"),
            stock(f"owed_principal_{k}", f"Owed principal, {days}", f"M{k} 欠付本金", f"missed principal {at}"),
            stock(f"owed_interest_{k}", f"Owed interest, {days}", f"M{k} 欠付利息", f"missed interest {at}"),
        ]
    return tuple(found)


def onward(count: int) -> tuple[Line, ...]:
    """The roll rates of those who pay in the end."""
    return tuple(
        curve(
            f"onward_{k}", f"Onward, {days}", f"M{k} 滚动率", "the share that misses another one, of those who will pay"
        )
        for k, days in enumerate(DAYS[: count - 1], 1)
    )


def owed_fees(count: int) -> tuple[Line, ...]:
    """Late fees by bucket, paid with the instalments."""
    return tuple(
        stock(f"owed_fees_{k}", f"Owed fees, {days}", f"M{k} 欠付滞纳金", "late fees charged and not yet paid")
        for k, days in enumerate(DAYS[:count], 1)
    )


def ahead(count: int) -> tuple[Line, ...]:
    """What a cohort is known to default later, where its defaults are a rate."""
    staying = curve("staying", "Staying share", "留存比例", "1 - default rate - what is returned - prepaid share")
    later = (
        curve(
            f"ahead_{j}",
            f"Default in {j}",
            f"{j}期后违约",
            f"scheduled balance x share that defaults {j} later",
            "money",
        )
        for j in range(1, count + 1)
    )
    return (staying, *later)


def expected(count: int) -> tuple[Line, ...]:
    """What a book is known to default later, where its defaults are an amount."""
    return tuple(
        curve(f"expected_share_{j}", f"Default share in {j}", f"{j}期后违约占比", f"default share {j} periods later")
        for j in range(1, count + 1)
    )


MOST = len(BUCKETS)
ARREARS = declare(
    "pool with delinquency",
    *by_bucket(MOST), *TOTALS, *FEES, *WORKINGS, ODDS, *workings(MOST), *onward(MOST), *owed_fees(MOST),
    *ahead(MOST), *expected(MOST),
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Delay:
    """The arrears of one book: its entity, its terms and where these are written, and how its defaults come about.

    members : the entities of its loans, whose rates say what they default; `placed` where an amount says so
    """

    path: str
    at: str
    terms: Delinquency
    members: tuple[str, ...]
    placed: bool
    defaults: bool
    together: bool
    returns: tuple[Returns, ...]

    @cached_property
    def count(self) -> int:
        """The number of buckets."""
        return self.terms.count

    @cached_property
    def charging(self) -> bool:
        """Whether there are late fees."""
        return "late_fee" in self.terms.model_fields_set

    def shown(self) -> tuple[Line, ...]:
        """The lines that the pool adds up."""
        return shown(self.count, charging=self.charging)

    def lines(self) -> tuple[Line, ...]:
        """All lines of the book's entity."""
        found = (*self.shown(), *WORKINGS, *workings(self.count), *onward(self.count))
        if self.terms.from_default:
            found += (ODDS,)
        if self.charging:
            found += owed_fees(self.count)
        return (*found, *expected(self.count)) if self.placed else found

    def of_members(self) -> tuple[Line, ...]:
        """What each of its cohorts has beside its own lines."""
        return ahead(self.count) if self.defaults and not self.placed else ()

    # ---- before the loop ------------------------------------------------------------------------------

    def prepare(self, x: Numbers, s: State) -> None:
        """Roll rates of those who pay, and what the default curve asks for in the months ahead, for all periods."""
        own, count = s.entities[self.path], self.count
        rolls = [s.inputs[f"{self.at}.roll.{k}"] for k in range(count)]
        lost: list[Value] = [1.0]  # of who is in a bucket, and after the last one
        for roll in reversed(rolls):
            lost.insert(0, roll * lost[0])
        for k in range(count - 1):
            staying = x.ratio(rolls[k] * (1.0 - lost[k + 1]), 1.0 - lost[k])
            setattr(own, f"onward_{k + 1}", x.minimum(1.0, staying))
        if self.terms.from_default:
            own.paying_odds = x.ratio(1.0 - lost[0], lost[0])
        if self.placed:
            self.look_ahead(x, s, self.path, "default_share", "expected_share", None)
        elif self.defaults:
            for path, returned in zip(self.members, self.returns, strict=True):
                member = s.entities[path]
                alive = 1.0 - member.default_rate
                for share in returned.shares(x, s, alive):
                    alive = alive - share
                wanted = member.prepayment_rate
                gone = x.minimum(wanted, alive) if self.together else wanted * alive
                member.staying = alive - gone
                self.look_ahead(x, s, path, "default_rate", "ahead", member.scheduled_balance)

    def look_ahead(self, x: Numbers, s: State, path: str, rate: str, name: str, scale: Value | None) -> None:
        """Lines of what defaults 1, 2, ... periods later: each is that of one period later, one period nearer."""
        own = s.entities[path]
        for j in range(1, self.count + 1):
            if j == 1:
                found = s.past(f"{path}.{rate}", -1)
                found = found if scale is None else found * scale
            else:
                found = s.past(f"{path}.{name}_{j - 1}", -1)
                found = found if scale is None else s.past(f"{path}.staying", -1) * found
            setattr(own, f"{name}_{j}", found)

    # ---- a period -------------------------------------------------------------------------------------

    def apply(self, x: Numbers, s: State, principal: Value, interest: Value, balance: Value) -> None:
        """One month of arrears.

        Parameters
        ----------
        x : numbers backend; s : the state of the period
        principal, interest : what falls due by the curves, currency units
        balance : what the loans would owe had all been paid in time, currency units
        """
        own, names = s.entities[self.path], range(1, self.count + 1)
        own.due_principal, own.due_interest, own.punctual_balance = principal, interest, balance
        principal, interest, balance = own.due_principal, own.due_interest, own.punctual_balance
        own.to_default = self.leaving(x, s, own, balance)
        own.sound_share = x.maximum(0.0, 1.0 - x.ratio(own.to_default, balance))
        late_principal, late_interest = self.pay(x, s, own)
        behind = self.fall_behind(x, s, own, balance)
        for k in reversed(names):
            share = getattr(own, f"behind_{k}")
            for due, name in ((principal, "owed_principal"), (interest, "owed_interest")):
                before = 0.0 if k == 1 else getattr(own, f"onward_{k - 1}") * getattr(own, f"{name}_{k - 1}")
                setattr(own, f"{name}_{k}", before + share * due)
        own.missed = behind * (principal + interest)
        own.paid_late = late_principal + late_interest
        if self.charging:
            late_interest = late_interest + own.late_fees
        own.received_principal = principal - behind * principal + late_principal
        own.received_interest = interest - behind * interest + late_interest
        own.arrears_principal = x.total([getattr(own, f"owed_principal_{k}") for k in names])
        own.overdue = own.arrears_principal + x.total([getattr(own, f"owed_interest_{k}") for k in names])
        for k, name in zip(names, delinquent(self.count), strict=True):
            late = getattr(own, f"behind_{k}") * balance + getattr(own, f"owed_principal_{k}")
            setattr(own, name, getattr(own, f"to_default_{k}") + late)
        own.delinquent = x.total([getattr(own, name) for name in delinquent(self.count)])

    def leaving(self, x: Numbers, s: State, own: Entity, balance: Value) -> Value:
        """The balances on the way to default, by bucket; their sum."""
        found: list[Value] = []
        for j in range(1, self.count + 1):
            k = self.count - j + 1
            if not self.defaults:
                value: Value = 0.0
            elif self.placed:
                left = x.maximum(0.0, balance - x.total(found))
                value = x.minimum(getattr(own, f"expected_share_{j}") * own.initial_balance, left)
            else:
                members = [s.entities[path] for path in self.members]
                value = x.total([member.survival * getattr(member, f"ahead_{j}") for member in members])
            setattr(own, f"to_default_{k}", x.where(s.pool.period >= float(k), value, 0.0))
            found.append(getattr(own, f"to_default_{k}"))
        return x.total(found)

    def pay(self, x: Numbers, s: State, own: Entity) -> tuple[Value, Value]:
        """Principal and interest that are paid late: of who does not go onward, and all of the last bucket."""
        late: dict[str, list[Value]] = {"principal": [], "interest": [], "fees": []}
        for k in range(self.count, 0, -1):
            paying = 1.0 if k == self.count else 1.0 - getattr(own, f"onward_{k}")
            principal, interest = getattr(own, f"owed_principal_{k}"), getattr(own, f"owed_interest_{k}")
            late["principal"].append(paying * principal)
            late["interest"].append(paying * interest)
            if self.charging:
                daily = s.inputs[f"{self.at}.late_fee"]
                charged = getattr(own, f"owed_fees_{k}") + daily * MONTH * (principal + interest)
                late["fees"].append(paying * charged)
                if k < self.count:
                    setattr(own, f"owed_fees_{k + 1}", getattr(own, f"onward_{k}") * charged)
        if self.charging:
            own.late_fees = x.total(late["fees"])
        return x.total(late["principal"]), x.total(late["interest"])

    def fall_behind(self, x: Numbers, s: State, own: Entity, balance: Value) -> Value:
        """The shares of those who will pay, by bucket, from the last one on: who is left may enter. Their sum."""
        left, found = own.sound_share, []
        for k in range(self.count, 1, -1):
            setattr(
                own, f"behind_{k}", x.minimum(getattr(own, f"onward_{k - 1}") * getattr(own, f"behind_{k - 1}"), left)
            )
            found.append(getattr(own, f"behind_{k}"))
            left = x.maximum(0.0, own.sound_share - x.total(found))
        if self.terms.from_default:
            own.behind_1 = x.minimum(x.ratio(own.to_default_1 * own.paying_odds, balance), left)
        else:
            own.behind_1 = s.inputs[f"{self.at}.enter"] * left
        return x.minimum(1.0, x.total([*found, own.behind_1]))


def shown(count: int, *, charging: bool) -> tuple[Line, ...]:
    """The lines that are said of arrears by bucket and in total."""
    return (*by_bucket(count), *TOTALS, *(FEES if charging else ()))


def shown_of(delays: Sequence[Delay]) -> tuple[Line, ...]:
    """What a pool says whose parts may have arrears of their own: as many buckets as the longest has."""
    if not delays:
        return ()
    return shown(max(delay.count for delay in delays), charging=any(delay.charging for delay in delays))


def add_up(x: Numbers, s: State, paths: Sequence[str], lines: Sequence[str], *, more: bool = False) -> None:
    """The pool's arrears: those of its parts, each of which may have fewer buckets; `more` on top of what it has."""
    owners = [s.entities[path] for path in paths]
    for name in lines:
        values = [getattr(own, name) for own in owners if hasattr(own, name)]
        setattr(s.pool, name, x.total([getattr(s.pool, name), *values] if more else values))


def sold(x: Numbers, s: State, now: Value) -> None:
    """Where the pool is sold, its arrears go with it."""
    for own in s.entities.values():
        count = own.__dict__.get("delayed", 0)
        names = [*numbered("behind", count), *numbered("owed_principal", count), *numbered("owed_interest", count)]
        for name in [*names, "punctual_balance"] if count else []:
            setattr(own, name, x.where(now, 0.0, getattr(own, name)))
