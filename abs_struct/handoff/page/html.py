"""HTML: the page as a whole, with the base case in it, readable without scripts."""

from __future__ import annotations

from abs_struct.handoff.page.charts import Chart, picture
from abs_struct.handoff.page.inputs import Input, fields
from abs_struct.handoff.page.script import Script
from abs_struct.handoff.page.tables import (
    NOTE_COLUMNS,
    POOL_COLUMNS,
    classes,
    clauses,
    figures_of,
    periods,
    tiles,
    triggers,
)
from abs_struct.handoff.page.words import Both, both, clean, note_name
from abs_struct.handoff.view import View


def scrolled(table: str, title: Both) -> str:
    """A table that scrolls by itself, with keys too."""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{clean(title[0])} {clean(title[1])}">{table}</div>'
    )


def section(title: Both, inside: str, name: str) -> str:
    """A section with its heading."""
    return f'<section aria-labelledby="{name}-h"><h2 id="{name}-h">{both(*title)}</h2>{inside}</section>'


def folded(title: Both, inside: str, *, opened: bool = False) -> str:
    """A part that is opened by its title."""
    return f"<details{' open' if opened else ''}><summary>{both(*title)}</summary>{inside}</details>"


def header(view: View) -> str:
    """What the page is, its languages, and whether everything ties."""
    result, terms = view.result, view.result.terms
    dates = terms.dates
    failed, count = len(result.failures), len(result.checks)
    checks: Both = (f"Base case: all {count} checks of the engine passed", f"基准情景：引擎全部{count}项校验通过")
    if failed:
        checks = (f"{view.draft}: {failed} of {count} checks failed", f"草稿：{count}项校验中{failed}项未通过")
    facts: Both = (
        f"Closing {dates.closing}, cut-off {dates.cutoff}, first payment {dates.first_payment}, "
        f"{sum(result.schedule.pays)} payment dates, amounts in {terms.currency}",
        f"设立日{dates.closing}，封包日{dates.cutoff}，首个支付日{dates.first_payment}，"
        f"共{sum(result.schedule.pays)}个支付日，金额单位{terms.currency}",
    )
    return (
        f"<header><div><h1>{clean(terms.name)}</h1><p>{both(*facts)}</p></div>"
        '<fieldset class="language"><legend class="unseen">Language 语言</legend>'
        '<label><input type="radio" name="language" id="en" checked> English</label>'
        '<label><input type="radio" name="language" id="zh"> <span lang="zh-Hans">中文</span></label></fieldset>'
        f'<p class="checks {"bad" if failed else "good"}">{both(*checks)}</p></header>'
    )


def controls(inputs: list[Input]) -> str:
    """The inputs."""
    lead = both(
        "Type a number or move a slider; every figure and chart follows at once.",
        "输入数字或拖动滑块，全部数据与图表即时更新。",
    )
    return (
        f'<aside><form id="inputs" aria-label="Inputs 输入"><p class="hint">{lead}</p>{fields(inputs)}'
        f'<p class="actions"><button type="reset">{both("Back to the base case", "恢复基准情景")}</button></p>'
        f'<p id="message" role="alert"></p><p id="status" role="status" aria-live="polite"></p>'
        f'<p id="sums" role="alert"></p><ul id="changes"></ul></form></aside>'
    )


def body(view: View, script: Script, inputs: list[Input], charts: list[Chart]) -> str:
    """Everything between the body's tags but the scripts."""
    figures = figures_of(view)
    first = next((t for t, pays in enumerate(view.result.schedule.pays, start=1) if pays), 1)
    pictures = "".join(picture(chart, view) for chart in charts)
    title: Both = ("Classes", "各级证券")
    summary = f'<dl class="tiles">{tiles(figures, series=bool(view.result.terms.pool.series))}</dl>' + scrolled(
        f"<table class=classes>{classes(view, figures)}</table>", title
    )
    chooser = (
        f'<p class="chooser"><label for="period">{both("Payment date", "支付日")}</label>'
        f'<input type="range" id="period" min="1" max="{view.result.lines.periods}" value="{first}">'
        f'<output id="period-date" for="period">{view.result.dates[first].isoformat()}</output></p>'
    )
    waterfall: Both = ("Priority of payments", "分配顺序")
    events: Both = ("Triggers", "触发事件")
    paid = chooser + scrolled(f"<table class=clauses>{clauses(view, script, first)}</table>", waterfall)
    tests = scrolled(f"<table class=tests>{triggers(view, script, figures, first)}</table>", events)
    flows = ""
    for at, (name, label) in enumerate(view.notes.items()):
        said = (label, note_name(label))
        flows += folded(said, scrolled(periods(view, script, f"notes.{name}", NOTE_COLUMNS), said), opened=at == 0)
    pool: Both = ("Collateral", "资产池")
    flows += folded(pool, scrolled(periods(view, script, "pool", POOL_COLUMNS), pool))
    noscript = both(
        "This is the base case. With JavaScript allowed, the inputs can be changed and everything is computed anew.",
        "本页显示基准情景；启用JavaScript后可修改输入并即时重新计算。",
    )
    return (
        f'{header(view)}<noscript><p class="note">{noscript}</p></noscript>'
        f'<div class="columns">{controls(inputs)}<main>'
        + section(("Summary", "概要"), summary, "summary")
        + section(("Charts", "图表"), f'<div class="charts">{pictures}</div>', "charts")
        + section(("Payment date by payment date", "逐期现金流"), flows, "flows")
        + section(waterfall, paid, "waterfall")
        + (section(events, tests, "triggers") if view.result.terms.triggers else "")
        + section(("Explain a figure", "数据溯源"), lookup(view, script), "explain")
        + f"</main></div>{footer(view)}"
    )


def lookup(view: View, script: Script) -> str:
    """The way to any line by keyboard; the table cells lead to the same."""
    options = "".join(f'<option value="{clean(path)}">' for path in script.lines)
    hint = both(
        "Choose any line of the deal, or click a figure in a table: its formula, and the values that it reads.",
        "选择任一数据项，或点击表中数据，查看其公式与取值。",
    )
    return (
        f'<p class="hint">{hint}</p><p class="chooser"><label for="line">{both("Line", "数据项")}</label>'
        f'<input id="line" list="lines" autocomplete="off" value="notes.{clean(next(iter(view.notes)))}.interest_paid">'
        f'<datalist id="lines">{options}</datalist></p>'
        '<div id="explanation" aria-live="polite" tabindex="-1"></div>'
    )


def footer(view: View) -> str:
    """Where the figures come from."""
    from abs_struct import __version__

    document, tape = view.result.document, view.result.collateral.tape
    said: Both = (
        "Every figure is computed on this page by the formulas of the deal itself. Yields are bond-equivalent at the "
        "issue price, lives 30/360 from closing. Nothing is loaded from, or sent to, anywhere.",
        "本页全部数据由交易自身公式在本地计算。收益率为按发行价格计算的债券等价收益率，期限自设立日按30/360计算。"
        "本页不加载也不发送任何数据。",
    )
    stamp = f"abs_struct {__version__} | deal {(document.sha256 or '')[:12]} | tape {(tape.sha256 or '')[:12]}"
    return f'<footer><p>{both(*said)}</p><p id="tie"></p><p class="stamp">{clean(stamp)}</p></footer>'
