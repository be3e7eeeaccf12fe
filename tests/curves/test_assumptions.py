"""The assumptions of a deal file: what is accepted, what is refused, and with which sentence."""

from __future__ import annotations

import json
import pickle

import pytest

from abs_struct.core.findings import CurveError
from abs_struct.curves import DEFAULT, PREPAYMENT, Assumptions, read

KINDS = "(kinds: abs, cpr, ppc, psa, smm, vector)"
TIMING = {"by_year": ["40%", "35%", "18%", "6%", "1%"]}

REFUSED = [
    ({"prepayment": {"cpr": 6}}, "prepayment.cpr: 6 is not a rate; rates lie in [0, 1): write 6% or 0.06"),
    ({"default": {"cdr": -0.5}}, "default.cdr: -0.5 is not a rate; rates lie in [0, 1)"),
    (
        {"prepayment": {"psa": 150}},
        "prepayment.psa: 150 is not a speed; speeds are multiples up to 20 (1.5 is 150%): write 150% or 1.5",
    ),
    (
        {"prepayment": {"cpr": 0.1, "psa": 1}},
        "prepayment: cpr and psa are two kinds of prepayment at once; keep one of them",
    ),
    (
        {"prepayment": {"crp": 0.1}},
        f"prepayment: no kind of prepayment among crp; did you mean 'cpr'? {KINDS}",
    ),
    (
        {"prepayment": {"cdr": 0.1}},
        f"prepayment: no kind of prepayment among cdr; did you mean 'cpr'? {KINDS}",
    ),
    (
        {"prepayment": "18%"},
        f"prepayment: '18%' does not say which kind of prepayment; write {{cpr: ...}} {KINDS}",
    ),
    (
        {"prepayment": [0.1]},
        "prepayment: '[0.1]' does not say which kind of prepayment; "
        f"write {{vector: [...], unit: cpr, by: age}} {KINDS}",
    ),
    (
        {"prepayment": {"cpr": 0.1, "rampp": 1}},
        "prepayment: unknown key 'rampp'; did you mean 'ramp'? (allowed: ramp, cpr)",
    ),
    (
        {"prepayment": {"cpr": 0.1, "ramp": -1}},
        "prepayment.ramp: -1 is not a number of months; it is a whole number from 0 to 1,200",
    ),
    (
        {"prepayment": {"vector": [0.1, 2], "unit": "cpr"}},
        "prepayment.vector.1: 2 is not a rate; rates lie in [0, 1): write 2% or 0.02",
    ),
    (
        {"prepayment": {"vector": [0.1], "unit": "cdr"}},
        "prepayment.unit: 'cdr' is not one of cpr, smm; did you mean 'cpr'?",
    ),
    ({"prepayment": {"vector": [0.1]}}, "prepayment.unit: is missing"),
    ({"default": {"cnl": 0.09}}, "default: cnl needs a timing, such as timing: {by_year: [40%, 35%, 25%]}"),
    (
        {"default": {"cnl": 0.09, "timing": {"by_year": [0.5, 0.45]}}},
        "default.timing: timing.by_year sums to 95%; the shares must sum to 100%",
    ),
    (
        {"default": {"cnl": 0.09, "timing": {"by_year": [1], "by_month": [1]}}},
        "default.timing: a timing is by_year: [...] or by_month: [...], one of the two",
    ),
    (
        {"default": {"cnl": 0.09, "timing": {"by_year": [1]}}, "recovery": {"rate": 1}},
        "a cnl with a recovery of 100% can never be reached; lower the recovery, or write a cgd",
    ),
    ({"default": {"cgd": 0.09}}, "default: cgd needs a timing, such as timing: {by_year: [40%, 35%, 25%]}"),
    ({"default": {"cgd": 0.09, "timing": {"by_year": []}}}, "default.timing.by_year: is empty; write at least one"),
    (
        {"default": {"cdr": 0.09, "multiple": 250}},
        "default.multiple: 250 is not a multiple; multiples lie in [0, 100] (2.5 is 250%): write 250% or 2.5",
    ),
    (
        {"default": {"mdr": 0.09, "multiple": -1}},
        "default.multiple: -1 is not a multiple; multiples lie in [0, 100] (2.5 is 250%)",
    ),
    (
        {"prepayment": {"cpr": 0.09, "multiple": 2}},
        "prepayment: unknown key 'multiple' (allowed: ramp, cpr)",
    ),
    (
        {"recovery": {"rate": 0.5, "timing": [0.5, 0.4]}},
        "recovery.timing: timing.by_month sums to 90%; the shares must sum to 100%",
    ),
    ({"recovery": {"rate": 0.5, "timing": []}}, "recovery.timing: is empty; write at least one"),
    (
        {"recovery": {"rate": 0.5, "timing": {"months": 12, "by_year": [1]}}},
        "recovery.timing: a timing of recoveries is months: ..., by_year: [...] or by_month: [...], one of the three",
    ),
    (
        {"recovery": {"rate": 0.5, "timing": {"by_year": [0.2] * 5 + [0]}}},
        "recovery.timing: the recovery is spread over 72 months; it is spread over 1 to 60",
    ),
    (
        {"recovery": {"rate": 0.5, "timing": {"months": 0}}},
        "recovery.timing: the recovery is spread over 0 months; it is spread over 1 to 60",
    ),
    (
        {"advances": {"months": 6}, "recovery": {"rate": 0.5, "lag": 6}},
        "advances of 6 months would go beyond the liquidation 6 months after the default; write fewer months, or "
        "advances: true",
    ),
    ({"advances": {"months": 0}}, "advances.months: 0 is not a month; months are counted from 1"),
    ({"advances": {"stop": 3}}, "advances: unknown key 'stop' (allowed: months)"),
    ({"advances": "perhaps"}, "advances: 'perhaps' is neither true nor false"),
    (
        {"payment_holiday": {"share": "60%", "months": 3}, "term_extension": {"share": "50%", "months": 6}},
        "the shares of payment_holiday and term_extension sum to 110%; a loan has one of the two, so that they sum to "
        "100% at most",
    ),
    ({"payment_holiday": {"share": 0.1}}, "payment_holiday.months: is missing"),
    (
        {"payment_holiday": {"share": 0, "months": 3}},
        "payment_holiday.share: a share of nil has no effect; leave the field out, or write a share above 0%",
    ),
    (
        {"payment_holiday": {"share": 0.1, "from": 0, "months": 3}},
        "payment_holiday.from: 0 is not a month; months are counted from 1",
    ),
    (
        {"payment_holiday": {"share": 0.1, "months": 3, "interest": "pais"}},
        "payment_holiday.interest: 'pais' is not one of paid, deferred, waived; did you mean 'paid'?",
    ),
    (
        {"term_extension": {"share": 0.1, "months": 0}},
        "term_extension.months: 0 is not a month; months are counted from 1",
    ),
    (
        {"advances": True, "recovery": {"rate": 0.5, "lag": 2, "timing": {"months": 3}}},
        "advances end with the liquidation; leave out the timing of the recovery",
    ),
    ({"recovery": {"rate": "150%", "lag": 6}}, "recovery.rate: 150% is not a share; shares lie in [0, 1]"),
    (
        {"recovery": {"rate": 0.5, "lag": -2}},
        "recovery.lag: -2 is not a number of months; it is a whole number from 0 to 1,200",
    ),
    ({"recovery": {"lag": 2}}, "recovery: a recovery is rate: ... or severity: ..., one of the two"),
    (
        {"recovery": {"rate": 0.1, "severity": 0.9}},
        "recovery: a recovery is rate: ... or severity: ..., one of the two",
    ),
    ({"advances": True}, "advances end with the liquidation; they need a recovery with a lag of 1 or more"),
    (
        {"conventions": "sifmaa"},
        "conventions: 'sifmaa' is not one of sifma, survivor-days; did you mean 'sifma'?",
    ),
    ({"conventions": {"order": "first"}}, "conventions.order: 'first' is not one of together, default_first"),
    (
        {"groups": {36: {"prepayment": {"cpr": 6}}}},
        "groups.36.prepayment.cpr: 6 is not a rate; rates lie in [0, 1): write 6% or 0.06",
    ),
    (
        {"prepaymen": {"cpr": 0.1}},
        "unknown key 'prepaymen'; did you mean 'prepayment'? "
        "(allowed: prepayment, default, recovery, delinquency, refunds, dilution, advances, payment_holiday, "
        "term_extension, interruption, conventions, cards and 3 more)",
    ),
]


