"""The steps of a priority of payments: one file a kind, found by its name in the deal file.

A step is a frozen model of the words in the deal file, and one method of plain arithmetic. To add a kind, add a
file that subclasses `Step`, enters itself with `@STEPS.add("word")`, and is imported here; the schema, the
documents, the workbook and the tests over the registry then know it.
"""

from abs_struct.waterfall.steps.fill import Fill
from abs_struct.waterfall.steps.interest import PayInterest
from abs_struct.waterfall.steps.pay import PayFees
from abs_struct.waterfall.steps.principal import PayPrincipal
from abs_struct.waterfall.steps.release import Release
from abs_struct.waterfall.steps.residual import PayResidual
from abs_struct.waterfall.steps.step import STEPS, Step

__all__ = ["STEPS", "Fill", "PayFees", "PayInterest", "PayPrincipal", "PayResidual", "Release", "Step"]
