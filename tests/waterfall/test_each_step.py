"""Each step on its own, with amounts that can be checked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import Stage, number

from abs_struct.core.arithmetic.floats import Floats
from abs_struct.waterfall.order import Sequential as InTurn
from abs_struct.waterfall.order import allocate, as_order, formulas_of


def notes(**balances: float) -> dict[str, dict[str, float]]:
    """Notes with their balances, initial balances the same."""
    return {name: {"balance": value, "initial_balance": value} for name, value in balances.items()}


def owing(**amounts: float) -> dict[str, dict[str, float]]:
    """Notes with interest owed."""
    return {name: {"interest_owed": value} for name, value in amounts.items()}


# ---- interest -----------------------------------------------------------------------------------------


def test_interest_is_shared_in_proportion_to_what_is_owed() -> None:
    """60 of cash for 90 and 30 owed: 45 and 15."""
    stage = Stage(60.0, notes=owing(A=90.0, B=30.0)).apply({"interest": ["A", "B"]})
    assert stage["notes.A.interest_paid"] == pytest.approx(45.0)
    assert stage["notes.B.interest_paid"] == pytest.approx(15.0)
    assert stage["notes.A.interest_owed"] == pytest.approx(45.0)
    assert stage["cash"] == 0.0


def test_interest_in_turn() -> None:
    """The same cash in turn: 60 and nothing."""
    stage = Stage(60.0, notes=owing(A=90.0, B=30.0)).apply({"interest": {"sequential": ["A", "B"]}})
    assert (stage["notes.A.interest_paid"], stage["notes.B.interest_paid"]) == (60.0, 0.0)


def test_support_pays_in_turn_and_is_counted() -> None:
    """100 owed, 40 of cash, 25 in the reserve, 20 of a facility: 15 stay owed."""
    stage = Stage(
        40.0, notes=owing(A=100.0), accounts={"reserve": {"balance": 25.0}}, facilities={"liq": {"available": 20.0}}
    ).apply({"interest": "A", "support": ["reserve", "liq"]})
    assert stage["notes.A.interest_paid"] == 85.0
    assert stage["notes.A.interest_owed"] == 15.0
    assert stage["accounts.reserve.drawn"] == 25.0
    assert stage["facilities.liq.drawn"] == 20.0
    assert stage["held.reserve"] == 0.0
    assert stage["leg.from_reserve.due"] == 60.0


# ---- principal ----------------------------------------------------------------------------------------


def test_principal_in_turn_up_to_the_amount() -> None:
    """An amount of 120: 100 to A and 20 to B, 30 of 150 left."""
    stage = Stage(150.0, notes=notes(A=100.0, B=50.0)).apply({"principal": ["A", "B"], "amount": 120})
    assert (stage["notes.A.balance"], stage["notes.B.balance"]) == (0.0, 30.0)
    assert stage["cash"] == 30.0


def test_principal_pro_rata_by_balance() -> None:
    """80 over balances of 300 and 100: 60 and 20."""
    stage = Stage(80.0, notes=notes(A=300.0, B=100.0)).apply({"principal": {"pro_rata": ["A", "B"]}})
    assert stage["notes.A.principal_paid"] == pytest.approx(60.0)
    assert stage["notes.B.principal_paid"] == pytest.approx(20.0)


def test_principal_pro_rata_by_initial_balance() -> None:
    """By initial balances of 325 and 125, whatever is left of them."""
    of = {"A": {"balance": 150.0, "initial_balance": 325.0}, "B": {"balance": 60.0, "initial_balance": 125.0}}
    stage = Stage(90.0, notes=of).apply({"principal": {"pro_rata": ["A", "B"], "by": "initial balance"}})
    assert stage["notes.A.principal_paid"] == pytest.approx(65.0)
    assert stage["notes.B.principal_paid"] == pytest.approx(25.0)


def test_fixed_shares_give_on_what_one_cannot_take() -> None:
    """100 at 60 : 40, but A holds 30 only: B gets 70."""
    stage = Stage(100.0, notes=notes(A=30.0, B=200.0)).apply({"principal": {"shares": {"A": "60%", "B": "40%"}}})
    assert stage["notes.A.principal_paid"] == pytest.approx(30.0)
    assert stage["notes.B.principal_paid"] == pytest.approx(70.0)


def test_nested_groups() -> None:
    """A1 and A2 together before B: 90 of 60 + 30, then 10 to B."""
    order = {"sequential": [{"pro_rata": ["A1", "A2"]}, "B"]}
    stage = Stage(100.0, notes=notes(A1=60.0, A2=30.0, B=50.0)).apply({"principal": order})
    assert (stage["notes.A1.balance"], stage["notes.A2.balance"]) == (0.0, 0.0)
    assert stage["notes.B.balance"] == pytest.approx(40.0)
    short = Stage(45.0, notes=notes(A1=60.0, A2=30.0, B=50.0)).apply({"principal": order})
    assert short["notes.A1.principal_paid"] == pytest.approx(30.0)
    assert short["notes.B.principal_paid"] == 0.0


def test_down_to_the_plan() -> None:
    """A balance of 100 with a plan of 70 takes 30, whatever there is."""
    of = {"A": {"balance": 100.0, "target_balance": 70.0}, "B": {"balance": 50.0, "target_balance": 50.0}}
    stage = Stage(90.0, notes=of).apply({"principal": ["A", "B"], "to": "target"})
    assert stage["notes.A.balance"] == 70.0
    assert stage["notes.B.principal_paid"] == 0.0
    assert stage["cash"] == 60.0


def test_principal_from_a_supporting_account() -> None:
    """50 wanted, 20 of cash, the rest from the fund; only what is wanted is drawn."""
    stage = Stage(20.0, notes=notes(A=100.0), accounts={"fund": {"balance": 80.0}}).apply(
        {"principal": "A", "amount": 50, "support": "fund"}
    )
    assert stage["notes.A.principal_paid"] == 50.0
    assert stage["held.fund"] == 50.0


@pytest.mark.parametrize("order", [["A", "B"], {"pro_rata": ["A", "B"]}])
def test_a_clause_that_does_not_apply_owes_nothing(order: object) -> None:
    """Its due is nil, and no cash moves."""
    stage = Stage(80.0, notes=notes(A=300.0, B=100.0)).apply({"principal": order}, gate=False)
    assert stage["leg.A.due"] == 0.0
    assert stage["cash"] == 80.0


# ---- fees, accounts, hedges, facilities ---------------------------------------------------------------


def test_a_capped_fee_and_its_rest() -> None:
    """100 owed under a cap of 60, of which 20 were paid: 40 now, the rest by an uncapped clause."""
    of = {"trustee": {"owed": 100.0, "due": 100.0, "cap": 60.0, "paid_this_year": 20.0, "capped": True}}
    stage = Stage(500.0, fees=of).apply({"pay": "trustee"})
    assert stage["fees.trustee.paid"] == 40.0
    assert stage.apply({"pay": "trustee", "uncapped": True})["fees.trustee.paid"] == 100.0


def test_half_of_a_fee_first() -> None:
    """50 % of what is due in the period, then the rest with what was carried."""
    of = {"servicer": {"owed": 130.0, "due": 100.0}}
    stage = Stage(500.0, fees=of).apply({"pay": "servicer", "part": "50%"})
    assert stage["fees.servicer.paid"] == 50.0
    assert stage.apply({"pay": "servicer"})["fees.servicer.paid"] == 130.0


def test_fill_and_release() -> None:
    """A reserve of 70 that has to hold 100 takes 30; one of 130 gives 30 back."""
    low = Stage(50.0, accounts={"reserve": {"balance": 70.0, "required": 100.0}}).apply({"fill": "reserve"})
    assert (low["held.reserve"], low["cash"]) == (100.0, 20.0)
    high = Stage(0.0, accounts={"reserve": {"balance": 130.0, "required": 100.0}}).apply({"release": "reserve"})
    assert (high["held.reserve"], high["cash"], high["accounts.reserve.released"]) == (100.0, 30.0, 30.0)


def test_transfer() -> None:
    """All that is available, or an amount."""
    assert Stage(50.0, accounts={"fund": {}}).apply({"transfer": "fund"})["held.fund"] == 50.0
    some = Stage(50.0, accounts={"fund": {}}).apply({"transfer": "fund", "amount": 20})
    assert (some["held.fund"], some["cash"], some["accounts.fund.paid_in"]) == (20.0, 30.0, 20.0)


def test_hedge_and_its_termination() -> None:
    """The net first, the termination payment by a clause of its own."""
    stage = Stage(70.0, hedges={"swap": {"owed": 40.0, "termination_owed": 50.0}}).apply({"hedge": "swap"})
    assert (stage["hedges.swap.paid"], stage["hedges.swap.owed"], stage["cash"]) == (40.0, 0.0, 30.0)
    stage.apply({"hedge": "swap", "part": "termination"})
    assert (stage["hedges.swap.termination_paid"], stage["hedges.swap.termination_owed"]) == (30.0, 20.0)


def test_a_facility_is_repaid_with_interest() -> None:
    """5 of interest and 60 outstanding from 50 of cash: 45 are repaid, and may be drawn again."""
    of = {"liq": {"available": 40.0, "limit": 100.0, "opening_balance": 50.0, "drawn": 10.0, "owed": 5.0}}
    stage = Stage(50.0, facilities=of).apply({"repay": "liq"})
    assert (stage["facilities.liq.paid"], stage["facilities.liq.repaid"]) == (5.0, 45.0)
    assert stage["held.liq"] == 85.0


@pytest.mark.parametrize(("cash", "free"), [(20.0, 0.0), (30.0, 0.0), (45.0, 15.0), (90.0, 50.0)])
def test_a_facility_above_its_limit_gives_nothing_back_before_the_limit_is_met(cash: float, free: float) -> None:
    """80 outstanding under a limit that fell to 50: the first 30 repaid cannot be drawn again."""
    of = {"liq": {"available": 0.0, "limit": 50.0, "opening_balance": 80.0}}
    assert Stage(cash, facilities=of).apply({"repay": "liq"})["held.liq"] == free


def test_residual() -> None:
    """Everything."""
    stage = Stage(12.5, residuals={"holder": {}}).apply({"residual": "holder"})
    assert (stage["residuals.holder.paid"], stage["cash"]) == (12.5, 0.0)


# ---- ledgers and losses -------------------------------------------------------------------------------


def test_losses_are_written_down_from_below_and_up_from_above() -> None:
    """70 of losses: 50 from B, 20 from A; 30 restored: 20 to A first, 10 to B."""
    stage = Stage(0.0, notes=notes(A=100.0, B=50.0)).apply({"write_down": ["B", "A"], "amount": 70})
    assert (stage["notes.A.balance"], stage["notes.B.balance"]) == (80.0, 0.0)
    stage.apply({"write_up": ["A", "B"], "amount": 30})
    assert (stage["notes.A.balance"], stage["notes.B.balance"]) == (100.0, 10.0)
    assert (stage["notes.A.unreimbursed"], stage["notes.B.unreimbursed"]) == (0.0, 40.0)


def test_what_no_note_can_bear_is_kept() -> None:
    """200 of losses on 150 of notes: 50 are unplaced."""
    stage = Stage(0.0, notes=notes(A=100.0, B=50.0)).apply({"write_down": ["B", "A"], "amount": 200})
    assert stage["leg.*.unplaced"] == 50.0


def test_ledgers_are_debited_from_below_and_cured() -> None:
    """70 debited: 50 on B's ledger, 20 on A's; 30 of revenue cures A's 20 into the principal account."""
    stage = Stage(30.0, notes=notes(A=100.0, B=50.0), accounts={"principal": {}})
    stage.apply({"debit": ["B", "A"], "amount": 70})
    assert (stage["notes.A.pdl"], stage["notes.B.pdl"]) == (20.0, 50.0)
    stage.apply({"cure": "A", "into": "principal"})
    assert (stage["notes.A.pdl"], stage["held.principal"], stage["cash"]) == (0.0, 20.0, 10.0)
    assert stage["notes.A.balance"] == 100.0


