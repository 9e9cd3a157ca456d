"""The index of the course says and shows what its problems are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import symgd
from tests.handouts.course import COURSE, EXAMPLES, index_files


def test_the_index_and_its_pictures_are_the_golden_ones() -> None:
    for file, text in index_files():
        kept = file.read_text(encoding="utf-8")
        if file.suffix == ".svg":  # another matplotlib may draw a hair's breadth off
            assert ElementTree.fromstring(kept).get("aria-label") == ElementTree.fromstring(text).get("aria-label")
        else:
            assert kept == text, file.name


def test_a_course_has_a_dozen_problems_and_every_link_leads_somewhere() -> None:
    assert len(COURSE["problem"]) == 12
    for name in ("README.md", "README.zh-TW.md"):
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert (EXAMPLES / link).exists(), link
        assert symgd.audit(text).wrong == ()
