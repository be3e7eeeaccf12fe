"""The file of curves of a fit: what a deal names as `assumptions: {curves: FILE}`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.whole import whole
from abs_struct.history.fit import Fit, SegmentFit
from abs_struct.history.loans import month_text
from abs_struct.history.recoveries import RecoveryCurve
from abs_struct.history.trend import Trend, band

#: So many months after the default, where the tape does not say when recoveries come.
LAG = 12
MOST_MONTHS = 60
DIGITS = 6
#: The column of a tape that a segment by term is of.
COLUMNS = {"term": "original_term"}


def curve_text(
    found: Fit, levels: Trend, recoveries: RecoveryCurve | None, source: dict[str, Any], lag: int | None = None
) -> str:
    """The file as text.

    Parameters
    ----------
    found : the curves
    levels : of the vintages, from which the bands come
    recoveries : by months since default; none where nothing was lost
    source : what the curves were made from, for `about`
    lag : months from the default to the recovery, where the caller knows better than the tape

    Returns
    -------
    YAML
    """
    about = source | {
        "known_until": month_text(found.observed),
        "loans": found.whole.loans,
        "lent": round(found.whole.original, 2),
        "method": str(found.method),
        "default": f"the first month without a payment; charge-offs come {found.lag} months after the last one",
        "conventions": "sifma: both rates are of the loans there at the start of a month",
        "band": "nine of ten new vintages should have a default curve between these multiples of it",
    }
    lines = ["# Curves by month of loan life. Name this file in a deal: assumptions: {curves: ...}", "about:"]
    lines += [f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()]
    if found.by:
        lines.append(f"by: [{', '.join(COLUMNS.get(name, name) for name in found.by)}]")
    lines.append("bands:")
    for one in (found.whole, *found.segments.values()):
        low, high = band(found, levels, one.key)
        lines.append(f"  {json.dumps(one.name)}: {{low: {low:.4f}, high: {high:.4f}}}")
    lines += curves_of(found.whole, recoveries, lag, "")
    if found.segments:
        lines.append("groups:")
        for one in found.segments.values():
            lines += [f"  {json.dumps(one.name)}:", *curves_of(one, recoveries, lag, "    ")]
    return "\n".join(lines) + "\n"


def curves_of(one: SegmentFit, recoveries: RecoveryCurve | None, lag: int | None, margin: str) -> list[str]:
    """The curves of a segment, a line each."""
    return [
        f"{margin}prepayment: {{unit: smm, by: age, vector: {numbers(one.smm)}}}",
        f"{margin}default: {{unit: mdr, by: age, vector: {numbers(one.default)}}}",
        f"{margin}recovery: {recovery_text(one, recoveries, lag)}",
    ]


def numbers(values: Any) -> str:
    """Rates as decimals; what repeats at the end is left out, since the last one holds on."""
    found = [f"{value:.{DIGITS}f}" for value in values]
    while len(found) > 1 and found[-1] == found[-2]:
        found.pop()
    return f"[{', '.join(found)}]"


def recovery_text(one: SegmentFit, recoveries: RecoveryCurve | None, lag: int | None) -> str:
    """How much comes back of a segment's defaults, and when."""
    rate = 0.0 if np.isnan(one.recovery) else min(max(one.recovery, 0.0), 1.0)
    if lag is not None or recoveries is None or not recoveries.timed:
        return f"{{rate: {rate:.{DIGITS}f}, lag: {LAG if lag is None else lag}}}"
    shares = recoveries.lags[:MOST_MONTHS]
    by_month = np.round(shares / shares.sum(), DIGITS)
    by_month[np.argmax(by_month)] += 1.0 - by_month.sum()
    listed = ", ".join(f"{share:.{DIGITS}f}" for share in by_month)
    return f"{{rate: {rate:.{DIGITS}f}, lag: 0, timing: {{by_month: [{listed}]}}}}"


def write_curves(text: str, path: str | Path) -> Path:
    """Write the file, whole or not at all.

    Raises
    ------
    UsageError : nothing can be written there
    """
    file = Path(path)
    with whole(file) as draft:
        draft.write_text(text, "utf-8")
    return file
