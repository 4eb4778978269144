"""Queries that are made once: each knows the type of every value that it is given, or a moment is kept otherwise."""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from apexproof import store

PREPARED = {
    f"{module.name}.{name}": made
    for module in pkgutil.iter_modules(store.__path__)
    for name, made in vars(importlib.import_module(f"apexproof.store.{module.name}")).items()
    if isinstance(made, Executable) and isinstance(made, ClauseElement)
}


def untyped(made: ClauseElement) -> list[str]:
    compiled = made.compile(dialect=sqlite.dialect())
    assert isinstance(compiled, SQLCompiler)
    return sorted(value.key for value in compiled.binds.values() if isinstance(value.type, NullType))


def test_every_value_has_a_type() -> None:
    assert len(PREPARED) > 30
    assert {name: values for name, made in PREPARED.items() if (values := untyped(made))} == {}
