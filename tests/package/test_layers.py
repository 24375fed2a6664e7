"""The hand-written modules import one another in one direction only, imports within functions included."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import plexy_pay
import pytest

PACKAGE = Path(plexy_pay.__file__).parent
#: From the lowest to the highest: a module imports nothing of a later line.
LAYERS = (
    ("errors", "types"),
    ("money", "keys", "encoding"),
    ("operation", "decoding"),
    ("settings",),
    ("flow",),
    ("guard",),
    ("transport",),
    ("base_client",),
)


def imported(path: Path) -> Iterator[str]:
    """The modules beside a module that it imports when it runs, wherever the import stands."""
    tree = ast.parse(path.read_text("utf-8"))
    for block in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if ast.unparse(block.test) == "TYPE_CHECKING":
            block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = (
                [node.module.partition(".")[0]]
                if node.module
                else [alias.name for alias in node.names]
            )
            yield from names


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """What each module of the package imports of those beside it."""
    modules = {path.stem: path for path in PACKAGE.glob("*.py")}
    return {name: {*imported(path)} & modules.keys() for name, path in modules.items()}


def test_there_is_no_circle(graph: dict[str, set[str]]) -> None:
    assert len(graph) > 50
    order = graphlib.TopologicalSorter(graph).static_order()
    assert len(list(order)) == len(graph)


def test_no_module_reaches_one_of_a_higher_layer(graph: dict[str, set[str]]) -> None:
    for index, layer in enumerate(LAYERS):
        higher = {name for names in LAYERS[index + 1 :] for name in names}
        for name in layer:
            assert reached(name, graph) & higher == set(), name


def reached(name: str, graph: dict[str, set[str]]) -> set[str]:
    """Everything that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for target in graph[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return found
