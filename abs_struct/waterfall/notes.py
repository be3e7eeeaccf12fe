"""Notes: sizes at closing, interest that becomes due by itself, and what is carried when all have been paid."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import DUST, Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, data, declare, fixed, flow, stock, tally
from abs_struct.core.state import State
from abs_struct.waterfall.rates import RateRule

#: What every note has.
PLAIN: tuple[Line, ...] = (
    fixed("initial_balance", "Initial balance", "发行金额", "the balance at closing"),
    data("accrual_fraction", "Accrual fraction", "计息年数", "the year fraction of the accrual period", unit="years"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    flow("interest_due", "Interest due", "应付利息", "opening balance x coupon x accrual fraction"),
    flow("interest_owed", "Interest owed", "欠付利息", "due plus carried shortfall less paid, as clauses are applied"),
    tally("interest_paid", "Interest paid", "实付利息", "interest paid in the period"),
    tally("principal_paid", "Principal paid", "实付本金", "principal paid in the period"),
    stock("balance", "Balance", "期末余额", "opening balance less principal paid"),
    stock(
        "interest_shortfall", "Interest shortfall", "未付利息", "interest due and unpaid, carried to the next period"
    ),
    flow("factor", "Factor", "本金因子", "balance / initial balance", unit="factor"),
    flow(
        "enhancement",
        "Credit enhancement",
        "信用增级",
        "(pool balance - this class and those before it + accounts) / pool balance; without a pool 1 if repaid; of a "
        "series: the invested amount for the pool, and accounts that are required",
        unit="rate",
    ),
)

#: Lines of notes whose terms, or whose clauses, ask for them.
SPECIAL: tuple[Line, ...] = (
    flow("coupon", "Coupon", "票面利率", "the yearly rate of the period, where it is not one fixed rate", unit="rate"),
    flow("notional", "Notional", "名义本金", "what interest is counted on, where it is not the balance"),
    tally("capitalised", "Capitalised interest", "利息资本化", "interest added to the balance"),
    flow("interest_lost", "Interest lost", "豁免利息", "interest due, unpaid and not carried"),
    flow("target_balance", "Planned balance", "计划余额", "the balance that the plan leaves after this payment"),
    tally("advanced", "Advanced", "增加出资", "paid in by the note's holder"),
    tally("written_down", "Written down", "核减金额", "losses allocated in the period"),
    tally("written_up", "Written up", "回拨金额", "earlier losses restored in the period"),
    stock("unreimbursed", "Unreimbursed loss", "未回拨损失", "written down and not restored"),
    stock("pdl", "Principal deficiency", "本金缺口余额", "the balance of the principal deficiency ledger"),
    tally("pdl_debited", "Deficiency debited", "本金缺口借记", "debited in the period"),
    tally("pdl_cured", "Deficiency cured", "本金缺口补足", "cured from revenue in the period"),
    data(
        "expected_maturity", "Expected maturity", "预期到期日", "when the class is expected to be repaid", unit="date"
    ),
    data("legal_maturity", "Legal maturity", "法定到期日", "when the class has to be repaid", unit="date"),
    data("target_stage", "Stage of the plan", "计划阶段", "which entry of the plan applies", unit="number"),
)

NOTES = declare("notes", *PLAIN, *SPECIAL)


@dataclass(frozen=True, eq=False, repr=False)
class NoteRules:
    """A note as the engine sees it; `rate` is None where its coupon is one fixed rate."""

    name: str
    balance: Formula
    rate: RateRule | None = None
    notional: Formula | None = None
    accrues_while: Formula | None = None
    unpaid: str = "carried"


@dataclass(frozen=True, eq=False, repr=False)
class OpenNotes:
    """Sizes at closing, and opening balances of every period."""

    notes: tuple[NoteRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Sizes of the notes at closing, from the formulas of the deal."""
        for rules in self.notes:
            note = s.notes[rules.name]
            note.initial_balance = rules.balance(x, s)
            note.balance = note.initial_balance

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """opening balance = the balance after the last payment."""
        for rules in self.notes:
            note = s.notes[rules.name]
            note.opening_balance = note.balance


