"""The audit finds what is false, lets stand what is true, and says so where it cannot know."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.checking.audit import audit
from symgd.commands.audit_printing import audit_text
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.handouts.handout import Handout
from tests.checking.false_lines import FALSE, NOTHING, TRUE, UNDECIDED
from tests.handouts.problems import random_problem
from tests.handouts.test_examples import EXAMPLES, FILES
from tests.handouts.test_relations import WITH_MATRICES
from tests.relations import relations_in_markdown, result_literals, samples

SEED = int(os.environ.get("SYMGD_SEED", "2026"))
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("text", FALSE.values(), ids=FALSE.keys())
def test_a_false_line_is_found(text: str) -> None:
    assert audit(text).false == 1


@pytest.mark.parametrize(("text", "true", "definitions"), TRUE.values(), ids=TRUE.keys())
def test_a_true_line_stands(text: str, true: int, definitions: int) -> None:
    found = audit(text)
    assert (found.true, found.false, found.undecided, found.definitions) == (true, 0, 0, definitions)


@pytest.mark.parametrize("text", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_cannot_be_known_is_undecided(text: str) -> None:
    found = audit(text)
    assert found.false == 0
    assert found.undecided + found.definitions >= 1


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_no_relation_is_seen(text: str) -> None:
    assert len(audit(text)) == 0


# the other oracle ------------------------------------------------------------------------------------------------

#: What the oracle decides and the audit leaves open: vector arithmetic, algebra that is not found, its limits.
LEFT_OPEN = {
    "a power of many digits",
    "a number behind a thin space",
    "arcsin, arccos",
    "a norm",
    "a vector",
    "a column",
}


@pytest.mark.parametrize("name", [*samples.TRUE, *samples.FALSE])
def test_the_verdict_is_that_of_the_independent_oracle(name: str) -> None:
    source = samples.TRUE.get(name) or samples.FALSE[name]
    verdicts = [relation.holds for relation in audit(f"${source}$")]
    assert verdicts == [None if name in LEFT_OPEN else name in samples.TRUE]


@pytest.mark.parametrize("source", samples.SYMBOLIC.values(), ids=samples.SYMBOLIC.keys())
def test_a_line_with_symbols_is_not_called_false(source: str) -> None:
    assert audit(f"${source}$").false == 0


number = st.decimals(-20, 20, places=3, allow_nan=False).map(
    lambda d: f"({d.normalize():f})" if d < 0 else f"{d.normalize():f}"
)
side = st.recursive(
    number,
    lambda below: st.tuples(below, st.sampled_from(["+", "-", r"\times"]), below).map(lambda t: f"({' '.join(t)})"),
    max_leaves=4,
)


@given(side, side, st.sampled_from(["=", r"\approx"]), st.integers(0, 4), st.booleans())
@settings(max_examples=200, deadline=None)
def test_random_lines_are_judged_as_the_oracle_does(
    left: str, right: str, sign: str, places: int, rounded: bool
) -> None:
    if rounded:
        from fractions import Fraction

        value = Fraction(audit(f"{left.replace(chr(92) + 'times', '*')} = 0").relations[0].left or "0")
        right = f"{float(value):.{places}f}"
    source = f"${left} {sign} {right}$"
    expected = [relation.verdict for relation in relations_in_markdown(source)]
    assert [relation.holds for relation in audit(source)] == expected


# handouts --------------------------------------------------------------------------------------------------------

KINDS = [
    (file, language, kind) for file in FILES for language in ("en", "zh-TW") for kind in ("worked", "worksheet", "key")
]


@pytest.mark.parametrize(("file", "language", "kind"), KINDS, ids=lambda part: getattr(part, "stem", part))
def test_as_many_relations_as_the_document_holds(file: Path, language: str, kind: str) -> None:
    made = Handout(descend(Problem.load(file, language=language, kind=kind)), language)
    for text in (made.markdown(), made.html(), made.text()):
        found = audit(text)
        assert found.wrong == ()
        assert sum(not relation.blank for relation in found) + found.definitions == made.relations
        open_ones = sum(relation.holds is None and not relation.blank for relation in found)
        assert open_ones <= (24 if Problem.load(file).data else 16)  # Adam's t and m; a(1 − a); x[i] of a table


@pytest.mark.parametrize(
    "file", sorted(file for file in EXAMPLES.glob("*.md") if "README" not in file.name), ids=lambda file: file.stem
)
def test_no_golden_file_has_a_false_line(file: Path) -> None:
    found = audit(file.read_text(encoding="utf-8"))
    assert found.wrong == ()
    assert found.true >= 5


@pytest.mark.repeated
def test_random_handouts_have_no_false_line_and_the_right_count() -> None:
    print(f"SYMGD_SEED={SEED}")
    made = 0
    for seed in range(SEED, SEED + 40):
        try:
            handout = Handout(descend(random_problem(seed)))
        except InputError:
            continue
        for text in (handout.markdown(), handout.text()):
            found = audit(text)
            assert found.wrong == (), seed
            # Newton's prose says H p = −g, which the document does not count.
            assert 0 <= len(found) + found.definitions - handout.relations <= 1, seed
        made += 1
    assert made > 30


@pytest.mark.repeated
def test_one_altered_digit_is_flagged() -> None:
    """In 200 places of true handouts, one digit of a result is changed, and the audit finds it."""
    choose = random.Random(SEED)
    # relations_in_markdown, which is asked for its opinion too, knows no matrix products
    files = [file for file in sorted(EXAMPLES.glob("*.en.md")) if not file.name.startswith(WITH_MATRICES)]
    texts = [file.read_text(encoding="utf-8") for file in files]
    places = [(text, span) for text in texts for span in result_literals(text)]
    missed, altered_ones = [], 0
    for text, (start, stop) in choose.sample(places, 220):
        place = choose.choice([place for place in range(start, stop) if text[place].isdigit()])
        other = choose.choice([digit for digit in "0123456789" if digit != text[place]])
        altered = text[:place] + other + text[place + 1 :]
        if all(relation.verdict is not False for relation in relations_in_markdown(altered)):
            continue  # the other rounding of a tie
        altered_ones += 1
        if not audit(altered).false:
            missed.append(altered[max(0, start - 60) : stop + 10])
    assert missed == []
    assert altered_ones >= 200


# any text --------------------------------------------------------------------------------------------------------

PARTS = [
    *"=≈≒←+-*/^()[]{}|$&\\_,;.<>%!'\"`\n\t 0123456789.wabemLσΔ∂∇√²₁新，。（＝５",
    *[
        r"\frac",
        r"\left",
        r"\right",
        r"\begin{aligned}",
        r"\end{aligned}",
        r"\\",
        r"\text{",
        r"\sqrt",
        r"\hat",
        r"\partial",
        r"\Delta",
        r"\quad",
        r"\approx",
    ],
    *[
        "<math>",
        "</math>",
        "<mi>",
        "<mn>",
        "<mo>",
        "<mfrac>",
        "<mtable>",
        "<p>",
        "</p>",
        "<!--",
        "-->",
        "```",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "∂/∂w[",
        "dL/dw",
        "1e308",
        "10^",
    ],
]


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join))
@settings(max_examples=600, deadline=2_000)
def test_no_text_makes_it_raise(text: str) -> None:
    for form in ("", "html", "tex"):
        found = audit(text, form)
        assert found.true + found.false + found.undecided == len(found)
        audit_text(found, "zh-TW")


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=2_000)
def test_no_unicode_makes_it_raise(text: str) -> None:
    audit(text + "=" + text)


LONG = {
    "attributes that never end": '<p style="' * 40_000,
    "sums": "0.5+0.01=0.51，接著 0.2+0.02=0.22。" * 8_000,
    "brackets": "(" * 150_000 + "=",
    "fractions": "$" + r"\frac{" * 30_000 + "=1$",
    "dollars": "$ " * 100_000 + "=",
    "one chain": "1=" * 20_000,
    "rows": r"\[" + r"\\&" * 60_000 + r"=1\]",
    "operators": "∂/∂w[" * 30_000 + "=1",
    "tags": "<p>" * 30_000 + "1=1",
    "rows of MathML": "<math>" + "<mrow>" * 20_000 + "<mn>1</mn><mo>=</mo><mn>1</mn>",
    "towers": "w=1000000000; 2^w = 3; w^w^w=1; exp(exp(exp(w)))=1; sin(2^w)=1; x = 1e300; x^x^x = 2",
    "digits": "1" * 200_000 + "=1",
    "names": "".join(f"a{i} = {i}; a{i}+1={i + 1}\n" for i in range(1_000)),
}


@pytest.mark.repeated
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_long_texts_take_time_in_proportion(text: str) -> None:
    start = time.process_time()
    audit(text)
    assert time.process_time() - start < 6


# the doors -------------------------------------------------------------------------------------------------------


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "symgd", "audit", *arguments],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_json_has_the_keys_of_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "text.md"
    file.write_text("w = 0.5\n所以 0.5+0.01=0.52，x+1=2", encoding="utf-8")
    done = run(str(file), "--json")
    table = json.loads(done.stdout)
    assert done.returncode == 1
    assert table["schema"] == "symgd/audit/1"
    assert table["relations"][0] == {
        "text": "0.5+0.01=0.52",
        "line": 2,
        "column": 4,
        "holds": False,
        "left": "0.51",
        "right": "0.52",
    }
    assert (table["true"], table["false"], table["undecided"], table["definitions"]) == (0, 1, 1, 1)


def test_a_false_line_is_told_with_place_caret_and_what_it_is() -> None:
    done = run("-", "--language", "zh-TW", text="x\n2*(0.750-1) = -0.499\n")
    assert done.returncode == 1
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "第 2 行第 1 字：等號兩邊不相等。"
    assert lines[2].index("^") == lines[1].index("-0.499")
    assert lines[3] == "左邊是 −0.5，右邊是 −0.499。"


@pytest.mark.parametrize(
    ("text", "status"),
    [pytest.param("1+1=2", 0, id="true"), pytest.param("", 0, id="empty"), pytest.param("w+1=2", 0, id="undecided")],
)
def test_the_status_is_0_unless_something_is_false(text: str, status: int) -> None:
    assert run("-", text=text).returncode == status


def test_a_file_that_cannot_be_used_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "bytes.md").write_bytes(b"\x81\xff\xfe\xff")
    for name in ("none.md", "bytes.md", ""):
        done = run(str(tmp_path / name))
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr


def test_big5_is_read(tmp_path: Path) -> None:
    file = tmp_path / "homework.txt"
    file.write_bytes("所以 0.5+0.01=0.52".encode("cp950"))
    assert run(str(file)).returncode == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sqrt(2) = sqrt(2.00000000000000000002)", "1.4142135623730950488016887242096980786"),
        ("d = 2*x ≈ 3135720000; d + 5 ≈ 3135720000", "[3135720004.5, 3135720005.5]"),
    ],
)
def test_sides_that_differ_read_differently(text: str, said: str) -> None:
    (relation,) = symgd.audit(text).wrong
    assert relation.left == said != relation.right


def test_the_lines_that_are_not_decided_are_named() -> None:
    found = symgd.audit("a + b = c\n\n1 = 1\n\nu = 2*v = 3\nx + 1 = y\nx + 2 = z")
    assert "Lines not decided: 1, 5–7." in audit_text(found)
    assert "無法判定的行：1, 5–7。" in audit_text(found, "zh-TW")
    assert "not decided" not in audit_text(symgd.audit("1 = 1"))


def test_a_page_is_told_by_its_ending(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("1 + 1 = 3 <!-- 1+1=4 --> <script>1+1=5</script>", encoding="utf-8")
    assert json.loads(run(str(file), "--json").stdout)["false"] == 1


def test_python_has_it_too() -> None:
    assert [relation.holds for relation in symgd.audit("0.5+0.01=0.51")] == [True]


def test_a_page_over_matrices_is_decided_as_its_markdown_is() -> None:
    """A transpose stands in a page as a sign of its own."""
    form: dict[str, Any] = {
        "loss": "1/2*w'*A*w - b'*w",
        "let": {"A": [[2, 1], [1, 3]], "b": [1, 2]},
        "start": {"w": [0, 1]},
    }
    made = symgd.explain(steps=1, **form)
    page, lines = symgd.audit(made.html()), symgd.audit(made.markdown())
    held = [[relation.holds for relation in found.relations] for found in (page, lines)]
    assert held[0] == held[1]
    assert False not in held[0]
    wrong = symgd.audit(made.html().replace("<mn>0.5</mn>", "<mn>0.7</mn>"))
    assert False in [relation.holds for relation in wrong.relations]
