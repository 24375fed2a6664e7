"""The hand-written modules import one another in one direction only, imports within functions included."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "runtime"
#: From the lowest to the highest: a module imports nothing of a later line.
LAYERS = (
    ("errors", "_core.types"),
    ("_core.money", "_core.keys", "_core.encoding"),
    ("_core.operation", "_core.decoding"),
    ("_core.settings",),
    ("_core.flow",),
    ("_core.guard",),
    ("_core.transport",),
    ("_core.base_client",),
)


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the runtime, from the package on."""
    return ".".join(path.relative_to(RUNTIME).with_suffix("").parts)


def imported(path: Path) -> Iterator[str]:
    """Yield what a module imports of the package when it runs, wherever the import stands."""
    tree = ast.parse(path.read_text("utf-8"))
    for block in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if ast.unparse(block.test) == "TYPE_CHECKING":
            block.body = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        directory = path.relative_to(RUNTIME).parents[node.level - 1]
        start = [*directory.parts, *filter(None, [node.module])]
        yield ".".join(start)
        for alias in node.names:
            yield ".".join([*start, alias.name])


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """What each hand-written module imports of the others."""
    modules = {module_name(path): path for path in RUNTIME.rglob("*.py")}
    return {name: {*imported(path)} & modules.keys() for name, path in modules.items()}


def test_there_is_no_circle(graph: dict[str, set[str]]) -> None:
    assert len(graph) > 60
    assert "errors" in graph["_core.flow"]
    order = graphlib.TopologicalSorter(graph).static_order()
    assert len(list(order)) == len(graph)


def test_no_module_reaches_one_of_a_higher_layer(graph: dict[str, set[str]]) -> None:
    for index, layer in enumerate(LAYERS):
        higher = {name for names in LAYERS[index + 1 :] for name in names}
        for name in layer:
            assert reached(name, graph) & higher == set(), name


def test_the_core_imports_nothing_public_but_the_errors(
    graph: dict[str, set[str]],
) -> None:
    for name, targets in graph.items():
        if name.startswith("_core."):
            public = {one for one in targets if not one.startswith("_core.")}
            assert public <= {"errors"}, name


def reached(name: str, graph: dict[str, set[str]]) -> set[str]:
    """Return everything that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for target in graph[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return found
