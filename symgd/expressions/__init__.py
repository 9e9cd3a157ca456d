"""Floor 1: the tree, the table of operations, the reader and the writer. It knows no SymPy."""

from symgd.expressions.limits import STRICT, WIDE, Limits
from symgd.expressions.reader import Definitions, read, read_definitions
from symgd.expressions.tree import Expression

__all__ = ["STRICT", "WIDE", "Definitions", "Expression", "Limits", "read", "read_definitions"]
