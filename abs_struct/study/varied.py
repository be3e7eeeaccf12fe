"""Varied fields: a field of the deal and its value in each scenario.

A field has texts, as the deal file would write them, of which only the different ones are kept, or plain numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.study.axes import number_of


@dataclass(frozen=True, eq=False)
class Varied:
    """A field of the deal and its value in each of S scenarios.

    path : the field
    texts : the different values, as the deal file would write them; empty where the values are numbers
    at : (S,) which of the texts each scenario has; empty where the values are numbers
    numbers : (S,) in the unit of the deal's inputs (0.18 for 18%); None where the values are texts
    words : what stands behind each number in the deal file, such as " of pool"
    within : the range from which a search takes its numbers; None where they are all there are
    """

    path: str
    texts: tuple[str, ...]
    at: NDArray[np.intp]
    numbers: NDArray[np.float64] | None = None
    words: str = ""
    within: tuple[float, float] | None = None

    @classmethod
    def of_texts(cls, path: str, values: Sequence[str]) -> Varied:
        """A field whose values are texts, one a scenario."""
        texts = tuple(dict.fromkeys(values))
        place = {text: k for k, text in enumerate(texts)}
        return cls(path, texts, np.fromiter((place[value] for value in values), dtype=np.intp, count=len(values)))

    @classmethod
    def of_numbers(cls, path: str, values: Any, words: str = "", within: tuple[float, float] | None = None) -> Varied:
        """A field whose values are numbers, one a scenario; with words behind them, or from the range of a search.

        Raises
        ------
        UsageError : a value that is not finite
        """
        numbers = np.ascontiguousarray(values, dtype=float)
        if not np.isfinite(numbers).all():
            raise UsageError(f"vary {path}: a value is not a finite number")
        return cls(path, (), np.empty(0, dtype=np.intp), numbers, words, within)

    def at_rows(self, rows: NDArray[np.intp]) -> Varied:
        """The field in some of its scenarios; what it may be in others is remembered, so that it is planned alike."""
        if self.numbers is None:
            return Varied(self.path, self.texts, self.at[rows])
        within = self.within or (float(self.numbers.min()), float(self.numbers.max()))
        return Varied(self.path, (), self.at, self.numbers[rows], self.words, within)

    def __len__(self) -> int:
        return len(self.at) if self.numbers is None else len(self.numbers)

    def text(self, scenario: int) -> str:
        """The value of a scenario, as the deal file would write it."""
        return self.texts[self.at[scenario]] if self.numbers is None else self.written(float(self.numbers[scenario]))

    def written(self, number: float) -> str:
        """A number as the deal file would write it."""
        return repr(number) + self.words

    def shown(self, scenario: int) -> float | str:
        """The value of a scenario as a number where it is one."""
        if self.numbers is not None:
            return float(self.numbers[scenario])
        text = self.texts[self.at[scenario]]
        number = number_of(text)
        return text if number is None else number

    def all_shown(self) -> Any:
        """The values of all scenarios, (S,): floats where all are numbers, else texts beside numbers."""
        if self.numbers is not None:
            return self.numbers
        found = [number_of(text) for text in self.texts]
        if None not in found:
            return np.array(found, dtype=float)[self.at]
        shown: list[Any] = [text if number is None else number for text, number in zip(self.texts, found, strict=True)]
        if any(number is not None for number in found):  # a column of a file has one type
            shown = list(self.texts)
        return np.array(shown, dtype=object)[self.at]
