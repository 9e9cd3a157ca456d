"""The learning rate, explained: what is said in each case, true relations, and a table of real runs."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

import symgd
from symgd.cli import cli
from symgd.descent.findings import findings
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.handouts.document import Equations, Sentence, Table
from symgd.handouts.handout import Handout
from symgd.handouts.rates import rate_blocks
from symgd.language import LANGUAGES
from tests.handouts.problems import random_problem
from tests.relations import relations_in_html, relations_in_markdown

TWO = {"w1": 3, "w2": 1}
BOWL = "(w1 + w2)^2/2 + 2*(w1 - w2)^2"  # curvature 2 along (1, 1), 8 along (1, −1)


def blocks(loss: Any, **options: Any) -> tuple[Any, ...]:
    return rate_blocks(symgd.descend(loss, **options))


def keys(loss: Any, **options: Any) -> list[str]:
    found = [block.key for block in blocks(loss, **options) if isinstance(block, Sentence)]
    return [key.removeprefix("explain-rate.") for key in found if "direction" not in key and "eigenvalues" not in key]


def lines(loss: Any, **options: Any) -> str:
    """The worked lines of the part as text."""
    text = symgd.explain(loss, explain_rate=True, **options).text()
    part = text[text.index("The learning rate, explained") :]
    return "\n".join(line.strip() for line in part.splitlines() if line.startswith("  "))


CASES = [
    pytest.param(
        BOWL, {"start": TWO}, ["quadratic", "bound", "rate-below", "fastest", "factors", "table"], id="a bowl"
    ),
    pytest.param(
        "(w - 3)^2",
        {"start": {"w": 1}, "learning_rate": 1},
        ["quadratic", "bound", "rate-at", "fastest-single", "factors", "table"],
        id="one parameter, at the bound",
    ),
    pytest.param(
        "(w - 3)^2",
        {"start": {"w": 1}, "learning_rate": -1},
        ["quadratic", "bound", "rate-not-positive", "fastest-single", "factors", "table"],
        id="a negative rate",
    ),
    pytest.param(
        "(w - 3)^2",
        {"start": {"w": 1}, "learning_rate": "1/t"},
        ["quadratic", "bound", "fastest-single", "factors-first", "table"],
        id="a schedule",
    ),
    pytest.param(
        "(w1 + w2)^2",
        {"start": TWO},
        ["quadratic", "bound", "rate-below", "flat", "fastest-one", "factors", "table"],
        id="a valley",
    ),
    pytest.param(
        "w1^2 + w2",
        {"start": TWO},
        ["quadratic", "bound", "rate-below", "slanted", "factors", "table"],
        id="a valley that runs downhill has no fastest rate",
    ),
    pytest.param(
        "w1^2 - w2^2",
        {"start": TWO},
        ["quadratic", "no-minimum", "factors", "table"],
        id="a saddle has no stable rate",
    ),
    pytest.param(
        "w^4 - 3*w^2 + w",
        {"start": {"w": 2}},
        ["near", "start", "bound-near", "rate-above", "fastest-single-near", "factors-near", "table"],
        id="not quadratic: said of the quadratic that touches it",
    ),
    pytest.param(
        "w1^2 + w2^3 + w2",
        {"start": {"w1": 1, "w2": 0}},
        ["near", "start", "bound-near", "rate-below", "zero", "factors-near", "table"],
        id="the quadratic that touches it runs downhill: no fastest rate",
    ),
    pytest.param("w1 + w2", {"start": TWO}, ["quadratic", "straight", "factors", "table"], id="a plane"),
    pytest.param(
        "w1^2 + w2^4",
        {"start": {"w1": 1, "w2": 0}},
        ["near", "start", "bound-near", "rate-below", "zero", "fastest-one-near", "factors-near", "table"],
        id="not quadratic, singular",
    ),
    pytest.param("sin(w)", {"start": {"w": 1}}, ["near", "start", "not-up", "table"], id="curved down"),
    pytest.param(
        "w1^2 - cos(w2)",
        {"start": {"w1": 1, "w2": 3}},
        ["near", "start", "bound-near", "rate-below", "down", "factors-near", "table"],
        id="up in one direction, down in another",
    ),
    pytest.param("|w|", {"start": {"w": 0}}, ["kink"], id="a kink"),
    pytest.param(
        "w*sqrt(w)", {"start": {"w": "1e-9"}, "steps": 0}, ["near", "start", "bound-near", "rate-above"], id="steep"
    ),
    pytest.param(
        BOWL,
        {"start": TWO, "optimizer": "momentum"},
        [
            "quadratic",
            "bound-momentum",
            "rate-below",
            "without-momentum",
            "fastest",
            "factors-plain",
            "table",
        ],
        id="momentum",
    ),
    pytest.param(
        BOWL,
        {"start": TWO, "optimizer": "adam"},
        ["quadratic", "bound-plain", "fastest", "factors-plain", "table"],
        id="Adam",
    ),
    pytest.param(
        BOWL,
        {"start": TWO, "optimizer": "momentum", "momentum": 1},
        ["quadratic", "bound-plain", "fastest", "factors-plain", "table"],
        id="a momentum of 1",
    ),
    pytest.param(
        BOWL,
        {"start": TWO, "weight_decay": "0.5"},
        ["quadratic", "decay", "bound", "rate-below", "fastest", "factors", "table"],
        id="weight decay",
    ),
    pytest.param(None, {"gradient": {"w": 1}, "start": {"w": 1}}, ["no-loss"], id="a given gradient"),
    pytest.param(
        "+".join(f"w{k}^2" for k in range(1, 10)),
        {"start": {f"w{k}": 1 for k in range(1, 10)}},
        ["too-many"],
        id="nine parameters",
    ),
]


@pytest.mark.parametrize(("loss", "options", "expected"), CASES)
def test_what_is_said(loss: Any, options: dict[str, Any], expected: list[str]) -> None:
    assert keys(loss, **options)[: len(expected)] == expected


@pytest.mark.parametrize(("loss", "options", "expected"), CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_relation_is_true_and_counted(
    loss: Any, options: dict[str, Any], expected: list[str], language: str
) -> None:
    given = options if loss is None else {"problem": loss, **options}
    made = symgd.explain(explain_rate=True, language=language, **given)
    pages = [relations_in_html(made.html())] if language == "zh-TW" else []
    for found in (relations_in_markdown(made.markdown()), *pages):
        assert [relation for relation in found if relation.verdict is False] == []
        assert len(found) == made.relations


def test_every_relation_of_random_problems_is_true() -> None:
    explained = 0
    for seed in range(500, 520):
        try:
            made = Handout(symgd.descend(random_problem(seed).replaced(explain_rate=True)))
        except InputError:  # the start is outside the domain
            continue
        found = relations_in_markdown(made.markdown())
        assert [relation for relation in found if relation.verdict is False] == [], seed
        assert len(found) == made.relations, seed
        explained += any(isinstance(block, Table) for block in made.document.rates)
    assert explained > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_finds_the_point_at_which_the_curvature_is_taken(language: str) -> None:
    """The part goes back to the start, so it says so: a reader, and the audit, stand at the last point by then."""
    made = symgd.explain(
        "w^4 - 3*w^2 + w", start={"w": 2}, learning_rate="0.05", steps=4, explain_rate=True, language=language
    )
    assert symgd.audit(made.markdown()).wrong == ()
    assert "w = 2" in lines("w^4 - 3*w^2 + w", start={"w": 2}, steps=2).splitlines()
    assert "w1 = 3" not in lines(BOWL, start=TWO)


def test_the_lines_of_a_bowl_worked_by_hand() -> None:
    text = lines(BOWL, start=TWO)
    for line in (
        "λ1 = 2",
        "λ2 = 8",
        "η_max = 2/λ2 = 2/8 = 0.25",
        "η_opt = 2/(λ1 + λ2) = 2/(2 + 8) = 0.2",
        "|1 − η_opt·λ1| = |1 − 0.2 × 2| = 0.6",
        "|1 − η_opt·λ2| = |1 − 0.2 × 8| = 0.6",
        "|1 − η·λ1| = |1 − 0.1 × 2| = 0.8",
        "|1 − η·λ2| = |1 − 0.1 × 8| = 0.2",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize(
    ("loss", "options", "line"),
    [
        pytest.param(
            "2*w1^2 + w1*w2 + 3*w2^2", {"start": TWO}, "η_opt = 2/(λ1 + λ2) = 0.2", id="exact though λ is not"
        ),
        pytest.param("3*w^2", {"start": {"w": 1}}, "η_max = 2/λ1 = 2/6 = 1/3", id="a fraction"),
        pytest.param("3*w^2", {"start": {"w": 1}}, "η_opt = 1/λ1 = 1/6", id="the fastest of one parameter"),
        pytest.param(
            "w^2",
            {"start": {"w": 1}, "optimizer": "momentum"},
            "η_max = 2(1 + μ)/λ1 = 2 × (1 + 0.9)/2 = 1.9",
            id="momentum",
        ),
        pytest.param("w1^2 - w2^2", {"start": TWO}, "|1 − η·λ1| = |1 − 0.1 × (−2)| = 1.2", id="a factor above 1"),
    ],
)
def test_a_line(loss: str, options: dict[str, Any], line: str) -> None:
    assert line in lines(loss, **options).splitlines()


def columns(loss: str, **options: Any) -> dict[str, list[str]]:
    (table,) = (block for block in blocks(loss, **options) if isinstance(block, Table))
    heads = [str(head).removeprefix("explain-rate.column-") for head in table.heads]
    cells = zip(*table.rows, strict=True)
    return {
        head: [str(getattr(cell, "tree", cell)) for cell in column] for head, column in zip(heads, cells, strict=True)
    }


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        pytest.param({}, {"given": "0.1", "fastest": "0.2", "above": "0.2625"}, id="plain"),
        pytest.param({"learning_rate": "0.2"}, {"given": "0.2", "above": "0.2625"}, id="the given one is the fastest"),
        pytest.param(
            {"learning_rate": "0.1/t"}, {"given": "0.1/t", "fastest": "0.2", "above": "0.2625"}, id="schedule"
        ),
        pytest.param({"optimizer": "adam"}, {"given": "0.1", "half": "0.05", "double": "0.2"}, id="Adam"),
        pytest.param({"optimizer": "momentum"}, {"given": "0.1", "half": "0.05", "above": "0.49875"}, id="momentum"),
        pytest.param(
            {"learning_rate": "-1/8"}, {"given": "−0.125", "fastest": "0.2", "above": "0.2625"}, id="negative"
        ),
    ],
)
def test_the_rates_that_are_compared(options: dict[str, Any], rates: dict[str, str]) -> None:
    found = columns(BOWL, start=TWO, **options)
    assert {head: column[0] for head, column in found.items() if head != "table.update"} == rates


@pytest.mark.parametrize("arithmetic", ["exact", "float", "round:3"])
def test_the_losses_are_those_of_runs_with_the_same_rate(arithmetic: str) -> None:
    for column in list(columns(BOWL, start=TWO, arithmetic=arithmetic, steps=4).values())[1:]:
        run = symgd.descend(BOWL, start=TWO, arithmetic=arithmetic, steps=4, learning_rate=column[0])
        for shown, loss in zip(column[1:], run.losses, strict=True):
            assert float(Fraction(shown)) == pytest.approx(float(loss or 0), rel=1e-5)


def test_the_fastest_rate_ends_lower_than_its_neighbours() -> None:
    """After many updates no other constant rate is better from a start with both directions in it."""
    final = {
        rate: float(symgd.descend(BOWL, start=TWO, steps=40, learning_rate=rate, arithmetic="float").losses[-1] or 0)
        for rate in ("0.19", "0.2", "0.21")
    }
    assert min(final, key=lambda rate: final[rate]) == "0.2"


def test_a_run_that_converges_keeps_its_loss_and_one_that_ends_early_has_none() -> None:
    found = columns("(w - 3)^2", start={"w": 1}, learning_rate="0.5", steps=3)
    assert found["given"][1:] == ["4", "0", "0", "0"]
    steep = columns("exp(w^2)", start={"w": 2}, learning_rate=30, arithmetic="float", steps=3)
    assert steep["given"][-1] == "None"


# where it stands


def test_it_stands_in_the_worked_handout_only_where_it_is_asked_for() -> None:
    problem = Problem(BOWL, start=TWO)
    heading = "The learning rate, explained"
    assert heading not in symgd.explain(problem).markdown()
    assert heading in symgd.explain(problem, explain_rate=True).markdown()
    assert heading in symgd.explain(problem, explain_rate=True).html()
    assert heading not in symgd.explain(problem, explain_rate=True, kind="worksheet").markdown()


@pytest.mark.parametrize("value", ["yes", 1, "", [True]])
def test_the_key_is_true_or_false(value: Any) -> None:
    with pytest.raises(InputError) as caught:
        Problem("w^2", start={"w": 1}, explain_rate=value)
    assert caught.value.code == "one-of"


def test_a_file_and_the_command_line_ask_for_it() -> None:
    table = {"loss": "w^2", "start": {"w": 1}, "handout": {"explain_rate": True}}
    assert Problem.from_table(table).explain_rate
    asked = CliRunner().invoke(cli, ["explain", "w^2", "--at", "w=1", "--explain-rate"])
    assert asked.exit_code == 0
    assert "## The learning rate, explained" in asked.output
    assert "explained" not in CliRunner().invoke(cli, ["explain", "w^2", "--at", "w=1"]).output


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_stand_in_the_handout_in_the_run_and_in_its_json(language: str) -> None:
    words = ["w^2", "--at", "w=1", "--rate", "1", "--language", language]
    run = symgd.descend("w^2", start={"w": 1}, learning_rate=1)
    told = [found.message(language) for found in findings(run)]
    assert len(told) == 2
    text = symgd.explain("w^2", start={"w": 1}, learning_rate=1, language=language).text()
    assert all(message in text for message in told)
    assert all(message in CliRunner().invoke(cli, ["descend", *words]).output for message in told)
    table = json.loads(CliRunner().invoke(cli, ["descend", "--json", *words]).output)
    assert table["findings"] == [
        {"code": found.code, "message": message} for found, message in zip(findings(run), told, strict=True)
    ]


def test_every_sentence_of_the_part_can_be_reached_by_name() -> None:
    """No key of a catalogue is left without a use: each stands in the code, whole or as a prefix with a table."""
    from symgd.descent.optimizers import OPTIMIZERS
    from symgd.language import catalogue

    methods = {
        key.removeprefix("explain-rate.method-") for key in catalogue("en") if ".method-" in key and "rate" in key
    }
    assert methods == set(OPTIMIZERS) - {"gradient-descent"}


def test_equations_of_the_part_have_no_empty_chain() -> None:
    for block in blocks(BOWL, start=TWO):
        if isinstance(block, Equations):
            assert all(re.search(r"\S", str(side)) for chain in block.chains for side in chain.sides)
            assert all(chain.relations for chain in block.chains)


def test_what_the_curvature_says_is_not_said_twice_of_a_kink() -> None:
    made = symgd.explain("|w|", start={"w": "0.3"}, learning_rate="0.2", steps=3)
    assert made.text().count("no eigenvalue of the Hessian") == 1
    assert "0.1/t" in made.text()
