"""A problem file of someone else reads nothing outside of its folder, whatever it calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

import symgd
from symgd.errors import InputError

OUTSIDE = (
    *("../secret.csv", "..\\secret.csv", "sub/../../secret.csv", "sub\\..\\..\\secret.csv", "./../secret.csv"),
    *("/etc/passwd", "\\etc\\passwd", "//host/share/x.csv", "\\\\host\\share\\x.csv", "C:x.csv", "C:\\x.csv", "c:/x"),
    *(
        "/dev/stdin",
        "CON",
        "nul.csv",
        "sub/aux.csv",
        "COM1",
        "\\\\?\\C:\\x",
        "\\\\.\\pipe\\x",
        "x\0.csv",
        "/proc/self/environ",
    ),
)
INSIDE = ("points.csv", "sub/points.csv", "./points.csv", "control.csv", "..points.csv", "a..b.csv")


def problem_file(folder: Path, file: str, key: str = "[data]\nfile") -> Path:
    path = folder / "problem.toml"
    text = repr(file)[1:-1].replace("\\x00", "\\u0000")
    path.write_text(f'{key} = "{text}"\n' if "[" not in key else "", encoding="utf-8")
    body = 'loss = "mean((w*x - y)^2)"\n'
    table = f'[start]\nw = 0\n{key} = "{text}"\n' if "[" in key else "[start]\nw = 0\n"
    path.write_text((path.read_text(encoding="utf-8") if "[" not in key else "") + body + table, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.csv").write_text("x,y\n1,2\n")
    inner = tmp_path / "class"
    (inner / "sub").mkdir(parents=True)
    for name in ("points.csv", "sub/points.csv", "control.csv", "..points.csv", "a..b.csv"):
        (inner / name).write_text("x,y\n1,2\n")
    return inner


@pytest.mark.parametrize("key", ["[data]\nfile", "data"], ids=["table", "text"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_is_refused_by_name(folder: Path, name: str, key: str) -> None:
    with pytest.raises(InputError) as told:
        symgd.Problem.load(problem_file(folder, name, key))
    assert told.value.code == "path-outside"
    assert told.value.hint("zh-TW")


@pytest.mark.parametrize("name", INSIDE)
def test_what_lies_inside_is_read(folder: Path, name: str) -> None:
    assert symgd.Problem.load(problem_file(folder, name)).rows == 1


def test_a_tilde_is_a_folder_like_others(folder: Path) -> None:
    with pytest.raises(InputError, match=r"points\.csv") as told:
        symgd.Problem.load(problem_file(folder, "~/points.csv"))
    assert told.value.code == "file-missing"


def test_a_link_that_leads_out_is_followed_and_refused(folder: Path) -> None:
    (folder / "innocent.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    for name in ("innocent.csv", "up/secret.csv"):
        with pytest.raises(InputError) as told:
            symgd.Problem.load(problem_file(folder, name))
        assert told.value.code == "path-outside"
    with pytest.raises(InputError):
        symgd.Problem.load(problem_file(folder, "loop.csv"))
    (folder / "beside.csv").symlink_to(folder / "points.csv")
    assert symgd.Problem.load(problem_file(folder, "beside.csv")).rows == 1


def test_who_runs_it_may_name_any_file(folder: Path) -> None:
    secret = folder.parent / "secret.csv"
    assert symgd.Problem.load(problem_file(folder, "../secret.csv"), data={"file": str(secret)}).rows == 1
    assert symgd.Problem("mean((w*x - y)^2)", start={"w": 0}, data=str(secret)).rows == 1


def test_variants_bring_their_data_along(folder: Path, tmp_path: Path) -> None:
    from symgd.commands.variant_files import written

    path = problem_file(folder, "sub/points.csv")
    text = path.read_text(encoding="utf-8").replace("mean((w*x - y)^2)", 'mean((w*x - y)^2)"\nsteps = 1 #')
    path.write_text(
        text.replace("w = 0", "w = { choose = [0, 1] }\n[optimizer]\nlearning_rate = 0.25"), encoding="utf-8"
    )
    sheets = tmp_path / "sheets"
    assert written(path, 1, 0, sheets, "en", form="txt", jobs=1, resume=False) == (1, 1)
    assert symgd.Problem.load(sheets / "variant-01.toml").rows == 1
    path.write_text(path.read_text(encoding="utf-8").replace("sub/points", "../secret"), encoding="utf-8")
    with pytest.raises(InputError) as told:
        written(path, 1, 0, sheets, "en", form="txt", jobs=1, resume=False)
    assert told.value.code == "path-outside"
