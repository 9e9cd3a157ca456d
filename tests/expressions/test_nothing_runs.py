"""While text is read nothing is opened, imported, compiled, run or started, as the interpreter's own events say."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

#: Reads texts in a process of its own, where every event of the interpreter is heard after one text of each kind.
PROGRAM = r"""
import json, sys
import symgd
from symgd.errors import InputError

def told(text):
    try:
        tree = symgd.parse(text, limits=limits)
    except InputError as error:
        return [error.code, error.explain("en"), error.explain("zh-TW")]
    return [tree.text(), tree.latex()]

kind, texts = json.load(sys.stdin)
limits = getattr(symgd, kind)
for warm in ("2w^2 - 0.1", r"\frac{1}{2}(w - 3)^2", "sigmod(x) + 1", "2 3"):
    told(warm)
heard = []
listening = True
sys.addaudithook(lambda event, arguments: listening and heard.append([event, repr(arguments)[:80]]))
read = [told(text) for text in texts]
open_heard = list(heard)
exec("1")  # the listener does hear
listening = False
json.dump([open_heard, len(heard) > len(open_heard), read], sys.stdout)
"""
#: What may be heard: nothing that reaches outside the text.
HARMLESS = {"builtins.id"}
HOSTILE = (
    "__import__('os').system('id')",
    "eval('1+1')",
    "exec('import os')",
    "open('/etc/passwd').read()",
    "().__class__.__bases__[0].__subclasses__()",
    "lambda: 0",
    "[x for x in (1,)]",
    "x.__class__",
    "getattr(x, 'y')",
    "os.system('id')",
    "print(x)",
    "f'{x}'",
    "`id`",
    "$(id)",
    "x; import os",
    "9**9**9",
    "gamma(10**8)",
    "S('x')",
    "Symbol('x')",
    "Integer(1)",
    "breakpoint()",
    "input()",
    "{{7*7}}",
    "${7*7}",
    "%(x)s",
    "{0.__class__}",
    "\\input{/etc/passwd}",
    "\\write18{id}",
    "\\immediate\\write18{id}",
    "\\def\\x{\\x}\\x",
    "\\csname system\\endcsname",
    "\\include{secret}",
    "\\href{javascript:alert(1)}{x}",
    "\\catcode`\\@=11",
    "\\loop x\\repeat",
)
ORDINARY = (
    "(w1 - 0.55)^2 + (w2 - 0.3)^2",
    "z = w*x + b; a = sigmoid(z); L = (a - y)^2",
    "mean((w*x + b - y)^2)",
    "sum((x[i]*w - y[i])^2, i, 1, n)",
    "piecewise(x^2 if x < 0; x otherwise)",
    "1/2*w'*A*w - b'*w",
    "|x - 50| + max(x, 0, y)",
    r"\frac{1}{n}\sum_{i=1}^{n}\left(w x_i + b - y_i\right)^2",
    r"\sqrt{w_1^2 + w_2^2} + \left|w_1\right|",
    r"-\left(y\ln a + (1-y)\ln(1-a)\right)",
    r"\begin{cases} x^2 & x < 0 \\ x & \text{otherwise} \end{cases}",
    r"\mathbf{w}^{T} \mathbf{A} \mathbf{w}",
    "（ｗ－３）²",
    "2 3",
    "(x",
    "sigmod(x)",
    "\ud800",
    "",
    "x" * 3000,
    "(" * 500,
)


@pytest.mark.parametrize("limits", ["STRICT", "WIDE"])
def test_reading_makes_the_interpreter_do_nothing(limits: str) -> None:
    texts = [*HOSTILE, *ORDINARY, *(f"sin({text}) + 1" for text in HOSTILE), *(rf"\frac{{{t}}}{{2}}" for t in HOSTILE)]
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps([limits, texts]), capture_output=True, text=True, check=True
    )
    heard, listens, read = json.loads(found.stdout)
    assert listens
    assert len(read) == len(texts)
    assert [event for event in heard if event[0] not in HARMLESS] == []
