"""A filled report as a file of the format that is asked for."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.handoff.files import whole
from abs_struct.handoff.forms.figures import Figures
from abs_struct.handoff.forms.filled import filled
from abs_struct.handoff.forms.fonts import MISSING, chinese_font
from abs_struct.handoff.forms.printed import Report
from abs_struct.handoff.forms.template import template_of

if TYPE_CHECKING:
    from datetime import date

    from abs_struct.deal.result import Result

#: Format -> the module that writes it.
FORMATS = {"xlsx": "sheets", "html": "web", "pdf": "typeset", "csv": "table"}
LANGUAGES = ("en", "zh")


def report_of(
    result: Result,
    template: str,
    language: str = "en",
    *,
    period: int | None = None,
    day: date | None = None,
    form: str = "xlsx",
) -> Report:
    """A template filled from a run.

    Parameters
    ----------
    result : a run of one scenario with all its lines
    template : deal-book, us-10d, eu-investor, cn-trustee, cn-distribution, or a .yaml file
    language : "en" or "zh"
    period, day : the payment date by the period that it pays, or by its date; the first one when neither is given
    form : the format it is for; a PDF is in English where no font has Chinese characters

    Returns
    -------
    Report

    Raises
    ------
    UsageError : an unknown template, language or payment date; a result of many scenarios
    """
    asked_of(template, form, language)
    if result.lines.scenarios is not None:
        raise UsageError(f"a report shows one scenario and this result has {result.lines.scenarios}")
    notes: tuple[str, ...] = ()
    if language == "zh" and form == "pdf" and chinese_font() is None:
        language, notes = "en", (MISSING,)
    found = filled(result, template_of(template), Path(template).stem, payment_of(result, period, day), language)
    return replace(found, notes=notes)


def asked_of(template: str, form: str, language: str) -> None:
    """Refuse what cannot be written, before anything is run.

    Raises
    ------
    UsageError : an unknown template, format or language
    """
    if language not in LANGUAGES:
        raise UsageError(f"--lang {language}: no such language (languages: {', '.join(LANGUAGES)})")
    if form not in FORMATS:
        raise UsageError(f"--format {form}: no such format{nearest(form, FORMATS)} (formats: {', '.join(FORMATS)})")
    template_of(template)


def payment_of(result: Result, period: int | None, day: date | None) -> int:
    """The number of the payment date that is asked for.

    Raises
    ------
    UsageError : the deal pays in no such period or on no such day, with those that are nearest
    """
    figures = Figures(result)
    periods = figures.payments
    if period is not None:
        if period not in periods[1:]:
            near = sorted(periods[1:], key=lambda t: (abs(t - period), t))[:3]
            raise UsageError(f"--period {period}: the deal pays nothing in that period; near it are {listed(near)}")
        return periods.index(period)
    if day is not None:
        dates = [result.dates[t] for t in periods]
        if day not in dates[1:]:
            close = sorted(dates[1:], key=lambda other: (abs((other - day).days), other))[:3]
            raise UsageError(f"--date {day}: no payment date; near it are {listed([str(d) for d in close])}")
        return dates.index(day)
    return 1


def write_form(report: Report, path: str | Path, form: str) -> tuple[Path, list[str]]:
    """Write a report; the same report gives the same bytes.

    Parameters
    ----------
    report : a filled template
    path : the file; it is replaced as a whole
    form : xlsx, html, pdf or csv

    Returns
    -------
    Path of the file, and what the reader should know of how it was made

    Raises
    ------
    UsageError : an unknown format, or a place where nothing can be written
    """
    if form not in FORMATS:
        raise UsageError(f"--format {form}: no such format{nearest(form, FORMATS)} (formats: {', '.join(FORMATS)})")
    module = FORMATS[form]
    if form == "pdf" and getattr(find_spec("typst"), "origin", None) is None:  # a folder of that name is no package
        module = "drawn"
    writer = import_module(f"abs_struct.handoff.forms.{module}")
    file = Path(path)
    with whole(file) as draft:
        notes = writer.write(report, draft)
    return file, list(notes or ())
