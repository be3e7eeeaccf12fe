"""Default levels: the risk weights that the Basel Committee printed, and closed forms of tranches."""

from __future__ import annotations

import pytest
from reference.published import case

from abs_struct.analytics import capital, diversity, lognormal, vasicek
from abs_struct.core.findings import AnalyticsError

BASEL, CLOSED = case("basel_vasicek"), case("default_distributions")
PRINTED = BASEL["expected_published"]
COMPUTED = BASEL["expected_computed_here"]
CELLS = [
    (row["pd_pct"], column, figure)
    for row in PRINTED["rows"]
    for column, figure in zip(PRINTED["columns"], row["risk_weight_pct"], strict=True)
]


def risk_weight(column, probability):
    """The risk weight of a column of the table, in per cent."""
    words = column.split("_")
    lgd = float(next(word[3:] for word in words if word.startswith("lgd"))) / 100.0
    if column.startswith("corporate"):
        turnover = float(words[-1].removeprefix("turnover"))
        return 100.0 * capital.corporate_risk_weight(probability, lgd, 2.5, turnover)
    kind = {"re": "mortgage", "ot": "other retail", "qu": "qualifying revolving"}[column[:2]]
    return 100.0 * capital.retail_risk_weight(probability, lgd, kind)


def test_the_whole_table_is_there():
    """48 cells."""
    assert len(CELLS) == 48


@pytest.mark.parametrize(("pd_pct", "column", "printed"), CELLS)
def test_risk_weights(pd_pct, column, printed):
    """Basel II, Annex 5: illustrative risk weights."""
    assert risk_weight(column, pd_pct / 100.0) == pytest.approx(printed, abs=PRINTED["tolerance"])


@pytest.mark.parametrize("row", COMPUTED["rows"])
def test_quantiles(row):
    """Quantiles of the default level, and the distribution as their inverse."""
    found = vasicek.quantile(row["pd"], row["rho"], row["alpha"])
    assert found == pytest.approx(row["loss_fraction"], abs=COMPUTED["tolerance"])
    assert vasicek.distribution(found, row["pd"], row["rho"]) == pytest.approx(row["alpha"], abs=1e-12)


@pytest.mark.parametrize("row", COMPUTED["tranches"])
def test_tranches(row):
    """Expected loss of a slice, and the probability that it is reached."""
    attach, lgd = row["attach"], row["lgd"]
    found = vasicek.tranche_loss(row["pd"], row["rho"], attach, row["detach"], lgd)
    assert found == pytest.approx(row["expected_loss"], abs=COMPUTED["tolerance"])
    hit = 1.0 - vasicek.distribution(attach / lgd, row["pd"], row["rho"])
    assert hit == pytest.approx(row["hit_probability"], abs=COMPUTED["tolerance"])


@pytest.mark.parametrize("row", CLOSED["lognormal"])
def test_lognormal(row):
    """Exceedance, quantile and the loss of a slice."""
    mean, variation, tolerance = row["mean"], row["coeff_of_variation"], CLOSED["tolerance"]
    assert lognormal.exceedance(mean, variation, row["x"]) == pytest.approx(row["prob_above_x"], abs=tolerance)
    assert lognormal.quantile(mean, variation, 0.999) == pytest.approx(row["quantile_99_9"], abs=tolerance)
    found = lognormal.tranche_loss(mean, variation, row["attach"], row["detach"])
    assert found == pytest.approx(row["tranche_expected_loss"], abs=tolerance)


@pytest.mark.parametrize("row", CLOSED["binomial_expansion"])
def test_binomial_expansion(row):
    """The loss of what stands above a subordination."""
    given = (row["diversity"], row["default_probability"], row["recovery"], row["subordination"])
    assert diversity.senior_loss(*given) == pytest.approx(row["senior_expected_loss"], abs=CLOSED["tolerance"])


@pytest.mark.parametrize("correlation", [0.01, 0.08, 0.3])
def test_a_correlation_comes_back_from_its_deviation(correlation):
    """The correlation whose default level has the standard deviation of another."""
    deviation = vasicek.variance(0.066, correlation) ** 0.5
    assert vasicek.correlation_of(0.066, deviation) == pytest.approx(correlation, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: vasicek.quantile(0.0, 0.1, 0.999), "probability of default lies above 0%"),
        (lambda: vasicek.quantile(0.05, 1.0, 0.999), "correlation lies from 0%"),
        (lambda: vasicek.distribution(0.1, 0.05, 0.0), "write a correlation above 0%"),
        (lambda: vasicek.correlation_of(0.05, 0.3), "standard deviation above 0% and below 21.7945%"),
        (lambda: vasicek.tranche_loss(0.05, 0.1, 0.2, 0.1, 1.0), "a slice"),
        (lambda: lognormal.quantile(0.0, 0.5, 0.99), "above 0"),
        (lambda: lognormal.tranche_loss(0.03, 0.5, 0.2, 0.1), "a slice"),
        (lambda: capital.retail_correlation(0.02, "morgage"), "did you mean 'mortgage'"),
        (lambda: diversity.senior_loss(0, 0.05, 0.3, 0.1), "diversity of 1 or more"),
        (lambda: diversity.senior_loss(10, 1.05, 0.3, 0.1), "from 0% to 100%"),
    ],
)
def test_what_is_none_is_refused(call, words):
    """One sentence that says what is allowed."""
    with pytest.raises(AnalyticsError, match=words):
        call()
