"""Reading our own package: its files, its modules, and its public functions."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import abs_struct

FOLDER = Path(abs_struct.__file__).parent


def sources():
    """Every Python file of the package."""
    return sorted(FOLDER.rglob("*.py"))


def spoken(file):
    """A file by the name that a reader would say."""
    return str(file.relative_to(FOLDER.parent))


def module_names(*floors):
    """Every module of the package, or of the named floors (dotted, without the package's own name)."""
    names = [found.name for found in pkgutil.walk_packages([str(FOLDER)], "abs_struct.")]
    starts = tuple(f"abs_struct.{floor}" for floor in floors)
    chosen = [name for name in names if not starts or f"{name}.".startswith(tuple(f"{s}." for s in starts))]
    return ([] if floors else ["abs_struct"]) + [name for name in chosen if not name.endswith("__main__")]


def public_functions(*floors):
    """(module.name, function) of every public function that the modules of these floors define."""
    for name in module_names(*floors):
        module = importlib.import_module(name)
        for word, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == name and not word.startswith("_"):
                yield f"{name}.{word}", value


def names_called(file):
    """(line, name) of every call of a plain name in a file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id
