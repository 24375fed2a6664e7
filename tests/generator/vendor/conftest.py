"""What the tests of vendoring share."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.kept import made_once
from helpers.pages import ROOT
from helpers.vendored import PARTS, PYTHONS, SAMPLE, documented, run, vendor

from generator import lint, loader, pipeline
from generator.diagnostics import Diagnostic
from generator.document import Document
from generator.vendor import building
from generator.vendor import lock as locks

#: The sample is a project of its own: its tests run in a copy of it.
collect_ignore = ["sample"]


@pytest.fixture(scope="module")
def generated_once(kept: Path) -> Iterator[None]:
    """The same description gives the same package: it is linted and generated once, and copied from then on."""
    check, generate = lint.lint, pipeline.build_from

    def key(document: Document, *more: object) -> str:
        return hashlib.sha256(
            loader.bundle_bytes(document) + repr(more).encode()
        ).hexdigest()

    def linted(root: Path, document: Document, **options: Any) -> list[Diagnostic]:
        found: list[Diagnostic] = []

        def prove(_: Path) -> None:
            found.extend(check(root, document, **options))
            if found:
                raise Unsound

        try:
            # The model says what the document says.
            asked = {name: value for name, value in options.items() if name != "model"}
            made_once(kept / f"sound-{key(document, asked)}", prove)
        except Unsound:
            return found
        return []

    def build_from(
        document: Document, package: Path, version: str, **more: Any
    ) -> pipeline.Counts:
        def make(directory: Path) -> None:
            counts = generate(document, directory / "package", version, **more)
            (directory / "counts").write_bytes(pickle.dumps(counts))

        made = made_once(
            kept / f"package-{key(document, version, sorted(more['left_out']))}", make
        )
        shutil.copytree(made / "package", package)
        counts = pickle.loads((made / "counts").read_bytes())
        assert isinstance(counts, pipeline.Counts)
        return counts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lint, "lint", linted)
        patch.setattr(pipeline, "build_from", build_from)
        yield


class Unsound(Exception):
    """A description has diagnostics."""


@pytest.fixture(scope="module")
def clone(
    generated_once: None, kept: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A directory that stands for the clone of plexy-pay; beside it is the project with its copy of the package."""

    def make(directory: Path) -> None:
        shutil.copytree(
            SAMPLE, directory / "shop", ignore=shutil.ignore_patterns("__pycache__")
        )
        (directory / "plexy-pay").mkdir()
        assert vendor(directory / "plexy-pay", *documented("--name")) == 0

    work = tmp_path_factory.mktemp("work")
    shutil.copytree(made_once(kept / "work", make), work, dirs_exist_ok=True)
    return work / "plexy-pay"


@pytest.fixture(scope="module")
def shop(clone: Path) -> Path:
    return clone.parent / "shop"


@pytest.fixture(scope="module")
def parts(generated_once: None, kept: Path) -> Path:
    """A directory with a copy of each of `PARTS`, to look at."""

    def make(directory: Path) -> None:
        for part in PARTS:
            building.build(
                pipeline.SPEC, directory / part, part, locks.Options((part,)), []
            )

    return made_once(kept / "parts", make)


@pytest.fixture(scope="module")
def python(shop: Path, kept: Path) -> Callable[[str], str]:
    """Gives the Python of an environment with what the lock says that the package requires, and nothing else."""
    requires = locks.read(shop / "src/shop/_vendor/acme_pay").requires
    uv = [sys.executable, "-m", "uv"]

    def environment(version: str) -> str:
        def make(directory: Path) -> None:
            # Relocatable: it gets its name when it is complete.
            create = [
                *uv,
                "venv",
                "--quiet",
                "--relocatable",
                "--allow-existing",
                "--python",
            ]
            run([*create, str(PYTHONS[version]), str(directory)], shop)
            install = [
                *uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                str(directory / "bin" / "python"),
            ]
            run(
                [*install, "--constraint", str(ROOT / "constraints.txt"), *requires],
                shop,
            )

        return str(made_once(kept / f"environment-{version}", make) / "bin" / "python")

    return environment
