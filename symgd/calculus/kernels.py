"""A formula as a quotient of polynomials over Q in its names and in independent kernels: e^m, ln|f|, sin m, √f, |f|.

Where the numerator of a difference comes to 0 under the relations of the kernels (sin² + cos² = 1, √f² = f), the two
formulas are equal wherever both have a value: that is a proof. Where it does not, nothing is said, unless no kernel
stands in it: two quotients of polynomials are equal only if they are the same.

Kernels are made of what stands inside them in normal form: e^(2a + b) is (e^a)²·e^b, ln(ab²) is ln|a| + 2 ln|b|.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from symgd.calculus.rationals import common_unit, primes, spread, square_part
from symgd.expressions.tree import Expression, nodes

Poly = Any
#: Polynomials of more terms, or powers beyond this, take longer than a proof is worth.
_MOST_TERMS, _MOST_POWER, _MOST_PLAIN = 400, 40, 2_000
MOST_KERNELS = 40
#: Most formulas have no more, and polynomials in few generators are quicker.
FEW_KERNELS = 8


class Beyond(Exception):
    """The formula has no such form, or none of a reasonable size."""


class MoreRoom(Exception):
    """There are more kernels than were expected: begin again with room for all."""


class Form(NamedTuple):
    """A quotient of polynomials."""

    top: Poly
    bottom: Poly


class Field:
    """The names and kernels of a proof, and the formulas over them."""

    def __init__(
        self, trees: Sequence[Expression], rows: Mapping[str, Callable[..., Form]], most: int = MOST_KERNELS
    ) -> None:
        """Make room for kernels, `most` at the most; `rows` say what operations make of forms."""
        self.rows = rows
        names = list(dict.fromkeys(word for tree in trees for word in tree.names))
        inner = sum(1 for tree in trees for node in nodes(tree) if node.op not in _PLAIN)
        self.room = min(most, 4 * inner + 2 if inner else 0)
        count = self.room + len(names)
        self.ring = fmpq_mpoly_ctx.get([f"k{place}" for place in range(count)] or ["k0"], Ordering.lex)
        self.generators = list(self.ring.gens())
        self.names = {word: self.generators[self.room + place] for place, word in enumerate(names)}
        self.kernels: dict[tuple[str, str], Poly] = {}
        self.relations: list[Poly] = []
        self.positive: set[str] = set()
        self.units: dict[
            tuple[str, str], Fraction
        ] = {}  # of e^(c·m) and sin(c·m): by m the c that all are multiples of
        self.exponents: dict[str, Form] = {}
        self.inside: dict[tuple[str, str], Form] = {}  # of ln|f| and √f: the f
        self.one = self.ring.constant(1)
        self.zero = self.ring.constant(0)

    def of(self, tree: Expression) -> Form:
        """The form of a tree; raises Beyond."""
        done: dict[int, Form] = {}
        for node in nodes(tree):
            done[id(node)] = self.node(node, [done[id(arg)] for arg in node.args])
        return done[id(tree)]

    def node(self, node: Expression, args: list[Form]) -> Form:
        """The form of an operation on forms."""
        if node.op == "number":
            return self.number(node.value)
        if node.op == "name":
            return Form(self.names[node.name], self.one)
        if node.op in REFUSED:
            raise Beyond(node.op)
        if node.op == "pow" and node.args[1].op == "number":
            return self.small(self.raised(args[0], node.args[1].value))
        row = self.rows.get(node.op)
        return self.opaque(node.op, args) if row is None else self.small(row(self, *args))

    def number(self, value: Fraction) -> Form:
        """A rational."""
        return Form(self.ring.constant(fmpq(value.numerator, value.denominator)), self.one)

    # arithmetic

    def small(self, form: Form) -> Form:
        """The form if it is of a reasonable size."""
        if len(form.top) > _MOST_TERMS or len(form.bottom) > _MOST_TERMS:
            raise Beyond("size")
        return form

    def add(self, a: Form, b: Form) -> Form:
        """a + b."""
        if a.bottom == b.bottom:
            return Form(a.top + b.top, a.bottom)
        return self.small(Form(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom))

    def sub(self, a: Form, b: Form) -> Form:
        """a − b."""
        return self.add(a, Form(-b.top, b.bottom))

    def mul(self, a: Form, b: Form) -> Form:
        """a·b."""
        return self.small(Form(a.top * b.top, a.bottom * b.bottom))

    def div(self, a: Form, b: Form) -> Form:
        """a/b; raises Beyond where b is 0."""
        if b.top.is_zero():
            raise Beyond("zero")
        return self.small(Form(a.top * b.bottom, a.bottom * b.top))

    def power(self, base: Form, exponent: Form) -> Form:
        """A power with a rational exponent; any other is e^(exponent·ln base)."""
        constant = self.constant(exponent)
        if constant is None:
            return self.exp(self.mul(exponent, self.log(base)))
        return self.raised(base, constant)

    def raised(self, base: Form, constant: Fraction) -> Form:
        """A whole power, or one of the root."""
        if constant.denominator != 1:
            if constant.denominator != 2:
                raise Beyond("root")
            return self.raised(self.sqrt(base), constant * 2)
        count = abs(int(constant))
        plain = base.top.is_constant() and base.bottom.is_constant()
        most = _MOST_PLAIN if plain else min(_MOST_POWER, _MOST_TERMS // (len(base.top) + len(base.bottom)))
        if count > most or any(spread(len(poly), count) > 10 * _MOST_TERMS for poly in base):
            raise Beyond("power")
        top, bottom = base.top**count, base.bottom**count
        return (
            self.small(Form(top, bottom)) if constant >= 0 else self.div(Form(bottom, self.one), Form(top, self.one))
        )

    def constant(self, form: Form) -> Fraction | None:
        """The value of a form that is a number."""
        form = self.reduced(form)
        if not form.top.is_constant() or not form.bottom.is_constant():
            return None
        top, bottom = (_leading(poly) for poly in form)
        return top / bottom

    def reduced(self, form: Form) -> Form:
        """In lowest terms, under the relations, with leading coefficient 1 below."""
        top, bottom = self.under_relations(form.top), self.under_relations(form.bottom)
        if bottom.is_zero():
            raise Beyond("zero")
        if top.is_zero():
            return Form(self.zero, self.one)
        if not bottom.is_constant():
            common = top.gcd(bottom)
            top, bottom = divmod(top, common)[0], divmod(bottom, common)[0]
        leading = bottom.leading_coefficient()
        return Form(top / leading, bottom / leading)

    def under_relations(self, poly: Poly) -> Poly:
        """The remainder by the relations of the kernels; a later kernel may hold an earlier one, so those go first."""
        for relation in reversed(self.relations):
            poly = divmod(poly, relation)[1]
        return poly

    def is_zero(self, form: Form) -> bool:
        """Whether it is 0 wherever it has a value."""
        return bool(self.under_relations(form.top).is_zero())

    # kernels

    def kernel(self, kind: str, inside: str) -> tuple[Poly, bool]:
        """The generator of a kernel, and whether it is new."""
        key = (kind, inside)
        new = key not in self.kernels
        if new:
            if len(self.kernels) >= self.room:
                raise MoreRoom if self.room < MOST_KERNELS else Beyond("kernels")
            self.kernels[key] = self.generators[self.room - 1 - len(self.kernels)]
        return self.kernels[key], new

    def key(self, form: Form) -> str:
        """What is the same for equal forms."""
        form = self.reduced(form)
        return f"{form.top}/{form.bottom}"

    def opaque(self, op: str, args: list[Form]) -> Form:
        """A function of which nothing is known here but that it is one."""
        return Form(self.kernel(op, ";".join(map(self.key, args)))[0], self.one)

    def parts(self, form: Form) -> list[tuple[Fraction, str, Form]]:
        """A form as a sum of rational multiples of monomials over one denominator, each with its key."""
        form = self.reduced(form)
        found = []
        for exponents, coefficient in form.top.terms():
            monomial = self.ring.from_dict({exponents: 1})
            common = monomial.gcd(form.bottom) if not form.bottom.is_constant() else self.one
            part = Form(divmod(monomial, common)[0], divmod(form.bottom, common)[0])
            found.append((_fraction(coefficient), f"{part.top}/{part.bottom}", part))
        return found

    def shared(self, kind: str, form: Form) -> Iterator[tuple[int, str, Form]]:
        """The same with whole multiples of the unit of each monomial; raises FinerUnit where that must be smaller."""
        for coefficient, key, part in self.parts(form):
            unit = self.units.setdefault((kind, key), abs(coefficient))
            count = coefficient / unit
            if count.denominator != 1:
                raise FinerUnit((kind, key), common_unit(unit, abs(coefficient)))
            yield int(count), key, part

    def exp(self, form: Form) -> Form:
        """A product of powers of e^(c·m) for the monomials m; of c·ln|f| it is |f|^c."""
        made, rest = Form(self.one, self.one), Form(self.zero, self.one)
        for coefficient, key, part in self.parts(form):
            inside = self.inside.get(("log", key))
            if inside is None or coefficient.denominator > 2:
                rest = self.add(rest, self.times(coefficient, part))
            else:
                made = self.mul(made, self.raised(self.absolute(inside), coefficient))
        for count, key, part in self.shared("exp", rest):
            base = self.kernel("exp", key)[0]
            self.exponents[key] = part
            self.positive.add(str(base))
            made = self.mul(made, self.raised(Form(base, self.one), Fraction(count)))
        return made

    def factors(self, form: Form) -> tuple[Fraction, list[tuple[Poly, int]]]:
        """A number, and irreducible factors with their powers."""
        form = self.reduced(form)
        if form.top.is_zero():
            raise Beyond("zero")
        above, below = form.top.factor(), form.bottom.factor()
        powers = [*above[1], *((factor, -power) for factor, power in below[1])]
        coefficient, found = _fraction(above[0]) / _fraction(below[0]), []
        for factor, power in powers:
            content = _fraction(factor.leading_coefficient())
            found.append((factor / factor.leading_coefficient(), int(power)))
            coefficient *= content ** int(power)
        return coefficient, found

    def log(self, form: Form) -> Form:
        """A sum of multiples of ln|f| for the factors f; of e^m it is m."""
        coefficient, factors = self.factors(form)
        made = self.number(Fraction(0))
        for prime, power in primes(abs(coefficient)):
            made = self.add(made, self.times(power, self.log_kernel(self.ring.constant(prime))))
        for factor, power in factors:
            made = self.add(made, self.times(power, self.log_of(factor)))
        return made

    def log_of(self, factor: Poly) -> Form:
        """ln|f| of an irreducible factor."""
        for (kind, key), generator in self.kernels.items():
            if kind == "exp" and generator == factor:
                return self.times(self.units["exp", key], self.exponents[key])
            if kind == "sqrt" and generator == factor:
                return self.times(Fraction(1, 2), self.log(self.inside["sqrt", key]))
        return self.log_kernel(factor)

    def log_kernel(self, inside: Poly) -> Form:
        """ln|f| as a kernel."""
        made = Form(self.kernel("log", str(inside))[0], self.one)
        self.inside["log", f"{made.top}/{made.bottom}"] = Form(inside, self.one)
        return made

    def times(self, factor: Fraction | int, form: Form) -> Form:
        """A rational multiple."""
        return self.mul(self.number(Fraction(factor)), form)

    def absolute(self, form: Form) -> Form:
        """|c|·Π|f|^k: even powers need no bars."""
        if self.is_zero(form):
            return form
        coefficient, factors = self.factors(form)
        made = self.number(abs(coefficient))
        for factor, power in factors:
            bare = Form(factor, self.one)
            if power % 2 and str(factor) not in self.positive:
                made = self.mul(made, self.mul(self.bars(factor), self.raised(bare, Fraction(power - 1))))
            else:
                made = self.mul(made, self.raised(bare, Fraction(power)))
        return made

    def bars(self, factor: Poly) -> Form:
        """|f| with |f|² = f²."""
        generator, new = self.kernel("abs", str(factor))
        if new:
            self.relations.append(generator**2 - factor**2)
        return Form(generator, self.one)

    def sqrt(self, form: Form) -> Form:
        """√c·Π: of even powers |f|^(k/2), of the rest the root of its product."""
        if self.is_zero(form):
            return form
        coefficient, factors = self.factors(form)
        made, top, bottom = self.number(Fraction(1)), self.one, self.one
        for factor, power in factors:
            half = (power - power % 2) // 2
            bare = Form(factor, self.one)
            made = self.mul(made, self.raised(self.absolute(bare), Fraction(half)))
            top = top * factor if power % 2 else top
        square, rest = square_part(coefficient)
        made = self.times(square, made)
        inside = top * self.ring.constant(fmpq(rest.numerator, rest.denominator))
        if inside == self.one:
            return made
        generator, new = self.kernel("sqrt", str(inside))
        if new:
            self.relations.append(generator**2 - inside)
            self.inside["sqrt", str(inside)] = Form(inside, self.one)
            self.positive.add(str(generator))
        return self.mul(made, Form(generator, bottom))

    def circle(self, form: Form) -> tuple[Form, Form]:
        """Cosine and sine, by the addition theorems from those of the monomials."""
        cosine, sine = self.number(Fraction(1)), self.number(Fraction(0))
        rest = form
        for coefficient, key, part in self.parts(form):
            if key == self.half_turn and (2 * coefficient).denominator == 1:
                rest = self.sub(rest, self.times(coefficient, part))
                for _ in range(int(2 * coefficient) % 4):
                    cosine, sine = Form(-sine.top, sine.bottom), cosine
        for count, key, _ in self.shared("sin", rest):
            if abs(count) > _MOST_TURNS:
                raise Beyond("turns")
            s, new = self.kernel("sin", key)
            c, _ = self.kernel("cos", key)
            if new:
                self.relations.append(s**2 + c**2 - 1)
            one = Form(c, self.one), Form(s if count > 0 else -s, self.one)
            for _ in range(abs(count)):
                cosine, sine = (
                    self.sub(self.mul(cosine, one[0]), self.mul(sine, one[1])),
                    self.add(self.mul(sine, one[0]), self.mul(cosine, one[1])),
                )
        return cosine, sine

    @property
    def half_turn(self) -> str:
        """The key of π among monomials; "" where it was not met."""
        found = self.kernels.get(("pi", ""))
        return "" if found is None else f"{found}/{self.one}"


class FinerUnit(Exception):
    """A monomial in an exponent or an angle stands there with a coefficient that is no multiple of the unit so far:
    begin again with a smaller one."""

    def __init__(self, key: tuple[str, str], unit: Fraction) -> None:
        """The monomial and the unit."""
        super().__init__(key)
        self.key, self.unit = key, unit


_MOST_TURNS = 6
_PLAIN = frozenset({"number", "name", "add", "sub", "mul", "div", "neg"})
#: Operations of which nothing is known here; a sum over an index has names of its own.
REFUSED = frozenset({"piecewise", "lt", "le", "gt", "ge", "true", "series", "index", "vector", "sum", "mean"})


def _fraction(value: Any) -> Fraction:
    value = fmpq(value)
    return Fraction(int(value.p), int(value.q))


def _leading(poly: Poly) -> Fraction:
    return _fraction(poly.leading_coefficient()) if not poly.is_zero() else Fraction(0)
