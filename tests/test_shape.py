"""The shape of the code: small functions, small files, nothing that evaluates text, everything documented."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "symgd").rglob("*.py"))
#: Names that could run text from outside, used in whatever way: called, passed on, or imported.
RUNS_TEXT = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "sympify",
        "kernS",
        "parse_expr",
        "parse_latex",
        "parse_mathematica",
        "literal_eval",
    }
)
#: The same, where they are of the module os (ours has systems of numbers).
RUNS_PROGRAMS = frozenset(
    {
        "system",
        "popen",
        "startfile",
        "fork",
        "forkpty",
        "posix_spawn",
        "posix_spawnp",
        "execl",
        "execle",
        "execlp",
        "execlpe",
        "execv",
        "execve",
        "execvp",
        "execvpe",
        "spawnl",
        "spawnle",
        "spawnlp",
        "spawnlpe",
        "spawnv",
        "spawnve",
        "spawnvp",
        "spawnvpe",
    }
)
#: Modules that run text or programs, or load what is no text.
RUNS_MODULES = frozenset(
    {
        "pickle",
        "cPickle",
        "_pickle",
        "dill",
        "cloudpickle",
        "joblib",
        "shelve",
        "marshal",
        "subprocess",
        "pty",
        "code",
        "codeop",
        "runpy",
        "builtins",
        "timeit",
        "multiprocessing",
        "imp",
        "ctypes",
    }
)
#: SymPy's functions that read text where they are given some: never called on anything but trees.
READS_TEXT = frozenset(("S", "N"))
#: What stands in which module, and why: the one that runs source that it wrote itself; the pool and the printing
#: browser, which start processes with commands that no input is part of; the nursery forks; prctl(2) needs ctypes;
#: `--jobs` spreads the marking of a class over processes of this very program.
ALLOWED = {
    "symgd/calculus/compiled.py": {"exec", "compile", "__builtins__"},
    "symgd/workers/homes.py": {"subprocess"},
    "symgd/workers/browser.py": {"subprocess"},
    "symgd/workers/nursery.py": {"fork"},
    "symgd/workers/limits.py": {"ctypes"},
    "symgd/workers/spread.py": {"multiprocessing"},
}


def dangers(source: str) -> set[str]:
    """The names in a module that could run text from outside or start something."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found |= {node.id} & (RUNS_TEXT | READS_TEXT | {"__builtins__"})
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            found |= {node.attr} & RUNS_TEXT if (owner, node.attr) != ("re", "compile") else set()
            found |= {node.attr} & READS_TEXT if owner in ("sp", "sympy") else set()
            found |= {node.attr} & RUNS_PROGRAMS if owner == "os" else set()
        elif isinstance(node, ast.Import):
            found |= {part for alias in node.names for part in alias.name.split(".")} & RUNS_MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= set((node.module or "").split(".")) & RUNS_MODULES
            found |= {alias.name for alias in node.names} & (RUNS_TEXT | RUNS_MODULES)
            found |= {alias.name for alias in node.names} & RUNS_PROGRAMS if node.module == "os" else set()
        elif isinstance(node, ast.keyword):
            found |= {"shell"} if node.arg == "shell" else set()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} & {
                "__import__",
                "__builtins__",
                "__subclasses__",
            }  # by way of getattr or a dictionary
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_evaluates_text(path: Path) -> None:
    assert dangers(path.read_text(encoding="utf-8")) == ALLOWED.get(path.relative_to(ROOT).as_posix(), set())


DANGEROUS = {
    "eval(text)": "eval",
    "run = eval": "eval",
    "list(map(eval, texts))": "eval",
    "exec(text)": "exec",
    "compile(text, '', 'eval')": "compile",
    "__import__(text)": "__import__",
    "getattr(module, '__import__')": "__import__",
    "sp.sympify(text)": "sympify",
    "from sympy import sympify as read": "sympify",
    "from sympy.parsing.sympy_parser import parse_expr": "parse_expr",
    "sympy.parsing.latex.parse_latex(text)": "parse_latex",
    "sp.S(text)": "S",
    "os.system(text)": "system",
    "from os import popen": "popen",
    "import pickle": "pickle",
    "import multiprocessing.pool": "multiprocessing",
    "from pickle import loads": "pickle",
    "import subprocess as s": "subprocess",
    "from asyncio import subprocess": "subprocess",
    "run(text, shell=True)": "shell",
    "os.execv(text, [])": "execv",
    "os.posix_spawn(text, [], {})": "posix_spawn",
}


@pytest.mark.parametrize(("source", "name"), DANGEROUS.items(), ids=DANGEROUS.keys())
def test_the_search_for_what_evaluates_text_finds_it(source: str, name: str) -> None:
    assert name in dangers(source)


def test_what_only_looks_alike_is_let_be() -> None:
    assert dangers("re.compile('eval'); 'exec'; evaluate(x); model.N; system.exp(x); from_text(x)") == set()


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
