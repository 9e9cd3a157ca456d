"""What a report tells of values too large or too small to be written, and of very long lines."""

from __future__ import annotations

import pytest

import symgd


@pytest.mark.parametrize("working", ["dL/dw = 2 = 3", "L = 7", "dL/dw = exp(exp(w))*2 = 5", "w = 1 + 9^9^9.1 = 1.4"])
@pytest.mark.parametrize(("loss", "start"), [("(w-3)^2", "1"), ("exp(exp(w))", "30"), ("exp(-exp(w))", "30")])
def test_a_value_of_a_size_that_no_one_could_write_out_costs_its_line_alone(
    loss: str, start: str, working: str
) -> None:
    report = symgd.check(symgd.Problem(loss, start={"w": start}, steps=1), working)
    for language in ("en", "zh-TW"):
        assert working in report.text(language)


@pytest.mark.parametrize("sign", ["+", "-"])
@pytest.mark.parametrize("head", ["w = ", "dL/dw = "])
def test_a_sum_as_long_as_any_that_is_read_stops_nothing(head: str, sign: str) -> None:
    line = head + f"0.6{sign}" * 490 + "0"
    found = symgd.check(symgd.Problem("(w-3)^2", start={"w": 0}, steps=1), f"{line}\nw = 0.6")
    assert [verdict.n for verdict in found if verdict.status == "slip"] == [1]
    assert found.text("en")
