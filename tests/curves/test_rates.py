"""Index rates: what is accepted, how a curve becomes the rate of an accrual period, and the piece of the program."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import CurveError
from abs_struct.core.state import Program
from abs_struct.curves import Assumptions, read
from abs_struct.curves.rates import Index, base_rates, indices_of
from abs_struct.curves.rates.fixing import Fixings, averaged, compounded
from abs_struct.curves.rates.points import Points
from abs_struct.dates.calendars import CALENDARS, is_business_day
from abs_struct.dates.schedule import payment_schedule
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.trace import trace

NOWHERE = Path("nowhere")
DEAL = {
    "cutoff": date(2026, 12, 31),
    "closing": date(2027, 1, 20),
    "first_payment": date(2027, 2, 16),
    "periods": 12,
}
#: A Wednesday to a Wednesday, with a weekend, and Martin Luther King's day on Monday the 18th.
DAILY = {
    date(2027, 1, 6): "4.20%",
    date(2027, 1, 7): "4.25%",
    date(2027, 1, 8): "4.30%",
    date(2027, 1, 11): "4.32%",
    date(2027, 1, 12): "4.31%",
    date(2027, 1, 13): "4.35%",
    date(2027, 1, 14): "4.33%",
    date(2027, 1, 15): "4.40%",
    date(2027, 1, 19): "4.50%",
}


def fixings(**fields):
    """The fixings of an index with the daily curve, or another."""
    index = Index.model_validate({"curve": DAILY, "calendar": "US-SIFMA"} | fields)
    return Fixings(index, Points.of(index.curve, "assumptions.indices.SOFR"))


def test_in_advance():
    """The last rate known on the day the period begins, or some business days before."""
    assert fixings().rate(date(2027, 1, 11), date(2027, 2, 11)) == 0.0432
    assert fixings().rate(date(2027, 1, 10), date(2027, 2, 11)) == 0.043
    assert fixings(lookback=2).rate(date(2027, 1, 11), date(2027, 2, 11)) == 0.0425
    assert fixings().rate(date(2035, 1, 11), date(2035, 2, 11)) == 0.045


def test_compounded_over_a_weekend():
    """Friday's rate counts for three days. By hand: 1.0003583333 x 1.00012 x 1.0001197222 x 1.0001208333."""
    daily = fixings(fixing="compounded in arrears")
    assert daily.daily(date(2027, 1, 8), date(2027, 1, 14)) == (
        [date(2027, 1, 8), date(2027, 1, 11), date(2027, 1, 12), date(2027, 1, 13)],
        [3, 1, 1, 1],
    )
    grown = 1.0003583333333333 * 1.00012 * 1.0001197222222222 * 1.0001208333333333
    assert grown == pytest.approx(1.0007190614, abs=5e-11)
    found = daily.rate(date(2027, 1, 8), date(2027, 1, 14))
    assert found == pytest.approx((grown - 1.0) * 60.0, abs=1e-13)
    assert found == pytest.approx(0.0431436863, abs=5e-11)


def test_lookback_keeps_the_weights():
    """Two business days back: the rates of Wednesday to Monday, with the weights of Friday to Wednesday."""
    daily = fixings(fixing="compounded in arrears", lookback=2)
    fixed, weights = daily.daily(date(2027, 1, 8), date(2027, 1, 14))
    assert [day.day for day in fixed] == [6, 7, 8, 11]
    assert weights == [3, 1, 1, 1]
    by_hand = (1 + 0.042 * 3 / 360) * (1 + 0.0425 / 360) * (1 + 0.043 / 360) * (1 + 0.0432 / 360) - 1
    assert daily.rate(date(2027, 1, 8), date(2027, 1, 14)) == pytest.approx(by_hand * 60.0, rel=1e-12)


def test_averaged_over_a_holiday():
    """The Friday before a Monday holiday counts for four days; a period may begin on a day without a rate."""
    daily = fixings(fixing="averaged in arrears")
    assert daily.daily(date(2027, 1, 15), date(2027, 1, 20))[1] == [4, 1]
    assert daily.rate(date(2027, 1, 15), date(2027, 1, 20)) == pytest.approx((4 * 0.044 + 0.045) / 5, rel=1e-15)
    assert daily.daily(date(2027, 1, 17), date(2027, 1, 20)) == ([date(2027, 1, 15), date(2027, 1, 19)], [2, 1])


def test_a_year_of_365_days():
    """A sterling index compounds over 365 days."""
    found = fixings(fixing="compounded in arrears", day_count="actual/365").rate(date(2027, 1, 13), date(2027, 1, 15))
    assert found == pytest.approx(((1 + 0.0435 / 365) * (1 + 0.0433 / 365) - 1) * 365 / 2, rel=1e-12)


