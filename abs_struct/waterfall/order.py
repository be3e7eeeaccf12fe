"""Orders: in which order and in which shares the targets of a clause are paid.

    A                                             one target
    [A, B]                                        by the clause's own rule: principal in turn, interest together
    {sequential: [{pro_rata: [A1, A2]}, B]}       in turn; a member may be an order itself
    {pro_rata: [A, B], by: initial balance}       together, in proportion
    {shares: {A: 60%, B: 40%}}                    together, in fixed shares; what one cannot take goes to the others

`allocate` divides an amount over the targets: pure arithmetic, the same for what is due and for the cash there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.findings import listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.names import Name, as_name, as_names
from abs_struct.terms.numbers import choice

#: What a member of a pro rata group weighs: a target's name -> its weight.
Weight = Callable[[str], Value]
BALANCE = "balance"
INITIAL = "initial balance"


class Sequential(Terms):
    """Members in turn: the next one is paid when the one before needs no more."""

    sequential: tuple[Member, ...] = Field(min_length=1)

    @property
    def members(self) -> tuple[Any, ...]:
        """The members, in their order."""
        return self.sequential


class ProRata(Terms):
    """Members together, in proportion to what they weigh."""

    pro_rata: tuple[Member, ...] = Field(min_length=1)
    by: choice(BALANCE, INITIAL) = BALANCE  # type: ignore[valid-type]

    @property
    def members(self) -> tuple[Any, ...]:
        """The members."""
        return self.pro_rata


class Shares(Terms):
    """Targets together, in fixed shares."""

    shares: dict[Name, Formula] = Field(min_length=1)

    @model_validator(mode="after")
    def whole(self) -> Shares:
        """Shares that are numbers make a whole."""
        numbers = [share.numbers() for share in self.shares.values()]
        if all(
            len(found) == 1 and not share.names() for found, share in zip(numbers, self.shares.values(), strict=True)
        ):
            total = sum(found[0] for found in numbers)
            if abs(total - 1.0) > 1e-9:
                raise ValueError(f"the shares sum to {100.0 * total:.10g}%; they must sum to 100%")
        return self

    @property
    def members(self) -> tuple[Any, ...]:
        """The targets."""
        return tuple(self.shares)


Order = Sequential | ProRata | Shares
KINDS: dict[str, type[Sequential | ProRata | Shares]] = {
    "sequential": Sequential,
    "pro_rata": ProRata,
    "shares": Shares,
}


def as_member(written: object) -> str | Order:
    """A name, or an order inside an order."""
    if isinstance(written, Sequential | ProRata | Shares):
        return written
    if isinstance(written, Mapping):
        words = [str(key) for key in written]
        kinds = [word for word in words if word in KINDS]
        if len(kinds) != 1:
            hint = nearest(words[0], KINDS) if words else ""
            raise ValueError(f"no order '{listed(words) or 'nothing'}'{hint} (orders: {listed(KINDS)})")
        return KINDS[kinds[0]].model_validate(dict(written))
    if isinstance(written, list | tuple):
        raise ValueError("a list inside an order needs its rule: {sequential: [...]} or {pro_rata: [...]}")
    return as_name(written)


Member = Annotated[
    Any,
    BeforeValidator(as_member),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}], "description": "a name, or an order"}),
]

for kind in KINDS.values():
    kind.model_rebuild()


def as_order(written: object, plain: type[Sequential] | type[ProRata]) -> Order:
    """What a clause names: one target, a list (by the clause's own rule), or an order; no target twice."""
    if not isinstance(written, Mapping | Sequential | ProRata | Shares) and not nested(written):
        as_names(written)  # refuses what is neither a name nor a list of different ones
    if isinstance(written, list | tuple):
        found: Any = plain.model_validate({"sequential" if plain is Sequential else "pro_rata": list(written)})
    else:
        found = as_member(written)
        if isinstance(found, str):
            found = Sequential(sequential=(found,))
    names = list(leaves_of(found))
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise ValueError(f"'{double}' stands twice in one clause; name it once")
    return found  # type: ignore[no-any-return]


def nested(written: object) -> bool:
    """Whether a list holds orders."""
    return isinstance(written, list | tuple) and any(isinstance(member, Mapping) for member in written)


def order_schema() -> WithJsonSchema:
    """The JSON Schema of an order."""
    name = {"type": "string"}
    return WithJsonSchema(
        {"anyOf": [name, {"type": "array", "items": {"anyOf": [name, {"type": "object"}]}}, {"type": "object"}]}
    )


InTurn = Annotated[Any, BeforeValidator(lambda written: as_order(written, Sequential)), order_schema()]
Together = Annotated[Any, BeforeValidator(lambda written: as_order(written, ProRata)), order_schema()]


def leaves_of(member: str | Order) -> Iterator[str]:
    """The targets below an order, from left to right."""
    if isinstance(member, str):
        yield member
    else:
        for inner in member.members:
            yield from leaves_of(inner)


def formulas_of(member: str | Order) -> Iterator[Formula]:
    """The formulas in an order: its shares."""
    if isinstance(member, Shares):
        yield from member.shares.values()
    elif not isinstance(member, str):
        for inner in member.members:
            yield from formulas_of(inner)


def word_of(member: str | Order) -> str:
    """The order as a part of a clause's name."""
    return "_".join(leaves_of(member))


def plain(order: Order) -> bool:
    """Whether the targets are simply paid in turn."""
    return isinstance(order, Sequential) and all(isinstance(member, str) for member in order.members)


def by_initial_balance(s: Any) -> dict[str, Weight]:
    """The weights of notes for `by: initial balance`; by balance they weigh what they can take."""
    return {INITIAL: lambda name: s.notes[name].initial_balance}


def allocate(
    x: Numbers,
    s: Any,
    order: str | Order,
    amount: Value,
    capacity: Mapping[str, Value],
    weight: Mapping[str, Weight],
) -> dict[str, Value]:
    """Divide an amount over the targets of an order.

    In turn: each gets min(its capacity, what is left). In proportion: shares of the weights, no member more than its
    capacity, and what one cannot take goes to the others; with weights equal to the capacities one pass is exact.

    Parameters
    ----------
    order : the targets; amount : what is divided, in currency units; capacity : the most that each target takes
    weight : how `by` weighs a target, per name of the rule

    Returns
    -------
    target -> its part, in currency units, scalar or (S,); their sum is min(amount, all capacities)

    Raises
    ------
    Nothing

    Source: definition.
    """
    if isinstance(order, str):
        return {order: x.minimum(amount, capacity[order])}
    if isinstance(order, Sequential):
        found: dict[str, Value] = {}
        for member in order.members:
            part = allocate(x, s, member, amount, capacity, weight)
            amount = amount - x.total(list(part.values()))
            found |= part
        return found
    return together(x, s, order, amount, capacity, weight)


def together(
    x: Numbers,
    s: Any,
    order: ProRata | Shares,
    amount: Value,
    capacity: Mapping[str, Value],
    weight: Mapping[str, Weight],
) -> dict[str, Value]:
    """Divide an amount over members in proportion."""
    members = order.members
    room = [x.total([capacity[name] for name in leaves_of(member)]) for member in members]
    if isinstance(order, Shares):
        weights = [x.maximum(share(x, s), 0.0) for share in order.shares.values()]
    else:
        weigh = weight.get(order.by)
        weights = (
            room if weigh is None else [x.total([weigh(name) for name in leaves_of(member)]) for member in members]
        )
    parts = filled(x, amount, room, weights) if weights is not room else proportional(x, amount, room)
    found: dict[str, Value] = {}
    for member, part in zip(members, parts, strict=True):
        found |= allocate(x, s, member, part, capacity, weight)
    return found


def proportional(x: Numbers, amount: Value, room: Sequence[Value]) -> list[Value]:
    """Shares in proportion to the capacities themselves: none can be full before the others."""
    whole = x.total(room)
    return [x.where(amount >= whole, mine, amount * x.ratio(mine, whole)) for mine in room]


def filled(x: Numbers, amount: Value, room: Sequence[Value], weights: Sequence[Value]) -> list[Value]:
    """Shares in proportion to the weights, as if water were poured: a full member's part goes to the others.

    Each pass fills at least one more member, so as many passes as members are enough.
    """
    got: list[Value] = [0.0] * len(room)
    left = amount
    for _ in room:
        open_weights = [x.where(mine < most, weigh, 0.0) for mine, most, weigh in zip(got, room, weights, strict=True)]
        whole = x.total(open_weights)
        poured = [
            x.minimum(most - mine, left * x.ratio(weigh, whole))
            for mine, most, weigh in zip(got, room, open_weights, strict=True)
        ]
        got = [mine + more for mine, more in zip(got, poured, strict=True)]
        left = x.maximum(left - x.total(poured), 0.0)
    whole = x.total(room)
    return [x.where(amount >= whole, most, x.minimum(mine, most)) for mine, most in zip(got, room, strict=True)]
