"""Fonts with Chinese characters: looked up on this machine, never assumed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from abs_struct.handoff.chinese import FAMILIES

#: Where fonts lie that a font list which was made earlier may not know.
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
NAMES = ("*CJK*Regular*", "wqy-*", "DroidSansFallback*", "msyh*", "simhei*", "PingFang*", "SourceHanSansSC-Regular*")
MISSING = (
    "no font with Chinese characters was found on this machine, so the labels are English; install one, such as "
    "fonts-noto-cjk or fonts-wqy-microhei"
)


@cache
def chinese_font() -> tuple[str, str] | None:
    """The family of a font with Chinese characters and its file, or None where there is none."""
    from matplotlib.font_manager import fontManager

    found = known(fontManager.ttflist)
    if found is None:
        for folder in map(Path, FOLDERS):
            for pattern in NAMES if folder.is_dir() else ():
                for file in sorted(folder.rglob(pattern)):
                    if file.suffix.lower() in {".ttf", ".ttc", ".otf"}:
                        fontManager.addfont(str(file))
        found = known(fontManager.ttflist)
    return found


def known(fonts: Iterable[object]) -> tuple[str, str] | None:
    """The first family of the list that is there."""
    files = {str(getattr(font, "name", "")): str(getattr(font, "fname", "")) for font in fonts}
    return next(((family, files[family]) for family in FAMILIES if family in files), None)
