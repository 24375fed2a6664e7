"""What the tests of vendoring share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import loading, pipeline
from generator.document import Document

#: The sample is a project of its own: its tests run in a copy of it.
collect_ignore = ["sample"]


@pytest.fixture(scope="module")
def generated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same description gives the same package: here it is generated once, and copied from then on."""
    generate, kept = pipeline.build_from, tmp_path_factory.mktemp("kept")
    made: dict[object, tuple[Path, pipeline.Counts]] = {}

    def build_from(document: Document, package: Path, version: str, **more: Any) -> pipeline.Counts:
        key = (loading.bundle_bytes(document), version, more["left_out"])
        if key not in made:
            folder = kept / f"package_{len(made)}"
            made[key] = (folder, generate(document, folder, version, **more))
        shutil.copytree(made[key][0], package)
        return made[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "build_from", build_from)
        yield
