"""Bad purchases and cards: each mistake is one sentence with its place, what was found, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

import abs_struct
from abs_struct.core.findings import DealError

DEALS = Path(__file__).parents[2] / "deals"
NO_MIX = "no mix of the receivables meets the limits: "

MISTAKES = {
    "revolving end after legal final": (
        "hb_rev_2027_1",
        {"revolving.until": "2031-01-31"},
        "--set revolving.until=2031-01-31: 2031-01-31 lies after dates.legal_final 2030-01-26; purchases end by then",
    ),
    "revolving end before the cut-off": (
        "hb_rev_2027_1",
        {"revolving.until": "2026-01-31"},
        "--set revolving.until=2026-01-31: 2026-01-31 lies before dates.cutoff 2026-12-31, and nothing would ever be "
        "bought; write a later day, or leave `revolving` out",
    ),
    "price above par": (
        "hb_rev_2027_1",
        {"revolving.receivables.bill.price": "100.45"},
        "{file}:{bill} revolving.receivables.bill: price 100.45 lies above par; say `premium: true` where that is "
        "meant",
    ),
    "mix that does not sum to 1": (
        "hb_rev_2027_1",
        {"revolving.receivables.bill.share": "40%"},
        "{file}:{revolving} revolving: the shares of the receivables sum to 95%; they must sum to 100%",
    ),
    "limits of shares below 100%": (
        "hb_rev_2027_1",
        {
            "revolving.mix": "worst",
            **{f"revolving.receivables.{name}.limit": "10%" for name in ("bill", "three", "six")},
        },
        "{file}:{revolving} revolving: " + NO_MIX + "those of all shares sum to 75.00%, less than 100%",
    ),
    "a yield that no mix has": (
        "hb_rev_2027_1",
        {"revolving.mix": "worst", "revolving.least_yield": "60%"},
        "{file}:{revolving} revolving: " + NO_MIX + "within those on shares the highest yield is 16.00%, and "
        "least_yield is 60.00%",
    ),
    "a term that no mix has": (
        "hb_rev_2027_1",
        {"revolving.mix": "worst", "revolving.longest_average_term": "1", "revolving.receivables.bill.limit": "10%"},
        "{file}:{revolving} revolving: " + NO_MIX + "within those on shares the shortest term is 1.90 months, and "
        "longest_average_term is 1",
    ),
    "yield and term that exclude each other": (
        "hb_rev_2027_1",
        {"revolving.mix": "worst", "revolving.longest_average_term": "2", "revolving.least_yield": "15.9%"},
        "{file}:{revolving} revolving: " + NO_MIX + "those on shares, yield and terms cannot be met together",
    ),
    "negative payment rate of cards": (
        "card_2027_a",
        {"assumptions.cards.payment_rate": "-3%"},
        "--set assumptions.cards.payment_rate=-3%: -3% is not a share; shares lie in [0, 1]",
    ),
    "negative multiple of the payment rate": (
        "card_2027_a",
        {"assumptions.cards.payment_rate": "{rate: 16.98%, multiple: -1}"},
        "--set assumptions.cards.payment_rate={{rate: 16.98%, multiple: -1}}: -1 is not a speed; speeds are 0 or more",
    ),
    "negative minimum payment": (
        "hb_rev_2027_1",
        {"revolving.receivables.minimum.minimum": "-10%"},
        "--set revolving.receivables.minimum.minimum=-10%: -10% is not a share; shares lie in [0, 1]",
    ),
    "clock finer than a day": (
        "hb_rev_2027_1",
        {"revolving.clock": "40 times a month"},
        "--set revolving.clock=40 times a month: a month has 30 days to buy on, not 40; write daily, or 1 to 30 times "
        "a month",
    ),
    "clock in other words": (
        "hb_rev_2027_1",
        {"revolving.clock": "hourly"},
        "--set revolving.clock=hourly: 'hourly' is not a purchase clock; write payment dates, monthly, 3 times a "
        "month, or daily",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence(mistake: str) -> None:
    """The exact sentence, and nothing else."""
    name, changes, sentence = MISTAKES[mistake]
    file = DEALS / f"{name}.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    places = {word: next(n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{word}:"))
              for word in ("revolving", "bill") if name.startswith("hb")}  # fmt: skip
    if "bill" in places:  # the kind of receivable, not the tape nor the curve
        places["bill"] = next(n for n, line in enumerate(lines, 1) if line.strip().startswith("bill: {share"))
    with pytest.raises(DealError) as error:
        _ = abs_struct.load(file, changes).program
    assert str(error.value) == sentence.format(file=file, **places)
