"""Vectors as they are typed: [2,2], [2 2], [2; 2], [2, 2]^T, and (0,1) where a line is about so many numbers.

Elsewhere 2,2 may be a decimal, or a thousand: it stays what it is, and is not decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgd.checking.facts import Facts
from symgd.checking.notations import stem_of
from symgd.expressions.names import name_text
from symgd.numbers.values import entries_of, is_array

#: No entry is written 05 or 000: 0,05 is a decimal, and 1,000 a thousand.
_COMMA = re.compile(r"(?<=\d),(?=\d)(?!0\d)")
_BRACKETS = re.compile(r"[\[\]]")
#: Numbers in round brackets that are no arguments of a function.
_TUPLE = re.compile(r"(?<![A-Za-z0-9_\\])\(\s*[-+−]?[\d.]+(?:\s*,\s*[-+−]?[\d.]+){1,63}\s*\)")
_SIGN = re.compile(r"[=≈＝←≒]|<-")


def with_entries_apart(text: str, facts: Facts) -> str:
    """The text with a blank behind each comma between the entries of a vector.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> problem = symgd.Problem("a^2 + b^2", start={"a": 1, "b": 2})
    >>> with_entries_apart("grad = (2,4) = [2,4]", facts_of(problem))
    'grad = (2, 4) = [2, 4]'
    >>> with_entries_apart("da = (2,4)", facts_of(problem))
    'da = (2,4)'
    """
    if "\\begin" in text:
        text = _with_matrices(text, facts)
    if facts.problem.has_arrays:
        text = _SPACED.sub(_with_commas, text)
    elif "[" in text:
        lines = text.split("\n")
        text = "\n".join(_SPACED.sub(_with_commas, line) if _entries(line, facts) else line for line in lines)
    if facts.problem.has_arrays or len(facts.start) > 1:
        text = _LYING.sub(lambda found: found[1], text)
    if not _COMMA.search(text):
        return text
    return "\n".join(_apart(line, facts) if _COMMA.search(line) else line for line in text.split("\n"))


#: [2 2], [2; 2], [1 2; 3 4]: numbers parted by blanks, rows by semicolons.
_ROW = r"[-+−]?[\d./]+(?:[ \t]+[-+−]?[\d./]+){0,15}"
_SPACED = re.compile(rf"(?<![\w\\])\[[ \t]*({_ROW}(?:[ \t]*;[ \t]*{_ROW}){{0,15}})[ \t]*\](?!\s*[a-z]*\s*\\)")
#: A sign that a vector is turned.
_TURNED = r"(?:'|′|ᵀ|\^\s*(?:T|⊤|\\top|\{\s*(?:T|\\top|\\mathsf\{T\}|\\mathrm\{T\})\s*\}))"
#: A vector in numbers that is a whole side, turned: rows and columns are not told apart.
_LYING = re.compile(
    r"((?:[=≈＝]|\\approx)\s*(?:\[[^\[\]()=≈\n]*\]|\([^()\[\]=≈\n]*,[^()\[\]=≈\n]*\)))"
    rf"\s*{_TURNED}(?=\s*(?:[=≈＝$,;，；。]|\\|$))",
    re.MULTILINE,
)


_INSIDE = r"(?:(?!\\begin|\\end)[^\n]){0,400}"
#: A vector as an array in brackets, with commas in it, or turned where it is a whole side.
_ARRAY = re.compile(rf"\\left\s*[(\[]\s*\\begin\{{array\}}\{{[clr|]+\}}({_INSIDE})\\end\{{array\}}\s*\\right\s*[)\]]")
_LISTED = re.compile(r"\\begin\{([bp]?matrix)\}(?:(?!\\begin|\\end|\\\\|&)[^\n]){0,400}\\end\{\1\}")
_TURNED_MATRIX = re.compile(
    rf"((?:[=≈＝]|\\approx)\s*\\begin\{{([bp]?matrix)\}}({_INSIDE})\\end\{{\2\}})\s*{_TURNED}"
    r"(?=\s*(?:[=≈＝$,;，；。]|\\approx|\\\\|$))",
    re.MULTILINE,
)
#: Bold for all parameters: \mathbf{w}.
_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec)\s*\{\s*([A-Za-z])\s*\}|\\(?:mathbf|vec)\s+([A-Za-z])(?![A-Za-z])")


def _with_matrices(text: str, facts: Facts) -> str:
    """The text with the matrices of LaTeX as the reader takes them: columns and rows of numbers are not told apart."""
    text = _ARRAY.sub(lambda found: rf"\begin{{pmatrix}}{found[1]}\end{{pmatrix}}", text)
    text = _LISTED.sub(lambda found: found[0].replace(",", " & "), text)
    text = _TURNED_MATRIX.sub(lambda found: found[0] if "&" in found[3] and r"\\" in found[3] else found[1], text)
    stem = stem_of(facts)
    return _BOLD.sub(lambda found: f" {stem}" if (found[1] or found[2]) == stem else found[0], text) if stem else text


def _with_commas(found: re.Match[str]) -> str:
    rows = [", ".join(row.split()) for row in found[1].split(";")]
    if len(rows) == 1:
        return f"[{rows[0]}]"
    return f"[{', '.join(rows)}]" if all("," not in row for row in rows) else f"[[{'], ['.join(rows)}]]"


def _apart(line: str, facts: Facts) -> str:
    count = _entries(line, facts)
    if count or facts.problem.has_arrays:  # a lone number in square brackets may have a decimal comma
        line = "".join(_COMMA.sub(", ", part) if inside else part for part, inside in _by_brackets(line))
    if not count:
        return line
    return _TUPLE.sub(
        lambda found: _COMMA.sub(", ", found[0]) if found[0].count(",") == count - 1 else found[0],
        line,
    )


def _by_brackets(line: str) -> Iterator[tuple[str, bool]]:
    """The line in parts, and whether each stands inside square brackets; what is behind the last of them does not."""
    depth, last = 0, 0
    for found in _BRACKETS.finditer(line):
        yield line[last : found.end()], depth > 0
        last = found.end()
        depth = max(0, depth + (1 if found[0] == "[" else -1))
    yield line[last:], False


def _entries(line: str, facts: Facts) -> int:
    """How many numbers the quantity of a line has; 0 for one number, and where it is not known."""
    sign = _SIGN.search(line)
    head = line[: sign.start()] if sign else ""
    if not re.search(r"[A-Za-z∇Δ\u4e00-\u9fff]", head):
        return 0
    named = [value for word, value in facts.start.items() if _is_in(word, head)]
    others = (*facts.bodies, *facts.constants, facts.problem.loss_name, "eta", "lr", "η", "∂η")
    if not named and any(re.fullmatch(rf"\s*{re.escape(word)}\s*", head) for word in others):
        return 0
    values = named or list(facts.start.values())
    if len(values) == 1 and any(map(is_array, values)):
        return len(entries_of(*values))
    return len(values) if 1 < len(values) == len(facts.start) and not any(map(is_array, values)) else 0


def _is_in(word: str, head: str) -> bool:
    """Whether a parameter stands in the head of a line, alone or in dL/dw, Δw."""
    spelled = "|".join(re.escape(one) for one in {word, name_text(word)})
    return re.search(rf"(?<![A-Za-z])(?:d|delta\s*)?(?:{spelled})(?![A-Za-z0-9₀-₉])", head) is not None
