"""Clauses: a deal in words says everything that its file says, in English and in Chinese."""

from __future__ import annotations

import re

import pytest
from cli.program import command, refused
from european import european
from small import small

from abs_struct.core.findings import UsageError
from abs_struct.core.formula import Formula
from abs_struct.core.formula.nodes import Number, walk
from abs_struct.deal import load
from abs_struct.handoff.prose.clauses import clauses_of
from abs_struct.handoff.prose.compared import wording
from abs_struct.handoff.prose.speech import Speech
from abs_struct.handoff.prose.spoken import Spoken
from abs_struct.handoff.prose.written import html, markdown, write_clauses

DEALS = ("auto_2027_1", "card_2027_a", "euroc_2027_1", "hb_rev_2027_1", "jb_cl_2027_1", "mpl_2027_1")
#: What only the formula language writes.
RAW = re.compile(
    r"\b(notes|triggers|accounts|amounts|fees|pool|deal|hedges)\.[a-zA-Z_]|\bprevious\(|\bif\(|[a-z]_[a-z]|>=|<=|=="
)


@pytest.fixture(scope="module")
def shipped(repository):
    """The six deals."""
    return {name: load(repository / "deals" / f"{name}.yaml") for name in DEALS}


def texts(clauses):
    """Every sentence of a document."""
    return [one.text for article in clauses.articles for top in article.paragraphs for one in top.walk()]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", DEALS)
def test_every_part_has_a_paragraph(shipped, name, language):
    """Every class, fee, account, amount, trigger and clause of a shipped deal is there; nothing is left in code."""
    deal = shipped[name]
    found = clauses_of(deal, language)
    said, terms = found.lines(), deal.terms
    for part in ("notes", "fees", "accounts", "facilities", "hedges", "amounts", "triggers"):
        for key in getattr(terms, part):
            assert f"{part}.{key}" in said
    clauses = [path for path in said if path.startswith("waterfall.")]
    assert len(clauses) == len(terms.waterfall) + sum(len(section.steps) for section in terms.waterfall.values())
    assert (terms.revolving is None) == ("revolving.until" not in said)
    assert ("call" in said, "retention" in said) == (terms.call is not None, terms.retention is not None)
    raw = [text for text in texts(found) if RAW.search(re.sub(r"\S*(tapes|layouts)/\S*", "", text))]
    assert not raw, raw[0]
    assert not found.untranslated


@pytest.mark.parametrize("name", DEALS)
def test_every_number_of_a_formula_is_said(shipped, name):
    """A level, a share or a date of a formula stands in its words, in the form of the deal file."""
    deal = shipped[name]
    for language in ("en", "zh"):
        say = Speech(deal, language)
        for trigger in deal.terms.triggers.values():
            for formula in (trigger.test, *(trigger.levels or {}).values()):
                spoken = Spoken(say, formula)
                text = say.formula(formula)
                for node in walk(formula.tree):
                    if isinstance(node, Number) and 0.5 != node.value > 0.02 and "previous" not in formula.text:
                        assert spoken.numbers[node.index] in text, (formula.text, text)


#: A field of the small deals, and another value of it: each changes what the clauses say.
FIELDS = [
    ("dates.cutoff", "2026-12-30"), ("dates.closing", "2027-01-21"), ("dates.first_payment", "2027-02-16"),
    ("dates.legal_final", "2031-01-15"), ("dates.every", "3 months"), ("dates.calendar", "TARGET"),
    ("dates.determination", "2"), ("dates.accrual", "adjusted"), ("pool.accrual", "actual/365"),
    ("pool.eligibility", '["rate >= 2%"]'), ("pool.concentrations", "[{by: grade, limit: 90%, optional: true}]"),
    ("notes.A.balance", "69% of pool"), ("notes.A.coupon", "6%"), ("notes.A.day_count", "actual/360"),
    ("notes.A.unpaid_interest", "lost"), ("notes.A.deferrable", "true"), ("notes.A.expected_maturity", "2029-01-15"),
    ("notes.A.legal_maturity", "2030-01-15"), ("notes.A.rating", "AA"), ("notes.A.issue_price", "99"),
    ("notes.A.target", "{1: 100, 5: 50}"), ("notes.A.accrues_while", "deal.period < 3"),
    ("notes.B.subordinated_loan", "true"), ("notes.A.notional", "pool.balance"), ("notes.A.label", "Senior"),
    ("notes.A.coupon", "{fixed: 5%, step_up: {add: 1%, from: 2028-01-15}, cap: pool.wac, floor: 1%}"),
    ("notes.A.coupon", "{schedule: {1: 3%, 9: 4%}}"), ("notes.A.coupon", "{formula: pool.wac - 6%}"),
    ("fees.trustee.rate", "0.06%"), ("fees.trustee.of", "notes.balance"), ("fees.trustee.per", "period"),
    ("fees.trustee.plus", "7_000"), ("fees.trustee.plus_per", "period"), ("fees.trustee.cap", "5_000"),
    ("fees.trustee.once", "100"), ("fees.trustee.minimum", "50"), ("fees.trustee.table", "{2028-01-15: 9}"),
    ("fees.trustee.day_count", "actual/360"), ("fees.trustee.label", "Trust company"),
    ("accounts.reserve.initial", "2% of pool"), ("accounts.reserve.required", "2% of pool"),
    ("accounts.reserve.non_declining", "true"), ("accounts.reserve.receives", "pool.interest"),
    ("accounts.reserve.earns", "1%"), ("accounts.reserve.label", "Cash reserve"),
    ("amounts.target_oc", "9% * pool.balance"),
    ("triggers.losses.test", "pool.cumulative_defaulted / pool.initial_balance"), ("triggers.losses.above", "{1: 3%}"),
    ("triggers.losses.in_a_row", "2"), ("triggers.losses.cure", "never"), ("triggers.losses.cure", "{passes: 3}"),
    ("triggers.losses.grace", "5 business days"), ("triggers.losses.from_period", "3"),
    ("triggers.losses.until_period", "9"), ("triggers.losses.fired", "4"), ("triggers.losses.label", "Loss test"),
    ("call", "{when: pool.balance <= 10% of pool, price: 101, exercised: true}"),
    ("retention", "{form: vertical, share: 5%, holds: {A: 5%, B: 5%}, residual: 5%}"),
    ("description", "Another deal"),
]  # fmt: skip


