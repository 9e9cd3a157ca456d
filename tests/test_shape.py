"""The shape of the code: small functions, small files, nothing that evaluates text, everything documented."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "symgd").rglob("*.py"))
#: Calls that could run text from outside, and the one module that may use exec on source it wrote itself.
FORBIDDEN = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__", "system", "popen"}
FORBIDDEN_MODULES = {"pickle", "subprocess", "shelve", "marshal"}
ALLOWED = {("re", "compile")}
RUNS_ITS_OWN_SOURCE = Path("symgd/calculus/compiled.py")
#: The modules that may start processes, with commands that no input is part of: the pool, and the printing browser.
STARTS_PROCESSES = {Path("symgd/workers/homes.py"), Path("symgd/workers/browser.py")}


def calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            owner = (
                function.value.id
                if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
                else ""
            )
            yield owner, getattr(function, "id", getattr(function, "attr", ""))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_evaluates_text(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [(owner, name) for owner, name in calls(tree) if name in FORBIDDEN and (owner, name) not in ALLOWED]
    assert found == ([("", "exec"), ("", "compile")] if path == ROOT / RUNS_ITS_OWN_SOURCE else [])
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules & FORBIDDEN_MODULES == ({"subprocess"} if path.relative_to(ROOT) in STARTS_PROCESSES else set())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            doc = (first.end_lineno or 0) - first.lineno + 1 if is_doc and ast.get_docstring(node) else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - doc


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_small(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    assert not [(name, size) for name, size in functions(path) if size > 60]


def test_functions_are_small_on_the_whole() -> None:
    sizes = sorted(size for path in MODULES for _, size in functions(path))
    assert statistics.median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.9)] <= 30


def test_the_top_level_holds_only_what_the_design_names() -> None:
    named = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "symgd", "tests", "templates", "examples"}
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout here")
    assert {line.split("/")[0] for line in listed.stdout.splitlines() if not line.startswith(".")} <= named
