"""The steps of a priority of payments: one file a kind, found by its name in the deal file.

A step is a frozen model of the words in the deal file, and one method of plain arithmetic. To add a kind, add a
file to this folder that subclasses `Step` and enters itself with `@STEPS.add("word")`; every file here is imported,
so the schema, the documents, the workbook and the tests over the registry then know it.
"""

from importlib import import_module
from pathlib import Path

from abs_struct.waterfall.steps.step import STEPS, Step

for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    import_module(f"{__name__}.{file.stem}")

__all__ = ["STEPS", "Step"]
