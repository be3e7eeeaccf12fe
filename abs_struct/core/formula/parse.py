"""From text to nodes: a small operator-precedence parser."""

from __future__ import annotations

import re
from datetime import date
from typing import NoReturn

from abs_struct.core.findings import FormulaError, nearest
from abs_struct.core.formula.functions import FUNCTIONS
from abs_struct.core.formula.nodes import Call, Date, Name, Node, Number, Operation, Text, Words

TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>\d{4}-\d{2}-\d{2})(?![\w.])
    | (?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)\s*(?P<unit>%|bps?\b)?
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>[^\W\d]\w*(?:\.\w+)*)
    | (?P<sign><=|>=|==|!=|[-+*/(),<>=\[\]])
    )""",
    re.VERBOSE,
)
BINDING = {"or": 1, "and": 2, "in": 4, "not in": 4, "+": 5, "-": 5, "*": 6, "/": 6, "of": 7}
BINDING |= dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 4)
NEGATION, SIGN = 3, 8
UNIT = {"%": 0.01, "bp": 0.0001, "bps": 0.0001, None: 1.0}
DEEPEST = 60
LONGEST = 200
LARGEST = 1e15
MOST_PERIODS = 1_200


class Parser:
    """One pass over the tokens of a formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, object, int]] = []
        self.at = 0
        self.numbers = 0
        self.depth = 0
        position = 0
        while position < len(text.rstrip()):
            match = TOKEN.match(text, position)
            if match is None:
                bad = text[position:].strip()[:1]
                self.fail(f"the character '{bad}' is not part of a formula", position)
            start = match.start() + len(match.group(0)) - len(match.group(0).lstrip())
            position = match.end()
            if match["date"] is not None:
                self.tokens.append(("date", self.day(match["date"], start), start))
            elif match["number"] is not None:
                value = number_of(match["number"], match["unit"])
                if value > LARGEST:
                    self.fail(f"the number {match['number'][:40]} is too large; the largest is {LARGEST:g}", start)
                self.tokens.append(("number", value, start))
            elif match["text"] is not None:
                self.tokens.append(("text", match["text"][1:-1], start))
            elif match["name"] is not None:
                word = match["name"]
                kind = "sign" if word in {"and", "or", "not", "of", "in"} else "name"
                self.tokens.append((kind, word, start))
            else:
                self.tokens.append(("sign", "==" if match["sign"] == "=" else match["sign"], start))
        self.tokens.append(("end", "", len(text)))

    def fail(self, what: str, position: int | None = None) -> NoReturn:
        """Refuse the formula with one sentence."""
        where = self.tokens[self.at][2] if position is None else position
        raise FormulaError(f"cannot read the formula '{shortened(self.text)}' at character {where + 1}: {what}")

    def day(self, written: str, position: int) -> date:
        """A date as it stands in a formula."""
        try:
            return date.fromisoformat(written)
        except ValueError as error:
            self.fail(f"'{written}' is not a date ({error})", position)

    def peek(self) -> tuple[str, object]:
        kind, value, _ = self.tokens[self.at]
        return kind, value

    def next(self) -> tuple[str, object]:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        if self.peek() != ("sign", sign):
            got = self.peek()[1]
            hint = (
                " (inside { } a comma ends an unquoted value: put the formula in quotes)"
                if self.peek()[0] == "end" and sign in {")", ","}
                else ""
            )
            self.fail(f"expected '{sign}' but found {repr(got) if got else 'the end'}{hint}")
        self.at += 1

    def expression(self, binding: int = 0) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"it is nested more than {DEEPEST} deep; give its parts names under `amounts`")
        left = self.operand()
        links = 0
        while True:
            kind, sign = self.peek()
            if kind != "sign":
                break
            word = str(sign)
            if word == "not" and self.tokens[self.at + 1][:2] == ("sign", "in"):
                word = "not in"
            strength = BINDING.get(word)
            if strength is None or strength <= binding:
                break
            links += 1
            if links * self.depth > LONGEST:
                self.fail(f"it strings more than {LONGEST // self.depth} operators; name its parts under `amounts`")
            self.at += 2 if word == "not in" else 1
            if word in {"in", "not in"}:
                inside = Operation("in", (left, self.words()))
                left = Operation("not", (inside,)) if word == "not in" else inside
            else:
                left = Operation(word, (left, self.expression(strength)))
        self.depth -= 1
        return left

    def words(self) -> Words:
        self.expect("[")
        items = [self.expression()]
        while self.peek() == ("sign", ","):
            self.at += 1
            items.append(self.expression())
        self.expect("]")
        return Words(tuple(items))

    def operand(self) -> Node:
        position = self.tokens[self.at][2]
        kind, value = self.next()
        if kind == "number":
            node = Number(float(value), self.numbers)  # type: ignore[arg-type]
            self.numbers += 1
            return node
        if kind == "date":
            assert isinstance(value, date)  # the tokens hold nothing else
            return Date(value)
        if kind == "text":
            return Text(str(value))
        if kind == "name":
            return self.call(str(value)) if self.peek() == ("sign", "(") else Name(str(value), position)
        if value == "(":
            inside = self.expression()
            self.expect(")")
            return inside
        if value == "-":
            return Operation("neg", (self.expression(SIGN),))
        if value == "not":
            return Operation("not", (self.expression(NEGATION),))
        self.at -= 1
        return self.fail(f"found {repr(value) if value else 'the end'} where a number or a name must stand")

    def call(self, name: str) -> Call:
        if name not in FUNCTIONS:
            self.at -= 1
            self.fail(f"no function '{name}' (functions: {', '.join(FUNCTIONS)}){nearest(name, FUNCTIONS)}")
        self.expect("(")
        args = [self.expression()]
        while self.peek() == ("sign", ","):
            self.at += 1
            args.append(self.expression())
        self.expect(")")
        least, most = FUNCTIONS[name].least, FUNCTIONS[name].most
        if not least <= len(args) <= most:
            self.fail(f"{name}() takes {least if least == most else f'at least {least}'} values, not {len(args)}")
        if name == "band" and len(args) % 2:
            self.fail("band() takes a value, then pairs of a level and what holds below it, then what holds above them")
        if name == "collected" and not isinstance(args[0], Name):
            self.fail("collected() takes a line, as in collected(pool.defaulted)")
        if name in {"average", "previous"} and not (
            isinstance(args[0], Name)
            and isinstance(args[1], Number)
            and args[1].value % 1 == 0
            and 1 <= args[1].value <= MOST_PERIODS
        ):
            self.fail(
                f"{name}() takes a line and a whole number of periods up to {MOST_PERIODS:,}, "
                f"as in {name}(pool.defaulted, 3)"
            )
        return Call(name, tuple(args))


def number_of(digits: str, unit: str | None) -> float:
    """`12_000`, `13.25%`, `45 bp` as a float, rounded as the decimal number that was written."""
    value = digits.replace("_", "")
    if unit is None or float(value) > LARGEST:
        return float(value)
    from decimal import Decimal

    return float(Decimal(value) * Decimal(str(UNIT[unit])))


def shortened(text: str, most: int = 120) -> str:
    """A formula as a message shows it."""
    return text if len(text) <= most else text[: most - 3] + "..."


def parse(text: str) -> Node:
    """The tree of a formula.

    Raises
    ------
    FormulaError : what was found, at which character

    >>> parse("5% of pool")
    Operation(op='of', args=(Number(value=0.05, index=0), Name(path='pool', at=6)))
    """
    if not text.strip():
        raise FormulaError("an empty formula")
    parser = Parser(text)
    node = parser.expression()
    if parser.peek()[0] != "end":
        parser.fail(f"'{parser.peek()[1]}' does not continue the formula")
    return node
