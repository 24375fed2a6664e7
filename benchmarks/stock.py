"""The stock client: what openapi-python-client makes of the same document, with its own templates and settings."""

from __future__ import annotations

import copy
import importlib
import json
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.document import bundled
from benchmarks.measuring import Took

NAME = "plexy_pay_stock"


@cache
def directory() -> Path:
    """Generate the stock client once for this process, make it importable as `plexy_pay_stock`, and give where it is.

    Two passes of ours come first: parameters of a path move to its operations, and security is written on each. Without
    them the tool leaves out every operation with an id in its path, and sends no key. And the one date in a header is a
    text: the tool leaves out every operation with such a header. Nothing else is changed.
    """
    workspace = tempfile.TemporaryDirectory(prefix="plexy-pay-bench-")
    _WORKSPACES.append(workspace)
    document = copy.deepcopy(bundled())
    _write_everything_on_operations(document)
    del document["components"]["parameters"]["CheckoutVersion"]["schema"]["format"]
    source = Path(workspace.name, "openapi.json")
    source.write_text(json.dumps(document), "utf-8")
    arguments = [
        "--path",
        str(source),
        "--output-path",
        str(Path(workspace.name, NAME)),
        "--meta",
        "none",
    ]
    _TOOK.append(
        Took.running(
            [sys.executable, "-m", "openapi_python_client", "generate", *arguments]
        )
    )
    sys.path.append(workspace.name)
    return Path(workspace.name)


def _write_everything_on_operations(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        for operation in item.values():
            if "responses" in operation:
                operation["parameters"] = [*operation.get("parameters", []), *shared]
                operation.setdefault("security", document["security"])
    del document["security"]


def module(name: str) -> Any:
    """A module of the stock client; there are no types, because it does not exist before it is generated."""
    directory()
    return importlib.import_module(f"{NAME}.{name}")


def seconds() -> float:
    """How long the tool took."""
    directory()
    return _TOOK[0].wall


_TOOK: list[Took] = []
_WORKSPACES: list[
    tempfile.TemporaryDirectory[str]
] = []  # Deleted when the process ends.
