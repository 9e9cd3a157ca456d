"""The catalogues: one structure in all languages, right facts, right words, full-width punctuation."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from symgd.language import LANGUAGES, Shipped, catalogue
from symgd.resources import template_folder

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = catalogue("en"), catalogue("zh-TW")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_all_languages_have_the_same_keys() -> None:
    assert all(set(catalogue(language)) == set(ENGLISH) for language in LANGUAGES)


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        yield from flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_read_table_by_table_it_says_what_the_whole_file_says(language: str) -> None:
    text = (template_folder() / "languages" / f"{language}.toml").read_text(encoding="utf-8")
    whole = dict(flat(tomllib.loads(text)))
    assert {key: Shipped(text)[key] for key in whole} == dict(Shipped(text)) == whole
    assert len(Shipped(text)) == len(whole)


def test_a_table_is_not_read_before_it_is_asked_for() -> None:
    found = Shipped('first = "1"\n[a.b]\nc = "2"\n[broken]\nthis is no TOML\n')
    assert (found["first"], found["a.b.c"]) == ("1", "2")
    assert [key for key in ("a.b.d", "a.b", "a") if key in found] == []
    with pytest.raises(ValueError, match="Expected"):
        found["broken.x"]


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_facts_are_those_of_the_english_sentence(key: str) -> None:
    assert fields(CHINESE[key]) <= fields(ENGLISH[key])
    assert bool(CHINESE[key]) == bool(ENGLISH[key])


MAINLAND = ["數據", "變量", "優化", "全局", "矢量", "信息", "打印", "文件", "默認", "激活", "程序", "默认", "變數名"]
ALLOWED_LATIN = re.compile(
    r"\{[^{}]*\}|\\[A-Za-z]+|`[^`]*`|[\"「][^\"」]*[\"」]|symgd|TOML|UTF-8|LaTeX|SymPy|PyTorch|Polyak|Nesterov|AdaGrad"
    r"|RMSProp|AdamW?|exact|float|round:\d|piecewise|exp|cbrt|arcsin|sin|sqrt|ln|sigmoid|logit|softplus|softmax|SiLU|GELU|leaky|ReLU|ELU|Huber|log-sum-exp|true|betas|arithmetic|start|let"
    r"|python|numpy|CSV|points\.csv|columns|mean|sum|max|tr\(|g\.hessian"
    r"|Dask|dask|pip install|distributed|student(?:_id)?|working|email|batch_size|tanh|scheduler|uv|u′v|dL/dw1|JSON|ID"
    r"|Chromium|Chrome|Edge|PDF|Moodle|GIFT|Jupyter"
    r"|--\w+|\[\w+\]|x\*y|0\.1/t|[xyzwpHgmt]\d?\b|1e-3|templates/handout\.md"
)


@pytest.mark.parametrize("key", sorted(set(CHINESE) - {"language.tag"}))
def test_chinese_is_of_taiwan_and_has_no_english_in_it(key: str) -> None:
    text = CHINESE[key]
    assert not [word for word in MAINLAND if word in text]
    assert not re.search(r"[A-Za-z]{2,}", ALLOWED_LATIN.sub(" ", text)), text


@pytest.mark.parametrize("key", sorted(CHINESE))
def test_chinese_sentences_have_full_width_punctuation(key: str) -> None:
    prose = re.sub(r"\([^()]*\)", "", CHINESE[key])  # formulas keep their half-width commas
    assert not re.search(r"[一-鿿][,;:?!]|[,;:?!][一-鿿]", prose)


def test_every_code_raised_has_its_sentences() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "symgd").rglob("*.py"))
    codes = set(re.findall(r"(?:fail|InputError)\(\s*\"([a-z-]+)\"", source))
    missing = [code for code in codes if f"error.{code}.message" not in ENGLISH or f"error.{code}.hint" not in ENGLISH]
    assert len(codes) > 50
    assert not missing


def test_every_outcome_has_its_sentences() -> None:
    from symgd.descent.outcome import CODES

    for code in CODES:
        assert [key for key in ENGLISH if re.fullmatch(rf"outcome\.{code}(-\w+)?\.message", key)], code
