"""What the names in a deal's formulas mean."""

from __future__ import annotations

from abs_struct.core.findings import FormulaError, listed, nearest
from abs_struct.core.state import Slot

#: What has arrears where they are assumed.
OF_LOANS = ("pool", "groups", "receivables")
TOTALLED = ("notes", "fees", "accounts", "residuals", "hedges", "facilities")


class Names:
    """Finds the line or input that a name stands for, among the entities of a compiled deal."""

    def __init__(self, slots: dict[str, Slot]) -> None:
        self.units: dict[str, dict[str, str]] = {
            path: {**{line.name: line.unit for line in slot.lines}, **dict.fromkeys(slot.inputs, "rate")}
            for path, slot in slots.items()
        }
        #: What a total such as notes.balance adds up: loans that fund an account are no notes.
        self.order = [path for path, slot in slots.items() if not slot.structure.get("subordinated")]

    def resolve(self, name: str, *, paying: bool = False) -> list[tuple[str, str, str]]:
        """Entity, attribute and unit of a name; several of them for a total such as notes.balance.

        Raises
        ------
        FormulaError : the name, and the nearest one that exists
        """
        if name == "available":
            if not paying:
                raise FormulaError("'available' has a meaning in the clauses of the waterfall only")
            return [("scope", "available", "money")]
        if name in {"pool", "notes"}:
            return self.resolve(f"{name}.initial_balance")
        owner, _, attribute = name.rpartition(".")
        if not owner and name in self.units.get("amounts", {}):
            return [("amounts", name, self.units["amounts"][name])]
        if owner in self.units and attribute in self.units[owner]:
            return [(owner, attribute, unit_of(self.units[owner][attribute]))]
        if owner in TOTALLED:
            parts = [path for path in self.order if path.startswith(owner + ".")]
            found = [(path, attribute, "money") for path in parts if self.units[path].get(attribute) == "money"]
            if found:
                return found
        known = self.known()
        at_owner = [f"{owner}.{word}" for word in self.units.get(owner, {})]
        if attribute.startswith(("delinquent", "overdue", "late_fees")) and owner.partition(".")[0] in OF_LOANS:
            self.no_arrears(name, attribute, at_owner)
        hint = nearest(name, at_owner or known) or f" (there are: {listed(at_owner or known)})"
        raise FormulaError(f"no line '{name}'{hint}")

    def no_arrears(self, name: str, attribute: str, at_owner: list[str]) -> None:
        """Refuse a line of arrears where nothing is assumed of them, or not so many buckets."""
        known = [path for path in at_owner if path.rpartition(".")[2].startswith(attribute[:7])]
        hint = nearest(name, known) or (f" (there are: {listed(known)})" if known else "")
        why = "arrears need assumptions.delinquency, such as {enter: 2%, roll: [30%, 60%, 85%]}"
        raise FormulaError(f"no line '{name}'{hint or f'; {why}'}")

    def known(self) -> list[str]:
        """Every name that a formula may use."""
        names = [f"{path}.{word}" for path, words in self.units.items() for word in words if path != "amounts"]
        totals = [f"{owner}.balance" for owner in TOTALLED]
        return [*self.units.get("amounts", {}), *names, *totals, "available", "pool"]


def unit_of(unit: str) -> str:
    """The unit as formulas check it: factors count as rates, years as numbers."""
    return {"factor": "rate", "years": "number"}.get(unit, unit)
