"""The C limit: a deal as a C program, written from its trace, compiled on the spot.

The same formulas, line by line, that the engine computes, with what a C programmer would do by hand: only the lines
that are asked for and those that they read, each common expression once, data as tables, curves once for all cohorts
of one age, and lanes of scenarios side by side in vector registers (or one scenario at a time, for the scalar limit).
The compiler may not fuse multiplications and additions, so that the figures are the engine's, bit for bit, but for
powers in curves.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.arithmetic.symbols import OPERATIONS, Symbol, constant, leaves
from abs_struct.core.state import Program
from abs_struct.waterfall.trace import Trace, trace

FLAGS = [
    "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd",
    "-shared", "-fPIC",
]  # fmt: skip
#: Scenarios side by side in the program with vector instructions.
LANES = 16
CONDITIONS = {"<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "exceeds"}


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("gcc")


@dataclass
class Text:
    """Statements over one lane, each expression written once."""

    known: dict[tuple[Any, ...], str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def name(self, op: str, args: tuple[str, ...]) -> str:
        """The variable that holds an operation."""
        key = (op, *args)
        if key not in self.known:
            made = f"v{len(self.known)}"
            kind = "_Bool" if op in CONDITIONS else "double"
            self.known[key] = made
            self.lines.append(f"const {kind} {made} = {written(op, args)};")
        return self.known[key]

    def load(self, place: str) -> str:
        """The variable that holds what stands in memory: loads inside of choices would keep gcc from vector loads."""
        return self.name("load", (place,)) if "[" in place else place


def written(op: str, args: tuple[str, ...]) -> str:
    """An operation in C; both sides of every choice are numbers, so that there are no branches."""
    if op in {"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="}:
        return f"{args[0]} {op} {args[1]}"
    if op == "load":
        return args[0]
    if op == "total":
        return " + ".join(args)
    if op == "lookup":
        at, entries = args[0], args[1:]
        found = entries[-1]
        for k in range(len(entries) - 2, -1, -1):
            found = f"({at} < {k + 1}.0 ? {entries[k]} : {found})"
        return found
    return {
        "min": "{0} < {1} ? {0} : {1}",
        "max": "{0} > {1} ? {0} : {1}",
        "where": "{0} ? {1} : {2}",
        "and": "{0} & {1}",
        "or": "{0} | {1}",
        "not": "!{0}",
        "flag": "{0} ? 1.0 : 0.0",
        "exceeds": "{0} - {1} > 1e-12 * (fabs({1}) > 1.0 ? fabs({1}) : 1.0)",
        "ratio": "{1} == 0.0 ? 0.0 : {0} / ({1} == 0.0 ? 1.0 : {1})",
        "power": "pow({0}, {1})",
    }[op].format(*args)


class CLimit:
    """A deal as a C program: `lines` are what it gives back."""

    def __init__(self, program: Program, lines: Sequence[str], *, whole: bool = False, lanes: int = LANES) -> None:
        self.program, self.names, self.lanes, self.whole = program, tuple(lines), lanes, whole
        self.trace = trace(program)
        self.varied = [key for key, value in program.inputs.items() if np.ndim(value) == 1]
        self.single = [key for key in program.inputs if key not in self.varied]
        self.needed = needed(self.trace, self.names)
        self.order = [path for path in self.trace.formulas if path in self.needed]
        formulas = [self.trace.formulas[path] for path in self.order]
        ago = {(leaf.args[0], leaf.args[1]) for node in formulas for leaf in leaves(node) if leaf.op == "line"}
        self.before = sorted({path for path, n in ago if n == 1 and path in self.trace.formulas})
        looked = {path for path, n in ago if n > 1}
        looked |= {leaf.args[0] for node in formulas for leaf in leaves(node) if leaf.op == "at"}
        self.history = sorted(path for path in looked if path in self.trace.formulas)
        self.back = max((n for _, n in ago), default=1)
        self.kept = sorted(path for path in self.needed if path in self.trace.openings)
        self.tables: list[str] = []
        self.data: list[Any] = []
        self.places: dict[tuple[str, int], int] = {}
        self.curve_at: dict[str, int] = {}
        self.curves: list[list[int]] = []

    # ---- the text -------------------------------------------------------------------------------------

    def source(self) -> str:
        """The program."""
        opening, table, period = Text(), Text(), Text()
        closing = self.opening(opening)
        self.period(period, table)
        close, keep = [], []
        for k, path in enumerate(self.kept):
            close.append(f"open[{k}][l] = {closing.get(path, '0.0')};")
        for k, path in enumerate(self.before):
            close.append(f"was[{k}][l] = {closing.get(path, '0.0')};")
            keep.append(f"was[{k}][l] = {self.now[path]};")
        for k, path in enumerate(self.history):
            close.append(f"past[{k}][{self.back}][l] = {closing.get(path, '0.0')};")
            keep.append(f"past[{k}][t + {self.back}][l] = {self.now[path]};")
        for k, path in enumerate(self.names):
            value, at_close = self.now[path], closing.get(path, "0.0")
            if path in self.program.data:
                at_close = number(self.program.data[path][0])
            if self.whole:
                close.append(f"out[{k * (self.program.periods + 1)}l * count + start + l] = {at_close} + 0.0;")
                keep.append(f"out[({k * (self.program.periods + 1)}l + t) * count + start + l] = {value} + 0.0;")
            else:
                close.append(f"sum[{k}][l] = {at_close} + 0.0;")
                keep.append(f"sum[{k}][l] = sum[{k}][l] + {value};")
        finish = [] if self.whole else [f"out[{k}l * count + start + l] = sum[{k}][l];" for k in range(len(self.names))]
        T, W = self.program.periods, self.lanes
        wide = max(len(self.data), 1)
        rows = zip(*self.data, strict=True) if self.data else [(0.0,)] * (T + 1)
        data = ",\n".join("{" + ", ".join(number(value) for value in row) + "}" for row in rows)
        at = ",\n".join("{" + ", ".join(map(str, row)) + "}" for row in zip(*self.curves, strict=True))
        loop = "#pragma omp simd\n" if W > 1 else ""
        loop += f"for (int l = 0; l < {W}; l++) {{\n"
        lines = [
            "#include <math.h>",
            "#pragma omp declare simd notinbranch\nextern double pow(double, double);" if W > 1 else "",
            f"static const double data[{T + 1}][{wide}] = {{\n{data}\n}};",
            f"static const int at[{T + 1}][{max(len(self.curves), 1)}] = {{\n{at or '{0}'}\n}};",
            "void run(long count, const double *const *in, const double *one, double *restrict out) {",
            f"static double past[{max(len(self.history), 1)}][{T + 1 + self.back}][{W}];",
            f"for (long start = 0; start < count; start += {W}) {{",
            f"double open[{max(len(self.kept), 1)}][{W}], was[{max(len(self.before), 1)}][{W}];",
            f"double sum[{len(self.names)}][{W}], curve[{max(len(self.tables), 1)}][{W}];",
            loop, *opening.lines, *close, "}",
            loop, *table.lines, *(f"curve[{k}][l] = {name};" for k, name in enumerate(self.tables)), "}",
            f"for (int t = 1; t <= {T}; t++) {{", loop, *period.lines, *keep, "}", "}",
            loop, *finish, "}",
            "}", "}",
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def opening(self, text: Text) -> dict[str, str]:
        """The closing date: what each line is there."""
        found: dict[str, str] = {}

        def read(leaf: Symbol) -> str:
            path = leaf.args[0]
            if path in found:
                return found[path]
            return number(self.program.data[path][0]) if path in self.program.data else "0.0"

        for path, node in self.trace.openings.items():
            if path in self.needed:
                found[path] = self.put(text, node, read)
        return found

    def period(self, text: Text, table: Text) -> None:
        """One period, in the order of calculation."""
        self.now: dict[str, str] = {}

        def read(leaf: Symbol) -> str:
            path, back = leaf.args
            if leaf.op == "at":
                return self.fixed(path, back, table)
            if back == 0 or path not in self.trace.formulas:
                return self.now[path] if path in self.now else self.known(path, table, back)
            if back == 1:
                return f"was[{self.before.index(path)}][l]"
            return f"past[{self.history.index(path)}][t + {self.back - back}][l]"

        for path in self.order:
            self.now[path] = self.put(text, self.trace.formulas[path], read)
        for path in self.names:
            if path not in self.now:
                self.now[path] = self.known(path, table, 0)

    def known(self, path: str, table: Text, back: int) -> str:
        """A line that no period computes: data, a curve, or what was set at closing."""
        if path in self.program.data or path in self.trace.curves:
            if path in self.trace.curves:
                if back:
                    raise NotImplementedError(f"{path}, a curve, is read {back} periods ago")
                return self.curve(path, table)
            if (path, back) not in self.places:
                self.places[path, back] = len(self.data)
                column = np.asarray(self.program.data[path], dtype=float)
                self.data.append(np.concatenate([np.zeros(back), column[: len(column) - back]]))
            return f"data[t][{self.places[path, back]}]"
        return f"open[{self.kept.index(path)}][l]" if path in self.kept else "0.0"

    def fixed(self, path: str, period: int, table: Text) -> str:
        """A line in one period."""
        if path in self.program.data:
            return number(self.program.data[path][period])
        if path in self.trace.curves:
            return f"curve[{self.entry(path, period, table)}][l]"
        return f"past[{self.history.index(path)}][{period + self.back}][l]"

    def curve(self, path: str, table: Text) -> str:
        """A curve: the different expressions it has over the periods, each computed once a scenario."""
        if path not in self.curve_at:
            entries = [self.entry(path, t, table) for t in range(1, self.program.periods + 1)]
            if len(set(entries)) == 1:
                return f"curve[{entries[0]}][l]"
            self.curve_at[path] = len(self.curves)
            self.curves.append([0, *entries])
        return f"curve[at[t][{self.curve_at[path]}]][l]"

    def entry(self, path: str, period: int, table: Text) -> int:
        """Where the value of a curve in a period stands."""

        def read(leaf: Symbol) -> str:
            name = leaf.args[0]
            return f"open[{self.kept.index(name)}][l]" if name in self.kept else "0.0"

        name = self.put(table, self.folded(self.trace.curves[path], period), read)
        if name not in self.tables:
            self.tables.append(name)
        return self.tables.index(name)

    def folded(self, node: Symbol, period: int) -> Symbol:
        """A curve's expression in one period: its data are numbers, and so is what follows from them alone."""
        if node.op == "line" and node.args[0] in self.program.data:
            return constant(float(self.program.data[node.args[0]][period]))
        if node.op == "line" and node.args[0] in self.trace.curves:
            return self.folded(self.trace.curves[node.args[0]], period)
        if node.op in {"line", "input", "const", "at"}:
            return node
        args = tuple(self.folded(arg, period) for arg in node.args)
        if node.op == "lookup" and args[0].op == "const":
            return args[1 + max(0, min(len(args) - 2, int(args[0].args[0])))]
        if node.op in OPERATIONS and node.op != "where" and all(arg.op == "const" for arg in args):
            value = OPERATIONS[node.op](*(arg.args[0] for arg in args))
            if not isinstance(value, bool):
                return constant(float(value))
        return Symbol(node.op, args)

    def put(self, text: Text, node: Symbol, read: Any) -> str:
        """Write an expression; the name of its value."""
        if node.op == "const":
            return number(node.args[0])
        if node.op == "input":
            key = node.args[0]
            varies = key in self.varied
            return text.load(f"in[{self.varied.index(key)}][start + l]" if varies else f"one[{self.single.index(key)}]")
        if node.op in {"line", "at"}:
            return text.load(read(node))
        return text.name(node.op, tuple(self.put(text, arg, read) for arg in node.args))

    # ---- compiled and run -----------------------------------------------------------------------------

    def compile(self, folder: Path) -> CLimit:
        """Compile it into a folder."""
        stem = f"limit_{self.lanes}_{'whole' if self.whole else 'totals'}_{len(self.names)}"
        file, library = folder / f"{stem}.c", folder / f"{stem}.so"
        file.write_text(self.source(), encoding="ascii")
        alone = ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"] if self.lanes == 1 else ["-lmvec"]
        gcc = compiler()
        if gcc is None:
            raise RuntimeError("no C compiler: gcc is not on the path")
        subprocess.run([gcc, *FLAGS, "-o", str(library), str(file), *alone, "-lm"], check=True, capture_output=True)
        self.call = ctypes.CDLL(str(library)).run
        return self

    def run(self) -> Any:
        """The totals over all periods, (K, S), or the whole lines, (K, T + 1, S)."""
        inputs = self.program.inputs
        count = len(inputs[self.varied[0]])
        if count % self.lanes:
            raise ValueError(f"the number of scenarios is no multiple of {self.lanes}")
        wide = [np.ascontiguousarray(inputs[key], dtype=float) for key in self.varied]
        one = np.array([float(inputs[key]) for key in self.single])
        shape = (len(self.names), self.program.periods + 1, count) if self.whole else (len(self.names), count)
        out = np.empty(shape)
        pointers = (ctypes.c_void_p * len(wide))(*(part.ctypes.data for part in wide))
        self.call(ctypes.c_long(count), pointers, ctypes.c_void_p(one.ctypes.data), ctypes.c_void_p(out.ctypes.data))
        return out


def number(value: float) -> str:
    """A number in C, with all its bits."""
    text = repr(float(value))
    return text if any(sign in text for sign in ".en") else text + ".0"


def needed(found: Trace, names: Sequence[str]) -> set[str]:
    """The lines asked for, and all that they read, now or earlier."""
    todo, seen = list(names), set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in (found.formulas.get(path), found.curves.get(path), found.openings.get(path)):
            todo += [] if node is None else list(read_by(node))
    return seen


def read_by(node: Symbol) -> Iterator[str]:
    """The lines that an expression reads."""
    return (leaf.args[0] for leaf in leaves(node) if leaf.op in {"line", "at"})
