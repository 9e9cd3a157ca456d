"""Questions for Moodle and in GIFT are audited: every relation is found, and a false one where it stands."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import symgd
from symgd.checking.question_banks import bank_of, gift_pieces, moodle_pieces
from symgd.handouts.quiz import gift, moodle_xml, questions
from symgd.handouts.variants import variants_of

FILE = Path("examples/variants/bowl.toml")
FORMS = {"gift": gift, "moodle": moodle_xml}
#: How an escape of each form is undone, to count the signs by another way.
UNDONE = {
    "gift": lambda text: re.sub(r"\\(.)", r"\1", re.sub(r"(?m)^\$CATEGORY.*", "", text)),
    "moodle": lambda text: "".join(map(unescape, re.findall(r"<text>(.*?)</text>", text))),
}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("form", FORMS)
def test_every_relation_of_the_questions_is_found(form: str, language: str) -> None:
    text = FORMS[form](list(questions(variants_of(FILE, 3, seed=7).found, language)), "bowl")
    found = symgd.audit(text)
    assert not found.wrong
    printed = re.sub(r"<[^<>]*>", "", UNDONE[form](text))
    assert found.true + found.undecided + found.definitions == len(re.findall(r"=|\\approx", printed)) > 50
    assert found.true >= 6


@pytest.mark.parametrize("form", FORMS)
def test_a_false_digit_is_found_where_it_stands(form: str) -> None:
    text = FORMS[form](list(questions(variants_of(FILE, 2, seed=7).found, "en")), "bowl")
    line = next(line for line in text.splitlines() if "0.7 + 0.05" in line)
    wrong = symgd.audit(text.replace("0.7 + 0.05", "0.7 + 0.06", 1)).wrong
    assert [(relation.left, relation.right) for relation in wrong] == [("0.76", "0.75")]
    assert (wrong[0].line, wrong[0].column) == (text.splitlines().index(line) + 1, line.index("0.7 + 0.05") + 1)


BANKS: dict[str, tuple[str, int]] = {
    "an answer is no relation": ("::Sum:: 1 + 1 {=2 ~3 ~1}\n", 0),
    "a sign that stands for itself": (r"::Sum:: Is 1 + 1 \= 3? {FALSE}", 1),
    "a remark": ("::Sum:: one {#1}\n\n// 1 + 1 = 3\n", 0),
    "a doubled backslash": (r"::Sum::[html] \\(\\frac\{1\}\{2\} \= 0.4\\) {#2}", 1),
    "raw": ("<quiz><question><text><![CDATA[<p>1 + 1 = 3</p>]]></text></question></quiz>", 1),
    "raw and never ended": ("<quiz><question><text><![CDATA[1 + 1 = 3</text></question></quiz>", 0),
    "escaped": ("<quiz><question><text>&lt;p&gt;1 + 1 = 3&lt;/p&gt;</text></question></quiz>", 1),
    "what is no text": ("<quiz><question><name>1 + 1 = 3</name></question></quiz>", 0),
    "an end without a beginning": ("<quiz><question></text><text>1 + 1 = 3</text></question></quiz>", 1),
    "entities": ("<quiz><question><text>1 &#43; 1 &#x3d; 3</text></question></quiz>", 1),
}


@pytest.mark.parametrize("name", BANKS)
def test_only_what_a_question_says_is_read(name: str) -> None:
    text, false = BANKS[name]
    assert len(symgd.audit(text).wrong) == false


@pytest.mark.parametrize("text", [r"::Sum:: 1 \= 2 {", "\\", "<quiz><question><text>&lt;", "::a::{#1}" * 50])
def test_places_stay_in_the_text(text: str) -> None:
    for read in (gift_pieces, moodle_pieces):
        for piece in read(text):
            assert len(piece.origin) == len(piece.text)
            assert all(0 <= place < len(text) for place in piece.origin)


#: Banks, what their questions say, and where each sign of it stands.
GIFT: tuple[tuple[str, list[str], list[int]], ...] = (
    (
        "::Sum:: 1 + 1 {=2 ~3 ~1}",
        ["\nSum\n 1 + 1 \n\n2 \n3 \n1\n"],
        [0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
    ),
    (
        "::T\\:x:: a \\= b \\{c\\} \\~ \\# \\\\ \\: \\z",
        ["\nT:x\n a = b {c} ~ # \\ : \\z"],
        [0, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 17, 18, 20, 21, 23, 24, 26, 27, 29, 30, 32, 33, 34, 35],
    ),
    ("a\n// 1 = 2\nb", ["a\n\n\nb"], [0, 1, 2, 10, 11]),
    ("x // y", ["x // y"], [0, 1, 2, 3, 4, 5]),
    ("::a::[html]<p>1</p>{#2:0}", ["\na\n\n\n1\n\n\n2:0\n"], [0, 2, 3, 5, 11, 14, 15, 19, 20, 21, 22, 23, 24]),
    (
        "[plain]1[moodle]2[markdown]3[other]4",
        ["\n1\n2\n3[other]4"],
        [0, 7, 8, 16, 17, 27, 28, 29, 30, 31, 32, 33, 34, 35],
    ),
    ("a::b:c", ["a\nb:c"], [0, 1, 3, 4, 5]),
    (
        "$CATEGORY: x\n::a:: b",
        ["$CATEGORY: x\n\na\n b"],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19],
    ),
    ("\\", ["\\"], [0]),
    ("a &lt; b", ["a < b"], [0, 1, 2, 6, 7]),
)
MOODLE: tuple[tuple[str, list[str], list[int]], ...] = (
    (
        "<quiz><text>&lt;p&gt;1 + 1 = 2&lt;/p&gt;</text></quiz>",
        ["\n1 + 1 = 2\n"],
        [12, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    ),
    ("<quiz><text>a</text><text>b</text></quiz>", ["a", "b"], [12, 26]),
    ("<text><![CDATA[<p>1</p>]]></text>", ["\n1\n"], [15, 18, 19]),
    ("<text> <![CDATA[1]]> x</text>", ["1"], [16]),
    ("<text><![CDATA[1</text>", [], []),
    ("<text><![CDATA[1]] x</text>", [], []),
    ("<TEXT >a</TEXT >", ["a"], [7]),
    ("</text>a<text>b</text>c</text>", ["b"], [14]),
    ("<text>a<text>b</text>", ["b"], [13]),
    (
        "<text>&amp;lt; &#x41;&#65; &nosuch; &NotEqualTilde;</text>",
        ["< AA &nosuch; ≂̸"],
        [6, 14, 15, 21, 26, 27, 27, 27, 27, 27, 27, 27, 27, 35, 36, 36],
    ),
    ("<text></text>", [], []),
)


@pytest.mark.parametrize(("text", "said", "places"), GIFT + MOODLE)
def test_where_the_words_of_a_question_stand(text: str, said: list[str], places: list[int]) -> None:
    found = list((moodle_pieces if "text>" in text.lower().replace(" ", "") else gift_pieces)(text))
    assert [piece.text for piece in found] == said
    assert [place for piece in found for place in piece.origin] == places


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<quiz> <question>", "moodle"),
        ("<QUIZ ><question", "moodle"),
        ("<quiz>", ""),
        ("<question>", ""),
        ("x" * 9_994 + "<quiz><question", "moodle"),
        ("x" * 9_995 + "<quiz><question", ""),
        ("{\n::a:: b", "gift"),
        ("\n::a:: b", ""),
        ("{ ::a:: b", ""),
        ("{\n$CATEGORY: x", "gift"),
        ("{\n::::", ""),
        (r"::a\:b::{", "gift"),
        ("{\n::a\nb::", ""),
        ("{" + "x" * 9_993 + "\n::a::", "gift"),
        ("{" + "x" * 9_994 + "\n::a::", ""),
    ],
)
def test_what_is_a_bank(text: str, form: str) -> None:
    assert bank_of(text) == form
