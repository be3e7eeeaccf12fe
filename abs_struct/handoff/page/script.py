"""Script: one period of the deal as JavaScript, written from the trace.

All lines lie in one array, a row a period: `m[o+12]` is a line of this period, `m[o-K+12]` of the one before. Above
closing stand rows of nothing, as many as the longest look back, and one below the last period for what looks ahead.
Formulas stand in functions of a few thousand characters each, which a browser compiles well; what a function needs
twice it computes once. Nothing but numbers of places goes into the text, so that no name of the deal can become code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from abs_struct.core.arithmetic.symbols import Symbol, leaves
from abs_struct.core.findings import AbsStructError
from abs_struct.waterfall.flat import convolution_of
from abs_struct.waterfall.trace import Trace

#: Characters of a function: beyond some ten times as many, browsers interpret instead of compiling.
LONG = 5_000
#: So many terms of a convolution are written as a loop.
LOOP = 3
OPERATORS = frozenset({"+", "-", "*", "/", "<", "<=", ">", ">="})
FUNCTIONS = {"min": "lo", "max": "hi", "exceeds": "ex", "ratio": "ra", "power": "Math.pow"}
#: What is read where it stands, however often.
PLAIN = frozenset({"const", "input", "line", "at"})
#: A key of an expression: equal for expressions that are written alike.
Key = tuple[object, ...]


def number(value: float) -> str:
    """A number in JavaScript, with all its bits.

    >>> number(0.5), number(250_000.0), number(-1.0), number(1e-12)
    ('0.5', '250000', '(-1)', '1e-12')
    """
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return f"({text})" if value < 0 else text


class Script:
    """The program of a deal: places of lines and inputs, and the functions that compute a run."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.lines = {path: place for place, path in enumerate(trace.lines)}
        self.inputs = {path: place for place, path in enumerate(trace.program.inputs)}
        self.above = max((ago for ago in looks_back(trace)), default=1)
        self.keys: dict[int, Key] = {}
        self.nodes: list[Symbol] = []  # keeps every expression that has a key, so that no other takes its identity

    def text(self) -> str:
        """The functions `opening`, `curves` and `period`, and the numbers they need."""
        openings = self.functions("a", self.trace.openings)
        curves = self.functions("b", self.trace.curves)
        periods = self.functions("c", self.trace.formulas)
        held = [self.lines[path] for path in self.trace.lines if self.is_held(path)]
        return "\n".join(
            [
                f"const K={len(self.lines)},T={self.trace.program.periods},ABOVE={self.above};",
                "const m=new Float64Array((ABOVE+T+2)*K),x=new Float64Array(" + f"{len(self.inputs)});",
                "const lo=(a,b)=>a<b?a:b,hi=(a,b)=>a>b?a:b,ra=(a,b)=>b===0?0:a/b;",
                "const ex=(a,b)=>a-b>1e-12*(Math.abs(b)>1?Math.abs(b):1);",
                "const pk=(i,e)=>e[Math.max(0,Math.min(e.length-1,Math.trunc(i)))];",
                "const cv=(o,line,unit,n)=>{let s=0;for(let a=1;a<=n;a++)s+=m[o-a*K+line]*m[(ABOVE+a)*K+unit];"
                "return s;};",
                *openings, *curves, *periods,
                f"const HELD=[{','.join(map(str, held))}];",
                f"const opening=o=>{{{calls('a', openings)}}};",
                f"const curves=()=>{{{''.join(ahead(f'b{k}') for k in range(len(curves)))}}};",
                f"const period=o=>{{{calls('c', periods)}}};",
            ]
        )  # fmt: skip

    def is_held(self, path: str) -> bool:
        """Whether a line keeps what it is at closing: no period writes it."""
        known = path in self.trace.formulas or path in self.trace.curves
        return not known and self.trace.lines[path].kind not in {"data", "tally"}

    # ---- functions ------------------------------------------------------------------------------------

    def functions(self, letter: str, formulas: Mapping[str, Symbol]) -> list[str]:
        """The formulas in their order, as functions of about the same length."""
        found: list[str] = []
        waiting: dict[str, Symbol] = {}
        for path, node in formulas.items():
            waiting[path] = node
            if sum(map(size, waiting.values())) > LONG / 12 or letter == "b":
                found.append(self.function(f"{letter}{len(found)}", waiting))
                waiting = {}
        if waiting:
            found.append(self.function(f"{letter}{len(found)}", waiting))
        return found

    def function(self, name: str, formulas: Mapping[str, Symbol]) -> str:
        """One function: each expression that stands in it twice is a constant."""
        counts: Counter[Key] = Counter()
        for node in formulas.values():
            self.count(node, counts)
        body: list[str] = []
        known: dict[Key, str] = {}
        for path, node in formulas.items():
            body.append(f"m[o+{self.lines[path]}]={self.outer(self.put(node, counts, known, body))};")
        return f"const {name}=o=>{{{''.join(body)}}};"

    @staticmethod
    def outer(text: str) -> str:
        """An expression without the brackets around all of it; a truth value becomes a number in the array."""
        depth = 0
        for at, sign in enumerate(text):
            depth += (sign == "(") - (sign == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        return text[1:-1] if text.startswith("(") else text

    def count(self, node: Symbol, counts: Counter[Key]) -> None:
        """How often each expression is needed; what is known is not opened again."""
        if node.op in PLAIN or self.loop(node):
            return
        key = self.key(node)
        counts[key] += 1
        if counts[key] == 1:
            for arg in node.args:
                self.count(arg, counts)

    def key(self, node: Symbol) -> Key:
        """What makes two expressions the same."""
        found = self.keys.get(id(node))
        if found is None:
            args = tuple(self.key(arg) if isinstance(arg, Symbol) else arg for arg in node.args)
            found = (node.op, *((arg, type(arg)) if not isinstance(arg, tuple) else arg for arg in args))
            self.keys[id(node)] = found
            self.nodes.append(node)
        return found

    def put(self, node: Symbol, counts: Counter[Key], known: dict[Key, str], body: list[str]) -> str:
        """The text of an expression: a leaf, the name of what is computed already, or the expression itself."""
        if node.op in PLAIN:
            return self.leaf(node)
        loop = self.loop(node)
        if loop:
            return loop
        key = self.key(node)
        if key in known:
            return known[key]
        text = written(node.op, [self.put(arg, counts, known, body) for arg in node.args])
        if counts[key] > 1:
            known[key] = f"v{len(known)}"
            body.append(f"const {known[key]}={self.outer(text)};")
            return known[key]
        return text

    def loop(self, node: Symbol) -> str:
        """A long convolution as a call, or nothing."""
        if node.op != "total" or len(node.args) < LOOP:
            return ""
        found = convolution_of(node)
        if found is None:
            return ""
        line, unit, ages = found
        return f"cv(o,{self.lines[line]},{self.lines[unit]},{ages})"

    def leaf(self, node: Symbol) -> str:
        """What an expression reads from outside."""
        if node.op == "const":
            return number(float(node.args[0]))
        if node.op == "input":
            return f"x[{self.inputs[node.args[0]]}]"
        path, ago = node.args
        place = self.lines[path]
        if node.op == "at":
            return f"m[(ABOVE+{ago})*K+{place}]"
        if ago == 0:
            return f"m[o+{place}]"
        step = "K" if abs(ago) == 1 else f"{abs(ago)}*K"
        return f"m[o{'-' if ago > 0 else '+'}{step}+{place}]"


def written(op: str, args: list[str]) -> str:
    """An operation in JavaScript.

    Raises
    ------
    AbsStructError : an operation that the page does not know
    """
    if op in OPERATORS:
        return f"({args[0]}{op}{args[1]})"
    if op in FUNCTIONS:
        return f"{FUNCTIONS[op]}({','.join(args)})"
    match op:
        case "==" | "!=":
            return f"({args[0]}{op}={args[1]})"
        case "total":
            return f"({'+'.join(args)})"
        case "where":
            return f"({args[0]}?{args[1]}:{args[2]})"
        case "and" | "or":
            return f"({args[0]}{'&&' if op == 'and' else '||'}{args[1]})"
        case "not":
            return f"(!{args[0]})"
        case "flag":
            return f"({args[0]}?1:0)"
        case "lookup":
            return f"pk({args[0]},[{','.join(args[1:])}])"
    raise AbsStructError(f"the page has no formula for '{op}'")


def calls(letter: str, functions: Iterable[str]) -> str:
    """The calls of functions, one after the other."""
    return "".join(f"{letter}{number}(o);" for number, _ in enumerate(functions))


def ahead(name: str) -> str:
    """A curve over all periods, since a later one may read it ahead."""
    return f"for(let t=1,o=(ABOVE+1)*K;t<=T;t++,o+=K){name}(o);"


def looks_back(trace: Trace) -> Iterator[int]:
    """How far each formula looks back."""
    for formulas in (trace.formulas, trace.curves):
        for node in formulas.values():
            yield from (leaf.args[1] for leaf in leaves(node) if leaf.op == "line")


def size(node: Symbol) -> int:
    """How many operations an expression has."""
    return 1 + sum(size(arg) for arg in node.args if isinstance(arg, Symbol))
