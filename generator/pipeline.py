"""The whole way from the spec to the package: each stage is a function from the document to files."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from . import description as description_file
from . import formatting, hidden_characters, loader, manifest, trial, writing
from .diagnostics import GenerationError, SpecError
from .document import Document
from .emit import opc, optional, typed_dicts
from .emit import package as emit_package
from .emit.operations import views_of
from .model.api import Api
from .model.build import Read
from .model.build import read as read_model
from .places import PACKAGE as PACKAGE
from .places import PROJECT as PROJECT
from .places import RUNTIME as RUNTIME
from .places import SPEC as SPEC
from .standing_overlays import applied_overlays as applied_overlays


@dataclass(frozen=True)
class Counts:
    """What a generation made.

    Attributes:
        operations: How many operations.
        models: How many models and enums.
        events: How many events of webhooks.
        files: How many files, but for the manifest.
        difference: The files that are not as they were, once the package is in its place.
    """

    operations: int
    models: int
    events: int
    files: int
    difference: writing.Difference | None = None


@dataclass(frozen=True)
class Description:
    """A document that can be read, in which something may be wrong all the same.

    Attributes:
        root: The root of the spec.
        overlays: The overlays that were applied, the standing ones included.
        document: The bundled document with the overlays applied.
        model: What was read of it.
    """

    root: Path
    overlays: Sequence[Path]
    document: Document
    model: Read

    def lint(self, *, redocly: bool = False) -> None:
        """Prove that nothing is wrong with the document.

        Args:
            redocly: Whether Redocly CLI reads it, too. It needs Node and a second, and runs in `check`; what breaks the
                generators is caught by the other rules.

        Raises:
            SpecError: listing every diagnostic with file, line and what to do.
        """
        # Importing what lints takes a while, in which other processes may be at work already.
        from . import lint

        overlaid = bool(self.overlays)
        diagnostics = lint.lint(
            self.root,
            self.document,
            redocly=redocly,
            overlaid=overlaid,
            model=self.model,
        )
        if diagnostics:
            raise SpecError(diagnostics)


def describe(spec: Path = SPEC, overlays: Sequence[Path] = ()) -> Description:
    """Return the bundled document with the overlays applied, and the model of it; it is not linted.

    Raises:
        SpecError: if a file cannot be used.
    """
    document = load(spec, overlays)
    return Description(
        spec, applied_overlays(spec, overlays), document, read_model(document)
    )


def load(spec: Path = SPEC, overlays: Sequence[Path] = ()) -> Document:
    """Return the bundled document with its standing overlays and the given ones applied, not linted.

    Raises:
        SpecError: if a file cannot be used.
    """
    applied = applied_overlays(spec, overlays)
    document = loader.load(spec)
    if not applied:
        return document
    # JSONPath takes half as long to import as the document takes to be read.
    from .overlays import apply

    return apply(document, applied)


class Sound(NamedTuple):
    """A document in which nothing is wrong.

    Attributes:
        document: The bundled document with the overlays applied.
        api: The API that it describes.
    """

    document: Document
    api: Api


def load_and_read(
    spec: Path = SPEC, overlays: Sequence[Path] = (), *, redocly: bool
) -> Sound:
    """Return the bundled document with the overlays applied, and the API that the lint read from it.

    Raises:
        SpecError: listing every diagnostic with file, line and what to do.
    """
    description = describe(spec, overlays)
    description.lint(redocly=redocly)
    return Sound(description.document, description.model.api)


def load_and_lint(
    spec: Path = SPEC, overlays: Sequence[Path] = (), *, redocly: bool
) -> Document:
    """Return the bundled document with the overlays applied.

    Raises:
        SpecError: listing every diagnostic with file, line and what to do.
    """
    return load_and_read(spec, overlays, redocly=redocly).document


def generate(
    spec: Path = SPEC,
    package: Path = PACKAGE,
    overlays: Sequence[Path] = (),
    *,
    described_in: Path | None = None,
    discard_edits: bool = False,
) -> Counts:
    """Generate the package and put it in place in one step; a failure leaves what was there.

    Args:
        spec: The root of the spec.
        package: The directory of the package.
        overlays: Overlays that are applied to the document first, in this order.
        described_in: The file that gets the description in one document, if any.
        discard_edits: Whether the package is written over if somebody edited it by hand.

    Raises:
        SpecError: if the spec is broken, or no client can represent it.
        GenerationError: if a tool cannot represent it, or what it wrote cannot be imported.
        ToolError: if the package was edited by hand, and the edits are not to be discarded.
    """
    recorded = None if discard_edits else writing.recorded(package)
    package.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(
            prefix=".generating-", dir=package.parent
        ) as scratch,
        trial.Trial() as tried,
    ):
        built = Path(scratch) / package.name
        counts, description = make(spec, built, overlays)
        # The trial is a process of its own, so the document is linted meanwhile; its diagnostics are told first.
        tried.begin(built, package.name)
        description.lint()
        tried.end()
        found = _put(built, package, recorded, description.document, described_in)
    return replace(counts, difference=found)


def _put(
    built: Path,
    package: Path,
    recorded: dict[str, str] | None,
    document: Document,
    described_in: Path | None,
) -> writing.Difference:
    """Put the package in its place, and its description; neither if one of them fails or was edited by hand."""
    if described_in is None:
        return writing.put(built, package, recorded)
    content = loader.bundle_bytes(document)
    if recorded is not None:
        description_file.refuse_edits(described_in, content, package)
    with description_file.put(described_in, content) as is_new:
        found = writing.put(built, package, recorded)
    if not is_new:
        return found
    return replace(found, changed=(*found.changed, description_file.NAME))


def build(spec: Path, package: Path, overlays: Sequence[Path] = ()) -> Counts:
    """Generate the package into a directory that does not exist yet.

    Raises:
        SpecError: if the spec is broken, or no client can represent it.
        GenerationError: if a tool cannot represent it.
    """
    counts, description = make(spec, package, overlays)
    description.lint()
    return counts


class Made(NamedTuple):
    """A package that was made, and what it was made of, which is still to be linted.

    Attributes:
        counts: What was made.
        description: What it was made of.
    """

    counts: Counts
    description: Description


def make(spec: Path, package: Path, overlays: Sequence[Path] = ()) -> Made:
    """Generate the package into a directory that does not exist yet, from a document that is still to be linted.

    Raises:
        SpecError: if the spec is broken, or no client can represent it.
        GenerationError: if a tool cannot represent it.
    """
    trial.read_sources()
    description = describe(spec, overlays)
    try:
        counts = build_from(
            description.document,
            package,
            package_version(),
            description.overlays,
            model=description.model,
        )
    except Exception:
        # A diagnostic of the document explains what fails because of it, and names the file and the line.
        description.lint()
        raise
    return Made(counts, description)


def build_from(
    document: Document,
    package: Path,
    version: str,
    overlays: Sequence[Path] = (),
    left_out: frozenset[str] = frozenset(),
    model: Read | None = None,
) -> Counts:
    """Generate the package from a bundled document; the manifest records the overlays that were applied to it.

    Args:
        document: The document, with our marks.
        package: The directory, which does not exist yet.
        version: The version of the package.
        overlays: The overlays that were applied.
        left_out: The modules of the runtime that stay out of it; `optional` tells which may.
        model: What `model.build.read` gives for the document, where that was read already.

    Raises:
        SpecError: if no client can represent the document.
        GenerationError: if a tool cannot represent it.
    """
    bundled = loader.bundle_bytes(document)
    model = model or read_model(document)
    if model.diagnostics:
        raise SpecError(model.diagnostics)
    api = model.api
    operations = views_of(api)
    # Both are processes of their own: one writes the parameters, and ruff forms the models, while the rest is written.
    with ThreadPoolExecutor() as beside:
        parameters = beside.submit(typed_dicts.generate, api)
        opc.generate(api, operations, package)
        models = frozenset(package.rglob("*.py"))
        hidden_characters.escape_in(models)
        formed = beside.submit(formatting.format_files, models)
        emit_package.generate(api, operations, package, version, left_out)
        formed.result()
    (package / "params").mkdir()
    (package / "params" / "__init__.py").write_text(parameters.result(), "utf-8")
    hidden_characters.escape_in(frozenset(package.rglob("*.py")) - models)
    copied = copy_runtime(package, left_out)
    formatting.format_tree(package, keep=models | copied)
    (package / "py.typed").write_bytes(b"")
    prove_nothing_hides(package)
    _prove_every_operation_is_reachable(api, package)
    _prove_every_webhook_has_its_class(api, package)
    files = manifest.write(package, bundled, version, overlays)
    return Counts(
        operations=len(api.operations),
        models=len(api.models) + len(api.enums),
        events=len(api.events),
        files=len(files),
    )


def package_version() -> str:
    """The version in pyproject.toml."""
    return str(
        tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"][
            "version"
        ]
    )


def copy_runtime(
    package: Path, left_out: frozenset[str] = frozenset()
) -> frozenset[Path]:
    """Copy the hand-written modules beside the generated ones, but for those left out; they keep every byte."""
    copied: set[Path] = set()
    for source in sorted(RUNTIME.rglob("*.py")):
        part = source.relative_to(RUNTIME)
        if optional.is_left_out(optional.module_of(part), left_out):
            continue
        target = package / part
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
        copied.add(target)
    return frozenset(copied)


def prove_nothing_hides(package: Path) -> None:
    """Look every file through for characters that a reader would not see.

    Raises:
        GenerationError: naming the file, the line and the character: a template or a tool let it through.
    """
    for path in sorted(package.rglob("*")):
        if path.suffix not in (".py", ".json"):
            continue
        for line, char in hidden_characters.found_in(path.read_text("utf-8")):
            raise GenerationError(
                f"{path.relative_to(package).as_posix()}:{line}: the generated file has the invisible character "
                f"U+{ord(char):04X}. Remove it from the document, and report this: it should have been escaped."
            )


def _prove_every_operation_is_reachable(api: Api, package: Path) -> None:
    missing: list[str] = []
    methods: dict[str, Counter[str]] = {}
    for operation in api.operations:
        module = operation.resource.replace(".", "_")
        function = package / "api" / module / f"{operation.id}.py"
        if module not in methods:
            text = (package / "_resources" / f"{module}.py").read_text("utf-8")
            methods[module] = Counter(
                re.findall(r"^    (?:async )?def (\w+)\(", text, re.MULTILINE)
            )
        if not function.is_file() or methods[module][operation.method] != 4:
            missing.append(f"{operation.http_method} {operation.path}")
    if missing:
        raise GenerationError(
            f"operations without a function or method: {', '.join(missing)}"
        )


def _prove_every_webhook_has_its_class(api: Api, package: Path) -> None:
    """Prove that each event is one class and one row of the table, and that there are no others."""
    events_file = package / "webhooks" / "_events.py"
    text = events_file.read_text("utf-8") if events_file.is_file() else ""
    wanted = [event.class_name for event in api.events]
    # Long names are on lines of their own.
    made = re.findall(r"^class (\w+)\(\s*WebhookEvent\[", text, re.MULTILINE)
    rows = re.findall(r'^    \("[^"]*", "[^"]*"\): \(?\s*(\w+)\b', text, re.MULTILINE)
    if not sorted(made) == sorted(rows) == sorted(wanted):
        raise GenerationError(
            f"webhooks and classes of events differ: {', '.join(wanted)} became {', '.join(made)}"
        )
