"""Registries: a new kind is one new file, found by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Generic, TypeVar

from abs_struct.core.findings import listed, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """Kinds of one sort by name, in the order of their names.

    With a package, each of its files is a kind, and the name of the file is the name of the kind; a file is imported
    when its kind is first asked for. `besides` names the files that are none.

    >>> shapes = Registry("shape")
    >>> @shapes.add("circle")
    ... class Circle: ...
    >>> shapes.names()
    ('circle',)
    """

    def __init__(self, word: str, package: str = "", besides: tuple[str, ...] = ()) -> None:
        self.word = word
        self.package = package
        self.besides = besides
        self.kinds: dict[str, type[T]] = {}

    def add(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Class decorator that enters a kind under a name."""

        def enter(kind: type[T]) -> type[T]:
            if name in self.kinds:
                raise ValueError(f"{self.word} '{name}' is registered twice")
            self.kinds[name] = kind
            return kind

        return enter

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The kinds that the files of the package hold."""
        if not self.package:
            return ()
        folder = Path(import_module(self.package).__path__[0])
        return tuple(sorted(file.stem for file in folder.glob("[a-z]*.py") if file.stem not in self.besides))

    def names(self) -> tuple[str, ...]:
        """The names of the kinds."""
        return (*self.files, *(name for name in self.kinds if name not in self.files))

    def __getitem__(self, name: str) -> type[T]:
        if name not in self:
            raise KeyError(f"unknown {self.word} '{name}'{nearest(name, self)} (known: {listed(self)})")
        if name not in self.kinds:
            import_module(f"{self.package}.{name}")
        return self.kinds[name]

    def __contains__(self, name: object) -> bool:
        return name in self.kinds or name in self.files

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def items(self) -> Iterator[tuple[str, type[T]]]:
        """Name and kind of each."""
        return ((name, self[name]) for name in self.names())
