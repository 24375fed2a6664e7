"""Modules of the runtime that may stay out of a package."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import plexy_pay
import pytest
from helpers.generation import document, generate, operation, with_keys
from helpers.specs import write_spec

from generator import loader, pipeline
from generator.emit import optional
from generator.emit.optional import ADAPTERS, CARDS, WEBHOOKS

SHOP = {"Shop": {"type": "object", "properties": {"name": {"type": "string"}}}}
MODULES = {
    optional.module_of(path.relative_to(pipeline.RUNTIME)): path
    for path in pipeline.RUNTIME.rglob("*.py")
}


def imports(name: str) -> Iterator[str]:
    """What a module of the runtime imports from anywhere, by full names; those of the runtime begin with a dot."""
    path = MODULES[name]
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            above = (
                [*package.split("."), ""][: len(package.split(".")) - node.level + 1]
                if package
                else []
            )
            yield "." + ".".join([*filter(None, above), *filter(None, [node.module])])


def test_the_adapters_are_the_modules_that_import_a_web_framework() -> None:
    # Type checkers bring typing_extensions along, and nothing needs it when it runs. httpx brings httpcore.
    at_hand = {
        *sys.stdlib_module_names,
        "",
        "attrs",
        "httpx",
        "httpcore",
        "cryptography",
        "typing_extensions",
    }
    found = {
        name
        for name in MODULES
        for module in imports(name)
        if module.split(".")[0] not in at_hand
    }
    assert found == set(ADAPTERS)


@pytest.mark.parametrize("left_out", [CARDS, WEBHOOKS, *ADAPTERS])
def test_no_other_module_imports_one_that_may_be_left_out(left_out: str) -> None:
    others = [
        name
        for name in MODULES
        if not optional.is_left_out(name, frozenset({left_out}))
    ]
    assert len(others) < len(MODULES)
    for name in others:
        for module in imports(name):
            assert not optional.is_left_out(
                module.removeprefix("."), frozenset({left_out})
            ), name


def test_what_is_below_a_package_that_is_left_out_is_left_out_with_it() -> None:
    names = frozenset({WEBHOOKS, CARDS})
    assert optional.is_left_out("webhooks", names)
    assert optional.is_left_out("webhooks.flask", names)
    assert not optional.is_left_out("webhooks_of_others", names)
    assert not optional.is_left_out("money", names)


def test_a_package_offers_nothing_of_what_is_left_out_and_can_be_loaded_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = document(SHOP, {"/s": {"get": operation("shops", "get", response="Shop")}})
    spec = write_spec(tmp_path, {"openapi.yaml": json.dumps(with_keys(data))})
    package = tmp_path / "without_webhooks"
    pipeline.build_from(
        loader.load(spec), package, "1", left_out=frozenset({WEBHOOKS, CARDS})
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    made = importlib.import_module("without_webhooks")
    made.preload()
    assert not {WEBHOOKS, CARDS} & {*made.__all__, *dir(made)}
    assert not (package / "webhooks").exists()
    assert made.PlexyPay("pr_1").shops


def test_examples_of_calls_that_a_package_does_not_have_are_not_in_its_docs(
    tmp_path: Path,
) -> None:
    assert "payment_links.create" in str(plexy_pay.__doc__)
    package = generate(
        tmp_path,
        document(SHOP, {"/s": {"get": operation("shops", "get", response="Shop")}}),
    )
    assert "payment_links" not in str(package.__doc__)
