"""The sizes that a search found, as one object: of each class its size and what binds it, and all its stresses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Size:
    """A class as sized.

    share : of the pool; before : what it was; amount : in currency units
    subordination : what stands below it in the stack and beside it in the pool, of the pool, without reserves
    sized : whether it was searched; else it has what the others left
    binding : the stress under which it could not be larger, or nothing where none stops it
    survives : whether it survives its own stresses at these sizes; None where it has none
    """

    note: str
    share: float
    before: float
    amount: float
    subordination: float
    sized: bool
    binding: str
    survives: bool | None

    @property
    def bound(self) -> str:
        """What made the class as large as it is, in words."""
        if self.sized:
            return self.binding or "nothing"
        return "as it was" if abs(self.share - self.before) < 1e-12 else "the rest"


@dataclass(frozen=True)
class Stress:
    """A stress of a class: the largest share of the pool, down to and with the class, that survives it; how it ends.

    Where another stress binds the class it is the last that a scan of the range found to survive.
    """

    note: str
    name: str
    most: float
    outcome: str


@dataclass(frozen=True)
class Sizes:
    """Sizes of all classes, most senior first.

    settled : whether no class could be larger; False where sizes went round in circles and the smaller were kept
    """

    deal: str
    until: str
    total_free: bool
    classes: tuple[Size, ...]
    stresses: tuple[Stress, ...]
    rounds: int
    settled: bool

    def __len__(self) -> int:
        return len(self.classes)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each class."""
        import pandas as pd

        return pd.DataFrame(
            {
                "class": [one.note for one in self.classes],
                "share": [one.share for one in self.classes],
                "amount": [one.amount for one in self.classes],
                "before": [one.before for one in self.classes],
                "subordination": [one.subordination for one in self.classes],
                "sized": [one.sized for one in self.classes],
                "binding": [one.binding for one in self.classes],
                "survives": [one.survives for one in self.classes],
            }
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each class and stress: the largest share of the pool down to the class, and how it ends."""
        import pandas as pd

        return pd.DataFrame(
            {
                "class": [one.note for one in self.stresses],
                "stress": [one.name for one in self.stresses],
                "most": [one.most for one in self.stresses],
                "outcome": [one.outcome for one in self.stresses],
            }
        )

    def changes(self) -> dict[str, str]:
        """The sizes as fields of the deal, for `deal.with_` and --set."""
        return {f"notes.{one.note}.balance": f"{one.share!r} of pool" for one in self.classes}

    def summary(self) -> dict[str, Any]:
        """The sizes in one JSON object, schema abs-struct/size/1."""
        return {
            "schema": "abs-struct/size/1",
            "deal": self.deal,
            "until": self.until,
            "total_free": self.total_free,
            "rounds": self.rounds,
            "settled": self.settled,
            "classes": {
                one.note: {
                    "share": one.share,
                    "amount": one.amount,
                    "before": one.before,
                    "subordination": one.subordination,
                    "sized": one.sized,
                    "binding": one.binding or None,
                    "survives": one.survives,
                }
                for one in self.classes
            },
            "stresses": [
                {"class": one.note, "name": one.name, "most": one.most, "outcome": one.outcome} for one in self.stresses
            ],
        }

    def __repr__(self) -> str:
        return f"<Sizes of {self.deal}: {', '.join(f'{one.note} {100 * one.share:.4f}%' for one in self.classes)}>"
