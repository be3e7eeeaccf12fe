"""The sections of the priority of payments: their clauses, the lines of these, and when they are in force."""

from __future__ import annotations

from abs_struct.core.findings import DealError, nearest
from abs_struct.core.formula import Formula
from abs_struct.deal.build import Build
from abs_struct.deal.load import Where
from abs_struct.deal.readings import a_condition, money
from abs_struct.waterfall.quantities import RESIDUALS, SECTIONS
from abs_struct.waterfall.section import Clause, Section
from abs_struct.waterfall.steps import Step
from abs_struct.waterfall.steps.principal import PayPrincipal
from abs_struct.waterfall.steps.step import WHOLE
from abs_struct.waterfall.take import CLAUSE, COLLECTIONS

BEFORE, AFTER, EVENT = "before_default", "after_default", "event_of_default"


class Sections:
    """The waterfall of a deal."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.made = [self.section(name) for name in build.terms.waterfall]
        self.check_classes()

    def check_classes(self) -> None:
        """Every class that is issued is repaid by some clause; interest-only classes and loans need none."""
        clauses = [clause.step for section in self.made for clause in section.clauses]
        repaid = {name for step in clauses if step.word == "principal" for name in step.targets}
        for name, note in self.build.terms.notes.items():
            nil = note.balance.numbers() == [0.0] and not note.balance.names()
            if name not in repaid and note.notional is None and not note.subordinated_loan and not nil:
                raise self.build.mistake(
                    f"notes.{name}", f"no clause of the waterfall repays class {name}; write - principal: {name}"
                )

    def parts(self) -> list[Section]:
        """The sections, with their formulas bound."""
        build = self.build
        for section in self.made:
            if section.when is not None:
                build.bind(section.when, a_condition)
            for clause in section.clauses:
                if clause.step.when is not None:
                    build.bind(clause.step.when, a_condition, paying=True)
                for formula in clause.step.formulas():
                    build.bind(formula, *([] if is_share(formula) else [money]), paying=True)
        return self.made

    def section(self, name: str) -> Section:
        """A section with the lines of its clauses."""
        build = self.build
        terms = build.terms.waterfall[name]
        build.slot(f"sections.{name}", SECTIONS.lines)
        source = self.source(name, terms.from_)
        clauses: list[Clause] = []
        taken: set[str] = set()
        for i, step in enumerate(terms.steps):
            where = ("waterfall", name, i) if isinstance(build.document.tree["waterfall"][name], list) else (
                "waterfall", name, "steps", i)  # fmt: skip
            self.check_targets(step, where, source)
            clauses.append(self.clause(name, step, taken))
        touched = dict.fromkeys(word for step in terms.steps for word in step.touched())
        return Section(
            name,
            tuple(clauses),
            tuple(word for word in touched if word not in build.terms.facilities),
            self.condition(name, terms.when),
            source,
            tuple(word for word in touched if word in build.terms.facilities),
            all(build.schedule.pays),
        )

    def clause(self, section: str, step: Step, taken: set[str]) -> Clause:
        """A step in its place, with a name of its own."""
        chosen = step.name or step.default_name()
        name, n = chosen, 2
        while name in taken:
            name, n = f"{chosen}_{n}", n + 1
        taken.add(name)
        whole = f"waterfall.{section}.{name}"
        legs = {leg: f"{whole}.{leg}" if leg else whole for leg in step.legs()}
        if step.lines:
            self.build.slot(whole, step.lines + (CLAUSE.lines if "" in legs else ()))
            legs[WHOLE] = whole
        for path in legs.values():
            if path not in self.build.slots:
                self.build.slot(path, CLAUSE.lines)
        if step.word == "residual":
            self.build.slot(f"residuals.{step.targets[0]}", RESIDUALS.lines)
        return Clause(name, step, legs)

    def source(self, name: str, account: str) -> str:
        """The account whose cash a section distributes."""
        known = (COLLECTIONS, *self.build.terms.accounts)
        if account not in known:
            place = self.build.document.place(("waterfall", name, "from"))
            raise DealError(
                f"{place}: no account '{account}'{nearest(account, known)} (accounts are {', '.join(known)})"
            )
        return account

    def condition(self, name: str, when: Formula | None) -> Formula | None:
        """When a section is in force: its own test, or before and after the event of default, or always."""
        terms, document = self.build.terms, self.build.document
        if when is not None or name not in {BEFORE, AFTER}:
            return when
        if AFTER not in terms.waterfall and name == BEFORE:
            return None
        if EVENT not in terms.triggers:
            place = document.place(("waterfall", name))
            raise DealError(
                f"{place}: sections before and after default need a trigger named '{EVENT}'"
                f"{nearest(EVENT, terms.triggers)}"
            )
        active = f"triggers.{EVENT}.active"
        formula = Formula(f"{active} < 0.5" if name == BEFORE else f"{active} >= 0.5", f"waterfall.{name}.when")
        self.build.inputs |= formula.constants()
        return formula

    def check_targets(self, step: Step, where: Where, source: str) -> None:
        """Every note, fee, account, hedge and facility that a clause names has to exist."""
        terms = self.build.terms
        if step.word == "purchase" and terms.revolving is not None and terms.revolving.clock != "payment dates":
            raise DealError(
                f"{self.build.document.place(where)}: revolving.clock buys {terms.revolving.clock}, between payment "
                "dates; leave out this clause, or write clock: payment dates"
            )
        if isinstance(step, PayPrincipal) and step.to == "target":
            for name in step.targets:
                if name in terms.notes and terms.notes[name].target is None:
                    place = self.build.document.place((*where, "to"))
                    raise DealError(f"{place}: class {name} has no planned balance; write notes.{name}.target")
        for name in step.targets if step.word in {"fill", "release"} else ():
            if name in terms.accounts and terms.accounts[name].required is None:
                place = self.build.document.place((*where, step.word))
                raise DealError(f"{place}: the account {name} has no required amount; write accounts.{name}.required")
        for field, owner in step.owners().items():
            if owner == "support":
                known, word = {**terms.accounts, **terms.facilities, COLLECTIONS: None}, "account"
            elif owner == "accounts":
                known, word = {**terms.accounts, COLLECTIONS: None}, "account"
            else:
                known, word = (
                    getattr(terms, owner),
                    {"facilities": "facility", "receivables": "receivable"}.get(owner, owner.removesuffix("s")),
                )
            for target in step.named(field):
                place = self.build.document.place((*where, field))
                if target not in known:
                    listed = [name for name in known if name != COLLECTIONS] or ["none"]
                    raise DealError(
                        f"{place}: no {word} '{target}'{nearest(target, known)} "
                        f"({'accounts' if word == 'account' else owner} are {', '.join(listed)})"
                    )
                if owner in {"accounts", "support"} and target == source:
                    raise DealError(
                        f"{place}: the section is paid from the account {target} itself; name another account"
                    )


def is_share(formula: Formula) -> bool:
    """Whether a formula of a clause is a share and no amount: `part: 50%`, `shares: {A: 60%}`."""
    words = formula.path.split(".")
    return words[-1] == "part" or "shares" in words
