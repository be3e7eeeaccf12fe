"""A layout as SQL: fields of a loan as expressions over the columns of a table, its checks, and the one GROUP BY.

Money is summed as whole cents and rates are keyed as whole units of 1e-8: the result is the same on every run and on
every engine. Two dialects: DuckDB, which reads files of texts, and ANSI for a warehouse whose columns have types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from abs_struct.core.findings import TapeError, listed, nearest
from abs_struct.tape.layout import Layout, Source, plain
from abs_struct.tape.tape import REPAYMENT

Dialect = Literal["duckdb", "ansi"]

RATE_UNITS = 100_000_000
LONGEST_TERM = 600
KEYS = ("age", "repayment", "original_term", "remaining_term", "rate_units")
NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
ENGLISH = "(?i)^[ ]*([0-9.]+)[ ]*(months?|mos?|m|个月|月|期)[ ]*$"


@dataclass(frozen=True)
class Statement:
    """The expressions of a tape as SQL, by our names, and the fields by which rows are told apart.

    reasons : why a row is rejected; DuckDB gives the number of the reason, another engine its words
    follows : keys that follow from the others, as expressions over them
    sound : a condition that holds of no row with a fault, and of nearly all without one
    """

    fields: Mapping[str, str]
    groups: tuple[str, ...]
    fault: str
    reasons: tuple[str, ...]
    follows: Mapping[str, str]
    sound: str

    def loans(self, source: str, extra: Sequence[str] = (), where: str = "") -> str:
        """One row a loan: keys, cents, the first fault or NULL."""
        keys = [name for name in (*self.groups, *KEYS) if name not in self.follows]
        names = dict.fromkeys((*keys, "balance_cents", "original_cents", *extra))
        inner = ",\n           ".join(f"{expression} AS {name}" for name, expression in self.fields.items())
        outer = ", ".join(names)
        tape = f"(SELECT {inner}\n          FROM {source}) AS tape{where}"
        return f"SELECT {outer},\n       {self.fault} AS fault\n  FROM {tape}"

    def sound_rows(self, source: str) -> str:
        """The rows of the sound loans, by key alone; texts are trimmed once they have been added up."""
        names = [name for name in (*self.groups, *KEYS) if name not in self.follows]
        trimmed = {name for name in names if self.fields[name].startswith("TRIM(")}
        fields = {
            name: text.removeprefix("TRIM(")[:-1] if name in trimmed else text for name, text in self.fields.items()
        }
        inner = ", ".join(f"{expression} AS {name}" for name, expression in fields.items())
        sums = "SUM(balance_cents) AS balance_cents, SUM(original_cents) AS original_cents"
        first = (
            f"SELECT {', '.join(names)}, {sums}, COUNT(*) AS loans FROM (SELECT {inner} FROM {source}) AS tape "
            f"WHERE {self.sound} GROUP BY {', '.join(names)}"
        )
        keys = ", ".join(
            f"{self.follows[name]} AS {name}" if name in self.follows else f"TRIM({name}) AS {name}" if name in trimmed
            else name
            for name in (*self.groups, *KEYS)
        )  # fmt: skip
        return (
            f"SELECT {keys}, CAST(SUM(balance_cents) AS BIGINT) AS balance_cents, "
            f"CAST(SUM(original_cents) AS BIGINT) AS original_cents, CAST(SUM(loans) AS BIGINT) AS loans "
            f"FROM ({first}) AS loans GROUP BY ALL"
        )

    def other_rows(self, source: str) -> str:
        """The rows of the loans that are not plainly sound, by fault and key."""
        return self.rows(source, f"\n WHERE NOT COALESCE({self.sound}, FALSE)")

    def rows(self, source: str, where: str = "") -> str:
        """The rows of a tape: loans by fault and key, in the order of the keys."""
        names = ", ".join(name for name in (*self.groups, *KEYS) if name not in self.follows)
        keys = ", ".join(
            f"{self.follows[name]} AS {name}" if name in self.follows else name for name in (*self.groups, *KEYS)
        )
        return (
            f"SELECT fault, {keys},\n"
            f"       CAST(SUM(balance_cents) AS BIGINT) AS balance_cents,\n"
            f"       CAST(SUM(original_cents) AS BIGINT) AS original_cents,\n"
            f"       COUNT(*) AS loans\n"
            f"  FROM ({self.loans(source, where=where)}) AS loans\n"
            f" GROUP BY fault, {names}\n"
            f" ORDER BY fault, {names}"
        )


def quoted(name: str) -> str:
    """A column as SQL names it."""
    return '"' + name.replace('"', '""') + '"'


def text(word: str) -> str:
    """A text as SQL writes it."""
    return "'" + word.replace("'", "''") + "'"


def statement(
    layout: Layout,
    columns: Mapping[str, str],
    groups: Sequence[str] = (),
    dialect: Dialect = "duckdb",
    as_of: Literal["cutoff", "origination"] = "cutoff",
) -> Statement:
    """The SQL of a tape.

    Parameters
    ----------
    layout : how its columns are to be read
    columns : the columns of the table -> "integer", "number", "date" or "text"
    groups : fields of the layout, or columns of the table, by which rows are told apart beside the usual keys
    dialect : duckdb, or ansi for another engine, where columns of numbers have to be numbers
    as_of : cutoff, or origination, where the original balance at age 0 is the balance

    Raises
    ------
    TapeError : the table lacks a necessary column, or the layout needs more than SQL can say
    """
    found = {name: column_of(source, columns) for name, source in layout.columns.items()}
    write = Writer(layout, columns, dialect)
    fields: dict[str, str] = {}
    for name in ("loan_id", "balance", "original_balance", "rate", "original_term"):
        if as_of == "origination" and name == "balance":
            continue
        if found.get(name) is None:
            raise TapeError(lacking(layout, name))
    held = {name: column for name, column in found.items() if column is not None}
    fields["loan_id"] = f"CAST({quoted(held['loan_id'])} AS VARCHAR)"
    fields["original_cents"] = write.cents("original_balance", held["original_balance"])
    fields["balance_cents"] = (
        fields["original_cents"] if as_of == "origination" else write.cents("balance", held["balance"])
    )
    fields["rate_units"] = write.units("rate", held["rate"])
    fields["original_term"] = write.whole("original_term", held["original_term"])
    remaining, age = found.get("remaining_term"), found.get("age")
    follows: dict[str, str] = {}
    if as_of == "origination":
        fields["remaining_term"], fields["age"] = fields["original_term"], "0"
        follows |= {"remaining_term": "original_term", "age": "0"}
    elif remaining is None and age is None:
        raise TapeError(lacking(layout, "remaining_term"))
    else:
        left = write.whole("remaining_term", remaining) if remaining else ""
        old = write.whole("age", age) if age else ""
        fields["remaining_term"] = left or f"{fields['original_term']} - {old}"
        fields["age"] = old or f"{fields['original_term']} - {left}"
        if not (left and old):
            follows |= {"remaining_term": "original_term - age"} if old else {"age": "original_term - remaining_term"}
    usual = layout.constants.get("repayment", REPAYMENT[0])
    repayment = found.get("repayment")
    fields["repayment"] = (
        f"COALESCE(NULLIF({write.words('repayment', repayment)}, ''), {text(usual)})" if repayment else text(usual)
    )
    if not repayment:
        follows["repayment"] = text(usual)
    if (status := found.get("status")) is not None and layout.columns["status"].kind == "status":
        fields["status"] = write.status(status)
    for name in groups:
        if name not in fields:
            fields[name] = write.group(name, found)
    rules = faults(layout, fields, as_of)
    said = [f"CAST({i} AS TINYINT)" if dialect == "duckdb" else text(reason) for i, (_, reason) in enumerate(rules)]
    good = sound(layout, fields, follows, as_of)
    cases = "\n            ".join(
        (
            f"WHEN {good} THEN NULL",
            *(f"WHEN {rule} THEN {word}" for (rule, _), word in zip(rules, said, strict=True)),
        )
    )
    reasons = tuple(reason for _, reason in rules)
    others = tuple(name for name in groups if name not in KEYS)
    return Statement(fields, others, f"CASE {cases} END", reasons, follows, good)


def column_of(source: Source, columns: Mapping[str, str]) -> str | None:
    """The column of a table that holds a field, or None."""
    known = {plain(name): name for name in columns}
    return next((known[plain(word)] for word in source.names if plain(word) in known), None)


def lacking(layout: Layout, name: str) -> str:
    """The sentence for a field that no column holds."""
    source = layout.columns.get(name)
    if source is not None and source.formula:
        return f"the layout '{layout.name}' computes {name}; `abs-struct tape convert` the tape first"
    names = listed(source.names if source else [name])
    return f"the table has no column for {name} (layout '{layout.name}': {names})"


def faults(layout: Layout, fields: Mapping[str, str], as_of: str) -> list[tuple[str, str]]:
    """The checks of the reader: (a condition in SQL, the reason in its words), of which the first that holds counts."""
    rules = [
        ("loan_id IS NULL OR (loan_id < '!' AND TRIM(loan_id) = '')", "loan_id is blank"),
        ("original_cents IS NULL", "original_balance is blank or not a number"),
        ("balance_cents IS NULL", "balance is blank or not a number"),
        ("rate_units IS NULL", "rate is blank or not a number"),
        ("original_term IS NULL", "original_term is blank or not a whole number of months"),
        ("remaining_term IS NULL OR age IS NULL", "remaining_term is blank or not a whole number of months"),
        ("original_cents < 0", "original_balance is negative"),
        ("original_cents = 0", "original_balance is zero"),
    ]
    if as_of == "cutoff" and not layout.accounts:
        rules += [
            ("balance_cents < 0", "balance is negative"),
            ("balance_cents = 0", "balance is zero: the loan has ended"),
        ]
        if not layout.capitalising:
            rules.append(("balance_cents > original_cents", "balance is above the original balance"))
    rules += [
        (f"rate_units < 0 OR rate_units >= {RATE_UNITS}", "rate lies outside [0, 1)"),
        (
            f"original_term <= 0 OR original_term > {LONGEST_TERM}",
            f"original_term lies outside 1-{LONGEST_TERM} months",
        ),
        ("remaining_term <= 0", "remaining_term is not above zero"),
        ("remaining_term > original_term", "remaining_term is above original_term"),
        ("age > 2 * original_term + 12", "age does not go with original_term"),
        ("age < 0", "age is negative"),
    ]
    if fields["repayment"] not in map(text, REPAYMENT):
        known = ", ".join(map(text, REPAYMENT))
        rules.append((f"repayment NOT IN ({known})", f"repayment is not one of {listed(REPAYMENT)}"))
    if "status" in fields:
        rules.append(("status = 'cancelled'", "status is cancelled: there is no receivable"))
    return rules


def sound(layout: Layout, fields: Mapping[str, str], follows: Mapping[str, str], as_of: str) -> str:
    """A condition in SQL that holds of no row with a fault: most rows are through with it alone."""
    parts = ["loan_id >= '!'"]
    if as_of != "cutoff" or layout.accounts:
        parts.append("original_cents >= 1 AND balance_cents IS NOT NULL")
    elif layout.capitalising:
        parts.append("original_cents >= 1 AND balance_cents >= 1")
    else:
        parts.append("balance_cents BETWEEN 1 AND original_cents")
    parts += [
        f"rate_units BETWEEN 0 AND {RATE_UNITS - 1}",
        f"original_term BETWEEN 1 AND {LONGEST_TERM}",
        "remaining_term BETWEEN 1 AND original_term",
    ]
    if follows.get("age") != "original_term - remaining_term":  # which lies between 0 and the term by then
        parts.append("age BETWEEN 0 AND 2 * original_term + 12")
    if fields["repayment"] not in map(text, REPAYMENT):
        parts.append(f"repayment IN ({', '.join(map(text, REPAYMENT))})")
    if "status" in fields:
        parts.append("status <> 'cancelled'")
    return " AND ".join(parts)


class Writer:
    """Expressions for the columns of one table in one dialect."""

    def __init__(self, layout: Layout, columns: Mapping[str, str], dialect: Dialect) -> None:
        self.layout = layout
        self.columns = columns
        self.dialect = dialect

    def number(self, column: str, term: bool = False, percent: bool = False) -> str:
        """A column as a number, NULL where it is none; a word for months or a percent sign behind it may be allowed."""
        name = quoted(column)
        if self.dialect == "ansi":
            return f"CAST({name} AS NUMERIC(38, 10))"
        if self.columns[column] in {"number", "integer"}:
            return f"CAST({name} AS DOUBLE)"
        bare = f"rtrim(trim({name}), '% ')" if percent else f"trim({name})"
        if term:
            bare = f"regexp_replace({bare}, {text(ENGLISH)}, '\\1')"
        return f"TRY_CAST(CASE WHEN regexp_full_match({bare}, {text(NUMBER)}) THEN {bare} END AS DOUBLE)"

    def rounded(self, number: str, kind: str = "BIGINT") -> str:
        """A number as a whole one: half to even by the cast of DuckDB, as in the reader; away from zero elsewhere."""
        return f"TRY_CAST({number} AS {kind})" if self.dialect == "duckdb" else f"CAST(ROUND({number}, 0) AS {kind})"

    def cents(self, name: str, column: str) -> str:
        """Money as whole cents."""
        factor = 100 * self.layout.columns[name].scale
        return self.rounded(f"{self.number(column)} * {factor:g}")

    def units(self, name: str, column: str) -> str:
        """A rate in whole units of 1e-8; percent by the layout, or by its sign."""
        unit = self.layout.columns[name].unit
        if unit == "detect":
            raise TapeError(f"the layout '{self.layout.name}' detects the unit of {name}; say `percent` or `fraction`")
        usual = 100 if unit == "percent" else 1
        if self.dialect == "duckdb" and self.columns[column] == "text":
            divisor = f"CASE WHEN {quoted(column)} LIKE '%\\%%' ESCAPE '\\' THEN 100 ELSE {usual} END"
            return self.rounded(f"{self.number(column, percent=True)} / {divisor} * {RATE_UNITS}", "INTEGER")
        return self.rounded(f"{self.number(column)} / {usual} * {RATE_UNITS}", "INTEGER")

    def whole(self, name: str, column: str) -> str:
        """Months as a whole number, NULL where there is a fraction of one."""
        if self.dialect == "duckdb" and self.columns[column] == "integer" and self.layout.columns[name].unit != "years":
            return f"TRY_CAST({quoted(column)} AS SMALLINT)"
        number = self.number(column, term=True)
        if self.layout.columns[name].unit == "years":
            number = f"({number} * 12)"
        if self.dialect == "ansi":
            return f"CASE WHEN {number} = ROUND({number}, 0) THEN CAST({number} AS INTEGER) END"
        return f"CASE WHEN {number} = round({number}) THEN TRY_CAST({number} AS SMALLINT) END"

    def words(self, name: str, column: str) -> str:
        """A text, trimmed, in our words where the layout translates it."""
        bare = f"TRIM(CAST({quoted(column)} AS VARCHAR))"
        values = self.layout.columns[name].values if name in self.layout.columns else {}
        if not values:
            return bare
        cases = " ".join(f"WHEN {text(word.strip())} THEN {text(ours)}" for word, ours in values.items())
        return f"CASE {bare} {cases} ELSE {bare} END"

    def status(self, column: str) -> str:
        """The status in our words."""
        from abs_struct.tape.status import synonyms

        own = self.layout.columns["status"].values
        bare = f"TRIM(CAST({quoted(column)} AS VARCHAR))"
        cases = [f"WHEN {bare} = {text(word)} THEN {text(ours)}" for word, ours in own.items()]
        simple = f"LOWER(TRIM(REGEXP_REPLACE({bare}, '[-_ ()/.,>]+', ' ', 'g')))"
        by_word: dict[str, list[str]] = {}
        for word, ours in synonyms().items():
            by_word.setdefault(ours, []).append(text(word))
        cases += [f"WHEN {simple} IN ({', '.join(words)}) THEN {text(ours)}" for ours, words in by_word.items()]
        return f"CASE {' '.join(cases)} ELSE {bare} END"

    def group(self, name: str, found: Mapping[str, str | None]) -> str:
        """A field or a column of the table as a key."""
        column = found.get(name) or next((c for c in self.columns if plain(c) == plain(name)), None)
        if column is None:
            known = [*(n for n, c in found.items() if c), *map(plain, self.columns)]
            raise TapeError(
                f"no column '{name}' to group by{nearest(name, known)} (columns: {listed(sorted(set(known)), 30)})"
            )
        if name in self.layout.columns and self.layout.columns[name].kind == "status":
            return self.status(column)
        return self.words(name, column) if self.columns[column] == "text" else quoted(column)
