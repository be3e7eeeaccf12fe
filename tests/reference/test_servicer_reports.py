"""Servicers' monthly reports: one period of six trusts, each through a deal file, to the cent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from reference.published import case

import abs_struct
from abs_struct.tape import read_tape
from abs_struct.tape.stratify import stratify

HERE = Path(__file__).parent
CASES = {found["id"]: found for found in case("servicer_reports")["cases"]}
CENT, PRODUCT, POINTS = 0.01, 0.02, 0.0051
CARDS = {1: "cc_master_trust_ii_2", 2: "cc_master_trust_ii_1"}  # the second statement is of the month before


@cache
def run(name: str) -> abs_struct.Result:
    """The deal of a case."""
    result = abs_struct.load(HERE / "deals" / f"servicer_{name}.yaml").run()
    assert not result.failures
    return result


def same(found: float, wanted: float, within: float = CENT) -> bool:
    """Whether a figure agrees with the report."""
    return bool(found == pytest.approx(wanted, abs=within, rel=0))


def test_six_cases_are_tested() -> None:
    """The case file holds these reports."""
    trusts = {"taot_certificate_1", "nissan_2016_b_period_15", "verizon_master_trust_oct_2022"}
    assert set(CASES) == trusts | {"verizon_2024_1_class_a1b_interest"} | set(CARDS.values())


def test_toyota_month() -> None:
    """What the certificate reports of the month is what the pool does."""
    lines, given = run("toyota").lines, CASES["taot_certificate_1"]["inputs"]
    assert same(lines["pool.balance"][0], given["beginning_net_pool"])
    assert same(lines["pool.scheduled_principal"][1], given["scheduled_principal"])
    assert same(lines["pool.interest"][1], given["scheduled_interest"])
    assert same(lines["pool.prepaid"][1], given["prepaid_principal"])
    # The principal of defaulted receivables is what liquidation has not brought in.
    assert same(lines["pool.defaulted"][1], given["principal_of_defaulted_receivables"] + given["liquidation_proceeds"])
    assert same(lines["pool.recovered"][1], given["liquidation_proceeds"] + given["recoveries"])


def test_toyota_certificate() -> None:
    """Total collections, available funds, and the pool's end, net and adjusted."""
    lines, wanted = run("toyota").lines, CASES["taot_certificate_1"]["expected"]
    assert same(lines["sections.every_month.available"][1], wanted["total_collections"])
    assert same(lines["amounts.available_funds"][1], wanted["available_funds"])
    assert same(lines["pool.balance"][1], wanted["ending_net_pool"])
    assert same(lines["amounts.adjusted_pool"][1], wanted["ending_adjusted_pool"])
    paid = ("fees.servicing.paid", "notes.A.principal_paid", "residuals.certificates.paid")
    assert same(sum(lines[path][1] for path in paid), wanted["available_funds"])
    assert same(lines["notes.A.balance"][1], wanted["ending_adjusted_pool"])


def test_nissan_principal() -> None:
    """Principal is the fall of the pool less its yield supplement; A-2a and A-2b share it by their original sizes."""
    lines, entry = run("nissan_2016_b").lines, CASES["nissan_2016_b_period_15"]
    given, wanted = entry["inputs"], entry["expected"]
    assert same(lines["pool.balance"][1], given["beginning_pool"])
    assert same(lines["pool.balance"][2], given["ending_pool"])
    assert same(lines["amounts.adjusted_pool"][1], wanted["beginning_adjusted_pool"])
    assert same(lines["amounts.adjusted_pool"][2], wanted["ending_adjusted_pool"])
    assert same(lines["amounts.principal_distribution"][2], wanted["principal"])
    assert same(lines["amounts.overcollateralisation"][2], wanted["overcollateralization_end"])
    for name, original in given["original"].items():
        balance = lines[f"notes.{name}.balance"]
        assert balance[0] == original
        assert same(balance[1], given["beginning"][name]), name
        assert same(balance[2], wanted["ending"][name], PRODUCT), name


