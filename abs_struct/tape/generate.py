"""Synthetic pools: seeded, consistent to the cent with how their loans repay, with exact totals, and reproducible.

Only integers and the four operations are used, on a counter-based random stream per column: the loans do not depend
on the machine, nor on the version of a library, and a new column does not change the others.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError
from abs_struct.tape.specification import Specification
from abs_struct.tape.tape import Column, total_cents

Ints = NDArray[np.int64]
BASIS_POINT = 1e-4


def generate(spec: Specification) -> dict[str, Column]:
    """The loans of a specification as columns (N,): balances in int64 cents, rates in whole basis points (int64).

    Raises
    ------
    TapeError : the total or the average rate cannot be met within the limits of the specification
    """
    n = spec.loans
    terms = dealt(spec, "terms", {term: t.share for term, t in spec.terms.items()}, n)
    ages = dealt(spec, "ages", spec.ages, n)
    seasoned = ages > 0
    late = np.zeros(n, dtype=np.int64)
    late[seasoned] = dealt(spec, "days_past_due", spec.days_past_due, int(seasoned.sum()))
    paid = np.maximum(ages - (late + 29) // 30, 0)
    words = {name: chosen(spec, name, weights, n) for name, weights in spec.columns.items()}
    repaid = np.where(words["repayment"] == "interest_first", 0, paid) if "repayment" in words else paid
    grades = list(spec.grades)
    grade = dealt(spec, "grades", {i: spec.grades[name].share for i, name in enumerate(grades)}, n)
    ladder, sub = sub_grades(spec, grade)
    raw = quantiles(spec, "sizes", terms, {term: t.sizes for term, t in spec.terms.items()})
    scores = {i: spec.grades[name].fico or () for i, name in enumerate(grades)}
    fico = {"fico": whole(quantiles(spec, "fico", grade, scores))} if all(scores.values()) else {}

    ladder, scale = parallel(spec, raw, ladder, sub, terms, repaid)
    originals = within(spec, raw * scale)
    balances = amortised(originals, ladder[sub], terms, repaid)
    meet_total(spec, originals, balances, (ladder[sub], terms, repaid), ages)
    sub = meet_rate(spec, balances, ladder, sub, grade, ages)
    meet_total(spec, originals, balances, (ladder[sub], terms, repaid), ages)  # of seasoned loans: they follow rates
    owed_by = {} if spec.borrowers is None else borrowers(spec, words)
    return {
        "loan_id": np.array([spec.id.format(i) for i in range(1, n + 1)]),
        "origination_date": origination(spec, ages),
        "original_balance": originals,
        "balance": balances,
        "rate": ladder[sub],
        "original_term": terms,
        "remaining_term": terms - paid,
        "age": ages,
        "days_past_due": late,
        **fico,
        "grade": np.array(grades)[grade],
        **words,
        **owed_by,
    }


def borrowers(spec: Specification, words: dict[str, Column]) -> dict[str, Column]:
    """The column borrower_id: every borrower has a loan, those that are left over go to random borrowers.

    What a borrower's loans have in common is made that of the first: `words` is changed in place, and its shares are
    met but for those loans.
    """
    assert spec.borrowers is not None  # the caller has looked
    count, n = spec.borrowers.count, spec.loans
    order = shuffled(spec, "borrowers", n)
    owner = np.empty(n, dtype=np.int64)
    owner[order[:count]] = np.arange(count)
    more = draws(spec, "borrowers of more", n - count) % np.uint64(count)
    owner[order[count:]] = more.astype(np.int64)
    for name in spec.borrowers.same:
        words[name] = words[name][order[:count]][owner]
    return {"borrower_id": np.array([spec.borrowers.id.format(i) for i in range(1, count + 1)])[owner]}


def draws(spec: Specification, name: str, n: int) -> NDArray[np.uint64]:
    """n random 64-bit whole numbers, from a stream that belongs to one column."""
    stream = np.random.Philox(key=[spec.seed, zlib.crc32(name.encode())])
    return np.asarray(stream.random_raw(n), dtype=np.uint64)


def shuffled(spec: Specification, name: str, n: int) -> Ints:
    """0 .. n-1 in random order."""
    return np.argsort(draws(spec, name, n), kind="stable").astype(np.int64)


def counts(shares: Sequence[float], n: int) -> list[int]:
    """n loans divided by shares, the largest remainders first.

    >>> counts([0.5, 0.3, 0.2], 7)
    [4, 2, 1]
    """
    exact = [round(share * n, 9) for share in shares]
    whole = [int(value) for value in exact]
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: n - sum(whole)]:
        whole[i] += 1
    return whole


def dealt(spec: Specification, name: str, shares: Mapping[int, float], n: int) -> Ints:
    """Whole numbers (n,) in their exact shares, in random order."""
    cards = np.repeat(np.array(list(shares), dtype=np.int64), counts(list(shares.values()), n))
    return cards[shuffled(spec, name, n)]


def chosen(spec: Specification, name: str, shares: Mapping[str, float], n: int) -> Column:
    """Words (n,) in their exact shares, in random order."""
    return np.array(list(shares))[dealt(spec, name, dict(enumerate(shares.values())), n)]


def quantiles(
    spec: Specification, name: str, group: Ints, tables: Mapping[int, Sequence[float]]
) -> NDArray[np.float64]:
    """Numbers (N,) spread evenly along each group's quantiles, in random order."""
    order, values = shuffled(spec, name, len(group)), np.zeros(len(group))
    for key, table in tables.items():
        members = order[group[order] == key]
        at = (np.arange(len(members)) + 0.5) / max(len(members), 1)
        values[members] = np.interp(at, np.linspace(0.0, 1.0, len(table)), np.array(table, dtype=float))
    return values


