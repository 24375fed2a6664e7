"""The HTTP library whose clients and transports the tests hand over: httpx, or httpx2 where the variable says so."""

from __future__ import annotations

import ast
import inspect
import os
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

VARIABLE = "PLEXY_TESTS_HTTP_LIBRARY"
NAME = os.environ.get(VARIABLE, "httpx")
CORE = NAME.replace("httpx", "httpcore")
"""The library beneath it, which logs under its own name."""

if TYPE_CHECKING:
    # httpx2 has the same parts.
    import httpx as httpx
else:
    httpx = import_module(NAME)


@cache
def users_in(module: ModuleType) -> set[str]:
    """Return the names of the tests of a module to which it matters which library is handed over.

    They name it, or a way of a flavor to make a client, hook or transport of it, themselves or through what they use.
    """
    named: dict[str, set[str]] = {}
    for node in _tree(module).body:
        for name in _defined(node):
            named.setdefault(name, set()).update(_words(node))
    found: set[str] = set()
    known = {"httpx", "CORE", *_ways()}
    while more := {name for name in named if named[name] & known} - found:
        found |= more
        known |= more
    return {name for name in found if name.startswith(("test_", "Test"))}


@cache
def _ways() -> frozenset[str]:
    """Return the names of what helpers/calls.py makes of the library."""
    functions = [
        node
        for node in ast.walk(_tree(import_module("helpers.calls")))
        if isinstance(node, ast.FunctionDef)
    ]
    return frozenset(node.name for node in functions if "httpx" in _words(node))


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _words(node: ast.AST) -> set[str]:
    """Return the names, attributes and parameters that stand in a piece of code."""
    words: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                words.add(word)
            case _:
                pass
    return words


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []
