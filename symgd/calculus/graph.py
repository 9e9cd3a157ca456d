"""The graph: shared operations in a row, and the sweep back that gives all slopes at once.

A loss goes from its tree straight to instructions, each once; the reverse sweep adds the slope of every input. By the
cheap-gradient principle loss and gradient together cost a small multiple of the loss (Baur and Strassen 1983;
Griewank and Walther 2008, chapter 4). Nothing here recurses, and SymPy is not needed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgd.calculus.cheaper import CHEAPER
from symgd.calculus.rules import derivative
from symgd.calculus.stable import stable
from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.operations import DEFAULTS, STRUCTURAL
from symgd.expressions.tree import ZERO, Expression, name, nodes, operation

Instruction = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Program:
    """A straight line of instructions: each has an operation and the places of its operands.

    The first places are the inputs, in order; `constants` are the exact values of the places that hold one; `outputs`
    are the places of the results by their names.
    """

    inputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    constants: Mapping[int, Fraction]
    outputs: Mapping[str, int]

    @property
    def operations(self) -> int:
        """How many operations it takes: constants and inputs are none, a function of n numbers counts by n."""
        return sum(_WEIGHTS.get(op, _one)(len(args)) for op, args in self.instructions)

    def renamed(self, names: Mapping[str, str]) -> Program:
        """Only these outputs, under other names."""
        return _reachable(self, {new: self.outputs[word] for word, new in names.items()})

    def only(self, *names: str) -> Program:
        """What it takes to work out some of the outputs."""
        return _reachable(self, {word: self.outputs[word] for word in names})


def _one(count: int) -> int:
    return 1


#: What an operation counts for, by how many operands it has.
_WEIGHTS: Mapping[str, Callable[[int], int]] = {
    "input": lambda count: 0,
    "number": lambda count: 0,
    "max": lambda count: count - 1,
    "min": lambda count: count - 1,
    "logsumexp": lambda count: 2 * count,  # n powers of e, n − 1 sums, a logarithm
}


class Graph:
    """Instructions as they are made: the same one is never made twice, and nothing idle is."""

    def __init__(self, inputs: Sequence[str]) -> None:
        """A place for each input."""
        self.inputs = tuple(inputs)
        self.instructions: list[Instruction] = [("input", ()) for _ in inputs]
        self.constants: dict[int, Fraction] = {}
        self.places: dict[str, int] = {word: place for place, word in enumerate(inputs)}
        self._made: dict[Instruction, int] = {}
        self._numbers: dict[tuple[int, int], int] = {}

    def number(self, value: Fraction | int) -> int:
        """The place of a constant."""
        key = value.as_integer_ratio()
        place = self._numbers.get(key)
        if place is None:
            place = self._numbers[key] = len(self.instructions)
            self.instructions.append(("number", ()))
            self.constants[place] = Fraction(value)
        return place

    def make(self, op: str, *args: int) -> int:
        """The place of an operation on places, in the cheapest form that gives the same."""
        cheaper = CHEAPER.get(op)
        found = cheaper(self, *args) if cheaper else None
        return self.put(op, args) if found is None else found

    def put(self, op: str, args: tuple[int, ...]) -> int:
        """The place of an operation as it is."""
        key = (op, args)
        place = self._made.get(key)
        if place is None:
            place = self._made[key] = len(self.instructions)
            self.instructions.append(key)
        return place

    def product(self, left: int, right: int) -> int | None:
        """The place of a product of two that move, where it has been made."""
        return self._made.get(("mul", (left, right) if left <= right else (right, left)))

    def add_tree(self, tree: Expression, places: Mapping[str, int]) -> int:
        """The place of a tree whose names stand for places; raises InputError for a name that has none."""
        done: dict[int, int] = {}
        for node in nodes(tree):
            op = node.op
            if op == "number":
                place = self.number(node.value)
            elif op != "name":
                args = list(map(done.__getitem__, map(id, node.args)))
                if len(args) == 1 and op in DEFAULTS:
                    args.append(self.number(DEFAULTS[op]))
                place = self.make(op, *args)
            elif node.name in places:
                place = places[node.name]
            else:
                raise InputError("missing-value", names=node.name)
            done[id(node)] = place
        return done[id(tree)]

    def taken_over(self, program: Program, inputs: Sequence[int]) -> dict[str, int]:
        """The instructions of a program made again here, its inputs at these places; the places of its outputs."""
        new = list(inputs)
        for place in range(len(inputs), len(program.instructions)):
            op, args = program.instructions[place]
            known = program.constants.get(place)
            new.append(self.make(op, *[new[arg] for arg in args]) if known is None else self.number(known))
        return {word: new[place] for word, place in program.outputs.items()}

    def program(self, outputs: Mapping[str, int]) -> Program:
        """The instructions that these outputs take, in order."""
        whole = Program(self.inputs, tuple(self.instructions), self.constants, outputs)
        return _reachable(whole, outputs)

    def value(self, place: int) -> Fraction | None:
        """The value of a place that holds a constant."""
        return self.constants.get(place)

    # the way back

    def slopes(self, loss: int, wrt: Sequence[int]) -> list[int]:
        """The places of the slopes of one place in others."""
        moving = self._moving(wrt)
        instructions, make = self.instructions, self.make
        waiting: dict[int, int] = {loss: self.number(1)}
        for place in reversed(range(loss + 1)):
            slope = waiting.get(place)
            if slope is None or not moving[place]:
                continue
            op, args = instructions[place]
            pull = _BACK.get(op, _back_by_rule)
            for position, arg in enumerate(args):
                if moving[arg]:
                    share = pull(self, args, position, place, slope)
                    waiting[arg] = make("add", waiting[arg], share) if arg in waiting else share
        zero = self.number(0)
        return [waiting.get(place, zero) for place in wrt]

    def _moving(self, wrt: Sequence[int]) -> list[bool]:
        """For every place, whether it changes when one of these does."""
        moving = [False] * len(self.instructions)
        for place in wrt:
            moving[place] = True
        for place, (_, args) in enumerate(self.instructions):
            for arg in args:
                if moving[arg]:
                    moving[place] = True
                    break
        return moving


@functools.lru_cache(maxsize=1024)
def _local(op: str, count: int, position: int) -> Expression:
    """The local derivative by the rules, in names for the operands."""
    if op in STRUCTURAL:
        raise InputError("no-rule", part=op, name=op)
    found = derivative(operation(op, *[name(f"u{place}") for place in range(count)]), f"u{position}")
    return found if found != ZERO else ZERO


def _reachable(program: Program, outputs: Mapping[str, int]) -> Program:
    instructions = program.instructions
    needed = [False] * len(instructions)
    for place in outputs.values():
        needed[place] = True
    for place in reversed(range(len(instructions))):
        if needed[place]:
            for arg in instructions[place][1]:
                needed[arg] = True
    new = list(range(len(instructions)))
    kept = list(instructions[: len(program.inputs)])
    for place in range(len(program.inputs), len(instructions)):
        if needed[place]:
            new[place] = len(kept)
            op, args = instructions[place]
            kept.append((op, tuple(map(new.__getitem__, args))))
    constants = {new[place]: value for place, value in program.constants.items() if needed[place]}
    return Program(program.inputs, tuple(kept), constants, {word: new[place] for word, place in outputs.items()})


# local derivatives that use the value of the operation itself --------------------------------------------------------

Back = Callable[[Graph, tuple[int, ...], int, int, int], int]


def _back_by_rule(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    """By the derivative of the operation in names for its operands."""
    names = {f"u{number}": arg for number, arg in enumerate(args)}
    local = _local(graph.instructions[place][0], len(args), position)
    return graph.make("mul", slope, graph.add_tree(local, names))


def _own(make: Callable[[Graph, int, int], int]) -> Back:
    """A function of one variable: its local derivative from its operand and its value."""
    return lambda graph, args, position, place, slope: graph.make("mul", slope, make(graph, args[0], place))


def _back_div(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    share = graph.make("div", slope, args[1])
    return share if position == 0 else graph.make("neg", graph.make("mul", share, place))


def _back_log(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    return graph.make("div", slope, args[0])


def _back_sqrt(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    return graph.make("div", slope, graph.make("mul", graph.number(2), place))


def _back_pow(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    base, exponent = args
    power = graph.value(exponent)
    if position == 0 and power is not None:
        below = graph.make("pow", base, graph.number(power - 1))
        return graph.make("mul", graph.make("mul", graph.number(power), slope), below)
    return _back_by_rule(graph, args, position, place, slope)


def _back_logsumexp(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    share = graph.make("exp", graph.make("sub", args[position], place))
    return graph.make("mul", slope, share)


def _standing(graph: Graph, slope: int, place: int) -> tuple[int, int, int] | None:
    """Where the slope of t is a product a·b, and a·t and b·t stand there already, as behind a product: a, a·t, b·t."""
    op, factors = graph.instructions[slope]
    if op != "mul":
        return None
    first, second = (graph.product(factor, place) for factor in factors)
    return None if first is None or second is None else (factors[0], first, second)


def _back_tanh(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    """Slope·(1 − t²), or slope − (a·t)·(b·t)."""
    standing = _standing(graph, slope, place)
    if standing is not None:
        return graph.make("sub", slope, graph.make("mul", *standing[1:]))
    return graph.make("mul", slope, graph.make("sub", graph.number(1), graph.make("mul", place, place)))


def _back_sigmoid(graph: Graph, args: tuple[int, ...], position: int, place: int, slope: int) -> int:
    """Slope·σ·(1 − σ), or (b·σ)·(a − a·σ)."""
    standing = _standing(graph, slope, place)
    if standing is not None:
        return graph.make("mul", standing[2], graph.make("sub", *standing[:2]))
    rest = graph.make("sub", graph.number(1), place)
    return graph.make("mul", slope, graph.make("mul", place, rest))


_BACK: Mapping[str, Back] = {
    "add": lambda graph, args, position, place, slope: slope,
    "sub": lambda graph, args, position, place, slope: slope if position == 0 else graph.make("neg", slope),
    "mul": lambda graph, args, position, place, slope: graph.make("mul", slope, args[1 - position]),
    "neg": lambda graph, args, position, place, slope: graph.make("neg", slope),
    "div": _back_div,
    "pow": _back_pow,
    "log": _back_log,
    "sqrt": _back_sqrt,
    "logsumexp": _back_logsumexp,
    "exp": _own(lambda graph, inner, place: place),
    "tanh": _back_tanh,
    "sigmoid": _back_sigmoid,
    "softplus": _own(lambda graph, inner, place: graph.make("sigmoid", inner)),
}


def program_of(formulas: Sequence[tuple[str, Expression]], inputs: Sequence[str]) -> Program:
    """Named formulas as one program: later ones may use the names of earlier ones, and each name is an output.

    >>> from symgd.expressions.reader import read
    >>> program_of([("z", read("w*x")), ("L", read("z^2 + z"))], ["w", "x"]).operations
    3
    """
    graph = Graph(inputs)
    places = dict(graph.places)
    for word, tree in formulas:
        places[word] = graph.add_tree(tree, places)
    return graph.program({word: places[word] for word, _ in formulas})


def curvature_program(definitions: Definitions, wrt: Sequence[str], constants: Mapping[str, Fraction]) -> Program:
    """The Hessian times a vector ("slope/w" by name) as one program of the point and of the vector ("along/w").

    The slope of (gradient · vector), so that it costs a small multiple of the gradient (Pearlmutter 1994). Raises as
    `reverse_program` does.
    """
    along = [f"along/{word}" for word in wrt]
    graph = Graph((*wrt, *along))
    places = {**graph.places, **{word: graph.number(value) for word, value in constants.items()}}
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        places[word] = graph.add_tree(stable(tree), places)
    slopes = graph.slopes(places[definitions.loss_name], range(len(wrt)))
    total = graph.number(0)
    for slope, word in zip(slopes, along, strict=True):
        total = graph.make("add", total, graph.make("mul", slope, places[word]))
    products = graph.slopes(total, range(len(wrt)))
    return graph.program({f"slope/{word}": product for word, product in zip(wrt, products, strict=True)})


def reverse_program(definitions: Definitions, wrt: Sequence[str], constants: Mapping[str, Fraction]) -> Program:
    """The loss ("loss") and its slopes (by the names in `wrt`) as one program of the inputs `wrt`.

    Raises InputError where a name has no value, or an operation no slope.

    >>> from symgd.expressions.reader import read_definitions
    >>> program = reverse_program(read_definitions("(w - 3)^2"), ["w"], {})
    >>> program.operations
    3
    """
    graph = Graph(wrt)
    places = {**graph.places, **{word: graph.number(value) for word, value in constants.items()}}
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        places[word] = graph.add_tree(stable(tree), places)
    loss = places[definitions.loss_name]
    slopes = graph.slopes(loss, range(len(wrt)))
    return graph.program({"loss": loss, **{f"slope/{word}": slope for word, slope in zip(wrt, slopes, strict=True)}})
