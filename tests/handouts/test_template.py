"""A teacher's own template: copied, edited, named with --template; and nothing more than a template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.resources import template_folder

SETTINGS: dict[str, Any] = {"start": {"w": "0.5"}, "steps": 1}


@pytest.fixture(autouse=True, params=["in a worker", "in this process"])
def where(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both say the same; what runs in a worker leaves no coverage."""
    symgd.in_process(request.param == "in this process")
    yield
    symgd.in_process(False)


def explained(template: str, folder: Path) -> symgd.Handout:
    path = folder / "mine.md"
    path.write_text(template, encoding="utf-8")
    return symgd.explain("(w - 3)^2", template=path, **SETTINGS)


def test_an_edited_copy_is_used(tmp_path: Path) -> None:
    original = (template_folder() / "handout.md").read_text(encoding="utf-8")
    made = explained(original.replace("# << title >>", "# << title >> (class 3B)"), tmp_path)
    assert made.markdown().startswith("# Gradient descent, worked out (class 3B)")
    assert "(class 3B)" in made.html()
    assert "(class 3B)" in made.text()


def test_latex_braces_need_no_escape(tmp_path: Path) -> None:
    assert r"$\frac{1}{2}{{x}}$" in explained(r"$\frac{1}{2}{{x}}$", tmp_path).markdown()


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("<< nothing_of_the_kind >>", "nothing_of_the_kind"),
        ("a\n<% for x in %>", "line 2"),
        ("a\n# << title\n<% if 1 %><% endif %>", "(line 2): `<<` is not closed"),
        ("<# << #>a\n\n<< title", "(line 3): `<<` is not closed"),
        ("<% if 1\nx", "(line 1): `<%` is not closed"),
        ("<% extends 'handout.md' %>\n<% block heed %>x<% endblock %>", "mine.md (line 2) has a block heed"),
        ("<% extends 'handout.md' %>\n<% block heed %>x<% endblock %>", "Did you mean head?"),
        ("<% extends 'handout.md' %>\n<% block xyz %>x<% endblock %>", "head, introduction_part"),
        ("<< title.__class__.__mro__ >>", "mine.md"),
        ("<< say.__globals__ >>", "mine.md"),
        ("<% include 'page.html' %>", "mine.md"),
        ("a\n\n<< 1/0 >>", "line 3"),
        ("<% for i in range(2000) %>x<% endfor %>", "range"),
        ("<< 'x' * 10**9 >>", "mine.md"),
        ("<< 'x' * 1000000000 >>", "template_text"),
        ("<< '%0999999999d' % 1 >>", "mine.md"),
        ("<< 'x'|center(999999999) >>", "center"),
        ("<< lipsum(99999) >>", "lipsum"),
        ("<< ''.join.__self__ >>", "mine.md"),
        ("<< 1/0 >>", "mine.md"),
        ("<% for i in range(10**9) %>x<% endfor %>", "mine.md"),
    ],
)
def test_what_a_template_may_not_do_is_told(tmp_path: Path, template: str, told: str) -> None:
    with pytest.raises(symgd.InputError) as caught:
        explained(template, tmp_path).markdown()
    assert told in caught.value.explain()
    assert caught.value.explain("zh-TW")


@pytest.mark.parametrize("case", ["missing", "latin-1"])
def test_a_template_that_cannot_be_read_is_told(tmp_path: Path, case: str) -> None:
    path = tmp_path / "mine.md"
    if case == "latin-1":
        path.write_bytes("é".encode("latin-1"))
    with pytest.raises(symgd.InputError) as caught:
        symgd.explain("w", template=path, **SETTINGS).markdown()
    assert caught.value.explain("en")
    assert caught.value.explain("zh-TW")


README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["worked", "worksheet", "key"])
def test_the_template_of_the_readme_is_a_school_s_head_and_other_titles(tmp_path: Path, kind: str) -> None:
    (mine,) = re.findall(r"```jinja\n(.*?)```", README, re.DOTALL)
    (tmp_path / "mine.md").write_text(mine, encoding="utf-8")
    made = symgd.explain("(w - 3)^2", **SETTINGS, kind=kind, template=tmp_path / "mine.md")
    plain = symgd.explain("(w - 3)^2", **SETTINGS, kind=kind)
    lines, usual = made.markdown().splitlines(), plain.markdown().splitlines()
    assert lines[0] == "# Green Hill School · " + usual[0].removeprefix("# ")
    assert lines[4:5] == usual[4:5]  # whose sheet it is stands in a paragraph of its own
    numbered = [line for line in usual if line.startswith("### ")]
    assert [line for line in lines if line.startswith("### ")] == [
        f"### Step {'①②③④⑤'.index(line[4]) + 1} of five: {line[6:]}" for line in numbered
    ]
    changed = ("### ", "# ")
    assert [line for line in lines if not line.startswith(changed)] == [
        line for line in usual if not line.startswith(changed)
    ]


def test_what_is_not_there_cannot_be_built_upon(tmp_path: Path) -> None:
    with pytest.raises(symgd.InputError) as caught:
        explained('<% extends "other.md" %>', tmp_path).markdown()
    assert "other.md" in caught.value.explain()
    assert "line 1" in caught.value.explain()


def test_a_template_may_build_upon_the_shipped_one(tmp_path: Path) -> None:
    mine = """<% extends "handout.md" %>
<% block head %>
# Green Hill School · << title >>

<< super() >>
<% endblock %>
<% block step %>
### Step << step.number >>

<% for part in step.blocks %>
<< part >>

<% endfor %>
<% endblock %>
"""
    text = explained(mine, tmp_path).markdown()
    assert text.startswith("# Green Hill School · Gradient descent, worked out")
    assert "### Step 4" in text
    assert "### ④" not in text
    plain = symgd.explain("(w - 3)^2", **SETTINGS).markdown()
    assert text.count("$$") == plain.count("$$")
