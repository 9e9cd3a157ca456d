"""What the heads of a class's table stand for: whose row it is, the working, the answer to a quantity."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from symgd.checking.cells import undefused
from symgd.descent.reading import shortened
from symgd.errors import InputError
from symgd.expressions.alphabet import AS_TYPED

#: Heads of the column that says whose row it is: the surest first, since a file may have several of them.
STUDENT = (
    *("student_id", "sid", "學號", "sis_user_id", "id_number", "student_number", "student", "學生", "學生證號"),
    *("identifier", "id", "user_id", "username", "user_name", "login", "sis_login_id", "帳號", "使用者名稱"),
    *("email", "e-mail", "email_address", "mail", "電子郵件", "信箱", "座號", "代號", "name", "full_name", "姓名"),
)
#: Heads of the column with all of a student's lines.
WORKING = (
    *("working", "workings", "work", "solution", "answer", "answers", "response", "steps", "text"),
    *("計算過程", "作答", "作答內容", "過程", "解題過程", "解答", "答案", "回答", "算式"),
)
#: What a matched head is called where it is no quantity.
IS_STUDENT, IS_WORKING = "student", "working"
_BLANK = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")


#: Tells the quantity of a head that is spelled in another way, None where it names none.
Named = Callable[[str], str | None]


class Heads(NamedTuple):
    """Heads by what they stand for; `answers` has quantities by their head, in the order of the file."""

    student: str | None
    working: str | None
    answers: dict[str, str]

    def matched(self) -> dict[str, str]:
        """What each head stands for: student, working or the quantity."""
        roles = ((self.student, IS_STUDENT), (self.working, IS_WORKING))
        return {head: role for head, role in roles if head is not None} | self.answers


def matched_heads(
    heads: Sequence[str],
    quantities: Iterable[str],
    file: str = "CSV",
    row: int = 1,
    named: Named = lambda head: None,
) -> Heads:
    """What the heads stand for. Case, spaces and width do not count, unless case tells two quantities apart.

    `file` and `row` are what messages call the place; `named` is asked about heads that are none of the quantities,
    nor those of a student or a working. Raises InputError where two heads stand for one quantity.

    >>> matched_heads(["學號", "DL / dw1", "ｗ１", "note"], ["dL/dw1", "w1"]).answers
    {'DL / dw1': 'dL/dw1', 'ｗ１': 'w1'}
    """
    answers: dict[str, str] = {}
    exact = {tight(name): name for name in quantities}
    loose = _without_case(exact)
    for head in heads:
        quantity = exact.get(tight(head)) or loose.get(tight(head).casefold())
        if quantity is None and _word(head) not in _OTHERS:
            quantity = named(head)
        if quantity is None:
            continue
        first = next((other for other, name in answers.items() if name == quantity), None)
        if first is not None:
            facts = {"first": shortened(first), "second": shortened(head), "file": file, "row": row}
            raise InputError("roster-both", quantity=quantity, **facts)  # type: ignore[arg-type]
        answers[head] = quantity
    rest = [head for head in heads if head not in answers]
    return Heads(_of_table(STUDENT, rest), _of_table(WORKING, rest), answers)


def student_head(heads: Sequence[str]) -> str | None:
    """The head of the column that says whose row it is.

    >>> student_head(["Student", "ID", "SIS User ID"]), student_head(["x"])
    ('SIS User ID', None)
    """
    return _of_table(STUDENT, heads)


def head_like(heads: Iterable[str], *names: str) -> str | None:
    """The first head that is one of the names, whatever its case, spaces and width.

    >>> head_like(["E-Mail", "name"], "email", "mail")
    'E-Mail'
    """
    return _of_table(names, list(heads))


def tight(text: str) -> str:
    """Text without spaces, with half-width signs, and without the apostrophe that keeps a spreadsheet from running it.

    >>> tight(" ｄＬ / dw1 ")
    'dL/dw1'
    """
    return _BLANK.sub("", undefused(text.strip()).translate(AS_TYPED))


def _without_case(exact: Mapping[str, str]) -> Mapping[str, str]:
    """Quantities by their spelling without case, where only one has it."""
    keys = Counter(key.casefold() for key in exact)
    return {key.casefold(): name for key, name in exact.items() if keys[key.casefold()] == 1}


def _of_table(table: Sequence[str], heads: Sequence[str]) -> str | None:
    found: dict[str, str] = {}
    for head in heads:
        found.setdefault(_word(head), head)
    return next((found[_word(name)] for name in table if _word(name) in found), None)


@functools.lru_cache(maxsize=4096)
def _word(head: str) -> str:
    return re.sub(r"[-_.:]", "", tight(head)).casefold()


_OTHERS = frozenset(map(_word, (*STUDENT, *WORKING)))
