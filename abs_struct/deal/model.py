"""The deal file as a model: the whole document, its schema built from the registry of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.findings import listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.core.formula.functions import FUNCTIONS
from abs_struct.curves import Assumptions
from abs_struct.terms.accounts import Account
from abs_struct.terms.base import Terms
from abs_struct.terms.dates import Dates
from abs_struct.terms.fees import Fee
from abs_struct.terms.later import Later
from abs_struct.terms.names import Name
from abs_struct.terms.notes import Note
from abs_struct.terms.pool import Pool
from abs_struct.terms.schedules import ByPeriod
from abs_struct.terms.triggers import Call, Trigger
from abs_struct.waterfall.steps import STEPS, Step

if TYPE_CHECKING:
    from abs_struct.terms.facilities import Facility
    from abs_struct.terms.hedges import Hedge
    from abs_struct.terms.retention import Retention
    from abs_struct.terms.revolving import Receivable, Revolving

    Facilities = dict[str, Facility]
    Hedges = dict[str, Hedge]
    Retained = Retention | None
    Revolves = Revolving | None
else:
    Facilities = dict[Name, Annotated[Any, Later("abs_struct.terms.facilities", "Facility")]]
    Hedges = dict[Name, Annotated[Any, Later("abs_struct.terms.hedges", "Hedge")]]
    Retained = Annotated[Any, Later("abs_struct.terms.retention", "Retention")] | None
    Revolves = Annotated[Any, Later("abs_struct.terms.revolving", "Revolving")] | None


def as_step(value: object) -> object:
    """The step of a clause, by the word that opens it."""
    if isinstance(value, Step):
        return value
    if not isinstance(value, dict) or not value:
        raise ValueError(f"a clause is written `- kind: target`; found {value!r} (kinds: {listed(STEPS)})")
    words = [str(key) for key in value]
    kinds = [word for word in words if word in STEPS]
    if not kinds:
        raise ValueError(f"unknown waterfall step '{words[0]}'{nearest(words[0], STEPS)} (steps: {listed(STEPS)})")
    return STEPS[kinds[0]].model_validate(value)


#: What an amount may not be called: it has a meaning in formulas.
WORDS = {"available", "pool", "notes", "path", "and", "or", "not", "in", "of", *FUNCTIONS}


class ClauseType:
    """A clause in the model of a deal: any registered step. Its JSON Schema is made when it is asked for."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            as_step,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda step: step.model_dump(mode="json", exclude_unset=True)
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        return {"oneOf": [kind.model_json_schema() | {"title": word} for word, kind in STEPS.items()]}


Clause = Annotated[Any, ClauseType]


class SectionTerms(Terms):
    """A section of the priority of payments that is in force while its test holds."""

    when: Formula | None = Field(default=None, description="in force while this holds; always when left out")
    from_: Name = Field(default="collections", alias="from", description="the account whose cash it distributes")
    steps: tuple[Clause, ...] = Field(min_length=1, description="the clauses, in their order")


def as_section(value: object) -> object:
    """A plain list of clauses is a section without a test of its own."""
    return {"steps": value} if isinstance(value, list) else value


class DealFile(Terms):
    """A deal document."""

    name: str
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="ISO code")
    description: str = ""
    dates: Dates
    pool: Pool
    assumptions: Assumptions
    notes: dict[Name, Note] = Field(description="the classes, most senior first")
    fees: dict[Name, Fee] = Field(default_factory=dict)
    accounts: dict[Name, Account] = Field(default_factory=dict)
    facilities: Facilities = Field(default_factory=dict, description="liquidity facilities")
    hedges: Hedges = Field(default_factory=dict, description="swaps, caps and floors")
    amounts: dict[Name, ByPeriod] = Field(
        default_factory=dict, description="named amounts, worked out each period; {1: ..., 13: ...} changes by period"
    )
    triggers: dict[Name, Trigger] = Field(default_factory=dict)
    revolving: Revolves = Field(default=None, description="what is bought with collections, and until when")
    call: Call | None = None
    waterfall: dict[Name, Annotated[SectionTerms, BeforeValidator(as_section)]]
    retention: Retained = Field(
        default=None,
        description="what the sponsor keeps: {form: vertical, share: 5%, "
        "holds: {A: 5%, B: 5%}, residual: 5%}; the form may be first loss or horizontal; tested at closing, with a "
        "warning where it fails",
    )
    glossary: dict[str, str] = Field(
        default_factory=dict, description="names of this deal in Chinese, for clauses: {Senior A: 优先A档}"
    )
    notes_may_exceed_pool: bool = Field(
        default=False, description="say so where the notes are meant to be larger than the pool"
    )

    @property
    def receivables(self) -> dict[str, Receivable]:
        """What may be bought, by name."""
        return self.revolving.receivables if self.revolving is not None else {}

    @model_validator(mode="after")
    def whole(self) -> DealFile:
        """What no single part can see."""
        if not self.notes:
            raise ValueError("a deal needs at least one note")
        if "collections" in self.accounts:
            raise ValueError("accounts: 'collections' is every deal's own account and is not declared")
        if not self.name.strip():
            raise ValueError("name: a deal needs a name")
        if not self.waterfall:
            raise ValueError("waterfall: a deal needs at least one section of clauses, such as before_default")
        clash = set(self.amounts) & WORDS
        if clash:
            raise ValueError(f"amounts: '{clash.pop()}' is a word of the formula language; choose another name")
        return self
