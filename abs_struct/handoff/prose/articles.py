"""What a document of clauses is made of: articles with numbered or lettered paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Paragraph:
    """A sentence with its number, those below it, and the path of the deal file that it says."""

    text: str
    heading: str = ""
    path: str = ""
    below: tuple[Paragraph, ...] = ()

    def walk(self) -> Iterator[Paragraph]:
        """The paragraph and all below it."""
        yield self
        for one in self.below:
            yield from one.walk()


@dataclass(frozen=True)
class Article:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Clauses:
    """A deal in words; `untranslated` are names that no glossary has in its language."""

    title: str
    subtitle: str
    language: str
    articles: tuple[Article, ...]
    notes: tuple[str, ...] = field(default=())
    untranslated: tuple[str, ...] = ()

    def numbered(self) -> Iterator[tuple[str, Article, Iterator[tuple[str, int, Paragraph]]]]:
        """Articles with their numbers, and their paragraphs with number and depth: 3.2, (a), (i)."""
        for n, article in enumerate(self.articles, 1):
            yield str(n), article, numbers(article.paragraphs, f"{n}.", 0)

    def lines(self) -> dict[str, str]:
        """Path of the deal file -> its text: what two versions of a deal are compared by."""
        found: dict[str, str] = {}
        for article in self.articles:
            for top in article.paragraphs:
                for one in top.walk():
                    if one.path:
                        found[one.path] = f"{one.heading}: {one.text}" if one.heading else one.text
        return found


def numbers(paragraphs: tuple[Paragraph, ...], prefix: str, depth: int) -> Iterator[tuple[str, int, Paragraph]]:
    """Paragraphs with their numbers, those below each after it."""
    for k, one in enumerate(paragraphs, 1):
        number = f"{prefix}{k}" if depth == 0 else f"({letters(k)})" if depth == 1 else f"({roman(k)})"
        yield number, depth, one
        yield from numbers(one.below, "", depth + 1)


def letters(number: int) -> str:
    """1 as a, 27 as aa.

    >>> letters(1), letters(26), letters(27)
    ('a', 'z', 'aa')
    """
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text


def roman(number: int) -> str:
    """1 as i, 4 as iv.

    >>> [roman(n) for n in (1, 4, 9, 14, 40)]
    ['i', 'iv', 'ix', 'xiv', 'xl']
    """
    text = ""
    for value, sign in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        count, number = divmod(number, value)
        text += sign * count
    return text
