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
from abs_struct.waterfall import engine, flat
from abs_struct.waterfall.engine import run

DEALS = Path(__file__).parents[2] / "deals"


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    """Each test begins without flat programs."""
    flat.WRITTEN.clear()


def varied(name: str, count: int, every: int = 1) -> Program:
    """A deal with every number, or each n-th, at other values in each scenario."""
    program = load(DEALS / f"{name}.yaml").program
    draw = np.random.default_rng(17)
    chosen = list(program.inputs)[::every]
    return replace(
        program, inputs=program.inputs | {key: program.inputs[key] * draw.uniform(0.7, 1.3, count) for key in chosen}
    )


@pytest.mark.parametrize(("name", "every"), [("mpl_2027_1", 1), ("auto_2027_1", 3), ("card_2027_a", 1)])
def test_a_deal_written_flat_has_the_bits_of_the_walk(name: str, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All lines, whatever numbers of the deal vary, and each scenario those of its single run."""
    program = varied(name, 9, every)
    walked = run(program)
    monkeypatch.setattr(flat, "FROM", 1)
    monkeypatch.setattr(engine, "CHUNK", 4)
    written = run(program)
    assert flat.WRITTEN
    assert None not in flat.WRITTEN.values()
    assert written.block.tobytes() == walked.block.tobytes()
    one = replace(program, inputs={key: value[7] if np.ndim(value) else value for key, value in program.inputs.items()})
    assert run(one).block[:, :, 0].tobytes() == written.block[:, :, 7].tobytes()


@pytest.mark.parametrize(("name", "every"), [("hb_rev_2027_1", 1), ("jb_cl_2027_1", 4), ("euroc_2027_1", 2)])
def test_a_deal_that_buys_is_written_flat(name: str, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Purchases on payment dates, with arrears and replenishment, in months with and without: the bits of the walk."""
    program = varied(name, 5, every)
    walked = run(program)
    bought = [path for path in walked.names if path.startswith("receivables.") and path.endswith(".purchased")]
    assert any(walked[path].any() for path in bought)
    monkeypatch.setattr(flat, "FROM", 1)
    monkeypatch.setattr(engine, "CHUNK", 3)
    written = run(program)
    assert flat.WRITTEN
    assert None not in flat.WRITTEN.values()
    assert written.block.tobytes() == walked.block.tobytes()


def test_a_flat_program_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs of the same parts share it, also when they were sent to a process; other terms have their own."""
    monkeypatch.setattr(flat, "FROM", 1)
    program = varied("auto_2027_1", 3)
    sent = pickle.dumps(program)
    for one in (program, replace(program, inputs={key: value * 0.99 for key, value in program.inputs.items()})):
        run(one, ["pool.balance"])
    assert len(flat.WRITTEN) == 1
    flat.WRITTEN.clear()
    for _ in range(2):
        run(pickle.loads(sent), ["pool.balance"])
    assert len(flat.WRITTEN) == 1
    run(replace(program, parts=program.parts[:-1]), ["pool.balance"])
    assert len(flat.WRITTEN) == 2


def test_a_flat_program_is_written_when_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few scenarios are walked; asked for again and again they come to the flat program, with the same bits."""
    monkeypatch.setattr(flat, "FROM", 7)
    program = varied("auto_2027_1", 3)
    blocks = []
    for seen in (3, 6):
        blocks.append(run(program, ["pool.balance"]).block.tobytes())
        assert list(flat.WRITTEN.values()) == [seen]
    blocks.append(run(program, ["pool.balance"]).block.tobytes())
    assert [type(found) for found in flat.WRITTEN.values()] == [flat.Flat]
    assert len(set(blocks)) == 1


def test_parts_that_cannot_be_sent_are_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of one's own that is known by no name runs as before."""

    class Own(type(varied("auto_2027_1", 1).parts[0])):  # type: ignore[misc]
        """A pool of one's own."""

    program = varied("auto_2027_1", 3)
    walked = run(program, ["pool.balance"])
    pool = program.parts[0]
    own = Own(**{name: getattr(pool, name) for name in pool.__dataclass_fields__})
    flat.WRITTEN.clear()
    monkeypatch.setattr(flat, "FROM", 1)
    found = run(replace(program, parts=(own, *program.parts[1:])), ["pool.balance"])
    assert not flat.WRITTEN
    assert found.block.tobytes() == walked.block.tobytes()


@pytest.mark.parametrize("least", [1, 1_000])
def test_a_run_leaves_nothing_behind(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays of a chunk are free when it is done, not when the garbage collector comes by."""
    monkeypatch.setattr(flat, "FROM", least)
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
