"""Calls for the soak, each with an oracle that knows the right mark: it works in fractions and doubles of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count, cycle
from random import Random
from typing import Any, NamedTuple

import symgd
from tests.checking.rewritings import Pair, equal_pairs, unequal_pairs

#: What a call is found to be.
RIGHT, UNDECIDED = "", "undecided"


class Call(NamedTuple):
    """One call: what it is called in the table, what is done, and what is wrong with what came of it ("" nothing).

    `text` is what failed, for the log; a `timed` call is one working, which has a deadline.
    """

    kind: str
    run: Callable[[], Any]
    fault: Callable[[Any], str]
    text: str
    timed: bool = True


class Expected(NamedTuple):
    """A working with the mark that it must get; `first` is the first wrong line, None where there is none."""

    text: str
    first: int | None
    score: int

    def fault(self, report: Any) -> str:
        """What is wrong with a report of it."""
        if "late" in report.warnings:
            return UNDECIDED
        if report.first_wrong_line != self.first or report.score != self.score:
            return f"first wrong {report.first_wrong_line}, not {self.first}; score {report.score}, not {self.score}"
        undecided = report.status == "undecided"
        return UNDECIDED if undecided else RIGHT if (report.status == "correct") == (self.first is None) else "status"


def decimal(value: Fraction) -> str:
    """A fraction whose denominator is a power of ten, or divides one."""
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def some(rng: Random, low: int, high: int, places: int = 1) -> Fraction:
    return Fraction(rng.randint(low * 10**places, high * 10**places), 10**places)


class Bowl:
    """(w1 − a1)² + c (w2 − a2)², and the lines of a descent in it."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.valley = [some(rng, -3, 3, 2) for _ in range(2)]
        self.steep = [1, rng.randint(1, 4)]
        self.start = [valley + Fraction(rng.choice((-1, 1)) * rng.randint(1, 20), 10) for valley in self.valley]
        self.rate, self.steps = Fraction(rng.choice((1, 2, 3)), 10), rng.randint(1, 3)
        sides = [
            f"{c}*(w{i} - ({decimal(a)}))^2" for i, (c, a) in enumerate(zip(self.steep, self.valley, strict=True), 1)
        ]
        start = {f"w{i}": decimal(value) for i, value in enumerate(self.start, 1)}
        self.problem = symgd.Problem(
            " + ".join(sides), start=start, learning_rate=decimal(self.rate), steps=self.steps
        )

    def working(self, wrong: int | None = None) -> Expected:
        """The lines; that with the number `wrong` (from 0) ends in another value, and the rest follows from it."""
        lines, first, number = list[str](), None, 0
        place, head = list(self.start), self.rng.choice(("Update {}", "第 {} 次更新"))
        for update in range(1, self.steps + 1):
            lines.append(head.format(update))
            old, slopes = list(place), list[Fraction]()
            for part in range(4):
                k = part % 2
                if part < 2:
                    body, value = (
                        f"dL/dw{k + 1} = {2 * self.steep[k]}*(w{k + 1} - ({decimal(self.valley[k])}))",
                        self.slope(k, old),
                    )
                else:
                    body = f"w{k + 1} = {decimal(old[k])} - {decimal(self.rate)}*({decimal(slopes[k])})"
                    value = old[k] - self.rate * slopes[k]
                if number == wrong:
                    ends = {self.valley[k], (old[k] - self.valley[k]) / self.rate}  # from where nothing moves
                    value, first = self.other(value, {Fraction(0), old[k], *ends}), len(lines) + 1
                (slopes if part < 2 else place)[k : k + 1] = [value]
                lines.append(f"{body} = {decimal(value)}")
                number += 1
        return Expected("\n".join(lines), first, number - (first is not None))

    def slope(self, k: int, at: list[Fraction]) -> Fraction:
        return 2 * self.steep[k] * (at[k] - self.valley[k])

    def other(self, value: Fraction, taboo: set[Fraction]) -> Fraction:
        """Another value, which does not stop the descent."""
        off = [Fraction(n, 100) * sign for n in (1, 7, 30, 110) for sign in (1, -1)]
        return self.rng.choice([value + each for each in off if value + each not in taboo])


def bowls(rng: Random, kind: str) -> Iterator[Call]:
    """Right workings, or wrong ones."""
    while True:
        bowl = Bowl(rng)
        found = bowl.working(None if kind == "right" else rng.randrange(4 * bowl.steps))
        yield Call(kind, partial(symgd.check, bowl.problem, found.text), found.fault, found.text)


