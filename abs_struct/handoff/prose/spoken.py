"""A formula of the deal file in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from abs_struct.core.formula import Formula
from abs_struct.core.formula.nodes import Call, Date, Name, Node, Number, Operation, Text, Words
from abs_struct.core.formula.parse import TOKEN
from abs_struct.handoff.prose.vocabulary import BINDING, COMPARED, CONTRARY, DATED, DATES, DECLARED, SIGNS, STATED


class Says(Protocol):
    """What speaks of a deal in one language: `Speech`."""

    @property
    def rates(self) -> dict[str, str]: ...

    @property
    def chinese(self) -> bool: ...

    def __call__(self, en: str, zh: str) -> str: ...

    def line(self, path: str) -> str: ...

    def owner(self, owner: str) -> str: ...

    def label(self, part: str, name: str) -> str: ...

    def flag(self, amount: str) -> bool: ...

    def listed(self, names: Sequence[str]) -> str: ...

    def day(self, value: date) -> str: ...


class Spoken:
    """One formula, whose numbers keep the form in which the deal file writes them."""

    def __init__(self, say: Says, formula: Formula) -> None:
        self.say = say
        found = [match for match in TOKEN.finditer(formula.text) if match["number"] is not None]
        self.numbers = [written(match["number"], match["unit"] or "") for match in found]

    def whole(self, tree: Node) -> str:
        """The formula; what is a choice stands in brackets where it is part of a sentence."""
        text, own = self.text(tree)
        return text if own else self.say(f"[{text}]", f"【{text}】")

    def text(self, node: Node) -> tuple[str, int]:
        """A node in words, and how strongly it binds."""
        say = self.say
        if isinstance(node, Number):
            return self.numbers[node.index] if node.index < len(self.numbers) else f"{node.value:,.10g}", 9
        if isinstance(node, Date):
            return say.day(node.day), 9
        if isinstance(node, Text):
            return f"“{node.value}”", 9
        if isinstance(node, Words):
            return say.listed([self.text(item)[0] for item in node.items]), 9
        if isinstance(node, Name):
            stated = self.stated(node)
            return (stated[0], BINDING["compare"]) if stated else (say.line(node.path), 9)
        return self.call(node) if isinstance(node, Call) else self.operation(node)

    def stated(self, node: Node) -> tuple[str, str] | None:
        """A line that holds or does not hold, in words: what it says, and its contrary."""
        if not isinstance(node, Name):
            return None
        if node.path in STATED:
            return STATED[node.path][1 if self.say.chinese else 0]
        head, _, attribute = node.path.rpartition(".")
        amount = node.path if not head else attribute if head == "amounts" else ""
        if amount in self.say.rates and self.say.flag(amount):
            term = f"“{self.say.rates[amount]}”"
            return (f"{term}成立", f"{term}不成立") if self.say.chinese else (f"{term} holds", f"{term} does not hold")
        if attribute == "in_force":
            whose = self.say.owner(head)
            return (
                (f"{whose}有效", f"{whose}已失效")
                if self.say.chinese
                else (f"{whose} is in force", f"{whose} is not in force")
            )
        if head.startswith("triggers.") and attribute in {"active", "breached"}:
            label = self.say.label("triggers", head.partition(".")[2])
            on, off = ("is in effect", "is not in effect") if attribute == "active" else ("is met", "is not met")
            zh = ("生效", "未生效") if attribute == "active" else ("触发", "未触发")
            return (
                (f"“{label}”{zh[0]}", f"“{label}”{zh[1]}")
                if self.say.chinese
                else (f"“{label}” {on}", f"“{label}” {off}")
            )
        return None

    def inner(self, node: Node, binding: int) -> str:
        """A part of an operation, in brackets where it binds less."""
        text, own = self.text(node)
        return text if own >= binding else f"（{text}）" if self.say.chinese else f"({text})"

    def operation(self, node: Operation) -> tuple[str, int]:
        """An operator with its operands."""
        say, op, args = self.say, node.op, node.args
        if op in {"and", "or"}:
            return self.joined(op, [self.inner(arg, BINDING["not"]) for arg in chain(node, op)])
        if op == "not":
            return self.negation(args[0])
        if op == "in":
            found = self.text(args[1])[0]
            return say(f"{self.text(args[0])[0]} is one of {found}", f"{self.text(args[0])[0]}为{found}之一"), BINDING[
                "compare"
            ]
        if op == "neg":
            return f"−{self.inner(args[0], BINDING['neg'])}", BINDING["neg"]
        if op in COMPARED:
            return self.comparison(node)
        binding = BINDING[op]
        left, right = self.inner(args[0], binding), self.inner(args[1], binding + (op in {"-", "/"}))
        if op == "of":
            return say(f"{left} of {right}", f"{right}的{left}"), binding
        return f"{left} {SIGNS[op]} {right}", binding

    def joined(self, op: str, texts: Sequence[str]) -> tuple[str, int]:
        """Conditions side by side."""
        return self.say(f" {op} ", "且" if op == "and" else "或").join(texts), BINDING[op]

    def negation(self, node: Node) -> tuple[str, int]:
        """What does not hold: of several conditions, the contrary of each."""
        stated = self.stated(node)
        if stated:
            return stated[1], BINDING["compare"]
        if isinstance(node, Operation) and node.op in {"and", "or"}:
            parts = [self.negation(part) for part in chain(node, node.op)]
            other = "and" if node.op == "or" else "or"
            return self.joined(other, [text if own > BINDING["and"] else f"({text})" for text, own in parts])
        if isinstance(node, Operation) and node.op == "not":
            return self.text(node.args[0])
        if isinstance(node, Operation) and node.op in COMPARED:
            return self.comparison(Operation(CONTRARY[node.op], node.args))
        if isinstance(node, Operation) and node.op == "in":
            left, found = self.text(node.args[0])[0], self.text(node.args[1])[0]
            return self.say(f"{left} is none of {found}", f"{left}不属于{found}"), BINDING["compare"]
        text = self.inner(node, 9)
        return self.say(f"it is not the case that {text}", f"并非{text}"), BINDING["not"]

    def dated(self, node: Node) -> bool:
        """Whether a value is a date."""
        if isinstance(node, Call) and node.function == "previous":
            return self.dated(node.args[0])
        return isinstance(node, Date) or (isinstance(node, Name) and node.path.rpartition(".")[2] in DATES)

    def comparison(self, node: Operation) -> tuple[str, int]:
        """Two values compared; a flag against a half is what it says."""
        left, right = node.args
        if isinstance(left, Name) and isinstance(right, Number) and (left.path, node.op, right.value) == DECLARED:
            return self.say("it is declared", "经宣布"), BINDING["compare"]
        stated, before = self.stated(left), ""
        if isinstance(left, Call) and left.function == "previous" and self.stated(left.args[0]):
            stated, before = self.stated(left.args[0]), self.say(" on the payment date before", "上一支付日")
        if stated and isinstance(right, Number) and 0.0 < right.value < 1.0 and node.op in {"<", "<=", ">", ">="}:
            text = stated[1 if node.op.startswith("<") else 0]
            return self.say(f"{text}{before}", f"{before}{text}"), BINDING["compare"]
        words_ = self.say(*(DATED if self.dated(left) or self.dated(right) else COMPARED)[node.op])
        gap = "" if self.say.chinese else " "
        sides = [self.inner(side, BINDING["+"]) for side in (left, right)]
        return f"{sides[0]}{gap}{words_}{gap}{sides[1]}", BINDING["compare"]

    def call(self, node: Call) -> tuple[str, int]:
        """A function with its arguments."""
        say, args = self.say, node.args
        texts = [self.text(arg)[0] for arg in args]
        many = any(", " in text for text in texts)
        side = say("; ", "；").join(texts) if many else say.listed(texts)
        if node.function in {"max", "min"}:
            most = {"max": "greater" if len(args) == 2 else "greatest", "min": "lesser" if len(args) == 2 else "least"}
            zh = {"max": "较大者" if len(args) == 2 else "最大者", "min": "较小者" if len(args) == 2 else "最小者"}
            return say(
                f"the {most[node.function]} of {side}", f"{side}中的{zh[node.function]}"
            ), 9 if say.chinese else 4
        if node.function == "abs":
            return say(f"the amount of {texts[0]} without its sign", f"{texts[0]}的绝对值"), 9
        if node.function == "if":
            return say(
                f"if {texts[0]}, {texts[1]}; otherwise {texts[2]}", f"如{texts[0]}，则为{texts[1]}；否则为{texts[2]}"
            ), 0
        if node.function == "average":
            return say(
                f"the average of {texts[0]} over {texts[1]} payment dates", f"{texts[0]}近{texts[1]}期的平均值"
            ), 9
        if node.function == "previous":
            ago = int(args[1].value) if isinstance(args[1], Number) else 1
            if args[0] == Name("deal.payment_date", getattr(args[0], "at", 0)) and ago == 1:
                return say("the payment date before", "上一支付日"), 9
            stated = self.stated(args[0])
            if stated:
                text = stated[0]
                return say(f"{text} on the payment date before", f"上一支付日{text}"), BINDING["compare"]
            en = f"{texts[0]} on the payment date before" if ago == 1 else f"{texts[0]} {ago} payment dates before"
            return say(en, f"上一支付日{texts[0]}" if ago == 1 else f"前{ago}个支付日{texts[0]}"), 9
        if node.function == "collected":
            return say(f"{texts[0]} added up over the collection period", f"归集期内{texts[0]}合计"), 9
        value, *pairs = texts
        bands = [
            say(f"{what} where {value} lies below {level}", f"{value}低于{level}时为{what}")
            for level, what in zip(pairs[0:-1:2], pairs[1:-1:2], strict=True)
        ]
        return say(", ", "，").join([*bands, say(f"otherwise {pairs[-1]}", f"其余为{pairs[-1]}")]), 0


def chain(node: Operation, op: str) -> list[Node]:
    """The parts of a chain of one operator, from left to right."""
    found: list[Node] = []
    for part in node.args:
        found += chain(part, op) if isinstance(part, Operation) and part.op == op else [part]
    return found


def written(digits: str, unit: str) -> str:
    """A number as a document prints it: 165_750_000 as 165,750,000, 13.25% as it stands.

    >>> written("165_750_000", ""), written("13.25", "%"), written("0.01", "")
    ('165,750,000', '13.25%', '0.01')
    """
    plain = digits.replace("_", "")
    whole, dot, rest = plain.partition(".")
    text = f"{int(whole):,}{dot}{rest}" if whole.isdigit() else plain
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}" if unit else text
