"""Words for quantities as signs that the reader knows: 「負梯度 = 0.1」, `the new weight is 0.51`.

What is said in words is read where it is clear what is meant; all else is left as it is.
"""

from __future__ import annotations

import functools
import re

from symgd.calculus.equality import equality
from symgd.checking.facts import Facts
from symgd.checking.notations import stem_of
from symgd.errors import SymgdError
from symgd.expressions.operations import WORDS
from symgd.expressions.reader import read
from symgd.expressions.tree import nodes
from symgd.limits import stranger

NUMBER = r"[-−]?\d+(?:\.\d+)?"
#: A chain of numbers alone.
NUMBERS = r"[-−]?[\d(][-−+*×·÷/^()\d.\s]{0,120}(?:[=≈][-−+*×·÷/^()\d.\s]{1,120}){0,6}"


def names_of(facts: Facts) -> set[str]:
    """The names of a problem."""
    return {*facts.start, *facts.constants, *facts.bodies}


def padded(found: re.Match[str], text: str) -> str:
    """A replacement, where it is shorter with blanks at its end up to the length of what was found."""
    return text + " " * (len(found[0]) - len(text))


#: Where an English word for a quantity begins; "rate of change" is not the change.
_BEGINS = r"(^\s*|[^\w\s]\s*|\b(?:the|so|and|then|with|where|my)\s+)(?:the\s+)?"
#: Words for quantities, before a sign of relation or a colon: a word that must be there, what is said, what is meant.
_WORDS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("負梯度", "负梯度"), "()(?:負梯度|负梯度)", "negative"),
    (("梯度", "斜率"), "()(?<![負负])(?:梯度|斜率)", "slope"),
    (("變化", "改變"), "()(?:權重)?(?:變化|改變)量?", "change"),
    (("權重", "參數"), "()(?:舊|原|目前|現在|起始|初始|更新前)的?(?:權重|參數)(?:值)?", "old"),
    (("權重", "參數"), "()(?:(?:新|更新後)的?)?(?:權重|參數)(?:值)?", "new"),
    (("學習率",), "()學習率", "rate"),
    (("損失",), "()損失(?:函數)?值?", "loss"),
    (("negative",), rf"{_BEGINS}negative\s+gradient", "negative"),
    (("slope", "derivative", "gradient"), rf"{_BEGINS}(?:slope|derivative|gradient)", "slope"),
    (("change",), rf"{_BEGINS}(?:weight\s+)?change(?:\s+in\s+weight)?", "change"),
    (("learning",), rf"{_BEGINS}learning\s+rate", "rate"),
    (("loss",), rf"{_BEGINS}loss", "loss"),
    (("weight",), rf"{_BEGINS}(?:old|current|initial|starting)\s+weights?", "old"),
    (("weight",), rf"{_BEGINS}(?:(?:new|updated)\s+)?weights?", "new"),
)


#: A number, or numbers in brackets.
_VALUE = rf"(?:{NUMBER}|[(\[（［][-−\d.,，\s]+[)\]）］])"
#: Numbers of several parameters follow.
_SEVERAL = r"(?=[^=≈]{0,80}[(\[（［][^()\[\]=≈]{1,80}[,，])"
#: How a word is joined to what it is: 梯度 = −5, 梯度：2(0.5 − 3) = −5, the slope is −5.
_JOINED = (
    r"\s*"
    rf"([=≈＝](?=\s*[-−+]?\s*[(\[（［]?\s*(?:[-−+\d.½\\$_∂Δ∇□＿０-９]|d\w+/d|[A-Za-zα-ωΑ-Ω](?![A-Za-z])))|[:：](?=\s*(?:{_VALUE}|{NUMBERS})\s*$)|(?:is(?:\s+now)?|是|為)(?=\s*{_VALUE}\s*(?:[,，;；。]|\.\s|\.?$)))"
)


def worded(line: str, facts: Facts) -> str:
    """「負梯度 = 0.1」, `the learning rate is 0.1`: a sign for the word, where it is clear what is meant."""
    lone, loss, small = len(facts.start) == 1, facts.problem.loss_name, line.lower()
    stem = next(iter(facts.start)) if lone else stem_of(facts)
    signs = {"slope": f"∇{loss}", "negative": f"-∇{loss}", "change": f"Δ{stem}", "rate": "η", "loss": loss}
    signs |= {"old": f"{stem}_old", "new": f"{stem}_new"}
    for marks, said, kind in _WORDS:
        if not any(mark in small for mark in marks) or not (stem or kind in ("rate", "loss")):
            continue
        needs = "" if lone or kind in ("rate", "loss") else _SEVERAL
        line = re.sub(rf"(?i){said}{_JOINED}{needs}", functools.partial(_with_sign, signs[kind]), line)
    return line