def sub_grades(spec: Specification, grade: Ints) -> tuple[Ints, Ints]:
    """The ladder of all sub-grades' rates in basis points, and where on it each loan (N,) stands."""
    rates = [rate for g in spec.grades.values() for rate in g.rates]
    first = np.cumsum([0, *(len(g.rates) for g in spec.grades.values())])
    order, sub = shuffled(spec, "sub_grades", len(grade)), np.zeros(len(grade), dtype=np.int64)
    for key, g in enumerate(spec.grades.values()):
        members = order[grade[order] == key]
        sub[members] = first[key] + np.arange(len(members)) % len(g.rates)
    return np.array([round(rate * 10_000) for rate in rates], dtype=np.int64), sub


def growth(rate: Ints, months: Ints) -> NDArray[np.float64]:
    """(1 + rate / 12) ** months (N,), by multiplication alone; rate in basis points."""
    base, result = 1.0 + rate / 120_000.0, np.ones(len(rate))
    for month in range(int(months.max(initial=0))):
        result = np.where(month < months, result * base, result)
    return result


def factors(rate: Ints, terms: Ints, paid: Ints) -> NDArray[np.float64]:
    """Balance after `paid` level payments per 1 of original balance (N,)."""
    end, now = growth(rate, terms), growth(rate, paid)
    plain = (terms - paid) / terms
    return np.where(rate == 0, plain, (end - now) / np.where(rate == 0, 1.0, end - 1.0))


def parallel(
    spec: Specification, raw: NDArray[np.float64], ladder: Ints, sub: Ints, terms: Ints, paid: Ints
) -> tuple[Ints, float]:
    """The ladder moved by whole basis points to the wanted average rate, and the scale that meets the total."""
    for _ in range(40):
        weights = raw * factors(ladder[sub], terms, paid)
        average = float((weights * ladder[sub]).sum() / weights.sum())
        move = round(spec.rate / BASIS_POINT - average)
        if not move:
            return ladder, spec.balance / float(weights.sum())
        ladder = ladder + move
        if ladder.min() < 0 or ladder.max() >= 10_000:
            break
    raise TapeError(f"{spec.name}: no parallel move of the grades' rates gives an average of {spec.rate:.2%}")


def whole(values: NDArray[np.float64]) -> Ints:
    """Numbers (N,) to the nearest whole one, halves up."""
    return np.floor(values + 0.5).astype(np.int64)


