"""Citations: a formula over numbered lines as a reader follows it, `(7) = (5) - (6)`."""

from __future__ import annotations

from abs_struct.core.formula import Name, Node
from abs_struct.core.formula.nodes import Call, Number, Operation
from abs_struct.handoff.forms.words import say_number

#: A line that this deal has not.
NOTHING = "0"


def spelled(tree: Node, names: dict[str, str]) -> str:
    """A formula over numbered lines as it is cited.

    >>> from abs_struct.core.formula import Formula
    >>> spelled(Formula("lines.a - (lines.b + lines.c)").tree, {"lines.a": "(1)", "lines.b": "(2)", "lines.c": "(3)"})
    '(1) - [(2) + (3)]'
    """
    if isinstance(tree, Name):
        return names[tree.path]
    if isinstance(tree, Number):
        return say_number(tree.value)
    if isinstance(tree, Call):
        if tree.function == "previous":
            return f"{spelled(tree.args[0], names)}[t-{spelled(tree.args[1], names)}]"
        return f"{tree.function}({', '.join(spelled(arg, names) for arg in tree.args)})"
    assert isinstance(tree, Operation)
    parts = []
    for n, arg in enumerate(tree.args):
        text = spelled(arg, names)
        if n and text == NOTHING and tree.op in {"+", "-"}:  # a line that this deal has not
            continue
        weak = isinstance(arg, Operation) and arg.op in {"+", "-"}
        parts.append(f"[{text}]" if weak and (tree.op in {"*", "/"} or (tree.op == "-" and n)) else text)
    return f"-{parts[0]}" if tree.op == "neg" else f" {tree.op} ".join(parts)
