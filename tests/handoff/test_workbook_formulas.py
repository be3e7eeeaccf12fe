"""Expressions of the trace as cell formulas."""

from __future__ import annotations

import re

import pytest
from small import TERMS, small

from abs_struct.core.arithmetic.symbols import Symbol, Symbols, constant, line
from abs_struct.core.findings import AbsStructError
from abs_struct.core.lines import data, flow
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.addresses import Addresses
from abs_struct.handoff.workbook.axis import Across, Rows
from abs_struct.handoff.workbook.formulas import FormulaText
from abs_struct.handoff.workbook.recalculated import Recalculated
from abs_struct.handoff.workbook.sheets import Layout
from abs_struct.handoff.workbook.words import input_label, words

x = Symbols()
a, b, c, d = (line(f"pool.{name}") for name in "abcd")
far = line("notes.A.far")
one, two, three = (Symbol("input", (f"rates.{i}",)) for i in range(3))
alone = Symbol("input", ("alone",))


def text(node, axis=Rows):
    """The formula of an expression on the sheet Pool, where a to d are columns C to F, or rows 6 to 9."""
    layout = Layout(axis(66))
    for name in "abcd":
        layout.add("Pool", f"pool.{name}", flow(name, name, name), "", "", name)
    layout.add("Accounts and fees", "notes.A.far", data("far", "Far", "远"), "", "", "Far")
    addresses = Addresses(layout, {"rates.0": 10, "rates.1": 11, "rates.2": 12, "alone": 20}, {"pool.fixed": 30})
    return FormulaText(addresses, "Pool").text(node)


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (a + b * c, "C{t}+D{t}*E{t}"),
        ((a + b) * c, "(C{t}+D{t})*E{t}"),
        (a - (b - c), "C{t}-(D{t}-E{t})"),
        (a / (b * c), "C{t}/(D{t}*E{t})"),
        (line("pool.a", 1) - a, "C{p}-C{t}"),
        (line("pool.a", 3), "IF($A{t}<3,0,INDEX(C$9:C{p},$A{t}-2))"),
        (line("deal.period") - 1.0, "$A{t}-1"),
        (line("pool.fixed"), "Assumptions!$C$30"),
        (far, "'Accounts and fees'!C{t}"),
        (x.minimum(x.minimum(a, b), c), "MIN(C{t},D{t},E{t})"),
        (x.maximum(a - b, 0.0), "MAX(C{t}-D{t},0)"),
        (x.where(a > 0.5, b, 0.0), "IF(C{t}>0.5,D{t},0)"),
        (x.flag(x.either(x.either(a > 0.0, b > 0.0), x.negate(c <= d))), "IF(OR(C{t}>0,D{t}>0,NOT(E{t}<=F{t})),1,0)"),
        (x.flag(x.exceeds(a / b, c)), "IF(C{t}/D{t}-E{t}>1E-12*MAX(1,ABS(E{t})),1,0)"),
        (x.ratio(a - b, c), "IF(E{t}=0,0,(C{t}-D{t})/E{t})"),
        (x.power(1.0 - one, constant(1 / 12)), "(1-Assumptions!$C$10)^(1/12)"),
        (x.total([a, b]), "C{t}+D{t}"),
        (x.total([a, b, c, d]), "SUM(C{t}:F{t})"),
        (x.total([a, c, b, d]), "C{t}+E{t}+D{t}+F{t}"),
        (x.total([a * far, b * far, c * far]), "SUMPRODUCT(C{t}:E{t}*'Accounts and fees'!C{t})"),
        (x.total([line("pool.a", 2)] * 3), "+".join(["IF($A{t}<2,0,INDEX(C$9:C{p},$A{t}-1))"] * 3)),
        (x.lookup([one, two, three], a - 1.0), "INDEX(Assumptions!$C$10:$C$12,MAX(1,MIN(3,C{t})))"),
        (x.lookup([one, two, constant(0.0)], a),
         "IF(C{t}+1>2,0,INDEX(Assumptions!$C$10:$C$11,MAX(1,MIN(2,C{t}+1))))"),
        (x.lookup([one, alone, three], a),
         "CHOOSE(MAX(1,MIN(3,C{t}+1)),Assumptions!$C$10,Assumptions!$C$20,Assumptions!$C$12)"),
        (0.0 - a, "0-C{t}"),
        (a * constant(-0.5), "C{t}*(-0.5)"),
        (x.flag(a == b), "IF(C{t}=D{t},1,0)"),
    ],
)  # fmt: skip
def test_formula_of_an_expression(node, wanted):
    """Each operation has one spelling, with brackets only where they are needed."""
    assert text(node) == wanted


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (a + b * c, "{t}6+{t}7*{t}8"),
        (line("pool.a", 1) - a, "{p}6-{t}6"),
        (line("pool.a", -1), "{n}6"),
        (line("pool.a", 3), "IF({t}$4<3,0,INDEX($E6:{p}6,1,{t}$4-2))"),
        (line("deal.period") - 1.0, "{t}$4-1"),
        (line("deal.payment_date", 2), "INDEX($E$5:{p}$5,1,MAX(1,{t}$4-1))"),
        (far, "'Accounts and fees'!{t}6"),
        (x.total([a, b, c, d]), "SUM({t}6:{t}9)"),
        (x.total([a * far, b * far, c * far]), "SUMPRODUCT({t}6:{t}8*'Accounts and fees'!{t}6)"),
    ],
)
def test_formula_where_periods_run_across(node, wanted):
    """The same formulas over columns: lines stay relative, the row of the periods does not move."""
    assert text(node, Across) == wanted


