"""What a report tells of values that are too large or too small to be written."""

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
