"""Beside: what a second core can do for a reader while it goes on with the same picture.

Decoders, OpenCV, onnxruntime and hashes let go of the interpreter while they work, so one thread more is one core more.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def beside(work: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> Future[T]:
    """Begin the work in the second thread; its result, or what it raised, is asked of the future."""
    return _second_thread().submit(work, *given, **named)


@cache
def _second_thread() -> ThreadPoolExecutor:
    """Begun with the first work: a child of the sandbox has given up its rights by then, and so has its thread."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
