"""Run Redocly CLI on the document's files, for a second opinion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ..diagnostics import Diagnostic, ToolError
from ..document import Document, is_mapping, mapping, parse_pointer, sequence
from ..loader import bundle_bytes

PROJECT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("redocly.yaml")

_TIMEOUT_SECONDS = 120
_INSTALL = "run `npm ci` in the project's directory (it needs Node.js)"


def check(root: Path, node_modules: Path | None = None) -> list[Diagnostic]:
    """Lint a document with Redocly CLI; its warnings count as errors.

    Args:
        root: The root file of the document.
        node_modules: Where npm put the CLI; the project's own directory if not given.

    Raises:
        ToolError: Node or the CLI is missing, or the CLI did not give a result.
    """
    return [_diagnostic(found, root) for found in _found(root, node_modules)]


def check_bundle(
    document: Document, node_modules: Path | None = None
) -> list[Diagnostic]:
    """Lint a document that is in no file as it is, because overlays were applied to it.

    Diagnostics have the files and lines of the spec and of the overlays, as `document` knows them.

    Raises:
        ToolError: as in `check`.
    """
    with tempfile.TemporaryDirectory(prefix="plexy-lint-") as scratch:
        root = Path(scratch) / "openapi.json"
        root.write_bytes(bundle_bytes(document))
        # In one file Redocly sees what is unused. Our own rule says so too, and knows what is unused on purpose.
        found = [
            (item, _diagnostic(item, root))
            for item in _found(root, node_modules, "--skip-rule=no-unused-components")
        ]
    diagnostics: list[Diagnostic] = []
    for item, diagnostic in found:
        locations = sequence(item.get("location"))
        pointer = str(
            mapping(locations[0] if locations else None).get("pointer") or "#"
        )
        diagnostics.append(
            document.diagnostic(
                parse_pointer(pointer), diagnostic.message, diagnostic.fix
            )
        )
    return diagnostics


def _found(
    root: Path, node_modules: Path | None, *options: str
) -> list[dict[str, Any]]:
    result = run(root, node_modules, *options)
    report = _report(result.stdout)
    if report is None:
        said = (result.stderr or result.stdout).strip()[-2000:]
        raise ToolError(
            f"Redocly CLI failed with exit code {result.returncode}: {said}\nTo repair it, {_INSTALL}."
        )
    return [found for found in sequence(report["problems"]) if is_mapping(found)]


def run(
    root: Path, node_modules: Path | None = None, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run the CLI's `lint` with our settings.

    Raises:
        ToolError: Node or the CLI is missing, or did not finish in time.
    """
    program = (node_modules or PROJECT / "node_modules").resolve() / ".bin" / "redocly"
    if not program.exists():
        raise ToolError(
            f"Redocly CLI is not installed: there is no {program}. To install it, {_INSTALL}."
        )
    node = shutil.which("node")
    if node is None:
        raise ToolError(
            f"Redocly CLI needs Node.js, and PATH has no `node`. Install Node.js, then {_INSTALL}."
        )
    command = [
        node,
        str(program),
        "lint",
        root.name,
        "--format=json",
        "--max-problems=10000",
        f"--config={CONFIG}",
        *options,
    ]
    environment = dict(os.environ)
    environment["REDOCLY_TELEMETRY"] = "off"
    environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true"
    try:
        return subprocess.run(
            command,
            cwd=root.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"Redocly CLI did not finish in {_TIMEOUT_SECONDS} seconds. Run it by hand."
        ) from None


def _report(output: str) -> dict[str, Any] | None:
    """Return the JSON object in the output that has the diagnostics.

    Redocly CLI also prints banners (about old versions of Node), which must not be taken for a result.
    """
    decoder = json.JSONDecoder()
    start = output.find("{")
    while start >= 0:
        try:
            found: object = decoder.raw_decode(output, start)[0]
        except json.JSONDecodeError:
            found = None
        if is_mapping(found) and "problems" in found:
            return found
        start = output.find("{", start + 1)
    return None


def _diagnostic(found: dict[str, Any], root: Path) -> Diagnostic:
    locations = sequence(found.get("location"))
    location = mapping(locations[0] if locations else None)
    file = str(mapping(location.get("source")).get("ref") or root.name)
    line = mapping(location.get("start")).get("line")
    rule = str(found.get("ruleId"))
    suggestions = [str(item) for item in sequence(found.get("suggest"))]
    reference = found.get("reference")
    if suggestions:
        fix = (
            "did you mean " + " or ".join(f"`{item}`" for item in suggestions[:3]) + "?"
        )
    else:
        fix = f"follow {reference}" if reference else f"follow Redocly's rule {rule}"
    name = os.path.normpath(root.parent / file)
    message = f"{str(found.get('message')).strip().rstrip('.')} (Redocly: {rule})"
    return Diagnostic(
        Path(name).as_posix(), line if isinstance(line, int) else 1, message, fix
    )