@given(st.floats(-0.05, 0.3), st.integers(1, 400))
def test_a_flat_curve_compounds_by_the_closed_form(rate, days):
    """((1 + r/360)^d - 1) x 360/d where every day is a business day."""
    index = Index(curve={"2026-01-01": repr(rate)}, calendar="none", fixing="compounded in arrears")
    start = date(2027, 1, 20)
    found = Fixings(index, Points.of(index.curve)).rate(start, start + timedelta(days=days))
    assert found == pytest.approx(((1.0 + rate / 360.0) ** days - 1.0) * 360.0 / days, abs=1e-11)


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.integers(1, 5)), min_size=1, max_size=90))
def test_compounding_earns_interest_on_interest(pairs):
    """The average lies between the lowest and the highest rate; compounding gives at least the average."""
    rates, days = zip(*pairs, strict=True)
    mean = averaged(rates, days)
    assert min(rates) - 1e-12 <= mean <= max(rates) + 1e-12
    assert compounded(rates, days) >= mean - 1e-9


@given(
    st.dates(date(2026, 6, 1), date(2032, 1, 1)),
    st.integers(1, 120),
    st.integers(0, 10),
    st.sampled_from(CALENDARS),
)
def test_every_day_of_a_period_is_counted_once(start, length, lookback, calendar):
    """The weights sum to the days of the period, and rates are of business days that lie `lookback` of them back."""
    index = Index(curve={"2020-01-01": "4%"}, calendar=calendar, lookback=lookback, fixing="averaged in arrears")
    end = start + timedelta(days=length)
    fixed, weights = Fixings(index, Points.of(index.curve)).daily(start, end)
    assert sum(weights) == length
    assert min(weights) >= 1
    assert len(fixed) == len(weights)
    assert all(is_business_day(day, calendar) for day in fixed)
    assert fixed == sorted(set(fixed))


@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 5), st.integers(0, 99))
def test_periods_compound_to_the_whole(first, second, lookback, seed):
    """Two periods that meet on a business day grow an amount as one period over both does."""
    random = np.random.default_rng(seed)
    days = [date(2026, 11, 1) + timedelta(days=7 * k) for k in range(60)]
    curve = {day: repr(float(rate)) for day, rate in zip(days, random.uniform(0.0, 0.2, 60), strict=True)}
    daily = fixings(curve=curve, calendar="none", fixing="compounded in arrears", lookback=lookback)
    start = date(2027, 1, 4)
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    parts = (1 + daily.rate(start, middle) * first / 360) * (1 + daily.rate(middle, end) * second / 360)
    assert parts == pytest.approx(1 + daily.rate(start, end) * (first + second) / 360, rel=1e-12)


def test_months_that_do_not_pay_have_the_rate_of_their_accrual_period():
    """A quarterly deal fixes once a quarter; its calculation months show the same rate."""
    schedule = payment_schedule(**DEAL | {"first_payment": date(2027, 4, 15)}, every=3)
    index = Index(curve={"2027-01-01": "3%", "2027-04-01": "4%", "2027-07-01": "5%"})
    found = base_rates(index, schedule, NOWHERE, "assumptions.indices.X")
    assert found.tolist() == [0.0, *[0.03] * 3, *[0.04] * 3, *[0.05] * 6]


