"""Words that may not stand in the repository: places on one machine, and promises to finish later."""

from __future__ import annotations

import re
import subprocess

from house.documents import REPOSITORY

#: Each pattern is written in two pieces, so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/" + r"(work|root|Users|home/\w+)/",
    "a package source of one machine": r"/opt/" + r"(pypi|wheels)|extra-index" + r"-url|trusted" + r"-host",
    "a promise to finish later": r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}
TEXT = {".cfg", ".csv", ".ini", ".json", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}


def texts():
    """(name, text) of every text file that git keeps."""
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in filter(None, kept.stdout.split("\0")):
        path = REPOSITORY / name
        if path.is_file() and path.suffix in TEXT and path.name != "LICENSE":
            yield name, path.read_text("utf-8")


def test_no_forbidden_words():
    """No kept file names a place on somebody's machine or puts work off."""
    found = [
        f"{name}:{number}: {what}: {line.strip()[:80]}"
        for name, text in texts()
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, text)
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, "\n".join(found)
