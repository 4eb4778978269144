"""What is worked out in the second thread of a reader."""

from __future__ import annotations

import threading

import pytest

from apexproof.radiograph import Radiograph
from apexproof.reading import measures
from apexproof.reading.beside import beside
from tests.reading.synthetic_film import film, picture


def test_the_second_thread_is_always_the_same() -> None:
    threads = {beside(threading.get_ident).result() for _ in range(3)}
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_what_lacks_memory_in_the_second_thread_is_raised_in_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(_: object) -> str:
        raise MemoryError

    monkeypatch.setattr(measures, "perceptual_hash", lacking)
    with pytest.raises(MemoryError):
        measures.measured(Radiograph(), picture(film(1)))
