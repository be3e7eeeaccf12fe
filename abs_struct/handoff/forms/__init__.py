"""Reports in the forms that trustees, servicers and regulators know: a template is a data file, not code.

template     what a template file says: sections, lines, columns, tie-outs
facts        what a line may print that is no line of the run: dates, terms of a class, speeds a year
figures      formulas of a template, worked out for one payment date
owners       what rows and columns are about: classes, fees, clauses, payment dates
filled       a template filled from a run: numbered lines that cite each other, tie-outs with both sides
printed      what is printed, ready for any format
cited        citations: `(7) = (5) - (6)`
words        what kinds of figures look like in text
write        a filled report as a file
sheets, web, table, typeset, drawn, fonts    one writer a format
own_workbook    a workbook of the user's own, filled by line name
templates/   the templates
"""

from __future__ import annotations

from abs_struct.handoff.forms.write import FORMATS, write_form

__all__ = ["FORMATS", "write_form"]