def test_ledgers_that_rank_equally_are_cured_together() -> None:
    """Ledgers of 60 and 20 share 40 of revenue as 30 and 10."""
    of = {"A": {"balance": 100.0, "pdl": 60.0}, "B": {"balance": 50.0, "pdl": 20.0}}
    stage = Stage(40.0, notes=of, accounts={"principal": {}})
    stage.apply({"cure": {"pro_rata": ["A", "B"]}, "into": "principal"})
    assert (stage["notes.A.pdl_cured"], stage["notes.B.pdl_cured"]) == (30.0, 10.0)
    assert (stage["held.principal"], stage["cash"]) == (40.0, 0.0)


@pytest.mark.parametrize(
    ("clause", "line"),
    [
        ({"interest": "?"}, "interest_paid"),
        ({"write_down": "?", "amount": 40}, "written_down"),
        ({"write_up": "?", "amount": 40}, "written_up"),
        ({"debit": "?", "amount": 40}, "pdl_debited"),
        ({"cure": "?", "into": "principal"}, "pdl_cured"),
        ({"principal": "?", "amount": 40}, "principal_paid"),
    ],
)
def test_every_clause_that_takes_an_order_shares_by_initial_balance(clause: dict[str, object], line: str) -> None:
    """40 of cash or loss by initial balances of 300 and 100, whatever is owed now: 30 and 10."""
    now = {"balance": 90.0, "interest_owed": 50.0, "unreimbursed": 45.0}
    ledger = {} if "debit" in clause else {"pdl": 45.0}
    of = {"A": {"initial_balance": 300.0} | now | ledger, "B": {"initial_balance": 100.0} | now | ledger}
    order = {"pro_rata": ["A", "B"], "by": "initial balance"}
    stage = Stage(40.0, notes=of, accounts={"principal": {}})
    stage.apply({word: order if value == "?" else value for word, value in clause.items()})
    assert (stage[f"notes.A.{line}"], stage[f"notes.B.{line}"]) == pytest.approx((30.0, 10.0))


