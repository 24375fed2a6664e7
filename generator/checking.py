"""Is `generated/` exactly what `spec/` and `generator/` make? If not, which file differs, and why."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import description, loader, manifest, pipeline


def differences(
    spec: Path = pipeline.SPEC,
    package: Path = pipeline.PACKAGE,
    overlays: Sequence[Path] = (),
    described_in: Path | None = None,
) -> list[str]:
    """Return one text for each file that differs, with the reason and the remedy; none if all is current.

    Args:
        spec: The root of the spec.
        package: The package.
        overlays: The overlays that it was made with.
        described_in: The file with its description, if that is to be looked at.

    Raises:
        SpecError, GenerationError: if the spec cannot be generated at all.
    """
    with tempfile.TemporaryDirectory(prefix="plexy-check-") as scratch:
        wanted = Path(scratch) / package.name
        made = pipeline.make(spec, wanted, overlays)
        made.description.lint()
        found = compare(wanted, package)
    if described_in is not None:
        content = loader.bundle_bytes(made.description.document)
        diagnostic = description.difference(described_in, content, package)
        found += [diagnostic] if diagnostic else []
    return found


def compare(wanted: Path, package: Path) -> list[str]:
    """The differences between a fresh build and the package that is there."""
    if not package.is_dir():
        return [f"{package}: there is no generated package. Run `nox -s generate`."]
    fresh, there = manifest.hashes(wanted), manifest.hashes(package)
    record = manifest.read(package)
    recorded = record.get("files", {})
    found = _overlay_differences(
        package, manifest.read(wanted).get("overlays"), record.get("overlays")
    )
    for name in sorted(fresh.keys() | there.keys()):
        if fresh.get(name) == there.get(name):
            continue
        found.append(
            f"{package.name}/{name}: {_reason(name, fresh, there, recorded)}{_diff(wanted, package, name)}"
        )
    if (
        not found
        and (wanted / manifest.NAME).read_bytes()
        != (package / manifest.NAME).read_bytes()
    ):
        found.append(
            f"{package.name}/{manifest.NAME}: it is out of date. Run `nox -s generate`."
        )
    return found


def _overlay_differences(package: Path, fresh: Any, there: Any) -> list[str]:
    """Other overlays make another package: said first, since it explains what follows."""
    fresh, there = fresh or [], there or []
    if fresh == there:
        return []
    made, given = (
        ", ".join(item["name"] for item in items) for items in (there, fresh)
    )
    if made == given:
        reason = f"the overlays {made} changed since it was generated"
    else:
        reason = f"it was made with {made or 'no overlay'}, and this check is for {given or 'no overlay'}"
    return [
        f"{package.name}: {reason}. Give both commands the same `--overlay FILE`, or generate anew."
    ]


def _reason(
    name: str, fresh: dict[str, str], there: dict[str, str], recorded: dict[str, str]
) -> str:
    if name not in there:
        return "it is missing. Run `nox -s generate`."
    if name not in fresh and name not in recorded:
        return "nothing generates it. Delete it; what people write goes to runtime/."
    if name not in fresh:
        return "the spec no longer has it. Run `nox -s generate`."
    if there[name] != recorded.get(name):
        return (
            "it was edited by hand. Make the change in spec/, generator/emit/templates/ or runtime/, "
            "then run `nox -s generate`."
        )
    return "spec/ or generator/ changed since it was generated. Run `nox -s generate`."


def _diff(wanted: Path, package: Path, name: str) -> str:
    if not ((wanted / name).is_file() and (package / name).is_file()):
        return ""
    old = (package / name).read_text("utf-8", errors="replace").splitlines()
    new = (wanted / name).read_text("utf-8", errors="replace").splitlines()
    lines = list(difflib.unified_diff(old, new, "there", "fresh", lineterm="", n=1))[
        :12
    ]
    return "".join(f"\n    {line}" for line in lines)
