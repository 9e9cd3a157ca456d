"""The sandbox of a template, limit by limit."""

from __future__ import annotations

from typing import Any

import pytest

from symgd.handouts import sandbox
from symgd.handouts.sandbox import fill


def filled(template: str, **payload: Any) -> list[Any]:
    wanted: dict[str, Any] = {
        "template": template,
        "sources": {"base.md": "[<% block inside %><% endblock %>]"},
        "view": {"title": "T", "steps": [1, 2, 3], "number": 7},
        "language": "en",
        "folders": [],
        "loops": 10,
        "text": 100,
    }
    return fill(wanted | payload)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("<< title >>", "T"),
        ("<% for i in range(10) %><< i >><% endfor %>", "0123456789"),
        ("<< number * 3 >>", "21"),
        ("<< 500000000 + 500000000 >>", "1000000000"),
        ("<< 31622 * 31622 >>", str(31622**2)),
        ("<< 'ab' * 50 >>", "ab" * 50),
        ("<< 'a' + 'b' >>", "ab"),
        ("<< (steps + steps)|length >>", "6"),
        ("<< title|lower|upper|trim >>", "T"),
        ('<% extends "base.md" %><% block inside %>x<% endblock %>', "[x]"),
        ("<< say('step.move') >>", "Move"),
    ],
)
def test_what_a_template_may_do(template: str, text: str) -> None:
    assert filled(template) == ["filled", text, 0]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<% for i in range(11) %>x<% endfor %>", ["limit", "template_loops", 0]),
        ("<< 'ab' * 51 >>", ["limit", "template_text", 0]),
        ("<< 'a' + 'b' * 100 >>", ["limit", "template_text", 0]),
        (
            "<% for i in range(10) %><% for j in range(10) %><< 'ab' * 50 >><% endfor %><% endfor %>",
            ["limit", "template_text", 0],
        ),
        ("\n<< 500000000 + 500000001 >>", ["fault", "too large", 2]),
        ("<< 31623 * 31623 >>", ["fault", "too large", 1]),
        ("<< -31623 * 31623 >>", ["fault", "too large", 1]),
        ("<< 2 ** 3 >>", ["fault", "** is not for templates", 1]),
        ("<< '%d' % 1 >>", ["fault", "% is not for templates", 1]),
        ("<< say * 2 >>", ["fault", "* is not for templates", 1]),
        ("a\nb\n<< nothing >>", ["fault", "'nothing' is undefined", 3]),
        ("a\n<% if %>", ["fault", "Expected an expression, got 'end of statement block'", 2]),
        ("a\n<% extends 'mine.md' %>", ["other", "mine.md", 2]),
        ("<% include 'mine.md' %>", ["other", "mine.md", 1]),
    ],
)
def test_what_it_may_not(template: str, found: list[Any]) -> None:
    assert filled(template) == found


def test_what_it_writes_in_all_has_an_end() -> None:
    line = "<< 'a' * 100 >>"
    assert filled(line * 20)[0] == "filled"
    assert filled(line * 20 + "x") == ["limit", "template_text", 0]


def test_a_template_that_takes_all_memory_is_beyond_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(sandbox, "_bounded", full)
    assert filled("x") == ["limit", "template_text", 0]


def test_languages_of_the_users_are_known_to_it(tmp_path: Any) -> None:
    (tmp_path / "de.toml").write_text('"step.move" = "Schritt"\n', encoding="utf-8")
    found = filled("<< say('step.move') >>", language="de", folders=[str(tmp_path)])
    assert found == ["filled", "Schritt", 0]
    assert filled("<< say('step.move') >>", language="de", folders=[str(tmp_path)]) == found
