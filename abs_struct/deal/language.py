"""The deal language as a document, printed from the registries: deals/README.md is this module's output.

`python -m abs_struct.deal.language > deals/README.md` writes it anew; a test holds the two together.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from abs_struct.core.formula.functions import FUNCTIONS
from abs_struct.core.lines import QUANTITIES
from abs_struct.curves import Assumptions, Recovery
from abs_struct.curves.cards import Cards, Path
from abs_struct.curves.curve import DEFAULT, PREPAYMENT
from abs_struct.curves.delinquency import Delinquency
from abs_struct.curves.rates import part as rates
from abs_struct.curves.rates.index import Index
from abs_struct.curves.recovery import RecoveryTiming
from abs_struct.curves.relief import PaymentHoliday, TermExtension
from abs_struct.deal.constructs import CONSTRUCTS
from abs_struct.deal.model import DealFile
from abs_struct.pool import arrears
from abs_struct.pool import cards as pool_cards
from abs_struct.pool import lines as pool_lines
from abs_struct.pool import purchased as bought
from abs_struct.pool import returns as returned
from abs_struct.terms.accounts import Account
from abs_struct.terms.base import Terms
from abs_struct.terms.coupons import Coupon
from abs_struct.terms.dates import Dates
from abs_struct.terms.facilities import Facility
from abs_struct.terms.fees import Fee
from abs_struct.terms.hedges import Hedge
from abs_struct.terms.notes import Note
from abs_struct.terms.pool import Pool, Source
from abs_struct.terms.retention import Retention
from abs_struct.terms.revolving import Receivable, Revolving
from abs_struct.terms.triggers import Call, Trigger
from abs_struct.waterfall import accounts, facilities, fees, hedges, notes, quantities, take, triggers
from abs_struct.waterfall.steps import STEPS

#: The modules that declare lines; importing them fills the table of quantities.
DECLARING = (
    pool_lines, pool_cards, arrears, bought, returned, rates, notes, fees, accounts, facilities, hedges, quantities,
    take, triggers,
)  # fmt: skip

HEAD = """\
# The deal language

A deal is one YAML file. `abs-struct init my_deal` writes a commented one to start from, `abs-struct validate FILE`
checks it, and `abs-struct schema` prints the JSON Schema with which editors complete it. Any field can be set from
the command line, `--set notes.A.coupon=5.25%`, and varied, `abs-struct sweep FILE --vary notes.A.coupon=4%:6%:0.5%`.

This page is printed from the program's own registries and tested against them.

Deals here: `mpl_2027_1.yaml`, US marketplace consumer loans in four classes; `euroc_2027_1.yaml`, German consumer
loans in six classes with principal deficiency ledgers, a switch from pro rata to sequential, a swap and a reserve
loan; `auto_2027_1.yaml`, US prime auto loans with a yield supplement and four sequential classes; `card_2027_a.yaml`,
a series of a US credit-card master trust. Their loans in `tapes/` are synthetic:
`abs-struct tape generate deals/tapes/mpl_2027_1.yaml --out deals/tapes/mpl_2027_1.csv.gz` makes those of MPL again,
byte for byte, and so for the others; AUTO alone has twenty representative lines, written by hand.

## Numbers and formulas

Numbers may carry `_`, `%` or `bp`: `1_500_000`, `5.25%`, `45 bp`. Where a formula is allowed there are the names
of lines, `+ - * /`, comparisons, `and or not`, dates such as `deal.payment_date >= 2031-02-25`, and the functions
below; `55.25% of pool` is short for `55.25% * pool.initial_balance`. A division by nil gives nil. Inside `{ }` a
formula that holds a comma stands in quotes.

```yaml
amounts:
  target_oc: max(13.25% * pool.balance, 2.00% of pool)
```

Amounts, required amounts and triggers are worked out once a period, on the determination date: after the pool's
collections, before any payment, so that they see opening note balances and the shortfalls of the last payment. An
amount in a clause is worked out when the clause is reached; there, `available` is what the clauses above have left.
"""

SAYINGS = """\
## How the constructs of the field are written

Each of these is a part of a deal; a test puts every one of them into a small deal and runs it.
"""


def deal_language() -> str:
    """The whole document as Markdown."""
    return "\n".join(part.rstrip() + "\n" for part in parts()).rstrip() + "\n"


def parts() -> Iterator[str]:
    """The sections of the document."""
    yield HEAD
    rows = [f"| `{function.written}` | {function.meaning} |" for function in FUNCTIONS.values()]
    yield "| function | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"
    yield SAYINGS
    for saying in CONSTRUCTS:
        yield f"### {saying.title}\n\n{saying.words}\n\n```yaml\n{saying.text}```\n"
    yield "## The blocks of a deal\n"
    blocks: list[tuple[str, Any]] = [
        ("deal", DealFile), ("dates", Dates), ("pool", Pool), ("tapes", Source), ("notes", Note), ("coupon", Coupon),
        ("indices", Index), ("fees", Fee), ("accounts", Account), ("facilities", Facility), ("hedges", Hedge),
        ("triggers", Trigger), ("call", Call), ("revolving", Revolving), ("receivables", Receivable),
        ("retention", Retention),
    ]  # fmt: skip
    for word, model in blocks:
        title = "The file" if word == "deal" else f"`{word}`"
        yield f"### {title}\n\n{first_sentence(model)}\n\n{fields_of(model)}"
    yield "## Curves\n\nUnder `assumptions:`, and under `assumptions.groups.<group>:` for a group of loans.\n"
    for title, registry in (("prepayment", PREPAYMENT), ("default", DEFAULT)):
        rows = [f"| `{word}` | {', '.join(f'`{f}`' for f in kind.model_fields)} | {first_sentence(kind)} |"
                for word, kind in registry.items()]  # fmt: skip
        yield f"### `{title}`\n\n| kind | fields | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    for word, model in (
        ("assumptions", Assumptions), ("recovery", Recovery), ("recovery.timing", RecoveryTiming),
        ("delinquency", Delinquency),
        ("payment_holiday", PaymentHoliday), ("term_extension", TermExtension), ("cards", Cards), ("cards.RATE", Path),
    ):  # fmt: skip
        yield f"### `{word}`\n\n{first_sentence(model)}\n\n{fields_of(model)}"
    yield "## The steps of the waterfall\n"
    for word, kind in STEPS.items():
        yield f"### `{word}`\n\n{inspect.getdoc(kind)}\n\n{fields_of(kind)}\n{example(kind.example)}"
    yield "## The lines\n\nWhat a run records. The path is the owner, the name of the thing, and the line.\n"
    for owner, declared in sorted(QUANTITIES.items()):
        rows = [
            f"| `{line.name}` | {line.unit} | {line.en} | {line.zh} | {line.definition} |" for line in declared.lines
        ]
        yield (
            f"### `{owner}`\n\n| line | unit | English | 中文 | definition |\n|---|---|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )


def first_sentence(kind: Any) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def fields_of(model: Any) -> str:
    """The fields of a model as a table."""
    rows = []
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else shown(field.get_default(call_default_factory=True))
        rows.append(f"| `{field.alias or name}` | {default} | {field.description or ''} |")
    return "| field | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def shown(value: Any) -> str:
    """A default as the file would write it."""
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, Terms):
        value = ", ".join(map(str, value.model_dump(exclude_none=True).values()))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def example(clause: str) -> str:
    """A clause in its place."""
    return f"```yaml\nwaterfall:\n  before_default:\n    - {clause}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(deal_language())