def test_unknown_operation_is_refused():
    """An operation that no spreadsheet spelling is known for is refused by name."""
    with pytest.raises(AbsStructError, match="no formula for 'cube'"):
        text(Symbol("cube", (a,)))


def test_long_table_is_refused():
    """A table longer than CHOOSE takes, that is no block of inputs, is refused in one sentence."""
    with pytest.raises(AbsStructError, match="a table of 300 entries cannot stand in a cell formula"):
        text(x.lookup([constant(float(i)) for i in range(300)], a))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("assumptions.prepayment.cpr", "Prepayment, CPR"),
        ("assumptions.default.timing.by_year.0", "Default, timing, year 1"),
        ("notes.A.coupon", "Class A: coupon"),
        ("triggers.turbo.above.7", "Losses: above, from period 7"),
        ("amounts.target_oc#1", "Target OC (number 2)"),
    ],
)
def test_inputs_in_words(path, wanted):
    """An input is named as a reader would say it."""
    assert input_label(path, {"notes.A": "Class A", "triggers.turbo": "Losses"}) == wanted


def test_words_keep_abbreviations():
    """Abbreviations of the trade keep their capitals."""
    assert words("cumulative_oc") == "Cumulative OC"


@pytest.mark.needs("formualizer")
@pytest.mark.parametrize(
    ("labels", "sheets"),
    [
        (("A1", "TRUE"), ["A1", "TRUE"]),
        (("=SORT(A)'s", "A1!B2"), ["=SORT (A) s", "A1!B2"]),
        (("SORT(A)", "Class B(junior)"), ["SORT (A)", "Class B (junior)"]),
        (("Pool", "history"), ["Pool 2", "history 2"]),
        (("Senior [A]: 50%/x", "senior  A   50% x"), ["Senior A 50% x", "senior A 50% x 2"]),
        (("x" * 40, "X" * 31), ["x" * 31, "X" * 29 + " 2"]),
        (("'?*'", "\u4f18\u5148\u7ea7"), ["Class", "\u4f18\u5148\u7ea7"]),
    ],
)
def test_every_class_has_a_sheet_of_a_lawful_name(labels, sheets, tmp_path):
    """Whatever a class is called, its sheet has a name that spreadsheets take, and formulas find it."""
    terms = TERMS
    for note, label in zip("AB", labels, strict=True):
        said = label.replace("'", "''")
        terms = re.sub(rf"(?m)^(  {note}: {{)", rf"\g<1>label: '{said}', ", terms)
    result = small(tmp_path, terms).run()
    file = write_workbook(result, tmp_path / "named.xlsx")
    workbook = Recalculated(file, result)
    assert list(workbook.book.layout.classes.values()) == sheets
    assert workbook.worst(result)[1] <= 1e-9
    assert not workbook.errors()
