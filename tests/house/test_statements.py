"""No statement grows with the people it is about: a database takes only so many parameters in one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STORAGE = Path(__file__).resolve().parents[2] / "feedback" / "storage"
# It puts many values into one parameter, or into parts of one size.
BULK = STORAGE / "bulk.py"
GROWING = {"in_", "not_in", "notin_", "tuple_", "or_"}
# What a subquery or a condition ends with; what stands in the latter is judged by itself.
QUERIES = {"select", "where", "group_by", "having", "is_", "and_", "in_"}


def called(node: ast.expr) -> str:
    """The last name of what is called, if anything is."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
    return ""


def subqueries(nodes: list[ast.AST]) -> set[str]:
    """The functions that return one, as they say."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.returns]
    return {node.name for node in functions if ast.unparse(node.returns).startswith("Select[")}


def is_fixed(argument: ast.expr, assigned: dict[str, ast.expr]) -> bool:
    """Whether it has as many values as are written down: a constant, a tuple of such, a subquery, a condition."""
    match argument:
        case ast.Name(id=name) | ast.Starred(value=ast.Name(id=name)):
            return name.isupper() or (name in assigned and is_fixed(assigned[name], assigned))
        case ast.Tuple(elts=values):
            return all(is_fixed(value, assigned) for value in values)
        case ast.IfExp(body=one, orelse=other):
            return is_fixed(one, assigned) and is_fixed(other, assigned)
    return called(argument) in QUERIES or isinstance(argument, ast.Attribute | ast.Compare)


def growing(tree: ast.AST) -> Iterator[int]:
    """The lines that give a statement a parameter for each of many values."""
    nodes = list(ast.walk(tree))
    assigned = {
        node.targets[0].id: node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    calls = [node for node in nodes if isinstance(node, ast.Call) and called(node) in GROWING]
    given = subqueries(nodes)
    for call in calls:
        if not all(called(argument) in given or is_fixed(argument, assigned) for argument in call.args):
            yield call.lineno


@pytest.mark.parametrize("path", sorted(STORAGE.glob("*.py")), ids=lambda path: path.name)
def test_no_statement_has_a_parameter_for_each_of_many_values(path: Path) -> None:
    found = list(growing(ast.parse(path.read_text(encoding="utf-8"))))
    assert found == [] or path == BULK


@pytest.mark.parametrize(
    "line",
    [
        "Person.id.in_(ids)",
        "Person.id.in_(list(ids))",
        "Person.id.in_([one for one in ids])",
        "Person.id.not_in(ids)",
        "or_(*(Person.id == one for one in ids))",
        "Person.id.in_((FIRST, *ids))",
    ],
)
def test_a_statement_that_would_grow_is_found(line: str) -> None:
    assert list(growing(ast.parse(line))) == [1]