@pytest.fixture(scope="module")
def deal(tmp_path_factory):
    """The small deal."""
    return small(tmp_path_factory.mktemp("clauses"))


@pytest.mark.parametrize(("path", "value"), FIELDS, ids=[f"{path}={value[:20]}" for path, value in FIELDS])
def test_every_field_is_said(deal, path, value):
    """Whatever a deal changes, its words change, in both languages."""
    changed = deal.with_({path: value})
    for language in ("en", "zh"):
        assert markdown(clauses_of(changed, language)) != markdown(clauses_of(deal, language)), (path, language)


def test_hedges_and_ledgers(tmp_path):
    """A European deal: swap, margins, ledgers; and what differs between two versions of it."""
    deal = european(tmp_path)
    found = markdown(clauses_of(deal))
    assert "swap" in found.lower()
    assert "principal deficiency" in found
    name = next(iter(deal.terms.hedges))
    other = deal.with_({f"hedges.{name}.pays": "9%"})
    differ = wording(clauses_of(deal), clauses_of(other))
    assert [one.path for one in differ] == [f"hedges.{name}"]
    assert "9.00%" in differ[0].after
    assert wording(clauses_of(deal), clauses_of(deal)) == []


@pytest.mark.parametrize(
    ("formula", "en", "zh"),
    [
        ("max(10% * pool.balance, 5_000)", "the greater of 10% × the balance of the pool and 5,000", "10% × 资产池的期末余额、5,000中的较大者"),
        ("not (triggers.losses.active or deal.final_period)", "“Losses” is not in effect and the payment date is not the last",
         "“Losses”未生效且非最后一个支付日"),
        ("notes.A.balance > 1 or notes.B.balance > 1 and deal.period >= 3",
         "the balance of class A exceeds 1 or (the balance of class B exceeds 1 and the number of the period is at least 3)",
         "A的期末余额大于1或（B的期末余额大于1且期数不低于3）"),
        ("deal.payment_date > 2028-01-31", "the payment date falls after 31 January 2028", "支付日晚于2028年1月31日"),
        ("average(pool.defaulted, 3)", "the average of the defaulted balance of the pool over 3 payment dates", "资产池的违约金额近3期的平均值"),
        ("(notes.A.balance - target_oc) / 2", "(the balance of class A − “Target OC”) ÷ 2", "（A的期末余额 − “目标超额抵押”） ÷ 2"),
    ],
)  # fmt: skip
def test_formulas(deal, formula, en, zh):
    """Formulas in words: which of two, what does not hold, brackets where they are needed, dates."""
    assert Speech(deal, "en").formula(Formula(formula)) == en
    assert Speech(deal, "zh").formula(Formula(formula)) == zh


@pytest.mark.needs("docx")
def test_formats(deal, tmp_path):
    """Markdown, a page that loads nothing, a Word document that opens; the same bytes each time."""
    import docx

    for form in ("md", "html", "docx"):
        one = write_clauses(clauses_of(deal, "zh"), tmp_path / f"one.{form}", form)
        two = write_clauses(clauses_of(deal, "zh"), tmp_path / f"two.{form}", form)
        assert one.read_bytes() == two.read_bytes()
    said = [paragraph.text for paragraph in docx.Document(str(tmp_path / "one.docx")).paragraphs]
    assert any("收益分配顺序" in text for text in said)
    assert len(said) > len(list(texts(clauses_of(deal, "zh"))))
    page = (tmp_path / "one.html").read_text("utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert 'lang="zh-CN"' in page


def test_names_are_escaped(deal):
    """A label that looks like HTML stays a label."""
    page = html(clauses_of(deal.with_({"notes.A.label": "<script>alert(1)</script>"})))
    assert "<script>" not in page


def test_glossary_of_a_deal(deal):
    """Names that no glossary has stay as they are and are listed; a deal adds its own."""
    odd = deal.with_({"notes.A.label": "Golden class", "triggers.losses.label": "Insolvency"})
    assert clauses_of(odd, "zh").untranslated == ("Golden class",)
    own = odd.with_({"glossary": "{Golden class: 金级}"})
    assert clauses_of(own, "zh").untranslated == ()
    assert any("金级" in text for text in texts(clauses_of(own, "zh")))
    with pytest.raises(UsageError, match="--lang fr"):
        clauses_of(deal, "fr")


def test_command(deal, tmp_path):
    """Markdown on the terminal, a file by its ending; one sentence for what cannot be."""
    file = deal.document.file
    assert command("clauses", file).stdout.startswith("# Small")
    command("clauses", file, "--lang", "zh", "--out", tmp_path / "small.html")
    assert "发行" in (tmp_path / "small.html").read_text("utf-8")
    assert "name such a file" in refused("clauses", file, "--out", tmp_path / "small.txt", code=2)
    assert "name a file with --out" in refused("clauses", file, "--format", "docx", code=2)
    assert "--lang fr" in refused("clauses", file, "--lang", "fr", code=2)
    assert "written as" in refused("clauses", file, "--format", "rtf", "--out", tmp_path / "x.rtf", code=2)
