"""The faults that are put in: a row a kind, from a node of Python's syntax tree to what stands there instead."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: What stands instead of a node; a statement instead of a statement, an expression instead of an expression.
Change = Callable[[Any], Iterator[ast.AST]]

_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_FUNCTIONS = {"any": "all", "all": "any", "min": "max", "max": "min"}


def _with(node: ast.AST, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _opposite(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, sign in enumerate(node.ops):
        for other in _COMPARISONS[type(sign)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _signed(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _calculated(node: ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    falsy = isinstance(node.value, ast.Constant) and node.value.value in (None, False)
    if node.value is not None and not falsy:  # None for False is hardly a fault; True is another kind
        yield ast.Return(ast.Constant(None))


def _dropped(node: ast.Expr) -> Iterator[ast.AST]:
    if not isinstance(node.value, ast.Constant | ast.Yield):
        yield ast.Pass()


def _gone(_: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assigned(node: ast.Assign) -> Iterator[ast.AST]:
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield ast.Pass()


def _left(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _chosen(node: ast.IfExp) -> Iterator[ast.AST]:
    yield _with(node, body=node.orelse, orelse=node.body)


def _called(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        yield _with(node, func=ast.Name(_FUNCTIONS[node.func.id]))


#: A row: the kind of fault, the nodes that it is put into, and how.
ROWS: tuple[tuple[str, type[ast.AST], Change], ...] = (
    ("comparison", ast.Compare, _compared),
    ("boolean", ast.BoolOp, _joined),
    ("sign", ast.UnaryOp, _signed),
    ("arithmetic", ast.BinOp, _calculated),
    ("arithmetic", ast.AugAssign, _calculated),
    ("constant", ast.Constant, _constant),
    ("function", ast.Call, _called),
    ("branches", ast.IfExp, _chosen),
    ("return", ast.Return, _returned),
    ("statement", ast.Expr, _dropped),
    ("statement", ast.Assign, _assigned),
    ("statement", ast.AugAssign, _gone),
    ("statement", ast.Raise, _gone),
    ("loop", ast.Break, _left),
    ("loop", ast.Continue, _left),
)


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Each fault that may stand at a node: its kind, the node that is replaced, and what replaces it.

    >>> [(kind, ast.unparse(after)) for kind, _, after in changes(ast.parse("a < 1", mode="eval").body)]
    [('comparison', 'a <= 1'), ('comparison', 'a >= 1')]
    """
    for kind, type_, change in ROWS:
        if isinstance(node, type_):
            yield from ((kind, node, after) for after in change(node))
    tests = [node.test] if isinstance(node, ast.If | ast.While) else []
    tests += node.ifs if isinstance(node, ast.comprehension) else []
    for test in tests:
        if not isinstance(test, ast.Compare | ast.UnaryOp):  # those have an opposite of their own
            yield "branches", test, _opposite(test)
