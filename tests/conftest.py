"""What every test may ask for: facts that lie beside the repository, optional real parts, and one seed."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent

# The same output on every machine: no colours, one width, no window.
os.environ.update({"NO_COLOR": "1", "COLUMNS": "120", "TERM": "dumb", "MPLBACKEND": "Agg"})
os.environ.pop("FORCE_COLOR", None)

# The same examples on every machine; HYPOTHESIS_PROFILE=explore looks further, with a new seed each time.
# The profile "house" may be slow on a shared machine, so that no example has a deadline.
slow_is_allowed = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "house",
    max_examples=60,
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=slow_is_allowed,
)
settings.register_profile(
    "explore", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=slow_is_allowed
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def module(name):
    """A probe: can this module be imported?"""
    return lambda: importlib.util.find_spec(name) is not None


def program(*names):
    """A probe: does one of these programs lie on the path?"""
    return lambda: any(shutil.which(name) for name in names)


def chromium():
    """Chromium and what drives it, or nothing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found if found and importlib.util.find_spec("playwright") else None


def postgresql():
    """The programs of a PostgreSQL server: on the path, or where Debian keeps them; else nothing."""
    places = [shutil.which("initdb"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), reverse=True)]
    return next((Path(place).resolve().parent for place in places if place), None)


#: Optional real parts of `@pytest.mark.needs(...)`: how to find one, and how to get it.
PARTS = {
    "chromium": (chromium, "apt-get install chromium, pip install 'abs-struct[browser]'"),
    "docx": (module("docx"), "pip install 'abs-struct[docx]'"),
    "dask": (module("distributed"), "pip install 'abs-struct[cluster]'"),
    "formualizer": (module("formualizer"), "pip install 'abs-struct[test]'"),
    "libreoffice": (program("soffice", "libreoffice"), "apt-get install libreoffice-calc"),
    "postgresql": (postgresql, "apt-get install postgresql"),
    "poppler": (program("pdftoppm"), "apt-get install poppler-utils"),
    "sqlalchemy": (lambda: module("sqlalchemy")() and module("psycopg")(), "pip install 'abs-struct[sql]'"),
    "typst": (module("typst"), "pip install 'abs-struct[pdf]'"),
}


def required_parts():
    """The parts that must not be missing, from ABS_STRUCT_REQUIRE (names with commas between them)."""
    return {name.strip() for name in os.environ.get("ABS_STRUCT_REQUIRE", "").split(",") if name.strip()}


def pytest_configure(config):
    """Refuse a misspelt ABS_STRUCT_REQUIRE: a part that nobody knows would never be missed."""
    unknown = required_parts() - set(PARTS)
    if unknown:
        raise pytest.UsageError(
            f"ABS_STRUCT_REQUIRE names {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}"
        )


def pytest_runtest_setup(item):
    """Skip a test whose part is missing, or fail it where the part is required."""
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if name not in PARTS:
                pytest.fail(f"needs('{name}'): the parts are {', '.join(PARTS)}", pytrace=False)
            present, remedy = PARTS[name]
            if present():
                continue
            if name in required_parts():
                pytest.fail(f"{name} is required here and was not found ({remedy})", pytrace=False)
            pytest.skip(f"{name} was not found ({remedy})")


def beside(folder, file):
    """A folder of facts that may lie beside the repository, or a skip that says what is missing."""
    path = REPOSITORY.parent / "shared" / folder
    if not (path / file).exists():
        pytest.skip(f"the facts of ../shared/{folder} do not lie beside this checkout")
    return path


@pytest.fixture(scope="session")
def repository():
    """The root folder of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data():
    """The folder of public loan tapes (real data, not part of the repository); skips where it is absent."""
    return beside("data", "README.md")


@pytest.fixture(scope="session")
def shared_reference():
    """The folder of published figures; skips where it is absent (the cases in use lie in tests/reference)."""
    return beside("reference", "README.md")