def test_verizon_revolving_pool() -> None:
    """The pool's roll with its additions, and the funds from five sources."""
    lines, entry = run("verizon_pool").lines, CASES["verizon_master_trust_oct_2022"]
    given, wanted = entry["inputs"], entry["expected"]
    assert same(lines["pool.balance"][0], given["beginning_pool"])
    assert same(lines["pool.principal_collections"][1], given["collections"])
    assert same(lines["pool.defaulted"][1], given["reconveyed"] + given["written_off"])
    assert same(lines["amounts.ending_pool"][1], wanted["ending_pool"])
    assert same(lines["sections.every_month.available"][1], wanted["available_funds"])
    assert same(lines["notes.group_one.principal_paid"][1], wanted["available_funds"])


def test_verizon_floating_interest() -> None:
    """Compounded SOFR and a margin over thirty days of 360."""
    result, entry = run("verizon_2024_1"), CASES["verizon_2024_1_class_a1b_interest"]
    given, wanted, lines = entry["inputs"], entry["expected"], result.lines
    schedule = result.schedule
    assert (schedule.accrual_end[0] - schedule.accrual_start[0]).days == given["days"]
    assert same(100.0 * lines["indices.SOFR.rate"][1], given["compounded_sofr_pct"], 1e-9)
    assert same(100.0 * lines["notes.A1b.coupon"][1], wanted["rate_pct"], 1e-9)
    assert same(lines["notes.A1b.interest_paid"][1], wanted["interest"])


@pytest.mark.parametrize("period", CARDS)
def test_card_statement(period: int) -> None:
    """Transferor's interest, delinquency, default and payment rates of a card trust."""
    result, entry = run("cards"), CASES[CARDS[period]]
    given, wanted = entry["inputs"], entry["expected"]
    found = {name.removeprefix("amounts."): result.lines[name][period] for name in result.lines if "amounts." in name}
    assert same(found["opening_receivables"], given["principal_receivables_begin"])
    assert same(found["principal_receivables"], given["principal_receivables_end"])
    assert same(result.lines["pool.principal_collections"][period], given["principal_collections"])
    assert same(result.lines["pool.defaulted"][period], given["defaulted_in_month"])
    assert same(result.lines["notes.series.balance"][period], given["adjusted_invested_amount"])
    assert same(found["transferor_amount"], wanted["transferor_amount"])
    assert same(found["delinquent"], wanted["delinquent_total"])
    percents = {
        "transferor_share": "transferor_pct",
        "delinquent_share": "delinquent_pct",
        "annualized_default": "annualized_default_pct",
        "principal_payment_rate": "principal_payment_rate_pct",
    }
    for ours, theirs in percents.items():
        assert same(100.0 * found[ours], wanted[theirs], POINTS), theirs


@pytest.mark.parametrize("period", CARDS)
def test_card_delinquencies_as_a_tape(period: int, tmp_path: Path) -> None:
    """The same delinquencies as a stratification of the receivables, and its bands add up to the cent."""
    given, wanted = CASES[CARDS[period]]["inputs"], CASES[CARDS[period]]["expected"]
    late = {45: given["delinquent_30_59"], 75: given["delinquent_60_89"], 100: given["delinquent_90_plus"]}
    total = given["principal_receivables_end"] + given["finance_charge_receivables_end"]
    rows = {0: total - sum(late.values())} | late
    head = "loan_id,original_balance,balance,rate,original_term,remaining_term,age,days_past_due"
    text = [f"account-{days},{amount:.2f},{amount:.2f},0.18,60,60,0,{days}" for days, amount in rows.items()]
    (tmp_path / "accounts.csv").write_text("\n".join([head, *text]) + "\n", "utf-8")
    (table,) = stratify(read_tape(tmp_path / "accounts.csv"), ["days_past_due"])
    bands = [band for band in table.bands if band.low is not None and band.low >= 30]
    assert same(sum(band.balance for band in bands), wanted["delinquent_total"])
    assert same(100.0 * sum(band.share for band in bands), wanted["delinquent_pct"], POINTS)
    assert sum(band.balance_cents for band in table.bands) == table.total.balance_cents == round(total * 100)
