"""A mutant is a module with one change in what it runs, and each is another program."""

from __future__ import annotations

import ast
from pathlib import Path

from trust.mutations import mutants

SOURCE = '''
"""Text."""
from somewhere import passed, unsure

LIMIT: int | None = 3


@given(1)
def asked(age: int | None = 3, *, deep: bool = True) -> "Answer | None":
    for one in range(age):
        if one < LIMIT and not deep:
            continue
    return unsure("no") if deep else passed("yes")
'''


def changes(tmp_path: Path, source: str = SOURCE) -> dict[str, str]:
    """The program of each change, by what is changed."""
    path = tmp_path / "module.py"
    path.write_text(source)
    return {str(one): ast.unparse(one.tree) for one in mutants("module", path)}


def test_each_kind_of_change_is_made_once_and_nothing_else_changes(tmp_path: Path) -> None:
    found = changes(tmp_path)
    assert set(found) == {
        "3 -> 4",
        "True -> False",
        "one < LIMIT and (not deep) -> one < LIMIT or not deep",
        "one < LIMIT -> one <= LIMIT",
        "one < LIMIT -> one >= LIMIT",
        "not deep -> deep",
        "continue -> break",
        "unsure('no') if deep else passed('yes') -> unsure('no') if not deep else passed('yes')",
        "unsure('no') -> failed('no')",
    }
    plain = ast.unparse(ast.parse(SOURCE)).splitlines()
    for change, program in found.items():
        differing = [line for line, was in zip(program.splitlines(), plain, strict=True) if line != was]
        assert len(differing) == 1, change


def test_what_is_not_run_is_left_alone(tmp_path: Path) -> None:
    assert changes(tmp_path, 'def f(a: "int | None") -> "int | str": ...\n\n\n@d(1, True)\nclass C(B[1]): ...\n') == {}
