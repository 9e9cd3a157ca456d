"""Lines that begin with a sign: items of a list, lines of their own, or the rest of what is above."""

from __future__ import annotations

import pytest

from symgd.checking.continued import continued


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("w = 1\n- 0.1*(-4) = 1.4", {6: True}),
        ("w = 1\n+ 0.4 = 1.4", {6: True}),
        ("w = 1\n- 0.1*(-4)\n= 1.4", {6: True}),
        ("w = 1\n- a*(-4)\n= 1.4", {6: True}),
        ("w = 1\n- a*(-4)", {}),
        ("w = 1\n- lr*(-4)\n= 1.4", {}),  # an item that begins with a word
        ("w = 1\n- 0.4", {}),
        ("w = 1\n- 0.4\n\n= 0.6", {}),
        ("w = 1\n- 0.4\n- 0.2\n= 0.4", {6: True, 12: True}),
        ("w = 1\n- 0.4\n- 0.2", {}),
        ("w = 1\n- 0.4 = 0.6\n- 0.2 = 0.4", {6: True, 18: True}),
        ("w = 1\n- 0.4 = 0.6\n- 0.2 = -0.2", {6: True, 18: False}),
        ("w = 2\n- (1 + 1) = 0", {6: True}),
        ("w = 1/3\n- 0.1 = 0.23", {8: True}),
        ("w = 1 -\n- 0.4 = 1.4", {8: True}),
        ("w = 1 +\n- 0.4", {8: True}),
        ("w = 1 +\n- a*4", {}),
        ("w =\n- 0.3", {4: True}),
        ("w =\n- 0.1*3 = -0.3", {4: False}),
        ("w = 1\n- 0.4 = 0.4", {}),
        ("w = 1\n- 0.4 = -0.4", {6: False}),
        ("w = 1;\n- 0.1 = 0.9", {}),
        ("w = 1\n\n- 0.4 = 0.6", {}),
        ("w = 1\n- 0.1*x = 3", {}),
        ("2 = 2\n- 3 = -1", {6: True}),
        ("2 = 3\n- 3 = 0", {6: True}),
        ("2 = 3\n- 3 = -1", {}),
        ("2 = 2\n- 3 = -3", {6: False}),
        ("2 = 2\n- 3 = 3", {}),
        ("2 = 2\n+ 3 = 5", {6: True}),
        ("2 = 2\n+ 3 = 3", {}),
        ("2 = 2\n+ 3 = -3", {}),
        ("1 = 1 +\n- 0.4 = 0.6", {8: True}),
        ("2\n- 3 = -1", {}),
        ("x is 2\n- 1 = 1", {}),
        ("* 1 = 1\n- 0.4 = 0.6", {}),
        ("- w = 1\n- 0.4 = 0.6", {}),
        ("- alpha\nw = 1\n- 0.4 = 0.6", {}),
        ("- 3 = -3\n- 0.4 = -3.4", {0: False}),
        ("- 2*3 = -6", {0: False}),
        ("- 2*3 = 6", {}),
        ("+ 2*3 = 6", {}),
        ("- 1/3 = -0.33", {0: False}),
        ("- 1/3 = -0.34", {}),
        ("- 2/3 = -0.67", {0: False}),
        ("- 2/3 = -2/3", {0: False}),
        ("- 7 = -8", {}),
        ("- 1/0 = -1", {}),
        ("- 2^(1/2) = -2^(1/2)", {}),
        ("- 2) = -2)", {}),
    ],
)
def test_what_a_line_that_begins_with_a_sign_is(text: str, found: dict[int, bool]) -> None:
    assert continued(text) == found