def vectors(rng: Random) -> Iterator[Call]:
    """A step in ½ wᵀAw − bᵀw; every second one ends in a wrong vector."""
    for number in count():
        a, c, d = rng.randint(2, 4), rng.randint(-1, 1), rng.randint(2, 4)
        b, start = [rng.randint(-3, 3) for _ in range(2)], [some(rng, -3, 3) for _ in range(2)]
        slope = [a * start[0] + c * start[1] - b[0], c * start[0] + d * start[1] - b[1]]
        after = [w - Fraction(1, 10) * g for w, g in zip(start, slope, strict=True)]
        wrong = number % 2 == 1
        shown = [after[0], after[1] + Fraction(rng.choice((-9, 1, 4)), 10)] if wrong else after
        lines = [
            f"dL/dw = A*w - b = {entries(slope)}",
            f"w = {entries(start)} - 0.1*{entries(slope)} = {entries(shown)}",
        ]
        problem = symgd.Problem(
            "1/2*w'*A*w - b'*w",
            start={"w": [decimal(x) for x in start]},
            let={"A": [[a, c], [c, d]], "b": b},
            learning_rate="0.1",
            steps=1,
        )
        found = Expected("\n".join(lines), 2 if wrong else None, 1 if wrong else 2)
        yield Call("vectors", partial(symgd.check, problem, found.text), found.fault, found.text)


def entries(values: list[Fraction]) -> str:
    return f"[{', '.join(map(decimal, values))}]"


def irrational(rng: Random) -> Iterator[Call]:
    """A neuron with values to so many places, the formula in front or not; every second one is a little off."""
    for number in count():
        x, y, w, b = some(rng, 1, 3), rng.randint(0, 1), some(rng, -2, 2), some(rng, -1, 1)
        a = 1 / (1 + math.exp(-float(w * x + b)))
        slope, places = 2 * (a - y) * a * (1 - a) * float(x), rng.randint(3, 6)
        if near_half(slope, places) or abs(slope) < 1e-2:
            continue
        formula = rng.choice(("", "2*(sigmoid(w*x+b) - y)*sigmoid(w*x+b)*(1 - sigmoid(w*x+b))*x ≈ "))
        wrong = number % 2 == 1
        value = round(slope, places) + (rng.choice((-3, 2, 5)) * 10.0**-places if wrong else 0)
        text = f"dL/dw {'=' if formula else '≈'} {formula}{value:.{places}f}"
        let = {"x": decimal(x), "y": str(y)}
        start = {"w": decimal(w), "b": decimal(b)}
        problem = symgd.Problem("(sigmoid(w*x + b) - y)^2", start=start, let=let, steps=1)
        found = Expected(text, 1 if wrong else None, 0 if wrong else 1)
        yield Call("irrational", partial(symgd.check, problem, text), irrational_fault(found), text)


def irrational_fault(expected: Expected) -> Callable[[Any], str]:
    """Only the slope is stated: the last weights are missing, so that no such working is correct."""

    def fault(report: Any) -> str:
        if "late" in report.warnings:
            return UNDECIDED
        if report.first_wrong_line != expected.first or report.score != expected.score:
            return (
                f"first wrong {report.first_wrong_line}, score {report.score}, not {expected.first}, {expected.score}"
            )
        return UNDECIDED if report.status == "undecided" else RIGHT

    return fault


def near_half(value: float, places: int) -> bool:
    """Whether the rounding of a double might hang on digits that it does not have."""
    scaled = abs(value) * 10**places
    return bool(abs(scaled - math.floor(scaled) - 0.5) < 1e-4)


_SIGNS = (
    "w1w20.5=+-*/^()[]{},;:|\\≈≒∂∇ΔηαΣ√²³₁½𝑥∞％＝＋（）。，、我的答案ok \n\t'\"$&#%@!?<>~`"
    "\u200b\u202e\ufeff\x00\x1b\u0301🙂"
)


def unreadable(rng: Random) -> Iterator[Call]:
    """Signs by chance behind the name of a quantity: nothing of it is a right answer, and no line of it breaks."""
    bowl = Bowl(rng)
    while True:
        heads = ("dL/dw1 = ", "w1 = ", "", "\\frac{\\partial L}{\\partial w_1} = ", "w1[2] ≈ ")
        junk = ["".join(rng.choices(_SIGNS, k=rng.randint(1, 80))) for _ in range(rng.randint(1, 6))]
        text = "\n".join(rng.choice(heads) + each for each in junk)
        yield Call("unreadable", partial(symgd.check, bowl.problem, text), not_correct, text)


def not_correct(report: Any) -> str:
    return "correct" if report.status == "correct" else RIGHT


