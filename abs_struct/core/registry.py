"""Registries: a new kind is one new file, found by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from abs_struct.core.findings import listed, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """Kinds of one sort by name, in the order in which they were added.

    >>> shapes = Registry("shape")
    >>> @shapes.add("circle")
    ... class Circle: ...
    >>> shapes.names()
    ('circle',)
    """

    def __init__(self, word: str) -> None:
        self.word = word
        self.kinds: dict[str, type[T]] = {}

    def add(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Class decorator that enters a kind under a name."""

        def enter(kind: type[T]) -> type[T]:
            if name in self.kinds:
                raise ValueError(f"{self.word} '{name}' is registered twice")
            self.kinds[name] = kind
            return kind

        return enter

    def names(self) -> tuple[str, ...]:
        """The registered names."""
        return tuple(self.kinds)

    def __getitem__(self, name: str) -> type[T]:
        if name not in self.kinds:
            raise KeyError(f"unknown {self.word} '{name}'{nearest(name, self.kinds)} (known: {listed(self.kinds)})")
        return self.kinds[name]

    def __contains__(self, name: object) -> bool:
        return name in self.kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def items(self) -> Iterator[tuple[str, type[T]]]:
        """Name and kind of each."""
        return iter(self.kinds.items())