@pytest.mark.parametrize(("written", "sentence"), REFUSED, ids=[sentence[:60] for _, sentence in REFUSED])
def test_impossible_assumptions_are_refused(written, sentence):
    """Each mistake is one sentence: place, what was found, what is allowed."""
    with pytest.raises(CurveError) as error:
        read(written)
    first = str(error.value).splitlines()[0]
    assert first.removeprefix("assumptions").removeprefix(".").removeprefix(": ") == sentence


@pytest.mark.parametrize("nothing", [None, "none", 0])
def test_nothing_may_be_assumed(nothing):
    """`none`, 0 and an empty field mean that nothing prepays or defaults."""
    found = read({"prepayment": nothing, "default": nothing})
    assert found.prepayment is None
    assert found.default is None


def test_inputs_are_every_number_that_may_vary():
    """Floats by their path in the deal file, the multiple 1 of a default too; lags, ramps and words are structure."""
    found = read({
        "prepayment": {"cpr": "18%", "ramp": 12},
        "default": {"cnl": "9%", "timing": TIMING},
        "recovery": {"rate": "7%", "lag": 6},
        "groups": {36: {"prepayment": {"psa": "150%"}}},
    })  # fmt: skip
    assert found.inputs() == {
        "assumptions.prepayment.cpr": 0.18,
        "assumptions.default.multiple": 1.0,
        "assumptions.default.cnl": 0.09,
        "assumptions.default.timing.by_year.0": 0.4,
        "assumptions.default.timing.by_year.1": 0.35,
        "assumptions.default.timing.by_year.2": 0.18,
        "assumptions.default.timing.by_year.3": 0.06,
        "assumptions.default.timing.by_year.4": 0.01,
        "assumptions.recovery.rate": 0.07,
        "assumptions.groups.36.prepayment.psa": 1.5,
    }


