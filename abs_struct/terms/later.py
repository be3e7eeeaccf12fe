"""Later: the model of a block that few deals have. It is imported when a document first has that block.

Every model costs a run a part of its start, so that a deal without hedges does not read what hedges are.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any


class Later:
    """Stands in an annotation for a type: `Annotated[Any, Later("abs_struct.terms.hedges", "Hedge")]`."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    @cached_property
    def type(self) -> Any:
        """What reads the block."""
        from pydantic import TypeAdapter

        return TypeAdapter(getattr(import_module(self.module), self.name))

    def read(self, written: object) -> Any:
        """A block of a document as its model; what is one already stays."""
        return self.type.validate_python(written)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, source: Any, handler: Any) -> Any:
        return handler(self.type.core_schema)
