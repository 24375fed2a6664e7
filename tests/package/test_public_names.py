"""What can be imported without an underscore is what docs/versioning.md promises, and nothing more."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import plexy_pay
import pytest

PAGE = Path(__file__).parents[2] / "docs/versioning.md"
PREFIX = "plexy_pay."


def promised() -> set[str]:
    """Return the modules that the page names."""
    return set(re.findall(r"`(plexy_pay(?:\.\w+)*)`", PAGE.read_text("utf-8")))


def public() -> set[str]:
    """Return the modules whose path has no underscore; those below models and api are theirs."""
    names = {"plexy_pay"}
    for found in pkgutil.walk_packages(plexy_pay.__path__, PREFIX):
        parts = found.name.split(".")[1:]
        if any(part.startswith("_") for part in parts):
            continue
        names.add(PREFIX + parts[0] if parts[0] in ("api", "models") else found.name)
    return names


def test_the_public_modules_are_those_that_the_page_names() -> None:
    assert len(promised()) > 7
    assert public() == promised()


@pytest.mark.parametrize("name", sorted(public() - {"plexy_pay.api"}))
def test_a_public_module_exports_names_that_exist(name: str) -> None:
    module = importlib.import_module(name)
    exported = module.__all__
    assert len(exported) == len({*exported})
    for one in exported:
        assert not one.startswith("_") or one == "__version__"
        getattr(module, one)
