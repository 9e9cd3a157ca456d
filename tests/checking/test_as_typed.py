"""Lines as students type them: headings, indices, half-LaTeX; and where a stretch of them stood before."""

from __future__ import annotations

import pytest

import symgd
from symgd.checking.as_typed import as_written, headings_in, indexed, may_be_steps_of_one

#: A text, and the updates that begin at its lines (-1 where they are over).
HEADINGS: tuple[tuple[str, dict[int, int]], ...] = (
    ("Update 1", {1: 1}),
    ("update 2:", {1: 2}),
    ("## Update 3", {1: 3}),
    ("**Iteration 4**", {1: 4}),
    ("(epoch 5)", {1: 5}),
    ("【step 6】", {1: 6}),
    ("step #7", {1: 7}),
    ("step no. 8", {1: 8}),
    ("step no 9", {1: 9}),
    ("update 1 = 2", {}),
    ("update 2 * 3", {}),
    ("update 2/3", {}),
    ("update 2+1", {}),
    ("update 12a", {}),
    ("update 1234567", {}),
    ("first update", {1: 1}),
    ("The third step", {1: 3}),
    ("2nd iteration", {1: 2}),
    ("9th epoch", {1: 9}),
    ("10th epoch", {}),
    ("3rd step", {1: 3}),
    ("fifth update", {1: 5}),
    ("4th update", {1: 4}),
    ("第 3 次", {1: 3}),
    ("第三次更新", {1: 3}),
    ("第十步", {1: 10}),
    ("第 2 步更新", {1: 2}),
    ("第2回", {1: 2}),
    ("第 2 步", {1: 2}),
    ("第 4 步 迭代", {1: 4}),
    ("十次", {}),
    ("x update 1", {}),
    ("update", {}),
    ("update one", {}),
    ("step 1: ① gradient", {}),
    ("step 2 ⑤", {}),
    ("step 2 ⑥", {1: 2}),
    ("update 1 ①", {1: 1}),
    ("## Update 1\n### ① w\n## Pictures", {1: 1, 3: -1}),
    ("## Update 1\n## Update 2\n# End\n## More", {1: 1, 2: 2, 3: -1, 4: -1}),
    ("Update 1\n## Pictures", {1: 1}),
    ("Update 1\n--------\nw\nEnd\n---\nx", {1: 1, 4: -1}),
    ("Update 1\n===\nEnd\n---\nx", {1: 1}),
    ("Update 1\n---\nEnd\n===\nx", {1: 1, 3: -1}),
    ("## Update 1\n\n---\nx", {1: 1}),
    ("# A\n## Update 1\n# B", {2: 1, 3: -1}),
    ("## Update 1\n# Part\nx\n## Update 2\n# End", {1: 1, 4: 2, 2: -1, 5: -1}),
    ("x\nupdate 1\nUpdate 2\n---\n# A", {2: 1, 3: 2, 5: -1}),
    ("### Update 1\n## Update 2\n## X\n### Y", {1: 1, 2: 2, 3: -1}),
    ("### Update 1\n### Y\nz", {1: 1, 2: -1}),
    ("step 1\nupdate 1\nstep 2\nupdate 2", {2: 1, 4: 2}),
    ("step 1\nstep 2", {1: 1, 2: 2}),
    ("step 1\niteration 1\nepoch 2", {2: 1, 3: 2}),
    ("## Update 1\n| a |\n---\n", {1: 1}),
    ("## Update 1\n#x\n####### y\n###### z", {1: 1}),
    ("## Update 1\n##", {1: 1}),
    ("Update 1\n──\n", {1: 1}),
    ("Update 1\n━━━\nEnd\n───\n", {1: 1, 3: -1}),
    ("Update 1\n═══\nA\n===\nB\n---\n", {1: 1, 3: -1}),
    ("## Update 1\nA\n--=\n", {1: 1}),
    ("## Update 1\nA\n--- x", {1: 1}),
    ("## Update 1\nA\n---  ", {1: 1, 2: -1}),
    ("**Update 1**", {1: 1}),
    ("*Update 1*", {1: 1}),
    ("update 2*3", {}),
    ("**Update 1** the slope", {1: 1}),
    ("**Update 1:** x", {1: 1}),
)
#: Those whose headings may be the steps of one update.
STEPS = (
    "【step 6】",
    "step #7",
    "step no. 8",
    "step no 9",
    "The third step",
    "3rd step",
    "第十步",
    "第 2 步",
    "step 2 ⑥",
    "step 1\nstep 2",
)
#: A line, and as the reader takes it.
INDEXED: tuple[tuple[str, str], ...] = (
    ("w1^(2) = 3", "w1[2] = 3"),
    ("w^(1) = w^(0) - 0.1*2", "w[1] = w[0] - 0.1*2"),
    ("w_{1}^{(2)} = 3", "w_1[2] = 3"),
    ("w_1^{ (2) } ≈ 1", "w_1[2] ≈ 1"),
    ("a1^(2) = 1; w1^(3) = 2", "a1[2] = 1; w1[3] = 2"),
    ("w1^(2) + 1", "w1^(2) + 1"),
    ("x = w1^(2)", "x = w1^(2)"),
    ("w2^(1) = w1^(0) - w2^(0) - ww2^(0)", "w2[1] = w1^(0) - w2[0] - ww2^(0)"),
    ("w^(1234567) = 1", "w^(1234567) = 1"),
    ("α^(1) = 2", "α[1] = 2"),
    ("Δw^(1) = 3", "Δw^(1) = 3"),
    ("eta = 0.1, lr = 2, beta lr2 lr[1] _eta 2eta", "η = 0.1, η = 2, beta lr2 lr[1] _eta 2eta"),
    ("w^2(w-1)", "w^2*(w-1)"),
    ("w^2 (w-1)", "w^2*(w-1)"),
    ("w^2(w-1)/3", "w^2*(w-1)/3"),
    ("w^2  (w-1)", "w^2  (w-1)"),
    ("(w+1)^2(w)", "(w+1)^2*(w)"),
    ("[w]^2(w)", "[w]^2*(w)"),
    ("sin^2(w)", "sin^2(w)"),
    ("x sin(w)^2(3)", "x sin(w)^2*(3)"),
    ("f^2(w) g^2(w) h^2(w) σ^2(w) sigma^2(w)", "f^2(w) g^2(w) h^2(w) σ^2(w) sigma^2(w)"),
    ("2f^2(w)", "2f^2(w)"),
    ("k^2(w)", "k^2*(w)"),
    ("exp(w)^2(3)", "exp(w)^2*(3)"),
    ("e^2(w)", "e^2*(w)"),
    ("pi^2(w)", "pi^2*(w)"),
    ("2^3(4)", "2^3*(4)"),
    ("1/w^2(3)", "1/w^2(3)"),
    ("1/(w)^2(3)", "1/(w)^2(3)"),
    ("1 / w^2(3)", "1 / w^2(3)"),
    ("1/-w^2(3)", "1/-w^2(3)"),
    ("1/ − w^2(3)", "1/ − w^2(3)"),
    ("1/w*v^2(3)", "1/w*v^2*(3)"),
    ("a^b^2(3)", "a^b^2(3)"),
    ("a^(b)^2(3)", "a^(b)^2(3)"),
    ("a÷w^2(3)", "a÷w^2(3)"),
    ("w^2.5(3)", "w^2.5*(3)"),
    ("w^2.(3)", "w^2.(3)"),
    ("a.w^2(3)", "a.w^2*(3)"),
    ("(1/w)^2(3)", "(1/w)^2*(3)"),
    ("1/sin(w)^2(3)", "1/sin(w)^2(3)"),
    ("((w)^2(3))", "((w)^2*(3))"),
    ("w)^2(3)", "w)^2*(3)"),
    ("x w)^2(3)", "x w)^2*(3)"),
    ("1/(((w)))^2(3)", "1/(((w)))^2(3)"),
    ("1/w_1^2(3)", "1/w_1^2(3)"),
    ("/ x)^2(3)", "/ x)^2*(3)"),
    ("y/f(x)^2(3)", "y/f(x)^2(3)"),
    ("\\(m[w] = 1\\)", "\\(m_{w} = 1\\)"),
    (
        "\\(mhat[w1] = 1\\) vhat[w] s[a] b[x] u[x] v[q1] k[w]",
        "\\(\\hat{m}_{w1} = 1\\) \\hat{v}_{w} s_{a} b_{x} u_{x} v_{q1} k[w]",
    ),
    (
        "\\(1e-8\\) 2.5e3 1e-1234 a1e5 1e5. 1e5.2 3.1e5",
        "\\(1 \\cdot 10^{-8}\\) 2.5 \\cdot 10^{3} 1e-1234 a1e5 1e5. 1e5.2 3.1 \\cdot 10^{5}",
    ),
    (
        "\\(relu(x) + softplus (x) + \\sin(x) + xrelu(x) + {relu(x)}\\)",
        "\\(\\operatorname{relu}(x) + \\operatorname{softplus} (x) + \\sin(x) + xrelu(x) + {relu(x)}\\)",
    ),
    ("\\m[w]", "\\m[w]"),
    ("m[w] = 1e-8", "m[w] = 1e-8"),
    ("\\(lr = 1\\)", "\\(lr = 1\\)"),
    ("a\n\\(m[w]\\)\nw^(1) = 2", "a\n\\(m_{w}\\)\nw[1] = 2"),
)
#: A line as it was written and as it is read, a stretch of the latter, and what stood there.
WRITTEN: tuple[tuple[str, str, int, int, str], ...] = (
    ("a eta b c", "a η b c", 2, 5, "eta b"),
    ("so 負梯度 = 5", "so -∇L = 5", 3, 10, "負梯度 = 5"),
    ("so 負梯度 = 5", "so -∇L = 5", 3, 6, "負梯度"),
    ("so 負梯度 = 5", "so -∇L = 5", 7, 10, "= 5"),
    ("so 負梯度 = 5", "so -∇L = 5", 0, 2, "so"),
    ("abc", "abc", 1, 2, "b"),
    ("w^(1) = 2", "w[1] = 2", 0, 8, "w^(1) = 2"),
    ("w^(1) = 2", "w[1] = 2", 5, 8, "= 2"),
    ("w^(1) = 2", "w[1] = 2", 0, 4, "w^(1)"),
    ("eta = 2", "η = 2", 0, 5, "eta = 2"),
    ("eta = 2", "η = 2", 4, 5, "2"),
    ("a eta b", "a η b", 2, 3, "eta"),
    ("a", "xa", 0, 2, "a"),
    ("a", "xa", 1, 2, "a"),
    ("a b", "a", 0, 1, "a"),
    ("xa", "a", 0, 1, "a"),
    ("ab", "axb", 1, 2, ""),
    ("ab", "axb", 0, 3, "ab"),
    ("", "a", 0, 1, ""),
    ("ａ＝eta", "a=η", 2, 3, "eta"),
    ("abc", "bcd", 0, 1, "b"),
    ("abz", "bcz", 0, 1, "b"),
)


