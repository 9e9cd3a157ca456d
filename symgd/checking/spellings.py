"""Other ways to write a line, told from the names of the problem: `1 = w`, `w: 0.51`, `w(1) = 1`, `0.1x5`.

Each is a row: what is looked for with the problem's parameters, and what it means. A line keeps its length, so that
places in it stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from symgd.checking.chains import words
from symgd.checking.facts import Facts
from symgd.checking.loss_names import with_the_loss
from symgd.checking.losses_at import with_losses_at
from symgd.checking.meanings import with_steps
from symgd.checking.points import SLOPE, without_points
from symgd.checking.prose import typed
from symgd.checking.slopes_at import with_slopes_at
from symgd.checking.verbal import in_signs
from symgd.checking.wordings import (
    NUMBER,
    NUMBERS,
    derivative_of_the_loss,
    names_of,
    with_own_e,
    with_own_f,
    with_own_factors,
    with_own_words,
    worded,
)
from symgd.expressions.names import name_text
from symgd.expressions.operations import WORDS


def respelled(text: str, facts: Facts) -> str:
    """The text with each line as the reader knows it."""
    spelled = {name for word in facts.start for name in (word, name_text(word), _NUMBERED.sub(r"\1_\2", word))}
    words = "|".join(sorted(map(re.escape, spelled)))
    text = _with_products(with_own_factors(with_steps(_plain(text))), facts)
    text = with_the_loss(with_own_f(with_own_e(text, facts), facts), facts)
    if not words:
        return text
    known = names_of(facts)
    letters = "".join(letter for letter in "tkn" if letter not in known and letter not in facts.problem.counts)
    has_arrays = facts.problem.has_arrays
    without = {_TIMES} if "x" in known else set()
    without |= {_INDEXED} if has_arrays else {_NEXT, _RAISED, _MATRIX_PRODUCT}
    patterns = {
        re.compile(row.replace("PARAMETER", f"(?:{words})").replace("NOW", f"[{letters or '_'}]")): make
        for marks, row, make in _ROWS
        if row not in without and any(mark in text for mark in marks)
    }
    lines = []
    for line in text.split("\n"):
        line = without_points(with_losses_at(line, facts), facts)
        for pattern, make in patterns.items():
            line = pattern.sub(make, line)
        line = with_slopes_at(line, facts)
        lines.append(derivative_of_the_loss(worded(in_signs(line, facts), facts), facts))
    return "\n".join(lines)


#: Words of two letters in sentences, and an infinitesimal.
_SHORT_WORDS = words("ah am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we lr")


def _with_products(text: str, facts: Facts) -> str:
    """wx + b where w and x are names: w*x + b. In LaTeX it is a product anyhow."""
    known = names_of(facts)
    letters = [word for word in known if len(word) == 1]
    pairs = {a + b: f"{a}*{b}" for a in facts.start for b in letters if a in letters and a != b and "d" not in a + b}
    pairs |= {word[::-1]: f"{word[1]}*{word[0]}" for word in pairs}
    joined = [word for word in pairs if word not in known and word not in _SHORT_WORDS and word not in WORDS]
    articles = "".join(word for word in ("A", "a", "I") if word in known)
    if articles and "\\" not in text:  # A w, where A is no article
        behind = "|".join(map(re.escape, facts.start))
        text = re.sub(rf"(?<![\w'’])([{articles}]) (?=(?:{behind})\s*[-+−*)=≈])", r"\1*", text)
    if "\\" in text or not joined:
        return text
    return re.sub(rf"(?<![^\W\d])(?:{'|'.join(joined)})(?![\w(\[])", lambda found: pairs[found[0]], text)


_NUMBERED = re.compile(r"([A-Za-z])(\d+)$")
#: Letters of formulas as word processors have them, an increment for a Delta.
_LETTERS = {place: unicodedata.normalize("NFKC", chr(place)) for place in range(0x1D400, 0x1D800)}
_LETTERS |= {ord(sign): unicodedata.normalize("NFKC", sign) for sign in "＝＋－＊／＜＞｜０１２３４５６７８９"}
_LETTERS |= dict.fromkeys(map(ord, "≒≃≅"), "≈")
_LETTERS |= {0x2032: "'", 0x2206: "Δ", 0x2112: "L", 0x1D6C1: "∇", 0x1D6DB: "∂"}
#: A stop between digits, as Chinese input methods have it.
_STOP = re.compile(r"(?<=[\d０-９])。(?=[\d０-９])")


#: ŷ, x̄; the accents of a row of the optimizer, m̂ and v̂, are known by its name.
_ACCENTS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}
_ACCENTED = re.compile("([A-LN-UW-Za-ln-uw-z])([\u0302-\u0304])")
_LETTERS |= {
    place: found[1] + _ACCENTS[found[2]]
    for place in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if (found := _ACCENTED.fullmatch(unicodedata.normalize("NFD", chr(place))))
}


def _plain(text: str) -> str:
    """The text with plain letters for those of word processors."""
    if text.isascii():
        return text
    text = _ACCENTED.sub(lambda found: found[1] + _ACCENTS[found[2]], text)
    return with_own_words(_STOP.sub(".", text.translate(_LETTERS)))


#: Ways to say that a weight moves to a value.
_ARROW = r"[-–—]{1,4}>|→|⟶|⟹|⇒|=>|\\(?:long)?rightarrow|\\Rightarrow|\\to|\bto\b|becomes|(?:變|更新|改)[成為]|成為"
_ARROWS = (">", "→", "⟶", "⟹", "⇒", "\\", " to ", "becomes", "成", "為")
#: Where a line begins, and where a clause ends.
_BEGIN, _END = r"(\s*(?:[-*•]\s+)?\$?\s*", r"\s*\$?\s*(?:[,，;；。)]|\.\s|\.?$|\b(?:and|so|then)\b)"
_TIMES = rf"(?<=\d)(\s*)[xX](\s*)(?=[(\d]|{NUMBER})"
#: A slope with an index, which of a vector is an entry.
_INDEXED = rf"(?<![A-Za-z])({SLOPE})(?:\^\((\d{{1,6}})\)|\[(\d{{1,6}})\])"
#: A number, or a vector of numbers.
_VALUE = rf"{NUMBER}|[(\[]\s*{NUMBER}(?:\s*,\s*{NUMBER}){{1,9}}\s*[)\]](?:ᵀ|⊤|\^T|\^\{{T\}}|')?"
#: Where a line or a part of it begins, and where that ends.
_ANEW, _UP_TO = r"(?:^|(?<=[;；，])|(?<=,\s))", r"(?=\s*(?:$|[;；，]|,\s|\.\s*$))"
#: The next weight, which of a vector is no entry.
_NEXT = r"(?<![A-Za-z\\])(PARAMETER)\[NOW\s?\+\s?1\](?=\s*[=≈])"
#: The weight after so many updates, which of a matrix is neither a row nor a power.
_RAISED = r"(?<![A-Za-z\\])(PARAMETER)\^\{?\((\d{1,4})\)\}?(?=\s*[=≈])"
#: A product of matrices, no "at".
_MATRIX_PRODUCT = r"(?<=[\w)\]'\s])@(?=\s?[\w(\[])(?!\s?(?:PARAMETER)\s*=)"
#: A quantity, and a number, in a row of such.
_SAID = r"(?:(?:[d∂]\w+/[d∂]|Δ)?[A-Za-z]\w*(?:\[\d+\])?)"
_SHORT = r"[-−]?(?:\d+(?:\.\d+)?|\.\d+)"
#: A fraction before a bracket, where nothing divides or is raised: 2/3(−12), 1/3 [4 + 1].
_COEFFICIENT = r"(?<![\w.)\]}^/÷\\])(?<![/÷^]\s)(\d{1,9})\s?/\s?(\d{1,9})\s?(?=[(\[])"
#: A mixed number: −18 2/3.
_MIXED = r"(?<=[-=≈+(−])( ?)(\d{1,9}) +(\d{1,3})/(\d{1,3})(?![\w.(\[/])"
_FRACTION_IN_LATEX = r"\d\s*\\[dt]?frac\s*\{?\d+\}?\s*\{?\d"
#: What may be meant in two ways: such a line is right, or for the teacher.
_TWO_WAYS = re.compile(f"{_COEFFICIENT}|{_MIXED}|{_FRACTION_IN_LATEX}")


def is_told_in_two_ways(text: str) -> bool:
    """Whether a line has a fraction right before a bracket, or right behind a number.

    >>> [is_told_in_two_ways(line) for line in ("w = 2/3(4)", "w = 1 2/25", "w = (2/3)(4)", "w = 2/3")]
    [True, True, False, False]
    """
    return _TWO_WAYS.search(typed(text)) is not None


#: dL/dw, dL/dw_1
_QUOTIENT = re.compile(r"(?<![A-Za-z\\])d([A-Z])/d([A-Za-z])_?(\d*)(?!\w)")


def _in_latex(found: re.Match[str]) -> str:
    return rf"\frac{{d{found[1]}}}{{d{found[2]}{f'_{{{found[3]}}}' if found[3] else ''}}}"


def _improper(found: re.Match[str]) -> str:
    whole, above, below = map(int, found.groups()[1:])
    return f"{found[1]}{whole * below + above}/{below}"


#: What must stand in a text for a row to matter, the row, and what it means.
_ROWS: tuple[tuple[tuple[str, ...], str, Callable[[re.Match[str]], str]], ...] = (
    # w = **0.51**, **Step** w = 0.51, so **w = 0.51**; two powers have no blank before the first
    (
        ("**",),
        r"(?<![\w)\]}^*])\*\*(?=[^\s*])([^*\n]{0,200}(?<!\s))\*\*(?![\w(*]*[\w(])",
        lambda found: f"  {found[1]}  ",
    ),
    # after update 2 w = 0.51
    (
        ("update", "iteration", "epoch", "step"),
        r"\b((?:update|iteration|epoch|step)s?\s+)(\d{1,6})(?=\s+(?:PARAMETER)\s*[=≈←])",
        lambda found: found[1] + " " * len(found[2]),
    ),
    # *Step 1* dL/dw = -4
    (
        ("*",),
        r"^(\s*(?:[-+•]\s+|\d{1,3}[.)]\s+)?)\*(?=[^\W\d_]{2})([^*\n=]{1,80}(?<!\s))\*(?=\s|$)",
        lambda f: f"{f[1]} {f[2]} ",
    ),
    # 1 = w
    (
        ("=",),
        rf"^(\s*)({NUMBER})(\s*=\s*)(PARAMETER)(?=\s*$)",
        lambda found: found[1] + found[4] + found[3] + found[2],
    ),
    # E[g²]_1: the mean of the squares
    (("E[g",), r"(?<![A-Za-z])E\[g(?:²|\^2|\^\{2\})\]", lambda found: "s"),
    # m̂ = −5
    (("\u0302",), "([mv])\u0302", lambda found: f"{found[1]}hat"),
    # w, b = 2.4, 1.1
    (
        (",", "，"),
        rf"^(\s*)(PARAMETER(?:\s*[,，]\s*PARAMETER)+)(\s*[=≈]\s*)({NUMBER}(?:\s*[,，]\s*{NUMBER})+)\s*$",
        lambda found: f"{found[1]}({found[2]}){found[3]}({found[4]})",
    ),
    # w = 2.4  b = 1.1, w = 2.4 / b = 1.1
    (
        ("=",),
        rf"(?:^|(?<=[;；]))\s*(?:{_SAID}\s*=\s*{_SHORT}\s+(?:/\s+)?)+{_SAID}\s*=\s*{_SHORT}(?=\s*(?:$|[;；]))",
        lambda found: re.sub(rf"(=\s*{_SHORT})\s(?:\s*/)?(?=\s*[A-Za-zΔ∂])", r"\1;", found[0]),
    ),
    # w = 0.5 → 1 → 1.4
    (
        _ARROWS,
        rf"{_ANEW}(\s*(?:[-*•]\s+)?)(PARAMETER)\s*[:：=]\s*({NUMBER}(?:\s*(?:{_ARROW})\s*{NUMBER}){{2,40}}){_UP_TO}",
        lambda found: found[1] + "; ".join(f"{found[2]} = {n}" for n in re.findall(NUMBER, found[3])),
    ),
    # dL/dw: −4 → −3.2, L: 4 → 2.56 → 1.6384
    (
        _ARROWS,
        rf"{_ANEW}(\s*(?:[-*•]\s+)?)({SLOPE}|[Ll]oss|L)\s*[:：=]\s*({NUMBER}(?:\s*(?:{_ARROW})\s*{NUMBER}){{1,40}}){_UP_TO}",
        lambda found: found[1] + "; ".join(f"{found[2]} = {n}" for n in re.findall(NUMBER, found[3])),
    ),
    # w = 0.6, 1.08, 1.464
    (
        (",", "，", "、"),
        rf"^(\s*(?:[-*•]\s+)?)(PARAMETER)\s*[:：=]\s*({NUMBER}(?:(?:,\s+|\s*[，、]\s*)(?:(?:then|and)\s+)?{NUMBER}){{1,40}})\s*\.?\s*$",
        lambda found: found[1] + "; ".join(f"{found[2]} = {n}" for n in re.findall(NUMBER, found[3])),
    ),
    # w: 0.51, w_new: 0.5 + 0.01 = 0.51
    ((":", "："), rf"^(\s*(?:PARAMETER)\s*)[:：](?=\s*{NUMBER}\s*$)", lambda found: found[1] + "="),
    ((":", "："), rf"^(\s*(?:PARAMETER)_?(?:new|old)\s*)[:：](?=\s*{NUMBERS}\s*$)", lambda found: found[1] + "="),
    # dL/dw1: 2w1 − 1.1, dL/dw1: 2*(0.5 - 0.55) = -0.1
    (
        (":", "："),
        rf"^(\s*[-−]?{SLOPE}\s*)[:：](?=\s*(?:[^\s=≈:：][^=≈:：]*|{NUMBERS})$)",
        lambda found: found[1] + "=",
    ),
    # \partial L/\partial w_1
    (
        ("\\partial",),
        r"\\partial\s*([A-Za-z]\w*)\s*/\s*\\partial\s*([A-Za-z](?:_\{\w+\}|\w)*)",
        lambda found: rf"\frac{{\partial {found[1]}}}{{\partial {found[2]}}}",
    ),
    # w1: 0.5 -> 0.51, w1 從 0.5 變成 0.51
    (
        _ARROWS,
        rf"{_ANEW}{_BEGIN})(PARAMETER)\s*[:：]?\s*(?:從|由|from|goes from|=)?\s*({_VALUE})\s*(?:{_ARROW})\s*({_VALUE})"
        rf"(?={_END})",
        lambda found: f"{found[1]}{found[2]}_{{old}} = {found[3]}; {found[2]}_{{new}} = {found[4]}",
    ),
    # w1: 0.5 + 0.01 -> 0.51
    (
        _ARROWS,
        rf"^{_BEGIN}PARAMETER\s*)[:：=]([^:：=≈→>]{{3,80}}?)(?:{_ARROW})(?=\s*{NUMBER}\s*$)",
        lambda found: f"{found[1]}={found[2]}=",
    ),
    # w1 -> 0.51, w1 becomes 0.51, w1 變成 0.51, the new w1 is 0.51; dL/dw is -5
    (
        (*_ARROWS, " is ", "是"),
        rf"(?:^|(?<=[,，;；。、])|\b(?=(?:the|so|then|and|new)\b))((?:the |so |then |and |new )*{_BEGIN}"
        r"(?:所以|因此|於是)?\s*(?:新的?\s*)?"
        rf"(?:[-−]?{SLOPE}|Δ?PARAMETER)\s*))(?:{_ARROW}|is(?: now)?|是|為)(?=\s*{NUMBER}{_END})",
        lambda found: f"{found[1]}=",
    ),
    # w1 and w2 are now 0.51 and 0.22, w1 和 w2 變成 0.51 和 0.22
    (
        (" are ", "become", "成", "為", "是"),
        rf"^{_BEGIN})(PARAMETER)(?:\s*[,，、]\s*|\s*(?:and|和|與|跟)\s*)(PARAMETER)\s*"
        rf"(?:are(?:\s+now)?|become|(?:分別)?(?:{_ARROW}|是|為))\s*({NUMBER})(?:\s*[,，、]\s*|\s*(?:and|和|與|跟)\s*)({NUMBER})"
        r"(?=\s*(?:respectively)?\s*[.。]?\s*$)",
        lambda found: f"{found[1]}{found[2]} = {found[4]}; {found[3]} = {found[5]}",
    ),
    # A @ w, of matrices
    (("@",), _MATRIX_PRODUCT, lambda found: "*"),
    # w -= 0.1*(-5)
    (
        ("+=", "-=", "−="),
        r"^(\s*)(PARAMETER)\s*([-+−])=\s*([^=≈]{1,80}?)\s*$",
        lambda found: f"{found[1]}{found[2]} = {found[2]} {found[3]} ({found[4]})",
    ),
    # w == 0.51, w ≔ 0.51
    (("==", "≔"), r"(?<=\s)(?:==|≔)(?=\s)", lambda found: "="),
    # w = 0.51 (new)
    (
        ("(",),
        r"(?:(?<=\d)|(?<=\d\)))\s+\((?!PARAMETER)[A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff\s,，、]{1,80}\)(?=\s*$)",
        lambda found: " " * len(found[0]),
    ),
    # 斜率 = −5（梯度）
    (
        ("（", "("),
        r"([=≈＝]\s*[-−]?\d[\d.]*|\d\))\s*[(（][\u4e00-\u9fff，、\s]{2,40}[)）](?=\s*$)",
        lambda found: found[1] + " " * (len(found[0]) - len(found[1])),
    ),
    # dL/dw = 2(w − 3) → 2(0.5 − 3) = −5
    (
        _ARROWS,
        r"(=[^=≈]*)(?:[-–—]{1,4}>|→|⟶|⇒|=>)(?=\s*[-−]?\s?[(\d])",
        lambda found: f"{found[1]}=" if re.search(r"[-+−×*·/()]", found[1]) else found[0],
    ),
    # w1(new) = 0.51, w1 新 = 0.51
    (
        ("new", "新"),
        r"(?<![A-Za-z\\])(PARAMETER)(?:\s*[(（]\s*(?:new|新|更新後)\s*[)）]|\s?(?:新|更新後))(?=\s*[=≈＝])",
        lambda found: f"{found[1]}_new",
    ),
    # w = 1.4!, w = 1.4 // done
    (("!", "！"), r"(?<=\.\d)[!！](?=\s*$)", lambda found: " "),
    (("//",), r"(?<=\d)\s+//[^\d=]*$", lambda found: " " * len(found[0])),
    # w <- 0.51
    (
        ("<-",),
        rf"^(\s*(?:(?:\(\d{{1,3}}\)|\d{{1,3}}[.)]|[-*•])\s+)?(?:PARAMETER)\s*)<-(?=\s*(?:{NUMBER}|PARAMETER|[-−(]))",
        lambda found: found[1] + "← ",
    ),
    # w(1) = w(0) + 0.5
    (
        ("(",),
        r"^\s*(?:PARAMETER)\(\d{1,6}\)\s*[=≈←].*",
        lambda found: re.sub(r"([A-Za-z]\w*)\((\d{1,6})\)", r"\1[\2]", found[0]),
    ),
    # d/dw L = -5
    (("d/d", "∂/∂"), r"\b([d∂])/([d∂])(PARAMETER) ([A-Z])(?=\s*[=≈])", lambda f: f"{f[1]}{f[4]}/{f[2]}{f[3]}"),
    # \nabla_w L, ∂_w L
    (
        ("nabla", "∇", "partial", "∂"),
        r"(\\?)(?:nabla|∇|partial|∂)\s*_\s*\{?(PARAMETER)\}?\s*([A-Z])(?![A-Za-z])",
        lambda found: rf"\frac{{d{found[3]}}}{{d{found[2]}}}" if found[1] else f"d{found[3]}/d{found[2]}",
    ),
    # dL/dw1[1], ∂L/∂w1^(1), \frac{\partial L}{\partial w_1}^{(1)}
    (
        ("^(", "["),
        _INDEXED,
        lambda found: f"{found[1]}_at_{found[2] or found[3]}",
    ),
    (
        ("^{(",),
        r"(\\[dt]?frac\s*\{[^{}]{1,40}\}\s*\{(?:[^{}]|\{\w{1,32}\}){1,40})\}\^\{\((\d{1,6})\)\}",
        lambda found: f"{found[1]}^{{({found[2]})}}}}",
    ),
    # w(t+1), w_{t+1}, w^(t+1): the index in brackets
    (
        tuple(f"{bracket}{letter}" for bracket in "({" for letter in "tkn"),
        r"(?<![A-Za-z\\])(PARAMETER|g|[mv](?:hat)?)(?:\^?\((NOW(?:\s?[-+−]\s?1)?)\)"
        r"|_[{(](NOW\s?[-+−]\s?1)[})])(?![^$\n]*[$\\])",
        lambda found: f"{found[1]}[{''.join((found[2] or found[3]).split())}]",
    ),
    # w_t+1 = 1.4
    (
        tuple(f"_{letter}" for letter in "tkn"),
        r"(?:^|(?<=[,，;；。]))(\s*)(PARAMETER)_(NOW)([+−-])1(?=\s*[=≈])",
        lambda found: f"{found[1]}{found[2]}[{found[3]}{found[4]}1]",
    ),
    # w_{t+1} = (0.8, 1.6)
    (("+1", "+ 1"), _NEXT, lambda found: f"{found[1]}_new"),
    # W^(1) = [[0, 0], [1, 0]]
    (("^(", "^{("), _RAISED, lambda found: f"{found[1]}_{found[2]}"),
    # | w1 | 0.51 |
    (
        ("|",),
        rf"^(\s*)\|(\s*(?:{SLOPE}|Δ?PARAMETER(?:\[\d+\])?)\s*)\|(\s*{NUMBER}\s*)\|?\s*$",
        lambda found: f"{found[1]} {found[2]}={found[3]}",
    ),
    # dL/dw = −4 -> w = 1.4
    (("->",), rf"(?<=[\w.)\s])[-–—]{{1,4}}>(?=\s*{_SAID}\s*[=≈])", lambda found: ";" + " " * (len(found[0]) - 1)),
    # \mathrm{d}L/\mathrm{d}w, $dL/dw, L^\prime
    (
        ("{d}", "$d"),
        r"(?:\\mathrm\s*\{d\}|(?<=\$)d)\s*([A-Z])\s*/\s*(?:\\mathrm\s*\{d\}|d)\s*([A-Za-z](?:_\{\w+\}|_?\w*))",
        lambda found: rf"\frac{{d{found[1]}}}{{d{found[2]}}}",
    ),
    (("\\prime",), r"\^\s*\\prime(?![A-Za-z])\s?", lambda found: "'"),
    # dL/dw = \frac{2}{3}(−28), without dollar signs
    (("\\",), r"^(?=[^$]*\\[A-Za-z])[^$]*d[A-Z]/d[A-Za-z][^$]*$", lambda found: _QUOTIENT.sub(_in_latex, found[0])),
    # 2/3(−12), −18 2/3
    (("/",), _COEFFICIENT, lambda found: f"({found[1]}/{found[2]})*"),
    (("/",), _MIXED, _improper),
    # 0.5 x 2, where x is a name as well: no number stands behind a factor
    (
        (" x ",),
        r"^.*[\d)]\s+x\s+\d.*$",
        lambda found: re.sub(r"(?<=[\d)])(\s+)x(\s+)(?=[-−(\d])", r"\1*\2", found[0]),
    ),
    # 0.1x5
    (("x", "X"), _TIMES, lambda found: f"{found[1]}*{found[2]}"),
)
