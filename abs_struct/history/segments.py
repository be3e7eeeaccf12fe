"""Segments: loans that have curves of their own, named as the groups of a deal are."""

from __future__ import annotations

#: Between the values of several columns, as `pool.groups` of a deal file joins them.
SEPARATOR = "/"
WHOLE = "all"


def segment_text(key: tuple[str, ...]) -> str:
    """The name of a segment, that of the group in a deal file.

    >>> segment_text(("36", "A")), segment_text(())
    ('36/A', 'all')
    """
    return SEPARATOR.join(key) or WHOLE