HOSTILE: tuple[Callable[[int], str], ...] = (
    lambda n: "w1 = 9^9^9^9",
    lambda n: f"w1 = 10^{n}*exp(1)-exp(1)*10^{n}+1",
    lambda n: f"dL/dw1 = {'(' * n}w1{')' * n}",
    lambda n: f"w1 = {'sin(' * (n % 60)}1{')' * (n % 60)}",
    lambda n: f"w1 = {'1+' * n}1",
    lambda n: f"w1 = {'9' * n}",
    lambda n: f"w1 = {'1/(1+' * (n % 50)}1{')' * (n % 50)}",
    lambda n: f"dL/dw1 = (w1+w2+{n})^97 - (w2+w1+{n})^97 + 2*w1",
    lambda n: f"dL/dw1 = {'+'.join(f'sin(w1+{k})^2+cos({k}+w1)^2' for k in range(n % 40))}+w1",
    lambda n: f"dL/dw1 = {'*'.join(f'(w1+w2+{k})' for k in range(n % 60 + 1))}",
    lambda n: "\n".join(f"w1 = {k}" for k in range(n)),
    lambda n: "|" + "w1|" * n + "\n|" + "-|" * n + "\n|" + "1|" * n,
    lambda n: r"w_1 = " + r"\frac{1}{" * n + "2" + "}" * n,
    lambda n: f"w1 = {'[' * n}1{']' * n}",
    lambda n: "w1 = " + "=".join(str(k) for k in range(n)),
    lambda n: f"w1 = sum_{{i=1}}^{{{10**(n % 30)}}} i",
    lambda n: "w1 " * n,
    lambda n: "w1 = exp(" * (n % 30) + "9" + ")" * (n % 30),
    lambda n: f"w1 = 1e{n}*1e-{n}",
    lambda n: "(=" * n,
    lambda n: "w1 = 0.5 " + "\u0301" * n,
    lambda n: "x_" * n + "1 = 2",
)  # fmt: skip


def hostile(rng: Random) -> Iterator[Call]:
    """A line that means harm, and the right lines behind it, of which none may be marked wrong."""
    for make in cycle(HOSTILE):
        bowl = Bowl(rng)
        good = bowl.working().text.splitlines()
        bad = make(rng.choice((3, 40, 400, 4_000, 20_000)))
        text = f"{bad}\n" + "\n".join(good)

        def fault(report: Any, good: list[str] = good, before: int = bad.count("\n") + 1) -> str:
            wrong = [each.n for each in report if each.n > before and each.status == "slip"]
            return f"right lines {wrong} are marked wrong" if wrong else RIGHT

        yield Call("hostile", partial(symgd.check, bowl.problem, text), fault, text)


def pairs(rng: Random) -> Iterator[Call]:
    """Two formulas, equal or not, by turns."""
    makers = {"equal": equal_pairs, "different": unequal_pairs}
    for seed in count(rng.randrange(10**6)):
        for truth, make in makers.items():
            for pair in make(seed, 20):
                yield Call("pairs", partial(symgd.equivalent, pair.a, pair.b), pair_fault(truth), shown(pair))


def shown(pair: Pair) -> str:
    return f"{pair.a}   and   {pair.b}"


def pair_fault(truth: str) -> Callable[[Any], str]:
    def fault(found: Any) -> str:
        if found.verdict == "unknown":
            return UNDECIDED
        return RIGHT if found.verdict == truth else f"{found.verdict}, not {truth}"

    return fault


def classes(rng: Random, jobs: int) -> Iterator[Call]:
    """A class of one problem: right and wrong workings, several alike, empty and unreadable ones."""
    while True:
        bowl = Bowl(rng)
        made = [bowl.working(wrong) for wrong in (None, *range(4 * bowl.steps))]
        junk = Expected("".join(rng.choices(_SIGNS, k=40)).replace("=", "-"), None, 0)
        chosen = [rng.choice([*made, junk]) for _ in range(rng.randint(5, 60))]
        rows = [(f"s{number}", each.text) for number, each in enumerate(chosen)]
        workers = rng.choice((1, 1, 1, jobs))

        def fault(found: Any, chosen: list[Expected] = chosen, junk: Expected = junk) -> str:
            if [each.student for each in found] != [f"s{number}" for number in range(len(chosen))]:
                return "rows are lost"
            marks = [
                not_correct(report) if each is junk else each.fault(report)
                for each, report in zip(chosen, found, strict=True)
            ]
            wrong = (f"row {row}: {mark}" for row, mark in enumerate(marks) if mark not in (RIGHT, UNDECIDED))
            return next(wrong, UNDECIDED if UNDECIDED in marks else RIGHT)

        text = "\n---\n".join(each.text for each in chosen)
        yield Call("class", partial(symgd.grade, bowl.problem, rows, jobs=workers), fault, text, timed=False)


def mixed(seed: int, jobs: int = 2) -> Iterator[Call]:
    """All kinds by turns, for ever; the same seed gives the same calls."""
    rng = Random(seed)
    sources = (
        *(bowls(Random(rng.random()), kind) for kind in ("right", "wrong")),
        *(make(Random(rng.random())) for make in (vectors, irrational, unreadable, hostile, pairs)),
    )
    marking = classes(Random(rng.random()), jobs)
    for number in count(1):
        yield from map(next, sources)
        if number % 25 == 0:
            yield next(marking)
