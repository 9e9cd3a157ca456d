"""All mutants of a module: where each is, what it changes, and its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.changes import changes

_SHOWN = 90
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the bytes `start` to `end` of a file become `text`; `lines` are those of the statement round it."""

    path: str
    scope: str
    kind: str
    line: int
    lines: tuple[int, int]
    start: int
    end: int
    text: str
    before: str
    after: str
    code: str  # the line of source that it is in

    @property
    def change(self) -> str:
        """What it changes, in a line."""
        return f"{self.before}  →  {self.after}"

    def source(self, original: bytes) -> bytes:
        """The file with the fault in it."""
        return original[: self.start] + self.text.encode() + original[self.end :]


def mutants(root: Path, path: str) -> list[Mutant]:
    """Every mutant of a file below `root`, from top to bottom."""
    source = (root / path).read_bytes()
    return list(_Walk(path, source).walk(ast.parse(source), "", (1, 1)))


class _Walk:
    """Goes through a file and knows where its lines begin."""

    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._code = source.decode().splitlines()
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def walk(self, node: ast.AST, scope: str, lines: tuple[int, int]) -> Iterator[Mutant]:
        if isinstance(node, ast.stmt):
            lines = _lines(node)
        for kind, before, after in changes(node):
            yield self._mutant(kind, before, after, scope, lines)
        inner = f"{scope}.{node.name}".lstrip(".") if isinstance(node, _SCOPES) else scope
        for child in _children(node, top=not scope):
            yield from self.walk(child, inner, lines)

    def _mutant(self, kind: str, before: ast.AST, after: ast.AST, scope: str, lines: tuple[int, int]) -> Mutant:
        assert isinstance(before, ast.expr | ast.stmt)
        written = ast.unparse(after)
        return Mutant(
            path=self._path,
            scope=scope,
            kind=kind,
            line=before.lineno,
            lines=lines,
            start=self._starts[before.lineno - 1] + before.col_offset,
            end=self._starts[(before.end_lineno or 0) - 1] + (before.end_col_offset or 0),
            text=f"({written})" if isinstance(before, ast.expr) else written,
            before=ast.unparse(before)[:_SHOWN],
            after=written[:_SHOWN],
            code=self._code[before.lineno - 1].strip(),
        )


def _lines(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement; of a compound one those of its head."""
    body: Sequence[ast.AST] = getattr(node, "body", None) or getattr(node, "cases", None) or ()
    if not body:
        return node.lineno, node.end_lineno or node.lineno
    first = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
    return node.lineno, max(node.lineno, getattr(first, "lineno", node.lineno) - 1)


def _children(node: ast.AST, top: bool) -> Iterator[ast.AST]:
    """The parts of a node in which a fault would be one of symgd's behaviour, and none of a numeric limit."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _left_alone(child, top):
                yield child


def _left_alone(node: ast.AST, top: bool) -> bool:
    if isinstance(node, ast.Assert | ast.JoinedStr):  # for the type checker; places in f-strings are not told right
        return True
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TypeVar":
        return True
    return top and isinstance(node, ast.Assign | ast.AnnAssign) and (_is_limit(node) or _is_alias(node))


def _is_limit(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a module says a number by its name, in capitals."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    only_numbers = node.value is not None and all(
        isinstance(part, ast.Constant | ast.BinOp | ast.UnaryOp | ast.Tuple | ast.operator | ast.unaryop | ast.Load)
        or (isinstance(part, ast.Call) and ast.unparse(part.func) == "Fraction")
        or (isinstance(part, ast.Name) and part.id == "Fraction")
        for part in ast.walk(node.value)
    )
    return only_numbers and all(name.isupper() for name in names)


def _is_alias(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a type is named: a union, of which another operator would be no fault of behaviour."""
    return isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
