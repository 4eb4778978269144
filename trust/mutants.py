"""Mutants: the section of docs/trust.md about the checks with one thing changed at a time, and whether a test notices.

Of the tools that are kept, mutmut leaves out every function with a decorator, which are all the checks, and cosmic-ray
starts a program for each mutant. Here the tests are collected once, and each mutant is a fork of that process in which
the code of one function, or one constant, is another.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import resource
import secrets
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from trust.mutations import Mutant, mutants
from trust.page import paragraphs, write_section

_ROOT = Path(__file__).resolve().parents[1]
_EXPLAINED = _ROOT / "trust" / "survivors.toml"
_TESTS = ("tests/checks", "tests/test_settlement.py", "tests/test_verification.py")
_LEFT_OUT = "test_every_check_answers_whatever_it_is_asked"
"""It looks for crashes alone, and takes as long as all others together."""
_OPTIONS = ("-q", "-n0", "--noconftest", "--assert=plain", "--tb=no", "-p", "no:cacheprovider", "--deselect")
_EXAMPLES = 25
"""Of each property that does not say how many."""
_SECONDS_MOST = 120
"""Of the processor, for one mutant: one that never ends is noticed."""
_PLAIN = (int, float, str, type(None))
_TITLE = "The checks with one thing changed at a time"


@dataclass(slots=True, kw_only=True)
class Trial:
    """Tries mutants in the place of pytest's own loop, until the time is up."""

    found: Sequence[Mutant]
    until: float
    tried: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    functions: list[FunctionType] = field(default_factory=list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try them."""
        self.functions = _functions()
        gc.freeze()  # what is there needs no look in any fork, and its memory stays shared
        if self._survives(None, session.items):
            for mutant in self.found:
                if time.monotonic() > self.until:
                    break
                self.tried += 1
                if self._survives(mutant, session.items):
                    self.survivors.append(mutant)
                    print(f"survives: {_short(mutant.module)}:{mutant.line}: {mutant}", file=sys.stderr, flush=True)
        return True

    def _survives(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> bool:
        """Whether all tests pass: first those of the module itself, in a process that ends with them."""
        child = os.fork()
        if not child:
            status = 1  # what cannot even be imported is noticed
            try:
                status = int(self._is_noticed(mutant, items))
            finally:
                os._exit(status)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def _is_noticed(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> bool:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS_MOST, _SECONDS_MOST))
        if mutant is not None:
            _become(mutant, self.functions)
            own = f"test_{mutant.module.rpartition('.')[2]}.py"
            items = sorted(items, key=lambda item: item.path.name != own)
        return any(_fails(item) for item in items)


def run_section(seed: int, minutes: float) -> None:
    """Try mutants in an order that the seed decides until the time is up, and write what came of them."""
    judge(_modules(), seed=seed, seconds=minutes * 60)


def judge(modules: Sequence[str], *, seed: int, seconds: float = float("inf")) -> None:
    """Try mutants, and write what came of them."""
    found = [mutant for module in modules for mutant in mutants(module, _path_of(module))]
    random.Random(seed).shuffle(found)  # noqa: S311 - an order, no secret
    trial = Trial(found=found, until=time.monotonic() + seconds)
    hypothesis.settings.register_profile("mutants", max_examples=_EXAMPLES, deadline=None, database=None)
    hypothesis.settings.load_profile("mutants")
    os.chdir(_ROOT)
    pytest.main([*_OPTIONS, f"tests/checks/test_table.py::{_LEFT_OUT}", *_TESTS], plugins=[trial])
    if not trial.tried:
        raise RuntimeError("the tests fail without any mutant")
    left = len(trial.survivors)
    words = f"""
        {trial.tried:,} of {len(found):,} mutants of `checks/` and `verification` (`trust/mutations.py` lists the
        changes), drawn by seed {seed}: {trial.tried - left:,} make a test of
        {" or ".join(f"`{one}`" for one in _TESTS)} fail, {left} do not.
    """
    write_section("mutants", _TITLE, "\n".join((paragraphs(words), "", *_table(trial.survivors))))


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False))


def _functions() -> list[FunctionType]:
    return [one for one in gc.get_objects() if isinstance(one, FunctionType)]


def _become(mutant: Mutant, functions: Sequence[FunctionType]) -> None:
    """Let what was imported be the mutant: its functions, and its constants wherever they are known."""
    module = importlib.import_module(mutant.module)
    fresh: dict[str, object] = {"__name__": mutant.module}
    exec(compile(mutant.tree, str(module.__file__), "exec"), fresh)  # noqa: S102 - our own module
    changed = {one.__qualname__: one for one in _functions() if one.__globals__ is fresh}
    for function in functions:
        if function.__module__ == mutant.module and (twin := changed.get(function.__qualname__)):
            function.__code__ = twin.__code__
            if all(isinstance(one, _PLAIN) for one in twin.__defaults__ or ()):
                function.__defaults__ = twin.__defaults__
    for name, was in list(vars(module).items()):
        now = fresh.get(name, was)
        if isinstance(was, (*_PLAIN, tuple, frozenset, dict)) and now != was:
            for other in list(sys.modules.values()):
                if getattr(other, "__dict__", {}).get(name) is was:
                    setattr(other, name, now)


def _table(survivors: Sequence[Mutant]) -> Iterator[str]:
    """Each survivor with its reason, where trust/survivors.toml has one."""
    explained: dict[str, dict[str, str]] = tomllib.loads(_EXPLAINED.read_text(encoding="utf-8"))
    if survivors:
        yield from ("| module | change | why no test notices |", "|---|---|---|")
    for one in sorted(survivors, key=lambda one: (one.module, one.line, str(one))):
        change = f"`{one.before}` → `{one.after}`".replace("|", "\\|")
        reason = explained.get(_short(one.module), {}).get(str(one), "**not explained yet**")
        yield f"| `{_short(one.module)}` | {change} | {reason} |"


def _modules() -> list[str]:
    paths = [*sorted((_ROOT / "apexproof" / "checks").glob("*.py")), _ROOT / "apexproof" / "verification.py"]
    return [".".join(path.relative_to(_ROOT).with_suffix("").parts) for path in paths if path.stem != "__init__"]


def _path_of(module: str) -> Path:
    return _ROOT.joinpath(*module.split(".")).with_suffix(".py")


def _short(module: str) -> str:
    return module.removeprefix("apexproof.")


def main() -> None:
    """`make mutants`: all of them, or those of some modules."""
    parser = argparse.ArgumentParser(prog="python -m trust.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="as in apexproof.checks.radiograph_too_old; all without one")
    asked = parser.parse_args()
    judge(asked.modules or _modules(), seed=secrets.randbelow(10**6))


if __name__ == "__main__":
    main()
