"""The floors: data flows one way, and nobody reaches up."""

from __future__ import annotations

import pytest

from house.documents import PACKAGE, REPOSITORY, floors

ORDER = [
    "core",
    "dates",
    "analytics",
    "terms",
    "tape",
    "curves",
    "history",
    "pool",
    "waterfall",
    "deal",
    "study",
    "handoff",
    "cli",
]


def linted(contract, monkeypatch, capsys):
    """Whether import-linter keeps a contract, and what it printed."""
    from importlinter.application.use_cases import lint_imports
    from importlinter.cli import configuration

    monkeypatch.chdir(REPOSITORY)
    configuration.configure()
    kept = lint_imports(config_filename="pyproject.toml", limit_to_contracts=(contract,), cache_dir=None)
    return kept, capsys.readouterr().out


@pytest.mark.parametrize("contract", ["floors", "circles"])
def test_contract_is_kept(contract, monkeypatch, capsys):
    """Each floor imports only from the floors below it, and no two modules import each other in a circle."""
    kept, printed = linted(contract, monkeypatch, capsys)
    assert kept, printed


def test_contract_names_the_floors():
    """The contract holds the thirteen floors in the order of the design."""
    assert floors() == ORDER


def test_every_folder_is_a_floor():
    """No thirteenth folder, and no floor that is missing."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(ORDER)


@pytest.mark.parametrize("floor", ORDER)
def test_floor_begins_with_prose(floor):
    """The __init__ of a floor begins with a page, or at least a sentence, that explains it."""
    text = (PACKAGE / floor / "__init__.py").read_text("utf-8")
    assert text.startswith('"""'), f"abs_struct/{floor}/__init__.py has no docstring"