def test_shares_leave_no_crumbs_when_there_is_enough() -> None:
    """Balances that do not add up in floats are still paid to nil, to the last bit."""
    stage = Stage(10.0, notes=notes(A=0.1, B=0.2, C=0.7000000000000001))
    stage.apply({"principal": {"shares": {"A": "30%", "B": "30%", "C": "40%"}}})
    assert [stage[f"notes.{name}.balance"] for name in "ABC"] == [0.0, 0.0, 0.0]


def test_income_tops_up_principal() -> None:
    """a + b + c - d over three periods: losses of 10, 5 and 1, 4 borrowed in the second; 8, 0 and 20 of income."""
    uncovered = 0.0
    for cash, losses, borrowed, paid, left in ((8.0, 10, 0, 8.0, 2.0), (0.0, 5, 4, 0.0, 11.0), (20.0, 1, 0, 12.0, 0.0)):
        stage = Stage(cash, accounts={"principal": {}})
        stage.carry("*", uncovered=uncovered)
        stage.apply({"top_up": "principal", "losses": losses, "borrowed": borrowed})
        uncovered = stage["leg.*.uncovered"]
        assert (stage["accounts.principal.paid_in"], uncovered) == (paid, left)


def test_an_advance_raises_the_note_and_the_cash() -> None:
    """A variable funding note pays in."""
    stage = Stage(5.0, notes=notes(V=100.0)).apply({"advance": "V", "amount": 20})
    assert (stage["notes.V.balance"], stage["notes.V.advanced"], stage["cash"]) == (120.0, 20.0, 25.0)


