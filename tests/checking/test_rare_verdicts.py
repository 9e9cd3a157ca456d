"""Verdicts at the edges: differences far behind the point, sides without a value, shapes that do not fit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

import symgd
from symgd.calculus.equality import Equality, equality
from symgd.checking import guarded
from symgd.checking.behind import _opens
from symgd.checking.findings import is_zero, shown_apart
from symgd.checking.sharpening import is_narrow, sharp
from symgd.checking.tasks import TASKS
from symgd.checking.verdict import amount, mistake
from symgd.expressions.reader import read
from symgd.numbers.arrays import array
from symgd.numbers.bounded import NoValue
from symgd.recent import Recent
from symgd.workers.answers import Answer

SUM = "exp(x) + exp(x + 1)"


# formulas


@pytest.mark.parametrize("small", ["1e-60", "1e-100", "1e-250", "1e-900"])
@pytest.mark.parametrize("sign", ["+", "-"])
def test_a_difference_far_behind_the_point_is_proved_and_shown(small: str, sign: str) -> None:
    found = equality(read(SUM), read(f"{SUM} {sign} {small}"))
    assert (found.verdict, found.certainty) == ("different", "proved")
    example = found.counterexample
    assert example is not None
    if small == "1e-900":  # smaller than a double can say
        assert example.right is None
    elif small != "1e-60":
        assert example.right == f"{example.left} {sign.replace('-', '−')} {small}"


def test_a_difference_beyond_all_bits_is_no_difference_but_never_proved_equal() -> None:
    found = equality(read(SUM), read("exp(x) + exp(x + 1)*(1 + 1e-1500)"))
    assert (found.verdict, found.certainty) == ("equal", "evidence")


def test_a_proved_difference_of_what_exists_nowhere_has_no_example() -> None:
    found = equality(read("sqrt(-1 - x^2) + 1"), read("sqrt(-1 - x^2) + 2"))
    assert (found.verdict, found.certainty, found.counterexample) == ("different", "proved", None)
    assert shown_apart(found, (read("x"), read("x + 1"))) is None


def test_a_proof_from_elsewhere_turns_evidence_into_proof() -> None:
    left, right = read("erf(-x)"), read("-erf(x)")
    assert equality(left, right).certainty == "evidence"
    assert equality(left, right, prove=lambda *_: True).certainty == "proved"
    assert equality(left, right, prove=lambda *_: False).certainty == "evidence"
    assert equality(read("erf(x)"), right, prove=lambda *_: True).verdict == "different"


def test_sympy_is_asked_for_a_proof_and_may_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = read("erf(-x)"), read("-erf(x)")
    monkeypatch.setattr(guarded, "simplifies_to_equal", lambda *_: False)
    assert guarded.proved(left, right).certainty == "evidence"
    monkeypatch.setattr(guarded, "simplifies_to_equal", lambda *_: True)
    assert guarded.proved(left, right).certainty == "proved"
    assert guarded.proved(read("x + 1"), read("x")).verdict == "different"


@pytest.mark.parametrize(
    ("left", "where"),
    [
        ("(w + 1)^12 - w", "here"),
        ("(w + 1)^13 - w", "a worker"),
        ("w^(1/2) + 1", "here"),
        ("w^(27/2) + 1", "a worker"),
        (f"w + {'9' * 60}", "here"),
        (f"w + {'9' * 61}", "a worker"),
        (" + ".join(["sin(w)"] * 26), "here"),
        (" + ".join(["sin(w)"] * 90), "a worker"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_may_take_long_is_compared_in_a_worker(
    left: str, where: str, turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "equality", lambda *_: "here")
    monkeypatch.setattr(guarded, "_elsewhere", lambda *_: "a worker")
    pair = (read(left), read("w"))
    assert str(guarded.judged(*(reversed(pair) if turned else pair))) == where


def test_the_tasks_of_workers_are_what_is_asked_here() -> None:
    """Workers write no coverage; their tasks are functions like others."""
    same = {"left": "sin(x)^2 + cos(x)^2", "right": "1"}
    assert TASKS["prove"](same) is True
    assert TASKS["prove"]({"left": "x", "right": "x + 1"}) is False
    found = TASKS["equality"]({"left": "2*(x - 1)", "right": "2*x - 1", "first": [{"x": "1/3"}]})
    assert guarded.equality_from(found).verdict == "different"


def test_what_is_kept_of_comparisons_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Recent[object, object] = Recent(most=12)
    monkeypatch.setattr(guarded, "_FOUND", found)
    for number in range(5):
        assert guarded.compared(read("x"), read(f"x + {number + 1}")).verdict == "different"
        assert found.weight == 4 * len(found) <= 12
    assert guarded.compared(read("x"), read("x + 5")).verdict == "different"


def test_comparisons_at_other_points_are_kept_apart() -> None:
    for value in (Fraction(3), Fraction(5)):
        found = guarded.compared(read("x"), read("2*x"), [{"x": value}]).counterexample
        assert found is not None
        assert found.at == {"x": value}


@pytest.mark.parametrize(
    ("answer", "proved", "late"),
    [
        (Answer("done", True), True, None),
        (Answer("done", False), False, None),
        (Answer("late", True), False, 0.5),
        (Answer("failed"), False, None),
    ],
)
def test_what_workers_answer(
    answer: Answer, proved: bool, late: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "_asked", lambda *_: answer)
    assert guarded.simplifies_to_equal(read("x"), read("x + 1")) is proved
    if answer.state != "done":
        found = guarded.judged(read("x^200"), read("x"), (), 0.5)
        assert (found.verdict, found.late) == ("unknown", late)


# values


def test_what_a_value_is_worth_sharply() -> None:
    assert sharp(read("exp(1)*10^40 - exp(1)*10^40 + 0.51"), {}) == fmpq(51, 100)
    assert sharp(read("sqrt(2)^2"), {}) == 2
    assert isinstance(sharp(read("log(x - 2)"), {"x": arb(1)}), NoValue)
    wide = arb(1, 0.5)
    assert not is_narrow(wide)
    assert is_narrow(arb(1))
    assert sharp(read("x*1.5"), {"x": wide}) is None
    narrow = sharp(read("exp(1)"), {})
    assert is_narrow(narrow)
    column = sharp(read("x + 0"), {"x": array([arb(1, 0.5), arb(2)])})
    assert column is None
    assert sharp(read("x + 0"), {"x": array([fmpq(1), arb(1, 0.5)])}) is None


def test_values_that_no_bits_make_sharp() -> None:
    """A name that is known only in a ball; one that loses its value with more bits."""
    known = arb(2, 1e-40)
    assert is_narrow(sharp(read("x + 1"), {"x": known}))
    assert sharp(read("1/(x - 2)"), {"x": known}) is None
    assert sharp(read("x - 2 + 0.5"), {"x": known}) is not None
    assert sharp(read("x - 2 + y"), {"x": known, "y": fmpq(1, 2)}) is not None


def test_which_values_are_zero() -> None:
    zero, one = sharp(read("1 - 1"), {}), sharp(read("1"), {})
    assert is_zero(zero)
    assert not is_zero(one)
    assert not is_zero(None)
    assert is_zero(array([zero, zero]))
    assert not is_zero(array([zero, one]))
    assert not is_zero(arb(0, 1e-30))


@pytest.mark.parametrize(
    ("value", "said"), [("3", 3), ("5/2", 2.5), ("1/3", "1/3"), ("-1/8", -0.125), ("0", 0), ("-7/6", "-7/6")]
)
def test_points_in_json(value: str, said: object) -> None:
    assert amount(Fraction(value)) == said
    assert type(amount(Fraction(value))) is type(said)


# audited lines


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("1/0 = 2", False),
        ("sqrt(-1) = 1", False),
        ("2 = 1/(1-1)", False),
        ("log(2) + log(3) = log(6)", True),
        ("log(2) + log(3) = log(5)", None),  # of which base?
        ("exp(2) + exp(3) = exp(5)", False),
        ("piecewise((1, 2 < 3), (4, true)) = 1", True),
        ("exp(2)*piecewise((1, 2 < 3), (4, true)) = exp(2)", None),
        ("3*10^9999 = 3*10^9999", None),
        ("2*10^(1/2) = 6.32", False),
        ("2*10^(1/2) ≈ 6.32", True),
        ("2*10^(1/2) ≈ 6.31", False),
    ],
)
def test_a_relation_between_numbers(text: str, holds: bool | None) -> None:
    (found,) = symgd.audit(text).relations
    assert found.holds is holds


@pytest.mark.parametrize(
    ("lines", "holds"),
    [
        (("w = [0.5, 0.2]", "v = [1, 2]", "w + v = [1.5, 2.2]"), True),
        (("w = [0.5, 0.2]", "w + [1, 2, 3] = [1.5, 2.2]"), None),
        (("w = [0.5, 0.2]", "2*w = [1, 0.4, 0]"), False),
        (("w = [0.5, 0.2]", "2*w ≈ [1, 0.4]"), False),  # they are equal
        (("w = [0.5, 0.2]", "2*w ≈ [1.0, 0.5]"), False),
        (("w = [0.46, 0.2]", "2*w ≈ [0.9, 0.4]"), True),
        (("w ≈ [0.33, 0.67]", "3*w = [1, 2]"), None),
        (("w ≈ [0.33, 0.67]", "3*w = [5, 2]"), None),
        (("w = 0.5", "1/(w - 0.5) = 3"), False),
        (("w = 3", "∂/∂w[w^2] = 6"), True),
        (("w = 3", "∂/∂w[w^2] = 7"), False),
        (("L = w^2", "w = 3", "∂/∂w[L] = 6"), None),
        (("sqrt(-1 - x^2) = 2*x",), None),
        (("x + 1/x = (x^2 + 1)/x",), True),
        (("3*10^6000 = 4*10^6000",), None),
        (("exp(sin(1)) = exp(cos(1))",), False),
        (("sin(exp(sin(1)))^2 + cos(exp(sin(1)))^2 = 1",), True),
    ],
)
def test_a_relation_between_what_was_said_before(lines: tuple[str, ...], holds: bool | None) -> None:
    assert symgd.audit("\n".join(lines)).relations[-1].holds is holds


# workings


def statuses(loss: str, text: str, **problem: object) -> list[tuple[str, str]]:
    report = symgd.check(loss, text, **problem)  # type: ignore[arg-type]
    assert len(report) == len(list(report))
    assert str(report)
    return [(line.quantity, line.status) for line in report if line.status != "missing"]


VECTOR = {"start": {"w": [1, 2]}, "steps": 1, "learning_rate": "0.1"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("dL/dw = 2*w = [2, 4]", "ok"),
        ("dL/dw = [2, 4, 6]", "slip"),
        ("dL/dw = 2*w = [2, 4, 6]", "slip"),
        ("dL/dw = A*w = [2, 4]", "unknown"),
        ("-dL/dw = [-2, -4]", "ok"),
        ("-dL/dw = [2, 4]", "slip"),
        ("w = [1, 2] - 0.1*[2, 4] = [0.8, 1.6]", "ok"),
        ("w = [1, 2] - 0.1*[2, 4] = [0.8, 1.7]", "slip"),
    ],
)
def test_lines_of_vectors(text: str, status: str) -> None:
    assert [found for _, found in statuses("w'*w", text, **VECTOR)] == [status]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("dL/dw = -4", "w = 1 + 0.4 = 1.4"), ["ok", "ok"]),
        (("dL/dw = 4", "w = 1 - 0.4 = 0.6"), ["slip", "carried"]),
        (("dL/dw = 4", "w = 1 + 0.4 = 1.4"), ["slip", "lucky"]),
        (("dL/dw = -4", "w = 1 + 0.4 = 1.5"), ["ok", "slip"]),
        (("dL/dw = 0", "w = 1"), ["slip", "slip"]),  # a slope of 0 stops everything: nothing is learned from it
    ],
)
def test_what_follows_from_a_wrong_line(lines: tuple[str, ...], found: list[str]) -> None:
    said = statuses("(w - 3)^2", "\n".join(lines), start={"w": 1}, steps=1, learning_rate="0.1")
    assert [status for _, status in said] == found


def test_a_verdict_says_its_equality() -> None:
    assert bool(Equality("equal", "proved"))
    assert bool(Equality("domain", "proved"))
    assert not Equality("different", "proved")
    assert not Equality("unknown", "")


@pytest.mark.parametrize(
    ("lines", "first", "certain"),
    [
        (("dL/dw = -4", "w = 1.4"), None, True),
        (("dL/dw = 4", "w = 0.6"), 1, True),
        (("dL/dw = -4", "w = 1.5"), 2, True),
        (("dL/dw = q", "w = 1.5"), 2, False),
        (("dL/dw = 4", "w = q"), 1, True),
        (("dL/dw = q", "w = 1.4"), None, False),
    ],
)
def test_the_first_wrong_line_is_certain_where_nothing_undecided_stands_before_it(
    lines: tuple[str, ...], first: int | None, certain: bool
) -> None:
    report = symgd.check("(w - 3)^2", "\n".join(lines), start={"w": 1}, steps=1, learning_rate="0.1")
    assert (report.first_wrong_line, report.first_wrong_line_certain) == (first, certain)


def test_every_mistake_of_the_table_has_its_two_sentences_and_no_other_has() -> None:
    from symgd.checking.feedback import known_mistakes
    from symgd.checking.misconceptions import ROWS

    assert set(known_mistakes()) >= {row.id for row in ROWS}
    for id_ in known_mistakes():
        for language in ("en", "zh-TW"):
            assert mistake(id_, language).strip()


@pytest.mark.parametrize(
    ("text", "opens"), [("(a", True), ("[a, b", True), ("(a)", False), ("((a)", True), ("a(", False), ("(a\nb)", True)]
)
def test_a_bracket_that_a_line_does_not_close(text: str, opens: bool) -> None:
    assert _opens(text, 0) is opens


def test_a_velocity_that_holds_the_rate_is_right_beside_right_weights() -> None:
    problem = symgd.Problem("(w - 3)^2", start={"w": 0}, optimizer="momentum", learning_rate="0.1", steps=2)
    working = (
        "v1 = 0.9*0 - 0.1*(-6) = 0.6\nw1 = 0 + 0.6 = 0.6\nv2 = 0.9*0.6 - 0.1*(-4.8) = 1.02\nw2 = 0.6 + 1.02 = 1.62"
    )
    assert [verdict.status for verdict in symgd.check(problem, working)] == ["ok"] * 4
    assert next(verdict.status for verdict in symgd.check(problem, "v1 = 0.9*0 - 0.1*(-6) = 0.6")) == "unknown"
    assert next(verdict.status for verdict in symgd.check(problem, "v1 = 0.9*0 - 0.1*6 = 0.6")) == "slip"
    assert next(verdict.status for verdict in symgd.check(problem, "v1 = 0.7")) == "slip"
