"""The flat program: the bits of the walk through the parts, in chunks, and no arrays left behind."""

from __future__ import annotations

import gc
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abs_struct.core.state import Entity, Program
from abs_struct.deal import load
from abs_struct.waterfall import engine
from abs_struct.waterfall.engine import run

DEALS = Path(__file__).parents[2] / "deals"


def varied(name: str, count: int, every: int = 1) -> Program:
    """A deal with every number, or each n-th, at other values in each scenario."""
    program = load(DEALS / f"{name}.yaml").program
    draw = np.random.default_rng(17)
    chosen = list(program.inputs)[::every]
    return replace(
        program, inputs=program.inputs | {key: program.inputs[key] * draw.uniform(0.7, 1.3, count) for key in chosen}
    )


@pytest.mark.parametrize(
    ("name", "every"), [("mpl_2027_1", 1), ("euroc_2027_1", 5), ("auto_2027_1", 3), ("card_2027_a", 1)]
)
def test_a_deal_written_flat_has_the_bits_of_the_walk(name: str, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All lines, whatever numbers of the deal vary, and each scenario those of its single run."""
    program = varied(name, 9, every)
    walked = run(program)
    monkeypatch.setattr(engine, "FLAT_FROM", 1)
    monkeypatch.setattr(engine, "CHUNK", 4)
    flat = run(program)
    assert [found for _, _, found in program.kept.values()] != [None]
    assert flat.block.tobytes() == walked.block.tobytes()
    one = replace(program, inputs={key: value[7] if np.ndim(value) else value for key, value in program.inputs.items()})
    assert run(one).block[:, :, 0].tobytes() == flat.block[:, :, 7].tobytes()


def test_a_deal_that_buys_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no flat program does is done by the parts, with their bits."""
    program = varied("jb_cl_2027_1", 3, 4)
    walked = run(program, ["notes.A.balance"]) if "notes.A" in program.slots else run(program)
    monkeypatch.setattr(engine, "FLAT_FROM", 1)
    again = run(program, walked.names)
    assert [found for _, _, found in program.kept.values()] == [None]
    assert again.block.tobytes() == walked.block.tobytes()


def test_a_flat_program_is_written_once_and_does_not_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies with other numbers share it; a process that is sent the deal writes its own."""
    monkeypatch.setattr(engine, "FLAT_FROM", 1)
    program = varied("auto_2027_1", 3)
    run(program, ["pool.balance"])
    run(replace(program, inputs={key: value * 1.01 for key, value in program.inputs.items()}), ["pool.balance"])
    assert len(program.kept) == 1
    assert pickle.loads(pickle.dumps(program)).kept == {}


@pytest.mark.parametrize("least", [1, 1_000])
def test_a_run_leaves_nothing_behind(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays of a chunk are free when it is done, not when the garbage collector comes by."""
    monkeypatch.setattr(engine, "FLAT_FROM", least)
    program = varied("auto_2027_1", 3)
    gc.collect()
    gc.disable()
    try:
        run(program, ["pool.balance"])
        entities = [one for one in gc.get_objects() if isinstance(one, Entity)]
        left = [one for one in entities if any(isinstance(value, np.ndarray) for value in one.__dict__.values())]
    finally:
        gc.enable()
    assert not left
