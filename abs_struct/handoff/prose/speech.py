"""Speech: names, numbers, dates and formulas of a deal in words, English or Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from abs_struct.core.formula import Formula
from abs_struct.deal import Deal
from abs_struct.handoff.glossary import glossary_of, of_language
from abs_struct.handoff.prose.spoken import Spoken
from abs_struct.handoff.prose.vocabulary import ATTRIBUTES, COLUMNS, NOUNS, OWNERS, PLAIN, WHOLE
from abs_struct.handoff.workbook.words import entity_label, words
from abs_struct.waterfall.sentences import EN, ZH, listed, spoken_name


class Speech:
    """How one deal is spoken of in one language."""

    def __init__(self, deal: Deal, language: str = EN) -> None:
        self.deal, self.language = deal, language
        self.glossary = glossary_of(deal) if language == ZH else {}
        self.untranslated: dict[str, None] = {}
        self.labels = dict(deal.program.labels)
        for part in ("notes", "fees", "accounts", "facilities", "hedges", "triggers"):
            for name in getattr(deal.terms, part) or {}:
                label = self.labels.get(f"{part}.{name}", name)
                if label != name:
                    self.labels[f"{part}.{name}"] = self.word(label)
                elif self.chinese and part != "notes":
                    self.labels[f"{part}.{name}"] = self.word(words(name))
        self.labels["accounts.collections"] = self.word(self.labels.get("accounts.collections", "Collection account"))

    @property
    def chinese(self) -> bool:
        """Whether the language is Chinese."""
        return self.language == ZH

    def __call__(self, en: str, zh: str) -> str:
        """The words of the language."""
        return zh if self.chinese else en

    def word(self, text: str) -> str:
        """A name in the language: as the glossary has it, or the part of a name in two languages."""
        own = of_language(text, chinese=self.chinese)
        if not self.chinese or not own.isascii() or len(own) <= 2:
            return own
        found = self.glossary.get(own.lower())
        if found is None:
            self.untranslated[own] = None
        return found or own

    def name(self, part: str, name: str) -> str:
        """What a part of the deal is called: `notes`, `A`."""
        if part == "receivables":
            return self.word(words(name))
        if part == "residuals":
            known = name in self.deal.terms.notes
            return self.name("notes", name) if known else self(f"the {words(name).lower()}", self.word(words(name)))
        return spoken_name(part, name, self.labels, self.language)

    def label(self, part: str, name: str) -> str:
        """The name of a part for a heading: its label, else its name as words."""
        given = self.labels.get(f"{part}.{name}", name)
        return given if given != name else self.word(words(name))

    def listed(self, names: Sequence[str]) -> str:
        """Names side by side."""
        return listed(list(names), self.language)

    def day(self, value: date) -> str:
        """A date: 20 January 2027, or 2027年1月20日."""
        return f"{value.year}年{value.month}月{value.day}日" if self.chinese else f"{value.day} {value:%B %Y}"

    def money(self, value: float) -> str:
        """An amount of the deal's currency."""
        text = f"{value:,.2f}".removesuffix(".00")
        return (
            f"{text}元" if self.chinese and self.deal.terms.currency == "CNY" else f"{self.deal.terms.currency} {text}"
        )

    @staticmethod
    def percent(value: float) -> str:
        """A rate or share, with as many digits as it has, two at least."""
        text = f"{100.0 * value:.6f}".rstrip("0")
        head, _, tail = text.partition(".")
        return f"{head}.{tail.ljust(2, '0')}%"

    def formula(self, formula: Formula) -> str:
        """A formula in words."""
        return Spoken(self, formula).text(formula.tree)[0]

    def tested(self, formula: Formula) -> str:
        """A formula as the subject of a sentence."""
        return Spoken(self, formula).whole(formula.tree)

    def steps(self, by_period: dict[int, Any]) -> str:
        """Values that change with the periods."""
        texts = [(n, self.formula(v) if isinstance(v, Formula) else str(v)) for n, v in sorted(by_period.items())]
        if len(texts) == 1:
            return texts[0][1]
        ends = [n - 1 for n, _ in texts[1:]]
        parts = [
            self(f"{text} ({span(n, end, 'payment date ', 'payment dates ')})", f"第{span(n, end)}期{text}")
            for (n, text), end in zip(texts, ends, strict=False)
        ]
        n, last = texts[-1]
        parts.append(self(f"{last} (from payment date {n} on)", f"第{n}期起{last}"))
        return self(", ", "，").join(parts)

    @cached_property
    def rates(self) -> dict[str, str]:
        """The names of amounts -> their words, defined terms of the document."""
        return {name: self.word(words(name)) for name in self.deal.terms.amounts}

    def flag(self, amount: str) -> bool:
        """Whether an amount is a condition that holds or not."""
        return any(line.unit == "flag" and line.name == amount for line in self.deal.program.slots["amounts"].lines)

    def line(self, path: str) -> str:
        """What a formula names, in words."""
        if path in WHOLE:
            return self(*WHOLE[path])
        if path in COLUMNS and path not in self.rates:
            return self(*COLUMNS[path])
        if path in PLAIN:
            return self(*PLAIN[path])
        owner, _, attribute = path.rpartition(".")
        amount = path if not owner else attribute if owner == "amounts" else ""
        if amount in self.rates:
            return f"“{self.rates[amount]}”"
        if owner.startswith("receivables."):
            en, zh = self.attribute(owner, attribute)
            kind = self.name("receivables", owner.partition(".")[2])
            return self(f"the {lowered(NOUNS.get(attribute, en))} of {kind}", f"{kind}的{zh}")
        if not owner:
            return self.word(words(path)) if self.chinese else words(path).lower()
        en, zh = self.attribute(owner, attribute)
        en = NOUNS.get(attribute, en)
        whose = self.owner(owner)
        return f"{whose}的{zh}" if self.chinese else f"the {lowered(en)} of {whose}"

    def attribute(self, owner: str, attribute: str) -> tuple[str, str]:
        """The words of a line."""
        slots = self.deal.program.slots
        found = [slots[owner]] if owner in slots else [s for path, s in slots.items() if path.startswith(owner + ".")]
        for slot in found:
            for line in slot.lines:
                if line.name == attribute:
                    return line.en, line.zh
        return ATTRIBUTES.get(attribute, (words(attribute), words(attribute)))

    def owner(self, owner: str) -> str:
        """Whose a line is."""
        if owner in OWNERS:
            return self(*OWNERS[owner])
        head, _, name = owner.partition(".")
        totals = {
            "notes": ("all notes", "全部证券"),
            "fees": ("all fees", "全部费用"),
            "accounts": ("all accounts", "全部账户"),
        }
        if not name:
            return self(*totals.get(head, (f"all {words(head).lower()}", words(head))))
        if head in {"notes", "accounts", "facilities", "hedges", "residuals"}:
            return self.name(head, name)
        if f"{head}.{name}" in self.labels:
            return self.labels[f"{head}.{name}"]
        return entity_label(self.deal.program, self.labels, f"{owner}.x")


def lowered(text: str) -> str:
    """Words in the middle of a sentence; abbreviations keep their capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def span(first: int, last: int, one: str = "", many: str = "") -> str:
    """A number, or from one to another.

    >>> span(1, 6, "period ", "periods "), span(7, 7, "period ", "periods ")
    ('periods 1 to 6', 'period 7')
    """
    if first == last:
        return f"{one}{first}"
    return f"{many}{first} to {last}" if many else f"{first}至{last}"
