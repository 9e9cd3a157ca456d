"""The part of the grammar that is about functions in pieces: conditions, and the cases of LaTeX."""

from __future__ import annotations

from symgd.expressions.cursor import Cursor
from symgd.expressions.operations import WORDS
from symgd.expressions.tokens import Token
from symgd.expressions.tree import Expression


class BranchGrammar(Cursor):
    """Branches: a value and the condition under which it holds."""

    def expression(self, floor: int) -> Expression:
        """An operand and the operations behind it; the grammar of numbers knows it."""
        raise NotImplementedError

    def condition(self) -> Expression:
        """A comparison, or `true`."""
        token = self.token
        if token.kind == "word" and WORDS.get(token.text) == "true" and token.text not in self.declared:
            self.advance()
            return self.leaf(token, "true")
        left = self.expression(0)
        token = self.token
        if token.kind != "compare":
            self.fail("condition", token)
        self.advance()
        return self.make(token.text, left, self.expression(0), start=left)

    def check_branches(self, branches: list[Expression], opener: Token) -> None:
        """Put pairs flat; the last one must hold otherwise."""
        if not branches or branches[-1].args[1].op != "true":
            self.fail("piecewise-otherwise", opener)
        branches[:] = [part for branch in branches for part in branch.args]

    def cases(self, token: Token, floor: int) -> Expression:
        """\\begin{cases} value & condition \\\\ ... \\end{cases}."""
        self.advance()
        branches: list[Expression] = []
        while True:
            value = self.expression(0)
            if self.token.kind not in ("&", ","):
                self.fail("piecewise", self.token)
            self.advance()
            branches.append(self.make("branch", value, self.condition(), start=value))
            if self.token.kind != "row":
                break
            self.advance()
            if self.token.kind == "endcases":
                break
        self.close("endcases", token)
        self.check_branches(branches, token)
        return self.make("piecewise", *branches, start=token)
