"""Mutations: the small changes that a program can have, each of which some test should notice.

comparisons     < and <=, == and !=, `is` and `is not`, `in` and `not in`; < and >= as well
conditions      `and` and `or`, `not` left out, what an `if` asks negated
values          True and False, a number and the next one, + and -, | and &, // and *
loops           `continue` and `break`
answers         what fails is unsure, what is unsure fails
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_ANSWERS = {"failed": "unsure", "unsure": "failed"}
_DECLARED = ("bases", "keywords")
_NOT_RUN = ("annotation", "returns", "decorator_list", "type_params")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one change in it."""

    module: str
    line: int
    before: str
    after: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


def mutants(module: str, path: Path) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, node in enumerate(_run(tree)):
        for change in range(len(list(_changed(node)))):
            mutated = copy.deepcopy(tree)
            place = next(one for at, one in enumerate(_run(mutated)) if at == number)
            written = list(_changed(copy.deepcopy(place)))[change]
            _put(mutated, place, written)
            yield Mutant(
                module=module,
                line=getattr(node, "lineno", 0),
                before=_shown(node),
                after=_shown(written),
                tree=ast.fix_missing_locations(mutated),
            )


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What is run of a piece of program: no annotation, no decorator, and of a class no field."""
    for name, value in ast.iter_fields(node):
        if name in _NOT_RUN or (isinstance(node, ast.ClassDef) and name in _DECLARED):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(node, ast.ClassDef) and isinstance(child, ast.AnnAssign)):
                yield child
                yield from _run(child)


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in its place; what it is made of is changed on its own."""
    match node:
        case ast.Compare(left=left, ops=[first, *others], comparators=compared):
            for other in _COMPARISONS[type(first)]:
                yield ast.Compare(left=left, ops=[other(), *others], comparators=compared)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(op=ast.Or() if isinstance(op, ast.And) else ast.And(), values=values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            yield ast.BinOp(left=left, op=_OPERATIONS[type(op)](), right=right)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _ANSWERS:
            yield ast.Call(func=ast.Name(id=_ANSWERS[name], ctx=ast.Load()), args=args, keywords=keywords)
        case _:
            yield from _turned(node)


def _turned(node: ast.AST) -> Iterator[ast.AST]:
    """What has an opposite, or a next one."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value=value + 1)
        case ast.If(test=ast.Name() | ast.Attribute() | ast.Call() as test, body=body, orelse=orelse):
            yield ast.If(test=ast.UnaryOp(op=ast.Not(), operand=test), body=body, orelse=orelse)
        case ast.IfExp(test=ast.Name() | ast.Attribute() | ast.Call() as test, body=shown, orelse=other):
            yield ast.IfExp(test=ast.UnaryOp(op=ast.Not(), operand=test), body=shown, orelse=other)
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _put(tree: ast.Module, place: ast.AST, written: ast.AST) -> None:
    ast.copy_location(written, place)
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, written)
            elif isinstance(value, list):
                value[:] = [written if one is place else one for one in value]


def _shown(node: ast.AST) -> str:
    """Its first line, without what it asks nothing of."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n", 1)[0][:100]
