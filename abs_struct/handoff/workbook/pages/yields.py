"""Yields: Newton's steps as rows of plain formulas, so that the yield of a class is live without iteration.

Price P, flows c at t years, continuous rate d:  d' = d + PV(d) ln(PV(d) / P) / D(d),  PV(d) = sum c e^(-d t),
D(d) = sum t c e^(-d t). The logarithm of PV is convex, falls and is nearly a straight line, so the steps settle from
anywhere; ten are more than any bond needs. With m periods a year the yield is m (e^(d/m) - 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.book import NOT_AVAILABLE, Book, Sheet
from abs_struct.handoff.workbook.pages.periods import YEARS_FOR_YIELDS
from abs_struct.handoff.workbook.sheets import CURVES

YIELDS = "Yields"
STEPS = 10
HEADER, TIMES, PRICE, START = 4, 5, 6, 7
VALUE, RESULT = START + STEPS + 1, START + STEPS + 2


@dataclass(frozen=True)
class Bond:
    """What is priced: its name, its flows and price as formulas, and the engine's numbers for them."""

    key: str
    name: str
    times: int
    flows: str
    price: str
    flow_values: NDArray[np.float64]
    price_value: float
    result: float


def bonds(book: Book) -> list[Bond]:
    """Every class at its issue price, then the residual against what the equity puts in."""
    measures, address = book.result.measures, book.addresses
    found, raised = [], []
    for name in book.result.terms.notes:
        path = f"notes.{name}"
        flows = "+".join(address.series(f"{path}.{line}", YIELDS) for line in ("interest_paid", "principal_paid"))
        price = f"{address.at(f'{path}.balance', 0, YIELDS)}*{address.input(f'{path}.issue_price', YIELDS)}/100"
        raised.append(price)
        found.append(
            Bond(
                path,
                book.labels[path],
                2,
                f"({flows})",
                price,
                np.asarray(measures.flows(name)),
                float(measures.proceeds(name)),
                float(measures.yield_(name)),
            )
        )
    residuals = [path for path in book.layout.columns if path.startswith("residuals.")]
    if residuals and not book.result.terms.pool.series:
        held = [address.at("pool.balance", 0, YIELDS)]
        held += [
            address.at(f"accounts.{name}.balance", 0, YIELDS)
            for name in book.result.terms.accounts
            if f"accounts.{name}.balance" in book.layout.columns
        ]
        flows = "+".join(address.series(path, YIELDS) for path in residuals)
        price = "+".join(held) + "".join(f"-{text}" for text in raised)
        found.append(
            Bond(
                "residual",
                "Residual",
                1,
                f"({flows})",
                price,
                np.asarray(measures.residual()),
                float(measures.residual_invested()),
                float(measures.residual_irr()),
            )
        )
    return found


def write(book: Book) -> dict[str, str]:
    """The sheet; gives back the cell of each result by path."""
    sheet = book.page(YIELDS, "#0072B2")
    sheet.title(
        "Yields",
        "Classes: bond-equivalent yield at the issue price. Residual: effective yearly return. "
        "Newton's steps as plain formulas; no iterative calculation.",
    )
    for row, text in (
        (HEADER, ""),
        (TIMES, "Compounding periods a year"),
        (PRICE, "Price paid at closing"),
        (START, "Start"),
        (VALUE, "Present value at the last step"),
        (RESULT, "Yield"),
    ):
        sheet.text(row, 0, text, "header" if row == HEADER else "strong" if row == RESULT else "cell")
    for step in range(1, STEPS + 1):
        sheet.text(START + step, 0, f"Step {step}")
    cells = {}
    for at, bond in enumerate(bonds(book), 1):
        column(sheet, at, bond)
        cells[bond.key] = f"{YIELDS}!${letters(at)}${RESULT + 1}"
    sheet.widths(32)
    sheet.worksheet.set_column(1, len(cells), 18)
    sheet.worksheet.freeze_panes(HEADER + 1, 1)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.link(0, 4, "Contents")
    return cells


def column(sheet: Sheet, at: int, bond: Bond) -> None:
    """Price, steps and result of one class."""
    letter = letters(at)
    years = sheet.book.addresses.over(CURVES, YEARS_FOR_YIELDS, YIELDS)
    times, price = f"{letter}${TIMES + 1}", f"{letter}${PRICE + 1}"
    sheet.text(HEADER, at, bond.name, "header_number")
    sheet.number(TIMES, at, bond.times, "number")
    sheet.formula(PRICE, at, bond.price, bond.price_value, "money")
    sheet.number(START, at, 0.0, "percent", "formula")

    def present(cell: str) -> str:
        return f"{bond.flows}*EXP(1)^(-{cell}*{years})"

    steps = newton(bond, np.asarray(sheet.book.result.measures.years_from_closing))
    for step in range(1, STEPS + 1):
        cell = f"{letter}{START + step}"
        value = f"SUMPRODUCT({present(cell)})"
        text = f"IFERROR({cell}+{value}*LN({value}/{price})/SUMPRODUCT({years}*{present(cell)}),{cell})"
        sheet.formula(START + step, at, text, steps[step].rate, "rate")
    last = f"{letter}{START + STEPS + 1}"
    sheet.formula(VALUE, at, f"SUMPRODUCT({present(last)})", steps[STEPS].value, "money")
    check = f"ABS({letter}{VALUE + 1}/{price}-1)<0.000000001"
    none = f'"{NOT_AVAILABLE}"'
    text = f"IFERROR(IF({check},{times}*(EXP({last}/{times})-1),{none}),{none})"
    sheet.formula(RESULT, at, text, bond.result, "rate", "strong_right")


class Step(NamedTuple):
    """A continuous rate, and the present value at it."""

    rate: float
    value: float


def newton(bond: Bond, years: NDArray[np.float64]) -> list[Step]:
    """The cached values of the steps: what the formulas give."""
    found: list[Step] = []
    rate = 0.0
    for _ in range(STEPS + 1):
        flows = bond.flow_values * np.exp(-rate * years)
        value, slope = float(np.cumsum(flows)[-1]), float(np.cumsum(years * flows)[-1])
        found.append(Step(rate, value))
        if value > 0.0 and slope > 0.0 and bond.price_value > 0.0:
            rate += value * float(np.log(value / bond.price_value)) / slope
    return found
