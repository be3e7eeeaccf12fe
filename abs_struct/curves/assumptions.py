"""The `assumptions` block of a deal file, and the same for groups of loans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from abs_struct.core.findings import CurveError, Finding, Place, listed, nearest
from abs_struct.core.registry import Registry
from abs_struct.curves.conventions import Conventions
from abs_struct.curves.curve import DEFAULT, PREPAYMENT, Curve
from abs_struct.curves.default.stress import Multiple
from abs_struct.curves.default.timing import Placed
from abs_struct.curves.recovery import Recovery
from abs_struct.terms.base import Terms, problems
from abs_struct.terms.inputs import inputs
from abs_struct.terms.later import Later
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import Share, choice

if TYPE_CHECKING:
    from abs_struct.curves.advances import StoppedAdvances
    from abs_struct.curves.cards import Cards
    from abs_struct.curves.delinquency import Delinquency
    from abs_struct.curves.interruption import Interruption
    from abs_struct.curves.rates.index import Index
    from abs_struct.curves.relief import PaymentHoliday, TermExtension


class OneKind:
    """Stands in an annotation for one kind of curve, such as `{cpr: 18%}`: the kind that is named is imported."""

    def __init__(self, registry: Registry[Curve], word: str, common: str) -> None:
        self.registry, self.word, self.common = registry, word, common

    def read(self, written: Any) -> Any:
        """None for nothing; one known kind; else a sentence that names the kinds."""
        registry, word, kinds = self.registry, self.word, f"(kinds: {listed(self.registry)})"
        if written is None or written == "none" or (written == 0 and not isinstance(written, bool)):
            return None
        if isinstance(written, Curve):
            if type(written) not in registry.kinds.values():
                raise ValueError(f"{type(written).__name__} is not a {word} curve {kinds}")
            return written
        if not isinstance(written, Mapping):
            listing = "{vector: [...], unit: " + self.common + ", by: age}"
            hint = listing if isinstance(written, list) else f"{{{self.common}: ...}}"
            raise ValueError(f"'{written}' does not say which kind of {word}; write {hint} {kinds}")
        named = [name for name in registry if name in written]
        if len(named) > 1:
            raise ValueError(f"{' and '.join(named)} are two kinds of {word} at once; keep one of them")
        if not named:
            keys = [str(key) for key in written]
            near = next((tail for key in keys if (tail := nearest(key, registry))), "")
            raise ValueError(f"no kind of {word} among {listed(keys) or 'no keys'}{near} {kinds}")
        return registry[named[0]].model_validate(written)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic import TypeAdapter

        kinds = [handler(TypeAdapter(kind).core_schema) for _, kind in self.registry.items()]
        return {"anyOf": [*kinds, {"type": "null"}]}


def or_none(written: object) -> object:
    """The word `none` for nothing, as curves take it."""
    return None if written == "none" else written


Returned = Annotated[Share | None, BeforeValidator(or_none)]

if TYPE_CHECKING:
    Prepayment = Curve | None
    Default = Curve | None
    Arrears = Delinquency | None
    Advances = bool | StoppedAdvances
    Holiday = PaymentHoliday | None
    Extension = TermExtension | None
    Interrupted = Interruption | None
    CardRates = Cards | None
    Indices = dict[str, float | Index]
else:
    Prepayment = Annotated[Any, OneKind(PREPAYMENT, "prepayment", "cpr")]
    Default = Annotated[Any, OneKind(DEFAULT, "default", "cdr")]
    Arrears = Annotated[
        Annotated[Any, Later("abs_struct.curves.delinquency", "Delinquency")] | None, BeforeValidator(or_none)
    ]
    Advances = Annotated[Any, Later("abs_struct.curves.advances", "Advances")]
    Holiday = Annotated[Any, Later("abs_struct.curves.relief", "PaymentHoliday")] | None
    Extension = Annotated[Any, Later("abs_struct.curves.relief", "TermExtension")] | None
    Interrupted = Annotated[Any, Later("abs_struct.curves.interruption", "Interruption")] | None
    CardRates = Annotated[Any, Later("abs_struct.curves.cards", "Cards")] | None
    Indices = dict[Name, Annotated[Any, Later("abs_struct.curves.rates.index", "OneIndex")]]


def refuse_total_recovery(default: Any, recovery: Recovery | None) -> None:
    """A net loss needs defaults that lose something."""
    whole = recovery is not None and (recovery.rate == 1.0 or recovery.severity == 0.0)
    if whole and isinstance(default, Placed) and default.net:
        raise ValueError("a cnl with a recovery of 100% can never be reached; lower the recovery, or write a cgd")


class GroupAssumptions(Terms):
    """What differs for one group of loans; what is not written is that of the pool."""

    prepayment: Prepayment = None
    default: Default = None
    recovery: Recovery | None = None
    delinquency: Arrears = None
    refunds: Returned = None
    dilution: Returned = None
    cards: CardRates = Field(default=None, description="of a group of card accounts: all its rates")


class FittedCurves(Terms):
    """Curves from a file that `abs-struct curves fit` has written."""

    file: str = Field(description="a path from the deal file")
    case: choice("low", "base", "high") = Field(  # type: ignore[valid-type]
        default="base", description="of the band that nine of ten new vintages should keep: its default curve"
    )
    multiple: Multiple = Field(default=1.0, description="of all its default curves: a stress")
    segments: list[str] = Field(default=[], description="those of the file: filled in when it is read")


def as_fitted(written: object) -> object:
    """The name of a file alone is its base case."""
    return {"file": written} if isinstance(written, str) else written


class Assumptions(Terms):
    """Prepayment, default and recovery of a pool, the conventions by which they meet in a month, and index rates."""

    prepayment: Prepayment = Field(default=None, description="a prepayment curve")
    default: Default = Field(default=None, description="a default curve")
    recovery: Recovery | None = Field(default=None, description="what is received of a default; nothing when left out")
    delinquency: Arrears = Field(
        default=None, description="arrears by bucket on the way to default, and instalments that are paid late"
    )
    refunds: Returned = Field(
        default=None, description="of the balance a month, cancelled against cash of merchant or originator: returns"
    )
    dilution: Returned = Field(default=None, description="of the balance a month, cancelled without cash: lost")
    advances: Advances = Field(
        default=False,
        description="the servicer pays the instalments of a defaulted loan: true, until its liquidation; {months: 6}, "
        "six of them",
    )
    payment_holiday: Holiday = Field(default=None, description="a share of every loan skips instalments")
    term_extension: Extension = Field(default=None, description="a share of every loan is paid off later")
    interruption: Interrupted = Field(
        default=None, description="collections lost by the servicer: {from: 6, months: 1}"
    )
    conventions: Conventions = Field(
        default=Conventions(), description="how default, prepayment and interest share a month: sifma, survivor-days"
    )
    cards: CardRates = Field(default=None, description="of a pool of cards, in place of prepayment and default")
    indices: Indices = Field(default_factory=dict)
    groups: dict[Annotated[str, BeforeValidator(str)], GroupAssumptions] = Field(
        default_factory=dict,
        description="what differs for a group of loans: prepayment, default, recovery, delinquency, refunds, dilution; "
        "of card accounts: cards",
    )
    curves: Annotated[FittedCurves | None, BeforeValidator(as_fitted)] = Field(
        default=None,
        description="a file of curves from history, for what is not written here: FILE, or {file: FILE, case: high}",
    )

    @model_validator(mode="after")
    def consistent(self) -> Assumptions:
        """Refuse what cannot happen together."""
        reliefs = [relief for relief in (self.payment_holiday, self.term_extension) if relief is not None]
        both = sum(relief.share for relief in reliefs)
        if both > 1:
            raise ValueError(
                f"the shares of payment_holiday and term_extension sum to {100.0 * float(both):.10g}%; a loan has one "
                "of the two, so that they sum to 100% at most"
            )
        for group in [None, *self.groups]:
            recovery = self.own(group, "recovery")[0]
            refuse_total_recovery(self.own(group, "default")[0], recovery)
            if self.advancing and (recovery is None or recovery.lag < 1):
                raise ValueError("advances end with the liquidation; they need a recovery with a lag of 1 or more")
            if self.advancing and recovery is not None and recovery.timing is not None:
                raise ValueError("advances end with the liquidation; leave out the timing of the recovery")
            if self.advancing and self.own(group, "delinquency")[0] is not None:
                raise ValueError(
                    "the servicer advances instalments that are missed; keep one of advances and delinquency"
                )
            stop = self.last_advance
            if stop is not None and recovery is not None and stop >= recovery.lag:
                raise ValueError(
                    f"advances of {stop} months would go beyond the liquidation {recovery.lag} months after the "
                    "default; write fewer months, or advances: true"
                )
        return self

    @property
    def advancing(self) -> bool:
        """Whether the servicer advances on defaulted loans."""
        return self.advances is not False

    @property
    def last_advance(self) -> int | None:
        """How many instalments are advanced; None where all are, until the liquidation."""
        return None if isinstance(self.advances, bool) else self.advances.months

    def own(self, group: str | None, field: str) -> tuple[Any, str]:
        """The assumption that a group follows, and the path below `assumptions` where it is written.

        >>> a = read({"prepayment": {"cpr": "18%"}, "groups": {"60": {"prepayment": {"cpr": "12%"}}}})
        >>> a.own("60", "prepayment")[1], a.own("36", "prepayment")[1]
        ('groups.60.prepayment', 'prepayment')
        """
        override = self.groups.get(group) if group is not None else None
        if override is not None and field in override.model_fields_set:
            return getattr(override, field), f"groups.{group}.{field}"
        return getattr(self, field), field

    def inputs(self, prefix: str = "assumptions") -> dict[str, float]:
        """Every number that may be a scenario axis: path in the deal -> value."""
        return inputs(self, prefix)

    def saturation(self, group: str) -> int | None:
        """The age from which no curve of a group depends on age; None when one always does."""
        ages = [0]
        for field in ("prepayment", "default"):
            curve: Curve | None = self.own(group, field)[0]
            if curve is not None and not isinstance(curve, Placed):
                age = curve.saturation()
                if age is None:
                    return None
                ages.append(age)
        return max(ages)

    def lag(self) -> int:
        """The longest time from a default until the last of its recovery is in, in months."""
        found = [self.own(group, "recovery")[0] for group in [None, *self.groups]]
        return max((recovery.last for recovery in found if recovery is not None), default=0)

    def buckets(self) -> int:
        """The most buckets of arrears of any group: so many months the last instalment may be late."""
        found = [self.own(group, "delinquency")[0] for group in [None, *self.groups]]
        return max((delinquency.count for delinquency in found if delinquency is not None), default=0)

    def wait(self) -> int:
        """Months from the last payment by contract until all is in: recoveries, and who pays late."""
        return max(self.lag(), self.buckets())

    @property
    def relieved(self) -> bool:
        """Whether some of the loans are granted relief."""
        return self.payment_holiday is not None or self.term_extension is not None

    def longer(self) -> int:
        """The months by which payment holidays and term extensions lengthen the longest loan, at most."""
        return max((r.months for r in (self.payment_holiday, self.term_extension) if r is not None), default=0)

    def check_groups(self, groups: Iterable[str]) -> None:
        """Refuse an assumption for a group that the tape does not have; a file of curves may have more.

        Raises
        ------
        CurveError : names the groups and the nearest one
        """
        known = tuple(dict.fromkeys(groups))
        fitted = () if self.curves is None else self.curves.segments
        for name in self.groups:
            if name not in known and name not in fitted:
                raise CurveError(
                    f"assumptions.groups.{name}: no loans of group '{name}'{nearest(name, known)} "
                    f"(groups: {listed(known)})"
                )


def read(written: Mapping[str, Any], place: str = "assumptions") -> Assumptions:
    """Assumptions from a plain mapping, as in a deal file.

    Raises
    ------
    CurveError : one sentence for each mistake, with its path

    >>> read({"prepayment": {"cpr": "18%", "ramp": 12}}).inputs()
    {'assumptions.prepayment.cpr': 0.18}
    >>> read({"prepayment": {"cpr": 6}}, place="base")
    Traceback (most recent call last):
    abs_struct.core.findings.CurveError: base.prepayment.cpr: 6 is not a rate; rates lie in [0, 1): write 6% or 0.06
    """
    try:
        return Assumptions.model_validate(written)
    except ValidationError as error:
        found = [
            Finding("error", Place(path=f"{place}.{path}" if path else place), message)
            for path, message in problems(error, written)
        ]
        raise CurveError("\n".join(str(finding) for finding in found), found) from None
