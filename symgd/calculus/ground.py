"""What is known of the names in a loss over vectors and matrices, and how slopes are written on that ground."""

from __future__ import annotations

from collections.abc import Mapping

from symgd.calculus.algebra import factors_of, power_of_entries, product
from symgd.expressions.shapes import Shape, typed
from symgd.expressions.tree import ONE, Expression, fold, name, number, operation, rebuilt


class Ground:
    """What is known of names: shapes, how many rows of data there are, what is symmetric or sums to 1."""

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        rows: int | None = None,
        symmetric: frozenset[str] = frozenset(),
        stochastic: frozenset[str] = frozenset(),
    ) -> None:
        """`rows` is the number that is called n; `stochastic` names have rows that sum to 1."""
        self.shapes, self.rows = dict(shapes), rows
        self.symmetric, self.stochastic = symmetric, stochastic
        self._known: dict[Expression, Shape] = {}
        self.left_as_they_are: dict[str, None] = {}  # the symmetric ones that were transposed since somebody looked

    def shape(self, tree: Expression) -> Shape:
        """The shape of a tree."""
        if tree not in self._known:
            self._known[tree] = typed(tree, self.shapes).shape
        return self._known[tree]

    def count(self, tree: Expression) -> Expression:
        """How many entries: n for a number to each row of data."""
        shape = self.shape(tree)
        size = 1
        for side in shape:
            size *= side
        return name("n") if len(shape) == 1 and size == self.rows else number(size)

    def times(self, *factors: Expression) -> Expression:
        """The product entry by entry, numbers first."""
        made = product(*factors)
        return self.marked(made)

    def marked(self, tree: Expression) -> Expression:
        """The tree with products of two matrices written as such, entry by entry."""
        return fold(tree, self._mark)

    def _mark(self, node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "mul" and all(len(self.shape(arg)) == 2 for arg in args):
            return operation("hadamard", *args)
        shape = self.shape(args[0]) if node.op == "pow" else ()
        return power_of_entries(*args) if len(shape) == 2 and shape[0] == shape[1] else rebuilt(node, args)

    def matmul(self, left: Expression, right: Expression) -> Expression:
        """The matrix product, numbers in front."""
        first, second = self.split(left), self.split(right)
        inner = second[1] if first[1].op == "eye" else operation("matmul", first[1], second[1])
        return product(first[0], second[0], inner)

    def split(self, tree: Expression) -> tuple[Expression, Expression]:
        """The numbers of a product, and the rest."""
        if not self.shape(tree):
            return tree, ONE
        above, below = factors_of(tree)
        scalars = [factor for factor in above if not self.shape(factor)]
        rest = [factor for factor in above if self.shape(factor)]
        under = [factor for factor in below if not self.shape(factor)]
        over = [factor for factor in below if self.shape(factor)]
        coefficient = product(*scalars, *(operation("div", ONE, factor) for factor in under))
        body = self.times(*rest, *(operation("div", ONE, factor) for factor in over))
        if coefficient.op == "neg" and body.op == "sub":  # −2·(y − p) is 2·(p − y)
            return coefficient.args[0], operation("sub", body.args[1], body.args[0])
        return coefficient, body

    def transposed(self, tree: Expression) -> Expression:
        """The transpose, taken to the names: (A·B)ᵀ is Bᵀ·Aᵀ."""
        if tree.op == "transpose":
            return tree.args[0]
        if tree.op == "name" and tree.name in self.symmetric:
            self.left_as_they_are[tree.name] = None
            return tree
        if not self.shape(tree):
            return tree
        coefficient, rest = self.split(tree)
        if coefficient != ONE:
            return product(coefficient, self.transposed(rest))
        if tree.op in ("add", "sub") and all(map(self.shape, tree.args)):
            return operation(tree.op, *map(self.transposed, tree.args))
        if tree.op == "matmul":
            left, right = tree.args
            return self.matmul(self.transposed(right), self.transposed(left))
        return operation("transpose", tree)

    def column_of(self, row: Expression) -> Expression:
        """The vector that a row of one stands for."""
        turned = self.transposed(row)
        return turned if len(self.shape(turned)) == 1 else operation("index", row, ONE)

    def turned(self, slope: Expression, like: Expression) -> Expression:
        """The slope in what was transposed, in its shape; a number in every entry is one there too."""
        return self.column_of(slope) if len(self.shape(like)) == 1 and self.shape(slope) else self.transposed(slope)

    def spread(self, slope: Expression, like: Expression) -> Expression:
        """A slope in every entry: a number times ones."""
        if self.shape(slope) or not self.shape(like):
            return slope
        return product(slope, operation("ones", like))

    def summed(self, tree: Expression) -> Expression:
        """The sum of all entries, numbers in front; of a product of two it is their dot product."""
        if not self.shape(tree):
            return tree
        coefficient, rest = self.split(tree)
        if rest.op == "ones":
            return product(coefficient, self.count(rest))
        if rest.op in ("mul", "hadamard"):
            return product(coefficient, operation("dot", *rest.args))
        return product(coefficient, operation("sum", rest))
