"""A small spec, a vendor's export that says the same, and the command on both."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.specs import BASE, edited, write_spec

from generator import pipeline
from generator.__main__ import main

Change = Callable[[dict[str, Any]], None]

#: The small spec, with comments in odd places and quotes that a YAML library would change.
FILES = edited(
    BASE, "schemas/links.yaml", "    status:\n", "    # Seen in samples.\n    status:\n"
)
FILES = edited(
    FILES, "schemas/links.yaml", "    - active\n", "    - 'active'  # can be paid\n"
)

LINK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "balance": {"type": "number"},
        "status": {"type": "string", "enum": ["active", "paid"]},
    },
    "required": ["id"],
}
#: What the vendor says of one operation, in the words of the small spec.
RETRIEVE: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "", "version": "1.0.0"},
    "servers": [{"url": "https://api.links.kz"}],
    "paths": {
        "/v1/links/{linkId}": {
            "get": {
                "summary": "Retrieve a link",
                "tags": ["Links"],
                "parameters": [
                    {
                        "name": "linkId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {
                        "name": "Authorization",
                        "in": "header",
                        "schema": {"type": "string"},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/response.Link"}
                            }
                        },
                    },
                    "401": {"description": ""},
                },
            }
        }
    },
    "components": {"schemas": {"response.Link": LINK}},
}


def link(export: dict[str, Any]) -> dict[str, Any]:
    """The schema of the link in an export."""
    return export["components"]["schemas"]["response.Link"]


def operation(export: dict[str, Any]) -> dict[str, Any]:
    """The one operation of an export."""
    return next(iter(next(iter(export["paths"].values())).values()))


def moved(path: str, method: str = "get") -> Change:
    """Return the change that gives the one operation of an export another place."""

    def change(data: dict[str, Any]) -> None:
        item = {method: operation(data)}
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        item[method]["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
        data["paths"] = {path: item}

    return change


def record(
    pointer: str, kind: str, expected: str, seen: str, operation: str = "links.list"
) -> str:
    """Return a line of a log."""
    facts = {
        "operation": operation,
        "pointer": pointer,
        "kind": kind,
        "expected": expected,
        "seen": seen,
    }
    return json.dumps({"logger": "plexy_pay.drift", "level": "WARNING", **facts})


class Workspace:
    """A copy of the small spec, and the command on it."""

    def __init__(
        self,
        directory: Path,
        capsys: pytest.CaptureFixture[str],
        files: dict[str, str] = FILES,
    ) -> None:
        self.directory = directory
        self._capsys = capsys
        self.spec = write_spec(directory / "spec", files)
        self.overlays = directory / "spec" / "overlays"

    def export(self, *changes: Change) -> Path:
        """A file with an export in which something was changed."""
        data = copy.deepcopy(RETRIEVE)
        for change in changes:
            change(data)
        return self.file("export.json", json.dumps(data, indent=2))

    def file(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, source: Path, *options: str) -> tuple[int, str, str]:
        code = main(["drift", str(source), "--spec", str(self.spec), *options])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def report(self, source: Path, *options: str) -> dict[str, Any]:
        code, out, err = self.run(source, "--json", *options)
        assert code == 0, err
        return json.loads(out)

    def run_to_write(self, source: Path, *options: str) -> tuple[int, str, str]:
        """Let the command write the next standing overlay."""
        return self.run(source, "--as-overlay", str(self.next_overlay()), *options)

    def correct(self, source: Path, *options: str) -> dict[str, Any]:
        """Let the command write the next standing overlay, and return the report."""
        return self.report(source, "--as-overlay", str(self.next_overlay()), *options)

    def next_overlay(self) -> Path:
        return self.overlays / f"{len(list(self.overlays.glob('*.yaml')))}.yaml"

    def document(self) -> dict[str, Any]:
        """Return the spec as every command reads it, the standing overlays included."""
        return pipeline.load_and_lint(self.spec, redocly=False).data

    def actions(self) -> list[dict[str, Any]]:
        """Return the actions of the newest overlay."""
        newest = max(self.overlays.glob("*.yaml"))
        return yaml.safe_load(newest.read_text("utf-8"))["actions"]

    def schema(self, key: str) -> dict[str, Any]:
        """Return a named schema of the spec, the standing overlays included."""
        return self.document()["components"]["schemas"][key]

    def text(self, name: str) -> str:
        return (self.spec.parent / name).read_text(encoding="utf-8")

    def texts(self) -> dict[str, str]:
        """Return every file of the spec, its overlays and their reports included."""
        files = sorted(path for path in self.spec.parent.rglob("*") if path.is_file())
        return {
            path.relative_to(self.spec.parent).as_posix(): path.read_text("utf-8")
            for path in files
        }


def said(report: dict[str, Any], verdict: str) -> list[str]:
    """What a report says with one verdict."""
    return [
        f"{one['kind']}: {one['subject']}: {one['text']}"
        for one in report["findings"]
        if one["verdict"] == verdict
    ]