@dataclass(frozen=True, eq=False, repr=False)
class AccrueInterest:
    """Interest that becomes due: a deal file cannot forget the step."""

    notes: tuple[NoteRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is due at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """interest due = (notional or balance) x coupon x accrual fraction, with interest on a carried shortfall."""
        for rules in self.notes:
            note = s.notes[rules.name]
            if rules.rate is not None:  # a holder never pays interest to the issuer
                note.coupon = x.maximum(rules.rate.value(x, s, note), 0.0)
            base: Value = note.opening_balance
            if rules.notional is not None:
                note.notional = x.maximum(rules.notional(x, s), 0.0)
                base = note.notional
            if rules.unpaid == "with interest":
                base = base + note.interest_shortfall
            note.interest_due = base * note.coupon * note.accrual_fraction
            owed = note.interest_shortfall + note.interest_due
            if rules.accrues_while is not None:
                added = x.where(rules.accrues_while(x, s), owed, 0.0)
                note.capitalised = note.capitalised + added
                note.balance = note.balance + added
                owed = owed - added
            note.interest_owed = owed


@dataclass(frozen=True, eq=False, repr=False)
class PlannedBalance:
    """The planned balance of a note, from a schedule by period or a formula: what `to: target` pays down to."""

    name: str
    entries: tuple[Formula, ...]

    def open(self, x: Numbers, s: State) -> None:
        """The plan begins with the first payment."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """target balance = the schedule's entry, never below nil."""
        note = s.notes[self.name]
        entries = [entry(x, s) for entry in self.entries]
        planned = entries[0] if len(entries) == 1 else x.lookup(entries, note.target_stage)
        note.target_balance = x.maximum(planned, 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class CloseNotes:
    """What is written down when all sections have paid; `reserves` are the accounts that stand behind the notes.

    charged : of a series of a trust, the notes with a ledger of what was charged off; None where the pool is the deal's
    """

    notes: tuple[NoteRules, ...]
    counted: tuple[str, ...]
    reserves: tuple[str, ...]
    charged: tuple[str, ...] | None = None

    def open(self, x: Numbers, s: State) -> None:
        """The same figures at closing."""
        self.totals(x, s)

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """Unpaid interest is carried, capitalised or lost; factors, enhancement and overcollateralisation."""
        for rules in self.notes:
            note = s.notes[rules.name]
            unpaid = note.interest_owed
            if rules.unpaid == "capitalised":
                note.capitalised = note.capitalised + unpaid
                note.balance = note.balance + unpaid
                unpaid = 0.0
            elif rules.unpaid == "lost":
                note.interest_lost = unpaid
                unpaid = 0.0
            note.interest_shortfall = unpaid
        self.totals(x, s)

    def totals(self, x: Numbers, s: State) -> None:
        """Factor, enhancement by class, total of the notes, overcollateralisation."""
        support = x.total([s.accounts[name].balance for name in self.reserves])
        s.deal.notes_balance = x.total([s.notes[name].balance for name in self.counted])
        behind = self.behind(x, s)
        ahead = 0.0
        for rules in self.notes:
            note = s.notes[rules.name]
            note.factor = x.ratio(note.balance, note.initial_balance)
            if rules.name in self.counted:
                ahead = ahead + note.balance
            covered = x.ratio(behind - ahead + support, behind)
            repaid = x.where(ahead > DUST * s.pool.initial_balance, 0.0, 1.0)  # what a class has when the pool is gone
            note.enhancement = x.where(behind > 0.0, covered, repaid)
        s.deal.overcollateralisation = behind - s.deal.notes_balance

    def behind(self, x: Numbers, s: State) -> Value:
        """What stands behind the notes: the pool, or of a series the notes less what was charged off of them."""
        if self.charged is None:
            return s.pool.balance
        charged_off = x.total([s.notes[name].pdl for name in self.charged])
        s.deal.invested_amount = x.maximum(s.deal.notes_balance - charged_off, 0.0)
        return s.deal.invested_amount