def _with_sign(sign: str, found: re.Match[str]) -> str:
    joined = found[2] if found[2] in "=≈＝" else "="
    return padded(found, f"{found[1]}{sign} {joined}")


_DERIVATIVE = re.compile(r"^(\s*)(?:d|∂)\s*/\s*(?:d|∂)(\w+)\s*(?P<of>[^=≈]{3,200}?)\s*(?=[=≈])")


def derivative_of_the_loss(line: str, facts: Facts) -> str:
    """`d/dw (w − 3)^2 = …` where that is the loss: dL/dw."""
    found = _DERIVATIVE.match(line)
    problem = facts.problem
    if found is None or found[2] not in facts.start or problem.has_arrays:
        return line
    is_loss = beside_the_loss(found["of"], facts) == "equal"
    return padded(found, f"{found[1]}d{problem.loss_name}/d{found[2]} ") + line[found.end() :] if is_loss else line


def beside_the_loss(text: str, facts: Facts) -> str:
    """How a formula stands to the loss, "equal" or "different"; "" of one that cannot be read."""
    definitions = facts.problem.definitions
    if definitions is None:
        return ""
    try:
        tree = read(text.translate(_ROUND), names=tuple(names_of(facts)), limits=stranger())
        return equality(tree, definitions.inlined).verdict if len([*nodes(tree)]) < _MOST else ""
    except SymgdError:
        return ""


_F_SAID, _F = (
    re.compile(r"(?<![\w\\])f\s*[(（][^()（）=\n]{1,40}[)）]\s*[=＝]\s*([^=≈＝,，;；。\n$]{3,200})"),
    re.compile(r"(?<![\w\\])f(?=\s*['′’]{0,2}\s*[(（])"),
)


def with_own_f(text: str, facts: Facts) -> str:
    """The text with the name of the loss for an f that it defines as the loss: f(w) = (w − 3)².

    An f that is something else is not taken for the loss either.
    """
    said = _F_SAID.search(text) if "f" not in names_of(facts) and not facts.problem.has_arrays else None
    if said is None or not any(word in said[1] for word in facts.start):
        return text
    names = {"equal": facts.problem.loss_name, "different": "own_f"}
    return _F.sub(names.get(beside_the_loss(said[1], facts), "f"), text)


#: Brackets of any form group, where nothing is a vector.
_ROUND = str.maketrans("[]", "()")
#: A formula of more nodes is not compared with the loss here.
_MOST = 80


#: Words that students name what stands between by.
OWN_WORDS = ("預測值", "預測", "預估值", "誤差", "殘差", "偏差", "輸出", "輸出值")
_CJK = "\u4e00-\u9fff"


#: An e that is said to be something, and one that stands for that: not that of e^(−z).
_E_SAID, _E = (
    re.compile(
        r"(?im)(?:^|[,，;；:：。]|[\u4e00-\u9fff]|\b(?:let|errors?|residual|where|with|set|call|and)\s)\s*\$?"
        r"(?-i:e)\s*[=≈＝](?!\s*2\.7)"
    ),
    re.compile(r"(?<![A-Za-z_\\^])e(?![A-Za-z_\d]|[-+−]\d)(?!\s*\^(?!\{?2))"),
)


def with_own_e(text: str, facts: Facts) -> str:
    """The text with a name for the e that it defines, where that is none of the problem's: e = y − ŷ."""
    is_own = "e" not in names_of(facts) and _E_SAID.search(text)
    return _E.sub("own_e", text) if is_own else text


#: A word that is said to be something.
_WORD_SAID = re.compile(r"(?m)(?:^|[,，;；。:：])[ \t]*([A-Za-z]{2,12}(?:_[A-Za-z]+)?)[ \t]*[=＝≈]")


def with_own_factors(text: str) -> str:
    """The text with a product for a word that it defines before a bracket: pred(1 − pred).

    >>> with_own_factors("pred = 0.8; pred(1 - pred)")
    'pred = 0.8; pred*(1 - pred)'
    """
    for word in {*_WORD_SAID.findall(text)} - {*WORDS}:
        if not re.search(rf"(?m)(?:^|[,;，；。:：])[ \t]*{word}[ \t]*\([^()\n]*\)[ \t]*[=＝≈]", text):
            text = re.sub(rf"(?<![A-Za-z_\\]){word}\(", f"{word}*(", text)
    return text


def with_own_words(text: str) -> str:
    """The text with names in letters for the words that it defines: 誤差 = w·x + b − y."""
    for place, word in enumerate(OWN_WORDS):
        if word in text and re.search(rf"(?m)^\s*{word}\s*[=≈＝]", text):
            text = re.sub(rf"(?<![{_CJK}]){word}(?![{_CJK}])", f"own_{place}", text)
    return text
