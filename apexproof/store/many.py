"""Many: values of one kind, handed to the database as one.

A place for each of them would have to be written into the statement, and read there again, with every statement: that
took longer than to answer it. SQLite takes JSON for it, PostgreSQL an array.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.json import encode
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    FromClause,
    Insert,
    String,
    TableClause,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine, UserDefinedType


class Many(TypeDecorator[Sequence[Any]]):
    """Values of a kind, as the text that the database takes for all of them."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        """Take the type that each of them has."""
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array on PostgreSQL. A text has no length in it: it would be cut to that."""
        if dialect.name == "sqlite":
            return super().load_dialect_impl(dialect)
        kind = Text() if isinstance(self.kind, String) else self.kind
        return _Array(kind.compile(dialect))

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> str | None:
        """Write them."""
        if value is None:
            return None
        processed = self.kind.dialect_impl(dialect).bind_processor(dialect)
        values = value if processed is None else map(processed, value)
        return encode(list(values)).decode() if dialect.name == "sqlite" else f"{{{','.join(map(_element, values))}}}"


class _Array(UserDefinedType[str]):
    """An array that is given as it is written."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def get_col_spec(self, **options: object) -> str:
        """Its name."""
        del options
        return f"{self.kind}[]"


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> _Among:
        """As it stands: SQLite would compare it to 1 otherwise, and take no index."""
        del against
        return self


def among(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """That a column is one of the values that are given by this name."""
    return _Among(column, _given(name, column.type))


def insert_given(table: TableClause, names: Iterable[str]) -> Insert:
    """An insertion of rows of which each column is given by its name, for PostgreSQL."""
    columns = {name: table.c[name].type for name in names}
    arrays = [_given(name, kind) for name, kind in columns.items()]
    rows: FromClause = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    return insert(table).from_select(list(columns), select(*rows.c))


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows, all with the same columns, as the values of each column."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def _given(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(name, type_=Many(kind))


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, given = element.clauses
    return compiler.process(column.in_(select(func.json_each(given).table_valued("value").c.value)), **options)


@compiles(_Among, "postgresql")
def _among_on_postgres(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, given = element.clauses
    return compiler.process(column == any_(given), **options)


def _element(value: object) -> str:
    r"""A value within an array (PostgreSQL manual, 8.15.6): in quotes, with a backslash before \ and "."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    return '"{}"'.format(str(value).replace("\\", r"\\").replace('"', r"\""))