REFUSED = [
    ({"X": 2.45}, "X: 2.45 is not an index rate; it lies in [-20%, 100%): write 2.45% or 0.0245"),
    ({"X": "EURIBOR"}, "X: 'EURIBOR' is not an index rate"),
    ({"X": [0.1]}, "X: [0.1] is not an index rate"),
    ({"X": {}}, "X: an index is rate: ..., curve: ... or file: ..., one of the three"),
    (
        {"X": {"rate": "2%", "file": "x.csv"}},
        "X: an index is rate: ..., curve: ... or file: ..., one of the three (got rate and file)",
    ),
    ({"X": {"rate": "2%", "shift": 25}}, "X.shift: 25 is not a shift; it lies in [-20%, 100%): write 25% or 0.25"),
    (
        {"X": {"rate": "2%", "fixing": "compounded in arrears"}},
        "X: a flat rate is the rate of each period as it stands and has no fixing; to compound it write "
        "curve: {<a date before closing>: ...}",
    ),
    ({"X": {"curve": {"2027-01-01": "4%"}, "fixing": "compounded"}},
     "X.fixing: 'compounded' is not one of in advance, compounded in arrears, averaged in arrears; "
     "did you mean 'compounded in arrears'?"),
    (
        {"X": {"curve": {date(2028, 1, 1): "4%", date(2027, 1, 1): "5%"}}},
        "X.curve: 2027-01-01 does not lie after 2028-01-01; the dates of a curve rise",
    ),
    ({"X": {"curve": {date(2027, 1, 1): 4.3}}},
     "X.curve: 2027-01-01: 4.3 is not an index rate; it lies in [-20%, 100%): write 4.3% or 0.043"),
    ({"X": {"curve": {"January": 0.04}}}, "X.curve: 'January' is not a date; write it as 2027-01-20"),
    ({"X": {"curve": {}}}, "X.curve: a curve needs at least one date, as in {2027-01-01: 4.3%}"),
    ({"X": {"curve": "4%"}}, "X.curve: 4% is not a curve; write {2027-01-01: 4.3%, 2028-01-01: 4.0%}"),
    ({"X": {"curve": {"2027-01-01": 0.04}, "lookback": 1.5}},
     "X.lookback: 1.5 is not a number of business days; it is a whole number from 0 to 66"),
    ({"X": {"curve": {"2027-01-01": 0.04}, "calendar": "TARGT"}},
     "X.calendar: no calendar 'TARGT'; did you mean 'TARGET'? (known: none, weekends, US-NY, US-SIFMA, TARGET, "
     "UK-London, CN)"),
    ({"X": {"curve": {"2027-01-01": 0.04}, "lookbak": 2}},
     "X: unknown key 'lookbak'; did you mean 'lookback'? (allowed: rate, curve, file, shift, fixing, lookback, "
     "calendar, day_count)"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "sentence"), REFUSED, ids=[sentence[:50] for _, sentence in REFUSED])
def test_impossible_indices_are_refused(written, sentence):
    """Each mistake is one sentence: place, what was found, what is allowed."""
    with pytest.raises(CurveError) as error:
        read({"indices": written})
    assert str(error.value) == f"assumptions.indices.{sentence}"


def test_a_curve_that_begins_too_late():
    """A period that needs a rate before the first one is reported with the index and the day."""
    index = Index(curve={"2027-02-01": "4%"})
    with pytest.raises(CurveError) as error:
        indices_of(Assumptions(indices={"SOFR": index}), payment_schedule(**DEAL), NOWHERE)
    assert str(error.value) == (
        "assumptions.indices.SOFR: no rate on 2027-01-20; the first is of 2027-02-01. Begin the curve on 2027-01-20 "
        "or before"
    )


