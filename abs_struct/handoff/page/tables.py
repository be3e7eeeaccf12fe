"""Tables of the page, with the figures of the base case: classes, the deal, periods, clauses, triggers.

A figure that a run computes stands in a cell that says which it is: `data-f` names a measure, `data-l` a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from abs_struct.deal.summary import note_words
from abs_struct.handoff.page.formats import UNITS, shown
from abs_struct.handoff.page.script import Script
from abs_struct.handoff.page.words import Both, both, clean, note_name, owner_of
from abs_struct.handoff.view import View
from abs_struct.handoff.workbook.sheets import clause_title, leg_label
from abs_struct.handoff.workbook.words import words
from abs_struct.waterfall.section import Clause
from abs_struct.waterfall.sentences import ZH, spoken_name
from abs_struct.waterfall.steps.step import WHOLE

#: The columns of the table of classes: key of the figure, how it is printed, words.
CLASSES: tuple[tuple[str, str, Both], ...] = (
    ("balance", "money", ("Balance", "规模")),
    ("share", "percent", ("Of the pool", "占比")),
    ("enhancement", "percent", ("Enhancement", "信用增级")),
    ("coupon", "rate", ("Coupon", "票面利率")),
    ("wal", "life", ("WAL, years", "期限（年）")),
    ("yield", "rate", ("Yield", "收益率")),
    ("margin", "rate", ("Discount margin", "折现利差")),
    ("first", "date", ("First principal", "首次还本")),
    ("last", "date", ("Last principal", "末次还本")),
    ("principal_short", "cents", ("Principal short", "本金缺口")),
    ("interest_short", "cents", ("Interest short", "利息缺口")),
    ("interest_paid", "money", ("Interest paid", "已付利息")),
    ("principal_paid", "money", ("Principal paid", "已付本金")),
)
TILES: tuple[tuple[str, str, Both], ...] = (
    ("pool.balance", "money", ("Pool at closing", "资产池规模")),
    ("pool.wal", "life", ("Pool WAL, years", "资产池期限（年）")),
    ("pool.net_loss_rate", "percent", ("Cumulative net loss", "累计净损失率")),
    ("deal.cost_of_funds", "rate", ("Cost of funds", "综合融资成本")),
    ("residual.paid", "money", ("Paid to the residual", "剩余收益")),
    ("residual.irr", "percent", ("Return of the equity", "权益收益率")),
)
NOTE_COLUMNS = (
    "coupon", "interest_due", "interest_paid", "interest_shortfall", "interest_lost", "principal_paid", "written_down",
    "balance", "factor", "enhancement",
)  # fmt: skip
POOL_COLUMNS = (
    "opening_balance", "interest", "scheduled_principal", "prepaid", "defaulted", "recovered", "delinquent",
    "collections", "balance", "cumulative_net_loss",
)  # fmt: skip


def figures_of(view: View) -> dict[str, float | str]:
    """The engine's figures of the base case by the keys of `figures` in `model.js`."""
    result, found = view.result, dict[str, float | str]()
    for at, (name, m) in enumerate(result.note_measures.items()):
        entry: dict[str, float | str] = {
            "balance": m.balance, "share": m.balance / result.deal_measures.sized_by, "enhancement": m.enhancement,
            "coupon": m.coupon, "wal": m.wal, "yield": m.yield_, "interest_paid": m.interest_paid,
            "principal_paid": m.principal_paid, "interest_short": m.interest_shortfall,
            "principal_short": m.principal_shortfall,
            "first": "" if m.first_principal is None else m.first_principal.isoformat(),
            "last": "" if m.last_principal is None else m.last_principal.isoformat(),
        }  # fmt: skip
        if result.terms.notes[name].index is not None:
            entry["margin"] = m.discount_margin
        found |= {f"{at}.{key}": value for key, value in entry.items()}
    deal = result.deal_measures
    found |= {
        "pool.balance": deal.pool_balance, "pool.wal": deal.pool_wal, "pool.net_loss": deal.net_loss,
        "pool.net_loss_rate": float(result.measures.net_loss_rate()), "pool.defaulted": deal.defaulted,
        "residual.paid": deal.residual_paid, "residual.irr": deal.residual_irr,
        "deal.cost_of_funds": deal.cost_of_funds,
    }  # fmt: skip
    for at, name in enumerate(result.terms.triggers):
        active = result.lines[f"triggers.{name}.active"][1:] > 0.5
        breach = result.triggers[name].first_breach
        found[f"trigger.{at}.first"] = "" if breach is None else result.dates[breach].isoformat()
        found[f"trigger.{at}.active"] = float(active.sum())
    return found


