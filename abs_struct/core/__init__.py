"""The ground floor: arithmetic, formula language, lines, state and findings.

Nothing here knows what a note or a loan is. It knows how one text is read by floats, arrays and symbols,
how a formula of the deal file is parsed, how a named series is declared, and how a mistake is reported.
"""
