"""A module imports only from its own floor and the floors below."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "symgd"
FLOORS = {
    **dict.fromkeys(
        ("errors", "language", "limits", "resources", "files", "late", "toml", "closest", "recent", "workers"), 0
    ),
    "expressions": 1,
    "numbers": 2,
    "calculus": 3,
    "descent": 4,
    "handouts": 5,
    "checking": 6,
    **dict.fromkeys(("api", "cli", "commands", "notebook", "__init__", "__main__"), 7),
}
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Libraries that a floor may not know.
FORBIDDEN = {"sympy": 3, "jinja2": 5, "markdown": 5, "nh3": 5, "math_core": 5, "click": 7}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_from_below(path: Path) -> None:
    own = FLOORS[room(path)]
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "symgd" and len(parts) > 1:
            assert FLOORS[parts[1]] <= own, f"{room(path)} (floor {own}) imports {module}"
        assert FORBIDDEN.get(parts[0], own) <= own, f"{room(path)} (floor {own}) imports {module}"
