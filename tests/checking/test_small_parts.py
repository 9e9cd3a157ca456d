"""Small parts of the checker on their own: what tables of whole workings reach too seldom."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

import symgd
from symgd.checking import guarded, marking
from symgd.checking.answers import answer_line, natural, quantity_of_head, weights_in
from symgd.checking.cells import decimal_text, undefused
from symgd.checking.facts import facts_of
from symgd.checking.policy import policy_of, spelled
from symgd.checking.roster import read_roster
from symgd.checking.totals import total_of
from symgd.checking.working import claims_in
from symgd.errors import InputError
from symgd.expressions.reader import read

BOWL = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=2)


def test_points_beyond_all_measure_are_told_as_such() -> None:
    for points, code in ((-1, "setting-least"), ("1e400", "setting-between")):
        with pytest.raises(InputError) as caught:
            policy_of({"points": points})
        assert caught.value.code == code


def test_of_broken_lines_alone_the_first_is_told(tmp_path: Path) -> None:
    path = tmp_path / "class.jsonl"
    for text, row in (("\n\n{broken\n{again\n", 3), ("", 1)):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_roster(path, ["w1"])
        assert (caught.value.code, caught.value.facts["row"]) == ("roster-lines", row)


@pytest.mark.parametrize(
    ("left", "is_small"),
    [
        ("w + 1", True),
        (f"w + {'9' * 60}", True),
        (f"w + {'9' * 61}", False),
        (f"w + 1/{'9' * 61}", False),
        ("w^12", True),
        ("w^13", False),
        ("w^(-13)", False),
        ("w^(27/2)", False),
        ("w^(23/2)", False),
        ("w^(11/2)", True),
        ("w^6.5", True),
        ("w^12.5", False),
    ],
)
def test_which_formulas_are_compared_here(left: str, is_small: bool) -> None:
    assert guarded._is_small(read(left)) is is_small


@pytest.mark.parametrize(
    ("head", "quantity"),
    [
        ("w1", "w1"),
        ("w1[2]", "w1[2]"),
        ("w1[3]", None),
        ("dL/dw1[0]", "dL/dw1[0]"),
        ("L", "L"),
        ("L[2]", "L[2]"),
        ("eta", None),
        ("w", None),
        ("w1 = w2", None),
        ("w1 = 1", None),
        ("L =", None),
        ("delta  w2", "Δw2"),
        (r"\delta w1", "Δw1"),
        ("delta w1[1]", "Δw1[1]"),
        ("w1[02]", "w1[2]"),
        ("w1[1234567]", None),
        ("-dL/dw1[2]", "-dL/dw1[2]"),
        ("-dL/dw1[3]", None),
        ("Δw1[1]", "Δw1[1]"),
        ("L[0]", "L[0]"),
        ("L[3]", None),
        ("dL/dw1[1][1]", None),
        ("dL/dw1(0.51, 0.22)[1]", None),
        ("x[1]", None),
        ("w1 = 1; w2", None),
        ("w1; w2", None),
        ("x", None),
        ("w1[1][1]", None),
        ("$$dL/dw2$$", "dL/dw2"),
        ("$ w1 $", "w1"),
        ("w1(2)", "w1[2]"),
        ("dL/dw1^(2)", "dL/dw1[2]"),
        ("grad", None),
        ("-L", None),
        ("", None),
        ("'-dL/dw1", "-dL/dw1"),
        (r"\(w_1\)", "w1"),
    ],
)
def test_quantities_of_heads(head: str, quantity: str | None) -> None:
    assert quantity_of_head(head, facts_of(BOWL)) == quantity


def test_the_order_in_which_answers_follow() -> None:
    heads = (
        "e",
        "L[1]",
        "m[w1]",
        "w2[2]",
        "w1",
        "Δw2",
        "dL/dw1[1]",
        "L",
        "dL/dw1",
        "-dL/dw2",
        "Δw1[1]",
        "w1[2]",
        "L[2]",
    )
    found = natural({f"Your {head}": head for head in heads}, ["w1", "w2"])
    first = ["e", "dL/dw1", "-dL/dw2", "m[w1]", "Δw2", "w1", "L[1]", "L"]
    assert [quantity for _, quantity in found] == [*first, "dL/dw1[1]", "Δw1[1]", "w2[2]", "w1[2]", "L[2]"]
    before = {"A": "dL/dw1", "B": "L", "C": "w1", "D": "e"}
    assert [head for head, _ in natural(before, ["w1"])] == ["A", "B", "C", "D"]
    assert weights_in(["Δw1", "w1", "w2[1]", "L"]) == {"w1", "w2"}


@pytest.mark.parametrize(
    ("quantity", "cell", "line"),
    [
        ("w1", "", ""),
        ("w1", "0.5", "w1 = 0.5"),
        ("w1", "= 0.5", "w1 = 0.5"),
        ("w1", "W1 = 0.5", "W1 = 0.5"),
        ("w1", "x = 0.5", "w1 = x = 0.5"),
        ("dL/dw1[0]", "0.5", "update 1: dL/dw1 = 0.5"),
        ("dL/dw1[1]", "≈ 0.5", "update 2: dL/dw1 ≈ 0.5"),
        ("dL/dw1[1]", "dL/dw1 = 0.5", "update 2: dL/dw1 = 0.5"),
        ("dL/dw1[1]", "dL/dw1[1] = 0.5", "update 2: dL/dw1 = 0.5"),
        ("w1[2]", "0.5", "w1[2] = 0.5"),
        ("w1[2]", "w1' = 0.5", "w1[2] = 0.5"),
        ("w1[2]", "w1_new = 0.5", "w1[2] = 0.5"),
        ("w1[2]", "w1[2] = 0.5", "w1[2] = 0.5"),
        ("w1[2]", "w2 = 0.5", "w1[2] = w2 = 0.5"),
        ("w1", "new = 0.5", "w1 = new = 0.5"),
        ("w1", "0.5 = w1", "w1 = 0.5 = w1"),
        ("w1", "≃ 0.5", "w1 ≃ 0.5"),
        ("w1", "答: 5", "w1 = 5"),
        ("w1", "Answer： about 5", "w1 ≈ 5"),
        ("w1", "答：答：5", "w1 = 答：5"),
        ("w1", "approx. ~ 5", "w1 = approx. ~ 5"),
        ("w1", "~5", "w1 ≈ 5"),
        ("w1", "about half", "w1 = about half"),
        ("w1", "ans:", "w1 = ans:"),
        ("dL/dw1", "DL/DW1 = 0.5", "DL/DW1 = 0.5"),
        ("dL/dw1", "dL/dw1' = 0.5", "dL/dw1 = 0.5"),
        ("L[1]", "L = 0.5", "update 2: L = 0.5"),
        ("L[0]", "0.5", "update 1: L = 0.5"),
        ("m[w1]", "0.5", "m[w1] = 0.5"),
    ],
)
def test_an_answer_as_a_line(quantity: str, cell: str, line: str) -> None:
    assert answer_line(quantity, cell, ["w1"]) == line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1, 2_000_001), "0"),
        (Fraction(1, 2_000_000), "0.000001"),
        (Fraction(-1, 2_000_000), "-0.000001"),
        (Fraction(-1, 2_000_001), "0"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(-7, 2), "-3.5"),
        (Fraction(1_999_999_999, 1_000_000_000), "2"),
        (Fraction(100), "100"),
    ],
)
def test_marks_as_decimals(value: Fraction, text: str) -> None:
    assert decimal_text(value) == text


def test_only_the_apostrophe_before_what_would_run_is_taken_away() -> None:
    assert [undefused(cell) for cell in ("'=1", "''=1", "'1", "'-x", "'-1", "'")] == [
        "=1",
        "''=1",
        "'1",
        "-x",
        "'-1",
        "'",
    ]


def test_policies() -> None:
    policy = policy_of({"points": 0, "penalty": 3, "form": 1, "domain": "0.5", "quantities": {"∂L/∂w1 [1]": 2}})
    shares = [policy.points, policy.penalty, policy.form, policy.domain]
    assert shares == [Fraction(0), Fraction(3), Fraction(1), Fraction(1, 2)]
    assert policy.quantities == {"dL/dw1[1]": 2}
    assert policy_of({}) == policy_of(None) == policy_of({"follow_through": True})
    assert spelled(" −∂L/∂w ") == "-dL/dw"
    for broken in ({"form": "1.1"}, {"domain": 2}, {"points": -1}, {"points": 10_001}, {"quantities": 3}, {"none": 1}):
        with pytest.raises(InputError):
            policy_of(broken)
    assert policy_of({"points": 10_000, "decimals": 0}).decimals == 0


@pytest.mark.parametrize(
    ("table", "code", "facts"),
    [
        ({"form": "1.1"}, "setting-share", {"name": "form"}),
        ({"domain": 2}, "setting-share", {"name": "domain"}),
        ({"points": -1}, "setting-least", {"name": "points", "least": 0}),
        ({"penalty": 10_001}, "setting-between", {"name": "penalty", "least": 0, "below": 10_001}),
        ({"quantities": {"w1": -1}}, "setting-least", {"name": "w1", "least": 0}),
        ({"quantities": ["w1"]}, "not-a-table", {"name": "quantities"}),
        ({"follow_through": "no"}, "one-of", {"name": "follow_through"}),
        ({"decimals": -1}, "whole", {"name": "decimals", "least": 0, "most": 50}),
        ({"decimals": 51}, "whole", {"name": "decimals", "least": 0, "most": 50}),
        ({"point": 1}, "unknown-key-close", {"table": "marks"}),
    ],
)
def test_what_is_wrong_with_a_policy(table: dict[str, object], code: str, facts: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        policy_of(table)
    assert caught.value.code == code
    assert {key: caught.value.facts[key] for key in facts} == facts


def test_a_policy_that_says_nothing_follows_through_and_takes_nothing_off() -> None:
    policy = policy_of(None)
    assert [policy.points, policy.penalty, policy.form, policy.domain] == [1, 0, 1, 1]
    assert (policy.follow_through, policy.decimals, dict(policy.quantities)) == (True, None, {})
    assert policy_of({"follow_through": False}).follow_through is False
    assert policy_of({"decimals": 50}).decimals == 50


def test_what_a_class_is_marked_out_of() -> None:
    assert total_of(BOWL) == 8
    assert total_of(BOWL.replaced(steps=0)) == 4
    assert total_of(BOWL.replaced(marks={"points": "0.5"})) == 4
    assert total_of(BOWL.replaced(marks={"quantities": {"w1": 3, "w2": "0.5"}})) == Fraction(7, 2)


def test_what_there_is_no_time_for_is_late_and_so_is_all_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([2.0, 3.0, 0.0])
    monkeypatch.setattr(marking, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    marker = marking.Marker(BOWL)
    marker.read(claims_in("dL/dw1 = -0.1\ndL/dw2 = -0.2\nw1 = 0.51", marker.facts), until=2.0)
    assert [(found.status, found.late) for _, _, found, _ in marker.found] == [
        ("ok", False),
        ("unknown", True),
        ("unknown", True),
    ]


def test_a_working_of_what_has_no_start_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        marking.Marker(symgd.Problem("(w - 3)^2"))
    assert caught.value.code == "missing-start"
