"""Prose: a deal in words, for lawyers, in English or Chinese, from the deal file alone.

`speech` says names, numbers and formulas; each of `terms`, `receivables` and `payments` turns parts of the deal into
articles; `clauses` puts them in their order. `written` makes Markdown, HTML and Word of it.
"""
