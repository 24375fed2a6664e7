"""Overlays for tests: written below a head, and applied to the small document of `specs.BASE`."""

from __future__ import annotations

import functools
import tempfile
import textwrap
from pathlib import Path

import pytest

from generator import loader, overlays
from generator.diagnostics import Diagnostic, SpecError
from generator.document import Document

from .specs import BASE, write_spec

HEAD = "overlay: 1.0.0\ninfo:\n  title: Ours\n  version: 1.0.0\nactions:\n"
HEAD_1_1 = HEAD.replace("overlay: 1.0.0", "overlay: 1.1.0")


@functools.cache
def base() -> Document:
    """Return the small document, bundled; nobody may change it."""
    with tempfile.TemporaryDirectory() as directory:
        return loader.load(write_spec(Path(directory), BASE))


def write(
    directory: Path, actions: str, name: str = "ours.overlay.yaml", head: str = HEAD
) -> Path:
    """Write an overlay whose first action is on line 6."""
    path = directory / name
    path.write_text(head + textwrap.indent(textwrap.dedent(actions), "  "), "utf-8")
    return path


def apply(directory: Path, *overlays_in_order: str, head: str = HEAD) -> Document:
    """Apply overlays, given by their actions, to the small document."""
    named = [
        (f"{number}.overlay.yaml", actions)
        for number, actions in enumerate(overlays_in_order, 1)
    ]
    return overlays.apply(
        base(), [write(directory, actions, name, head) for name, actions in named]
    )


def diagnostics(
    directory: Path, *overlays_in_order: str, head: str = HEAD
) -> list[Diagnostic]:
    """Return what keeps overlays from being applied; they must not apply."""
    with pytest.raises(SpecError) as raised:
        apply(directory, *overlays_in_order, head=head)
    return raised.value.diagnostics