def test_assumptions_survive_dump_and_load():
    """load -> dump -> load, and pickling, give the same assumptions."""
    found = read({
        "prepayment": {"vector": [0.1, 0.2], "unit": "smm", "by": "period"},
        "default": {"cnl": "9%", "timing": TIMING},
        "conventions": {"set": "survivor-days", "loss_at": "default"},
        "payment_holiday": {"share": "10%", "from": 6, "months": 3},
        "groups": {"60": {"default": None}},
    })  # fmt: skip
    assert not [path for path in found.inputs() if "holiday" in path]
    assert Assumptions.model_validate_json(found.model_dump_json(exclude_unset=True, by_alias=True)) == found
    assert Assumptions.model_validate(found.model_dump(exclude_unset=True)) == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.own("60", "default") == (None, "groups.60.default")


def test_the_schema_knows_every_kind():
    """Editors complete each registered kind."""
    schema = json.dumps(Assumptions.model_json_schema())
    for name in (*PREPAYMENT, *DEFAULT):
        assert f'"{name}"' in schema


def test_a_convention_is_a_set_with_overrides():
    """A named set gives every member; the deal overrides one by one."""
    found = read({"conventions": {"set": "survivor-days", "interest_on": "opening"}}).conventions.resolved
    assert (found.order, found.period, found.interest_on) == ("default_first", "days", "opening")
    assert read({}).conventions.resolved.order == "together"
