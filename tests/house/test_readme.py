"""The documents cannot drift: the tree is the real one, the examples run, the YAML loads."""

from __future__ import annotations

import doctest
import re

import pytest

from house.documents import REPOSITORY, blocks, documents, quick_start, tree, tree_block

DEAL = {"dates", "pool", "assumptions", "notes", "waterfall"}


def test_tree_is_the_real_one():
    """The README's tree names every floor and file; `python tests/house/documents.py tree` writes it anew."""
    block = tree_block()
    assert block is not None, "README.md holds no tree of abs_struct/"
    assert block.text == tree()


def test_quick_start_is_two_lines():
    """The Quick start has two commands, each on one line that does its own set-up."""
    commands = quick_start()
    assert len(commands) == 2
    for command in commands:
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "abs-struct run deals/mpl_2027_1.yaml" in commands[0]
    assert "pytest" in commands[1]


def test_links_lead_somewhere():
    """A link or picture of a document that points into the repository finds its file."""
    dead = []
    for document in documents():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists():
                dead.append(f"{document.relative_to(REPOSITORY)}: {target}")
    assert not dead, "\n".join(dead)


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty folder in which `deals/` is the repository's, so that examples run as a reader runs them."""
    (tmp_path / "deals").symlink_to(REPOSITORY / "deals")
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_python_examples_run(document, workplace):
    """The `python` blocks of a document run from top to bottom, and what they print is what they say."""
    space: dict[str, object] = {}
    for block in blocks(document, "python"):
        if ">>>" in block.text:
            examples = doctest.DocTestParser().get_doctest(block.text, space, str(block), str(block.file), block.line)
            flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
            failed, _ = doctest.DocTestRunner(optionflags=flags).run(examples, clear_globs=False)
            assert not failed, f"{block}: {failed} examples fail"
            space = examples.globs
        else:
            exec(compile(block.text, str(block), "exec"), space)


def part_of_a_deal(keys):
    """The model of some fields of a deal file, as strict as the whole."""
    from pydantic import create_model

    from abs_struct.deal import DealFile
    from abs_struct.terms.base import Terms

    fields = DealFile.model_fields
    return create_model("Part", __base__=Terms, **{key: (fields[key].annotation, fields[key]) for key in keys})


@pytest.mark.parametrize("block", [b for document in documents() for b in blocks(document, "yaml")], ids=str)
def test_yaml_loads(block, workplace):
    """A `yaml` block is YAML 1.2 without duplicate keys; a deal loads, and parts of a deal are what they must be."""
    from ruamel.yaml import YAML

    content = YAML(typ="safe").load(block.text)
    assert content is not None, f"{block} is empty"
    if not isinstance(content, dict) or not DEAL & set(content):
        return
    import abs_struct
    from abs_struct.deal import DealFile
    from abs_struct.deal.load import parse_document, validated

    if set(content) >= DEAL:
        (workplace / "deals").unlink()
        (workplace / "deals").mkdir()
        (workplace / "deals" / "tapes").symlink_to(REPOSITORY / "deals" / "tapes")
        (workplace / "deals" / "example.yaml").write_text(block.text, "utf-8")
        abs_struct.load(workplace / "deals" / "example.yaml")
    else:
        assert set(content) <= set(DealFile.model_fields), f"{block}: {set(content) - set(DealFile.model_fields)}"
        validated(part_of_a_deal(content), parse_document(block.text, str(block)))