def measure(key: str, kind: str, figures: Mapping[str, float | str]) -> str:
    """The attributes and text of a cell that shows a measure."""
    value = figures.get(key, math.nan)
    return f'data-f="{key}" data-k="{kind}">{clean(shown(value, kind))}'


def tiles(figures: Mapping[str, float | str], *, series: bool) -> str:
    """The figures of the deal as a whole; what the seller of a series receives is no residual of it."""
    return "".join(
        f"<div><dt>{both(*said)}</dt><dd><b {measure(key, kind, figures)}</b></dd></div>"
        for key, kind, said in TILES
        if (isinstance(value := figures[key], str) or math.isfinite(value)) and not (series and key == "residual.paid")
    )


def classes(view: View, figures: Mapping[str, float | str]) -> str:
    """The table of classes, most senior first."""
    floats = any(note.index is not None for note in view.result.terms.notes.values())
    columns = [column for column in CLASSES if column[0] != "margin" or floats]
    head = "".join(f'<th scope="col">{both(*said)}</th>' for _, _, said in columns)
    rows = []
    for at, (name, label) in enumerate(view.notes.items()):
        terms = view.result.terms.notes[name]
        cells = "".join(f"<td><b {measure(f'{at}.{key}', kind, figures)}</b></td>" for key, kind, _ in columns)
        rating = f" <i>{clean(terms.rating)}</i>" if terms.rating else ""
        paid = "" if isinstance(terms.coupon, float) else f"<small>{clean(note_words(terms))}</small>"
        rows.append(f'<tr><th scope="row">{both(label, note_name(label))}{rating}{paid}</th>{cells}</tr>')
    return f'<thead><tr><th scope="col">{both("Class", "类别")}</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'


def periods(view: View, script: Script, owner: str, columns: Iterable[str]) -> str:
    """A table of lines, one row a period; the head says which line stands in a column."""
    result = view.result
    paths = [path for word in columns if (path := f"{owner}.{word}") in script.lines]
    kinds = [UNITS.get(script.trace.lines[path].unit, "number") for path in paths]
    head = "".join(
        f'<th scope="col" data-l="{script.lines[path]}" data-k="{kind}">'
        f"{both(script.trace.lines[path].en, script.trace.lines[path].zh)}</th>"
        for path, kind in zip(paths, kinds, strict=True)
    )
    values = [result.lines[path].tolist() for path in paths]
    rows = "".join(
        f'<tr><th scope="row">{t}</th><td>{day.isoformat()}</td>'
        + "".join(f"<td>{shown(column[t], kind)}</td>" for column, kind in zip(values, kinds, strict=True))
        + "</tr>"
        for t, day in enumerate(result.dates)
    )
    when = f'<th scope="col">{both("Period", "期")}</th><th scope="col">{both("Payment date", "支付日")}</th>'
    return f"<table class=periods><thead><tr>{when}{head}</tr></thead><tbody>{rows}</tbody></table>"


def clauses(view: View, script: Script, period: int) -> str:
    """Every clause of every section: due, paid and left on one payment date."""
    labels = view.result.program.labels
    words_ = {"due": ("Due", "应付"), "paid": ("Paid", "实付"), "left": ("Left", "剩余")}
    head = "".join(f'<th scope="col">{both(*said)}</th>' for said in words_.values())
    text = f'<thead><tr><th scope="col">{both("Clause", "条款")}</th>{head}</tr></thead>'
    for section in view.sections:
        rows = "".join(
            row(view, script, period, f"{number}. {clause_title(clause, labels)}",
                f"{number}. {clause_title(clause, labels, ZH)}", clause)
            for number, clause in enumerate(section.clauses, 1)
        )  # fmt: skip
        name = words(section.name)
        force = f"sections.{section.name}.in_force"
        state = f' data-force="{script.lines[force]}"' if force in script.lines else ""
        text += (
            f'<tbody{state}><tr class="band"><th scope="rowgroup" colspan="4">{both(name, name)} '
            f'<i class="asleep" hidden>{both("not in force", "不适用")}</i></th></tr>{rows}</tbody>'
        )
    return text