# ---- orders, for any amounts --------------------------------------------------------------------------

ORDERS = [
    ["A", "B", "C"],
    {"pro_rata": ["A", "B", "C"]},
    {"pro_rata": ["A", "B", "C"], "by": "initial balance"},
    {"shares": {"A": "50%", "B": "30%", "C": "20%"}},
    {"sequential": [{"pro_rata": ["A", "B"]}, "C"]},
    {"pro_rata": ["A", {"sequential": ["B", "C"]}]},
]
AMOUNTS = st.floats(0.0, 1e6, allow_subnormal=False)


@given(order=st.sampled_from(ORDERS), room=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), cash=AMOUNTS, more=AMOUNTS)
def test_an_order_divides_all_of_it_and_no_more(
    order: object, room: tuple[float, ...], cash: float, more: float
) -> None:
    """Parts are 0 or more, within capacities, sum to min(amount, capacities), and never fall when the amount grows."""
    capacity = dict(zip("ABC", room, strict=True))
    stage = Stage(0.0)
    made = as_order(order, InTurn)
    for at, formula in enumerate(formulas_of(made)):
        number(stage.state, formula, f"order.{at}")
    weight = {"initial balance": lambda name: {"A": 3.0, "B": 2.0, "C": 1.0}[name]}
    parts = allocate(Floats(), stage.state, made, cash, capacity, weight)
    larger = allocate(Floats(), stage.state, made, cash + more, capacity, weight)
    tolerance = 1e-9 * (1.0 + cash + more + sum(room))
    assert sum(parts.values()) == pytest.approx(min(cash, sum(room)), abs=tolerance)
    for name, part in parts.items():
        assert -tolerance <= part <= capacity[name] + tolerance
        assert larger[name] >= part - tolerance