def within(spec: Specification, sizes: NDArray[np.float64]) -> Ints:
    """Original balances in cents: multiples of the step between the smallest and the largest."""
    step = round(spec.step * 100)
    low = -(-round(spec.smallest * 100) // step) * step
    high = round(spec.largest * 100) // step * step
    rounded = whole(sizes * 100.0 / step) * step
    return np.clip(rounded, low, high)


def amortised(originals: Ints, rate: Ints, terms: Ints, paid: Ints) -> Ints:
    """Balances in cents after `paid` level payments, each payment and each month's interest rounded to the cent."""
    end, monthly = growth(rate, terms), rate / 120_000.0
    share = np.where(rate == 0, 1.0 / terms, monthly * end / np.where(rate == 0, 1.0, end - 1.0))
    payment = np.floor(originals * share + 0.5).astype(np.int64)
    balance = originals.copy()
    for month in range(int(paid.max(initial=0))):
        interest = np.floor(balance * monthly + 0.5).astype(np.int64)
        balance = np.where(month < paid, balance + interest - payment, balance)
    return balance


def meet_total(
    spec: Specification, originals: Ints, balances: Ints, schedule: tuple[Ints, Ints, Ints], ages: Ints
) -> None:
    """Change the newest loans by whole steps, and a few by what is left, until the total is met to the cent."""
    step, target = round(spec.step * 100), round(spec.balance * 100)
    order = shuffled(spec, "total", len(ages))
    new = order[ages[order] == ages.min()]
    low, high = round(spec.smallest * 100) + step, round(spec.largest * 100) - step

    def missing(changed: Ints) -> int:
        balances[changed] = amortised(originals[changed], *(column[changed] for column in schedule))
        return target - total_cents(balances)

    left = missing(new)
    while abs(left) >= step:
        sign = 1 if left > 0 else -1
        movable = new[originals[new] < high] if sign > 0 else new[originals[new] > low]
        movable = movable[: abs(left) // step]
        if not len(movable):
            raise TapeError(f"{spec.name}: the newest loans cannot carry the {left / 100:,.2f} that the total lacks")
        originals[movable] += sign * step
        left = missing(movable)
    between = new[(originals[new] > low) & (originals[new] < high)]
    for i in range(len(between), 0, -1):  # a part of what is added to a seasoned loan is repaid: the next takes it
        if not left:
            return
        originals[between[i - 1]] += left
        left = missing(between[i - 1 : i])
    if left:
        raise TapeError(f"{spec.name}: the newest loans cannot carry the {left / 100:,.2f} that the total lacks")


def meet_rate(spec: Specification, balances: Ints, ladder: Ints, sub: Ints, grade: Ints, ages: Ints) -> Ints:
    """Move the newest loans to the neighbouring sub-grade of their grade until the average rate is met."""
    total = total_cents(balances)
    wanted = spec.rate / BASIS_POINT * total
    missing = wanted - float((balances * ladder[sub]).sum())
    first = np.cumsum([0, *(len(g.rates) for g in spec.grades.values())])
    sub, newest = sub.copy(), ages.min()
    for i in shuffled(spec, "rate", len(ages)).tolist():
        to = int(sub[i]) + (1 if missing > 0 else -1)
        if ages[i] > newest or not first[grade[i]] <= to < first[grade[i] + 1]:
            continue
        gain = float(balances[i] * (ladder[to] - ladder[sub[i]]))
        if abs(missing - gain) < abs(missing):
            sub[i], missing = to, missing - gain
    if abs(missing) > 0.5 * total:
        raise TapeError(f"{spec.name}: the average rate misses {spec.rate:.4%} by {missing / total:.2f} bp")
    return sub


def origination(spec: Specification, ages: Ints) -> Column:
    """Dates (N,) so many months before the cut-off, on any day up to the 28th."""
    day = draws(spec, "origination_date", len(ages)) % np.uint64(min(28, spec.cutoff.day))
    month = np.datetime64(spec.cutoff, "M") - ages
    days: Column = month.astype("datetime64[D]") + day.astype(np.int64)
    return days


def as_csv(spec: Specification, columns: Mapping[str, Column]) -> str:
    """The tape as text in the toolkit's own layout."""
    texts = {name: column.astype(str).tolist() for name, column in columns.items()}
    for name in ("balance", "original_balance"):
        texts[name] = [f"{value // 100}.{value % 100:02d}" for value in columns[name].tolist()]
    texts["rate"] = [f"{value / 10_000:.4f}" for value in columns["rate"].tolist()]
    texts["currency"] = [spec.currency] * spec.loans
    rows = zip(*texts.values(), strict=True)
    return "\n".join([",".join(texts), *map(",".join, rows)]) + "\n"


def write_tape(path: str | Path, text: str) -> Path:
    """Write a CSV text, packed where the name ends in .gz, as a table where it ends in .parquet.

    The same text gives the same bytes (of Parquet: with the same version of its library).

    Raises
    ------
    TapeError : another kind of file, or a place that cannot be written
    """
    file = Path(path)
    data = text.encode()
    if file.suffix == ".gz":
        import gzip

        data = gzip.compress(data, 9, mtime=0)
    elif file.suffix == ".parquet":
        data = as_parquet(data)
    elif file.suffix != ".csv":
        raise TapeError(f"{path}: a generated tape is written as .csv, .csv.gz or .parquet")
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(file)
    except OSError as error:
        raise TapeError(f"{path}: cannot be written ({error.strerror})") from None
    return file


def as_parquet(data: bytes) -> bytes:
    """A CSV text as a Parquet file: ids stay text, numbers and dates are typed."""
    import io

    import pyarrow
    from pyarrow import csv, parquet

    types = csv.ConvertOptions(column_types={"loan_id": pyarrow.string()})
    packed = io.BytesIO()
    parquet.write_table(csv.read_csv(io.BytesIO(data), convert_options=types), packed, compression="zstd")
    return packed.getvalue()