def row(view: View, script: Script, period: int, en: str, zh: str, clause: Clause) -> str:
    """A clause: its own payment, or a heading with a row for each of its payments."""
    labels, lines = view.result.program.labels, view.result.lines
    legs = {leg: path for leg, path in clause.legs.items() if f"{path}.due" in script.lines and leg != WHOLE}

    def cells(path: str) -> str:
        found = ""
        for word in ("due", "paid", "left"):
            line = f"{path}.{word}"
            found += (
                f'<td data-l="{script.lines[line]}" data-k="cents">{shown(float(lines[line][period]), "cents")}</td>'
            )
        return found

    if list(legs) == [""]:
        return f'<tr><th scope="row">{both(en, zh)}</th>{cells(legs[""])}</tr>'
    owner = clause.step.owners().get(clause.step.word, "")
    text = f'<tr><th scope="row">{both(en, zh)}</th>'
    text += f"{cells(legs['']) if '' in legs else '<td></td><td></td><td></td>'}</tr>"
    for leg, path in legs.items():
        if leg:
            said = leg_label(leg, owner, labels).rstrip(": ")
            text += f'<tr class="leg"><th scope="row">{both(said, leg_zh(leg, owner, labels))}</th>{cells(path)}</tr>'
    return text


def leg_zh(leg: str, owner: str, labels: Mapping[str, str]) -> str:
    """Which of its payments, in Chinese."""
    spoken = []
    for word in filter(None, leg.split(".")):
        if word.startswith("from_"):
            spoken.append(f"由{spoken_name('support', word.removeprefix('from_'), labels, ZH)}支付")
        else:
            spoken.append(spoken_name(owner, word, labels, ZH))
    return "，".join(spoken)


def triggers(view: View, script: Script, figures: Mapping[str, float | str], period: int) -> str:
    """The triggers: when first breached, how long active, and what they test in the period that is shown."""
    columns = ("value", "level", "headroom")
    said: dict[str, Both] = {
        "value": ("Tested", "测试值"),
        "level": ("Level", "触发水平"),
        "headroom": ("Headroom", "余量"),
    }
    head = "".join(f'<th scope="col">{both(*words_)}</th>' for words_ in said.values())
    rows = []
    for at, name in enumerate(view.result.terms.triggers):
        label = view.label(f"triggers.{name}")
        cells = "".join(figure(view, script, f"triggers.{name}.{word}", period) for word in columns)
        rows.append(
            f'<tr><th scope="row">{clean(label)}</th><td {measure(f"trigger.{at}.first", "date", figures)}</td>'
            f"<td {measure(f'trigger.{at}.active', 'count', figures)}</td>{cells}</tr>"
        )
    first = both("First breach", "首次触发")
    active = both("Periods active", "生效期数")
    return (
        f'<thead><tr><th scope="col">{both("Trigger", "触发事件")}</th><th scope="col">{first}</th>'
        f'<th scope="col">{active}</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
    )


def figure(view: View, script: Script, path: str, period: int) -> str:
    """The cell of a line in the period that is shown; empty where the deal has no such line."""
    if path not in script.lines:
        return "<td></td>"
    value = float(view.result.lines[path][period])
    largest = float(max(abs(view.result.lines[path])))
    kind = "rate" if largest < 100.0 else "cents"
    return f'<td data-l="{script.lines[path]}" data-k="{kind}">{shown(value, kind)}</td>'


def owners(view: View, script: Script) -> list[list[Any]]:
    """Each line in words, both languages, by its place."""
    program, found = view.result.program, []
    for path in script.lines:
        line = script.trace.lines[path]
        en, zh = owner_of(program, path)
        found.append([f"{en}: {line.en}", f"{zh}：{line.zh}"])
    return found
