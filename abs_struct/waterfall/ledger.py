"""The ledger: every recorded line of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, nearest

Series = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Ledger(Mapping[str, Series]):
    """Recorded lines by path, in one block that lies as (line, period, scenario).

    `ledger["notes.A.balance"]` is (T + 1,) for one scenario and (T + 1, S) for several; index 0 is closing.
    Arrays are read-only.
    """

    names: tuple[str, ...]
    block: Series
    scenarios: int | None

    def __post_init__(self) -> None:
        self.block.setflags(write=False)
        object.__setattr__(self, "index", {name: i for i, name in enumerate(self.names)})

    def __getitem__(self, path: str) -> Series:
        index: dict[str, int] = self.__dict__["index"]
        if path not in index:
            raise DealError(f"no line '{path}' was recorded{nearest(path, self.names)}")
        series: Series = self.block[index[path]]
        return series if self.scenarios is not None else series[:, 0]

    def __contains__(self, path: object) -> bool:
        return path in self.__dict__["index"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<Ledger of {len(self.names)} lines, {self.periods} periods, {self.scenarios or 1} scenario(s)>"

    @property
    def periods(self) -> int:
        """Number of payment periods."""
        return int(self.block.shape[1]) - 1

    def column(self, scenario: int) -> Ledger:
        """One scenario of many, as a ledger of its own."""
        return Ledger(self.names, self.block[:, :, scenario : scenario + 1].copy(), None)
