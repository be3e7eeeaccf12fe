"""Reading our own documents: fenced blocks, the Quick start, and the tree of the package.

python tests/house/documents.py tree      writes the package tree into README.md
python tests/house/documents.py test      prints the README's test command (.ci/run runs it)
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"
PACKAGE = REPOSITORY / "abs_struct"
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S)

#: The rooms of the repository; the floors of the package stand between the first line and the second.
AROUND = {
    "deals/": "deal files, each ready to run, and small synthetic loan tapes; its README is the deal language",
    "tests/": "one folder a floor; published figures in reference/, rules of the house in house/",
    "reports/": "where runs write; gallery/ holds samples",
    "CHANGELOG.md": "what changed, as a user sees it",
    "CONTRIBUTING.md": "how the house is built, and how to add to it",
    "pyproject.toml": "dependencies, entry point, and the configuration of every tool",
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a document: where it begins, its language, and its text."""

    file: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(REPOSITORY)}:{self.line}"


def documents():
    """Every Markdown file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [REPOSITORY / name for name in sorted(listed.stdout.split("\0")) if name]


def blocks(file, language=None):
    """The fenced blocks of a document, of one language where one is named."""
    content = file.read_text("utf-8")
    for match in FENCE.finditer(content):
        indent = match["indent"]
        text = "".join(line.removeprefix(indent) for line in match["text"].splitlines(keepends=True))
        if language in (None, match["language"]):
            yield Block(file, content.count("\n", 0, match.start()) + 1, match["language"], text)


def section(title, file=README):
    """First and last line number of the section under a heading."""
    lines = file.read_text("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines, 1) if re.fullmatch(rf"#+ {re.escape(title)}", line))
    level = lines[start - 1].count("#", 0, lines[start - 1].index(" "))
    later = (at for at, line in enumerate(lines, 1) if at > start and re.match(rf"#{{1,{level}}} ", line))
    return start, next(later, len(lines) + 1)


def quick_start():
    """The texts of the `sh` blocks under "Quick start"."""
    first, last = section("Quick start")
    return [block.text for block in blocks(README, "sh") if first < block.line < last]


def sentence(path):
    """What a file or folder is for: the first sentence of its docstring."""
    source = path / "__init__.py" if path.is_dir() else path
    if source.suffix != ".py" or not source.exists():
        return {"py.typed": "the types are part of the promise"}.get(path.name, "")
    doc = ast.get_docstring(ast.parse(source.read_text("utf-8"))) or ""
    first = " ".join(doc.split("\n\n")[0].split())
    return first.removesuffix(".") if len(first) <= 100 else first.split(": ")[0].split(". ")[0].removesuffix(".")


def rooms(folder):
    """The files and folders of a folder that carry meaning, folders last, each by name."""
    kept = [
        path
        for path in folder.iterdir()
        if not path.name.startswith((".", "__"))
        and (path.is_file() or any(path.rglob("*.py")) or any(path.rglob("*.yaml")))
    ]
    return sorted(kept, key=lambda path: (path.is_dir(), path.name))


def floors():
    """The floors as pyproject.toml orders them for import-linter, lowest first."""
    import tomllib

    tools = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]
    contract = next(c for c in tools["importlinter"]["contracts"] if c["id"] == "floors")
    return [layer.strip("()") for layer in reversed(contract["layers"])]


def entry(indent, name, words):
    """One line of the tree."""
    return f"{'  ' * indent}{name:<{26 - 2 * indent}}{words}".rstrip()


def tree():
    """The tree of the repository, one level deep below each floor, each line with its sentence."""
    lines = [entry(0, "abs_struct/", sentence(PACKAGE).removeprefix("abs_struct: "))]
    for floor in (name for name in floors() if (PACKAGE / name).is_dir()):
        lines.append(entry(1, f"{floor}/", sentence(PACKAGE / floor)))
        for path in rooms(PACKAGE / floor):
            lines.append(entry(2, path.name + "/" * path.is_dir(), sentence(path)))
    lines += [entry(0, name, words) for name, words in AROUND.items()]
    return "\n".join(lines) + "\n"


def tree_block():
    """The block of the README that begins with the package folder."""
    return next((block for block in blocks(README) if block.text.startswith("abs_struct/ ")), None)


def write_tree():
    """Put the tree of today into the README."""
    content = README.read_text("utf-8")
    old = tree_block()
    if old is None:
        raise SystemExit("README.md: no fenced block begins with 'abs_struct/ '; add one where the tree shall stand")
    README.write_text(content.replace(old.text, tree()), "utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tree"]:
            write_tree()
        case ["run"]:
            print(quick_start()[0].strip())
        case ["test"]:
            print(quick_start()[1].strip())
        case _:
            raise SystemExit(__doc__)
