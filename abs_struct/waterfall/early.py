"""What is read before it is worked out: the flow would be that of the period before, in silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.state import Program
from abs_struct.waterfall.engine import Loop


def read_too_early(program: Program) -> str | None:
    """The path of a flow that some part reads before it is written in a period, or None.

    One period is walked in floats with every flow absent at its start. Both branches of every choice are computed, so
    one period is proof for all of them.

    Parameters
    ----------
    program : a compiled deal

    Returns
    -------
    path of a line, without a unit, or None

    Raises
    ------
    Nothing

    Source: definition.
    """
    data = {path: np.asarray(values)[:2] for path, values in program.data.items()}
    loop = Loop(replace(program, periods=1, data=data), {key: float(v) for key, v in program.inputs.items()}, Floats())
    for path in loop.kept:
        loop.kept[path].append(0.0)
    loop.period = 1
    flows = {}
    for slot in program.slots.values():
        entity = loop.state.entities[slot.path]
        for line in slot.lines:
            if line.kind == "flow":
                delattr(entity, line.name)
                flows[id(entity), line.name] = f"{slot.path}.{line.name}"
    for entity, name, values in loop.series:
        setattr(entity, name, values[1])
    try:
        for part in program.parts:
            part.apply(Floats(), loop.state)
    except AttributeError as error:
        found = flows.get((id(error.obj), error.name or ""))
        if found is None:
            raise
        return found
    return None
