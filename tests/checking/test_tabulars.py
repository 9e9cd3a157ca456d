"""Tables without bars get bars, and a line that says a number and was not read is for the teacher."""

from __future__ import annotations

import pytest

from symgd.checking.tabulars import barred
from symgd.checking.unread import unread_lines

#: A text, and the text with bars between the cells of its tables.
TABLES: tuple[tuple[str, str], ...] = (
    ("t,w\n0,0.5\n1,0.6", "| t | w |\n| 0 | 0.5 |\n| 1 | 0.6 |"),
    ("t, w \n 0 , -0.5\n1,+.6\n2,−7", "| t | w |\n| 0 | -0.5 |\n| 1 | +.6 |\n| 2 | −7 |"),
    ("t,w\n0,0.5\nend", "| t | w |\n| 0 | 0.5 |\nend"),
    ("t,w\n0,0.5,1", "t,w\n0,0.5,1"),
    ("t,w", "t,w"),
    ("0,1\nt,w", "0,1\nt,w"),
    ("t,w\nx,y", "t,w\nx,y"),
    ("t,w\n0,a", "t,w\n0,a"),
    ("t\n0", "t\n0"),
    ("t,,w\n0,1,2", "t,,w\n0,1,2"),
    ("1t,w\n0,1", "1t,w\n0,1"),
    ("t=,w\n0,1", "t=,w\n0,1"),
    ("t,w.\n0,1", "t,w.\n0,1"),
    ("t:,w\n0,1", "t:,w\n0,1"),
    ("t;,w\n0,1", "t;,w\n0,1"),
    ("t。,w\n0,1", "t。,w\n0,1"),
    ("t：,w\n0,1", "t：,w\n0,1"),
    ("t≈,w\n0,1", "t≈,w\n0,1"),
    ("t&,w\n0,1", "t&,w\n0,1"),
    ("|t,w\n0,1", "|t,w\n0,1"),
    ("aaaaaaaaaaaaaaaaaaaaaaaaa,w\n0,1", "| aaaaaaaaaaaaaaaaaaaaaaaaa | w |\n| 0 | 1 |"),
    ("aaaaaaaaaaaaaaaaaaaaaaaaaa,w\n0,1", "aaaaaaaaaaaaaaaaaaaaaaaaaa,w\n0,1"),
    ("t,w\n0,1.", "t,w\n0,1."),
    ("t,w\n0,1e5", "t,w\n0,1e5"),
    ("t,w\n0,--1", "t,w\n0,--1"),
    ("t,w\n0,111111111111111111111111111111", "| t | w |\n| 0 | 111111111111111111111111111111 |"),
    ("t,w\n0,1111111111111111111111111111111", "t,w\n0,1111111111111111111111111111111"),
    ("\n\nt,w\n0,1\n\nt,w\n1,2\n3,4\nx", "\n\n| t | w |\n| 0 | 1 |\n\n| t | w |\n| 1 | 2 |\n| 3 | 4 |\nx"),
    ("step  w  dL/dw\n0  0.5  -1\n1  0.6   2", "| step | w | dL/dw |\n| 0 | 0.5 | -1 |\n| 1 | 0.6 | 2 |"),
    ("step w\n0 1", "step w\n0 1"),
    ("step\tw\n0\t1", "| step | w |\n| 0 | 1 |"),
    ("step\tw\n  0   1  ", "| step | w |\n| 0 | 1 |"),
    ("a  b\n1  2\nc,d\n3,4", "| a | b |\n| 1 | 2 |\n| c | d |\n| 3 | 4 |"),
    ("x  y\n1 2", "x  y\n1 2"),
    ("t,w\n0,1\n2,3\nt,w\n4,5", "| t | w |\n| 0 | 1 |\n| 2 | 3 |\n| t | w |\n| 4 | 5 |"),
    ("x\nt,w\n0,1", "x\n| t | w |\n| 0 | 1 |"),
    ("w1,w2\n0.5,0.2\n|\n0.6,0.3", "| w1 | w2 |\n| 0.5 | 0.2 |\n|\n0.6,0.3"),
    ("a, b\n1, 2\n1, 2, 3\n1, 2", "| a | b |\n| 1 | 2 |\n1, 2, 3\n1, 2"),
    (
        (
            "a\n\\begin{tabular}{cc}\nt & w \\\\ \\hline\n0 & 1 \\\\[2pt]\n\\midrule 1 & 2 \\\\ \\cline"
            "{1-2}\n\\end{tabular}\nb & c"
        ),
        "a\n\n| t | w |\n| 0 | 1 |\n| 1 | 2 |\n\nb & c",
    ),
    ("\\begin{longtable} {c}\nt & w \\\\\n\\end{longtable}", "\n| t | w |\n"),
    ("\\begin{tabular*}{c}\nx\n\\toprule\n\\bottomrule\ny & z\n\\end{tabular*}", "\nx\n\n\n| y | z |\n"),
    ("\\begin{tabularx}\nt & w\n\\end{tabularx}", "\n| t | w |\n"),
    ("x \\begin{tabular}{c} & y\na & b \\\\\nc \\end{tabular} & d\ne & f", "x \n| a | b |\nc \ne & f"),
    ("\\begin{matrix}\na & b\n\\end{matrix}", "\\begin{matrix}\na & b\n\\end{matrix}"),
    ("a & b\n\\end{tabular}", "a & b\n\\end{tabular}"),
    ("\\begin{aligned}\na & b\n\\end{aligned}", "\\begin{aligned}\na & b\n\\end{aligned}"),
)
#: Lines, the numbers of those that were read, names of weights; the unread ones with line and column.
UNREAD: tuple[tuple[list[str], set[int], tuple[str, ...], list[tuple[int, int, str]]], ...] = (
    (
        ["so = 5", "I like 5", "w = 1", "答：5", "w is now 5"],
        {3},
        ("w",),
        [(1, 1, "so = 5"), (4, 1, "答：5"), (5, 1, "w is now 5")],
    ),
    (["  so = 5  x", "w→5", "w -> 5"], set(), (), [(1, 3, "so = 5 x"), (2, 1, "w→5"), (3, 1, "w -> 5")]),
    (["so → 5"], {1}, (), [(1, 1, "so → 5")]),
    (["so = 5"], {1}, (), []),
    (["= = 5 ---", "--- = ---", "===5", "| = |"], set(), (), [(1, 1, "= = 5 ---"), (3, 1, "===5")]),
    (["http://a?b=5", "<a href=5>", "<b x=5> y = 6"], set(), (), [(3, 1, "<b x=5> y = 6")]),
    (
        ["Answer: 5", "answers: no", "result : 7", "解：3", "結果:x3", "ans 5"],
        set(),
        (),
        [(1, 1, "Answer: 5"), (3, 1, "result : 7"), (4, 1, "解：3"), (5, 1, "結果:x3")],
    ),
    (
        [
            "the slope is -5",
            "the gradient becomes about 5",
            "the loss equals equal to 5",
            "weights are now then 3",
            "slope. is 5",
            "slope 4 is 5",
            "梯度為 5",
            "斜率是 5",
            "損失等於5",
            "w1 is 5",
            "w is 5",
            "uw is 5",
        ],
        set(),
        ("w",),
        [
            (1, 1, "the slope is -5"),
            (2, 1, "the gradient becomes about 5"),
            (3, 1, "the loss equals equal to 5"),
            (7, 1, "梯度為 5"),
            (8, 1, "斜率是 5"),
            (9, 1, "損失等於5"),
            (11, 1, "w is 5"),
        ],
    ),
    (["w.1 is 5", "w.1 is 5"], set(), ("w.1",), [(1, 1, "w.1 is 5"), (2, 1, "w.1 is 5")]),
    (["wx1 is 5"], set(), ("w.1",), []),
    (
        [
            "a ~ 5",
            "a ~5",
            "5) = x",
            "５ ＝ x",
            "$5$ → x",
            "= {5",
            "=(−.5",
            "x = y",
            "\\to 5",
            "\\top 5",
            "5 <- w",
            "5 ↦",
        ],
        set(),
        (),
        [
            (1, 1, "a ~ 5"),
            (3, 1, "5) = x"),
            (4, 1, "５ ＝ x"),
            (5, 1, "$5$ → x"),
            (6, 1, "= {5"),
            (7, 1, "=(−.5"),
            (9, 1, "\\to 5"),
            (11, 1, "5 <- w"),
            (12, 1, "5 ↦"),
        ],
    ),
)


@pytest.mark.parametrize(("text", "read"), TABLES)
def test_tables_get_bars(text: str, read: str) -> None:
    assert barred(text) == read


@pytest.mark.parametrize(("lines", "read", "names", "unread"), UNREAD)
def test_lines_that_state_a_number(
    lines: list[str], read: set[int], names: tuple[str, ...], unread: list[tuple[int, int, str]]
) -> None:
    assert [tuple(found) for found in unread_lines(lines, lines, read, names)] == unread


def test_an_arrow_that_is_still_there_says_more_than_what_was_read() -> None:
    lines, spelled = ["w → 5", "w → 6"], ["w → 5", "w = 6"]
    assert [found.line for found in unread_lines(lines, spelled, {1, 2})] == [1]