def test_a_curve_from_a_file(tmp_path):
    """A file lies beside the deal; its columns may stand in any order among others, comments are skipped."""
    (tmp_path / "curves").mkdir()
    text = "# made up\nRate,volume,Date\n4.30%,10,2027-01-04\n0.0431,11,2027-01-05  # a Tuesday\n\n-1 bp,9,2027-03-01\n"
    (tmp_path / "curves" / "sofr.csv").write_text(text, encoding="utf-8")
    found = indices_of(read({"indices": {"SOFR": {"file": "curves/sofr.csv"}}}), payment_schedule(**DEAL), tmp_path)
    assert found.data["indices.SOFR.base"].tolist() == [0.0, 0.0431, 0.0431, *[-0.0001] * 10]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "sofr.csv: holds no rates; write date,rate and a line for each date"),
        ("date,rate\n", "sofr.csv: holds no rates below its header; write a line such as 2027-01-04,4.3%"),
        ("2027-01-04,4.3%\n", "sofr.csv:1: no column 'date' (columns: 2027-01-04, 4.3%); the first line is date,rate"),
        ("date,rates\n", "sofr.csv:1: no column 'rate'; did you mean 'rates'? (columns: date, rates); the first line "
                         "is date,rate"),
        ("date,rate\n2027-01-04,4.31\n",
         "sofr.csv:2: 4.31 is not an index rate; it lies in [-20%, 100%): write 4.31% or 0.0431"),
        ("date,rate\n04.01.2027,4.31%\n", "sofr.csv:2: '04.01.2027' is not a date; write it as 2027-01-20"),
        ("date,rate\n\n2027-01-04\n", "sofr.csv:3: a line is date,rate (got '2027-01-04')"),
        ("date,rate\n2027-01-05,4%\n2027-01-04,4%\n",
         "sofr.csv:3: 2027-01-04 does not lie after 2027-01-05; the dates of a curve rise"),
        ("date,rate\n2027-01-05,4%\n2027-01-05,4%\n",
         "sofr.csv:3: 2027-01-05 does not lie after 2027-01-05; the dates of a curve rise"),
    ],
)  # fmt: skip
def test_a_wrong_file(tmp_path, text, sentence):
    """A mistake in a curve file is reported with file and line."""
    (tmp_path / "sofr.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CurveError) as error:
        indices_of(read({"indices": {"SOFR": {"file": "sofr.csv"}}}), payment_schedule(**DEAL), tmp_path)
    assert str(error.value) == sentence


def test_a_missing_file(tmp_path):
    """A file that does not exist is reported at its index, with the nearest name."""
    (tmp_path / "sofr.csv").write_text("date,rate\n", encoding="utf-8")
    with pytest.raises(CurveError) as error:
        indices_of(read({"indices": {"SOFR": {"file": "sofer.csv"}}}), payment_schedule(**DEAL), tmp_path)
    assert str(error.value) == ("assumptions.indices.SOFR.file: no such file 'sofer.csv'; did you mean 'sofr.csv'?")
    with pytest.raises(CurveError, match=r"assumptions\.indices\.SOFR\.file: '\.' cannot be read"):
        indices_of(read({"indices": {"SOFR": {"file": "."}}}), payment_schedule(**DEAL), tmp_path)
    (tmp_path / "latin.csv").write_bytes(b"date,rate\xe9\n")
    with pytest.raises(CurveError, match="is not UTF-8 at byte 9"):
        indices_of(read({"indices": {"SOFR": {"file": "latin.csv"}}}), payment_schedule(**DEAL), tmp_path)


WRITTEN = {
    "EURIBOR_1M": "2.45%",
    "TERM": {"rate": 0.03, "shift": "10 bp"},
    "SOFR": {"curve": DAILY, "fixing": "averaged in arrears", "lookback": 2, "calendar": "new york"},
}


def test_numbers_that_may_vary():
    """A flat rate and a shift are axes of scenarios; the points of a curve are what the deal is made of."""
    found = read({"indices": WRITTEN})
    assert found.inputs() == {
        "assumptions.indices.EURIBOR_1M": 0.0245,
        "assumptions.indices.TERM.rate": 0.03,
        "assumptions.indices.TERM.shift": 0.001,
        "assumptions.indices.SOFR.shift": 0.0,
    }
    assert found.indices["SOFR"].calendar == "US-NY"


def test_indices_survive_dump_and_load():
    """load -> dump -> load, as Python and as JSON, whole or as written; and pickling; and a schema for editors."""
    found = read({"indices": WRITTEN})
    for unset in (True, False):
        assert Assumptions.model_validate(found.model_dump(exclude_unset=unset)) == found
        assert Assumptions.model_validate(json.loads(found.model_dump_json(exclude_unset=unset))) == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert "compounded in arrears" in json.dumps(Assumptions.model_json_schema())


def program():
    """A program of nothing but three indices."""
    floor = {"curve": {"2026-01-01": "4%"}, "shift": "1%"}
    flat = {name: WRITTEN[name] for name in ("EURIBOR_1M", "TERM")}
    schedule = payment_schedule(**DEAL)
    found = indices_of(read({"indices": {**flat, "FLOOR": floor}}), schedule, NOWHERE)
    slots = {slot.path: slot for slot in found.slots}
    return Program(schedule.periods, slots, found.inputs, found.data, (found.part,))


def test_rates_are_lines():
    """The line `rate` is base + shift in every period, nothing at closing."""
    lines = run(program())
    for name, rate in {"EURIBOR_1M": 0.0245, "TERM": 0.03 + 0.001, "FLOOR": 0.04 + 0.01}.items():
        assert lines[f"indices.{name}.rate"].tolist() == [0.0] + [rate] * 12


@given(st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=7))
def test_scenarios_have_the_bits_of_single_runs(values):
    """Flat rates and shifts as axes: column s is the run with the numbers of s alone."""
    one = program()
    whole = run(replace(one, inputs={key: value + np.array(values) for key, value in one.inputs.items()}))
    for s, step in enumerate(values):
        alone = run(replace(one, inputs={key: value + step for key, value in one.inputs.items()}))
        for name in ("EURIBOR_1M", "TERM", "FLOOR"):
            path = f"indices.{name}.rate"
            assert whole[path][:, s].tobytes() == np.ascontiguousarray(alone[path]).tobytes()


def test_rates_are_formulas():
    """In the workbook a rate is the formula of its inputs and its base."""
    curves = trace(program()).curves
    assert set(curves) == {f"indices.{name}.rate" for name in ("EURIBOR_1M", "TERM", "FLOOR")}
    assert "indices.FLOOR.base" in repr(curves["indices.FLOOR.rate"])
    assert "assumptions.indices.EURIBOR_1M" in repr(curves["indices.EURIBOR_1M.rate"])
