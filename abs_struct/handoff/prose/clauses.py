"""The clauses of a deal: all that its file says of dates, assets, notes, events and payments, as articles."""

from __future__ import annotations

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.handoff.prose.articles import Article, Clauses
from abs_struct.handoff.prose.notes import notes
from abs_struct.handoff.prose.payments import call, priorities, retention, triggers
from abs_struct.handoff.prose.receivables import purchases
from abs_struct.handoff.prose.speech import Speech
from abs_struct.handoff.prose.structure import accounts, amounts, dates, facilities, fees, hedges, pool
from abs_struct.waterfall.sentences import EN, ZH

LANGUAGES = (EN, ZH)


def clauses_of(deal: Deal, language: str = EN) -> Clauses:
    """The clauses of a deal in words.

    Parameters
    ----------
    deal : a deal with its tape
    language : en or zh

    Returns
    -------
    Clauses

    Raises
    ------
    UsageError : another language
    """
    if language not in LANGUAGES:
        raise UsageError(f"--lang {language}: clauses are written in {listed(LANGUAGES)}{nearest(language, LANGUAGES)}")
    say, terms = Speech(deal, language), deal.terms
    articles: list[Article] = [dates(say), pool(say)]
    if terms.revolving is not None:
        articles.append(purchases(say))
    articles.append(notes(say))
    optional = (
        (terms.fees, fees), (terms.accounts, accounts), (terms.facilities, facilities), (terms.hedges, hedges),
        (terms.amounts, amounts), (terms.triggers, triggers),
    )  # fmt: skip
    articles += [write(say) for given, write in optional if given]
    articles += priorities(say)
    if terms.call is not None:
        articles.append(call(say))
    if terms.retention is not None:
        articles.append(retention(say))
    subtitle = terms.description or say("Principal terms, as the deal file has them", "主要条款（依据交易文件生成）")
    note = say(
        "Made from the deal file; the figures of the deal follow from the same text. It is a draft for counsel and no advice.",
        "本文依据交易文件自动生成，与测算所用文本一致；供律师审阅，不构成法律意见。",
    )
    return Clauses(terms.name, subtitle, language, tuple(articles), (note,), tuple(say.untranslated))