@pytest.mark.parametrize(("text", "updates"), HEADINGS)
def test_headings_and_the_updates_that_they_begin(text: str, updates: dict[int, int]) -> None:
    assert headings_in(text) == {(line, 0): count for line, count in updates.items()}
    assert may_be_steps_of_one(text) == (text in STEPS)


def test_several_updates_begin_in_one_line() -> None:
    assert headings_in("Update 1: a; Update 2: b, **Step 3**: c") == {(1, 0): 1, (1, 12): 2}


@pytest.mark.parametrize(("line", "read"), INDEXED)
def test_a_line_as_the_reader_takes_it(line: str, read: str) -> None:
    assert indexed(line) == read


@pytest.mark.parametrize(("written", "read", "start", "stop", "stood"), WRITTEN)
def test_where_a_stretch_of_a_line_stood(written: str, read: str, start: int, stop: int, stood: str) -> None:
    first, last = as_written(written, read, start, stop)
    assert written[first:last] == stood


@pytest.mark.parametrize(("mark", "level"), [("=", 1), ("═", 1), ("-", 2), ("─", 2), ("━", 2)])
def test_a_line_below_makes_a_heading_of_a_level(mark: str, level: int) -> None:
    over = {(3, 0): -1} if level == 2 else {}
    assert headings_in(f"## Update 1\n# A\nB\n{mark * 3}") == {(1, 0): 1, (2, 0): -1, (3, 0): -1}
    assert headings_in(f"# Update 1\nx\nB\n{mark * 3}") == {(1, 0): 1, **({} if level == 2 else {(3, 0): -1})}
    assert headings_in(f"Update 1\n{mark * 3}\n## A") == {(1, 0): 1, **over}
    assert headings_in(f"Update 1\n{mark * 3}\n### A") == {(1, 0): 1}


def test_what_an_operand_is_of_a_line_that_begins_with_a_stroke() -> None:
    assert indexed("/w^2(3)") == "/w^2(3)"
    assert indexed("1 + " * 60 + "(w^2(3))") == "1 + " * 60 + "(w^2*(3))"
    assert indexed("(" + "w" * 199 + ")^2(3)") == "(" + "w" * 199 + ")^2(3)"  # where it begins is not looked for


def test_a_stretch_of_a_long_line_is_found_among_many_equal_signs() -> None:
    written = "eta + " + "1 + " * 80 + "eta = 2"
    read = written.replace("eta", "η")
    first, last = as_written(written, read, read.index("η = 2"), len(read))
    assert written[first:last] == "eta = 2"


def test_a_heading_in_bold_begins_its_update() -> None:
    """By hand: 2(w − 3) at 0.6 is −4.8, and 0.6 + 0.48 = 1.08."""
    report = symgd.check(symgd.Problem("(w-3)^2", start={"w": 0}, steps=2), "**Update 2**\ndL/dw = -4.8\nw = 1.08")
    assert [(verdict.step, verdict.status) for verdict in report] == [(1, "ok"), (2, "ok")]
