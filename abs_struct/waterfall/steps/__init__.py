"""The steps of a priority of payments: one file a kind, found by its name in the deal file.

A step is a frozen model of the words in the deal file, and one method of plain arithmetic. To add a kind, add a
file to this folder, named as its word, that subclasses `Step` and enters itself with `@STEPS.add("word")`; the schema,
the documents, the workbook and the tests over the registry then know it. A deal imports the kinds that it names.
"""

from abs_struct.waterfall.steps.step import STEPS, Step

__all__ = ["STEPS", "Step"]
