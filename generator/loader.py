"""Load the OpenAPI document from its files and bundle it into one.

`spec/openapi.yaml` refers to path items in `paths/*.yaml` and to schemas in `schemas/*.yaml`. In the bundle a
path item stands where it was referred to, every top-level key of a schema file is a schema of
`components.schemas`, and what else was referred to in other files is copied in. All references stay inside.
"""

from __future__ import annotations

import copy
import json
import os.path
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from .containment import WAY_OUT, is_file, is_inside
from .diagnostics import Diagnostic, SpecError, meant
from .document import (
    NAME_MAPS,
    Document,
    Location,
    Mark,
    Pointer,
    child,
    format_pointer,
    is_mapping,
    is_opaque,
    is_reference,
    is_sequence,
    mapping,
    parse_pointer,
    reference_of,
)
from .hidden_characters import in_json
from .yaml_files import SourceFile, read

_SUFFIXES = (".yaml", ".yml", ".json")
_HAS_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_SCHEMAS: Pointer = ("components", "schemas")


def load(root: Path) -> Document:
    """Load a document and bundle its files.

    Args:
        root: `openapi.yaml`, or the directory that holds it. One file without references to others is fine, too.

    Raises:
        SpecError: A file is broken, or a reference leads nowhere or out of the directory.
    """
    if root.is_dir():
        root = root / "openapi.yaml"
    try:
        return _Bundler(root).bundle()
    except RecursionError:
        diagnostic = Diagnostic(
            root.as_posix(),
            1,
            "the references make the document endlessly deep",
            "break the circle",
        )
        raise SpecError([diagnostic]) from None


def bundle_bytes(document: Document) -> bytes:
    """Return the bundled document as JSON; the same document gives the same bytes on every machine."""
    text = json.dumps(document.data, indent=2, ensure_ascii=False, allow_nan=False)
    return (in_json(text) + "\n").encode()


class _Target(NamedTuple):
    """A target of a reference: a place in the bundle, or (with a `source`) a part of a file to copy in."""

    pointer: Pointer
    source: SourceFile | None = None
    value: Any = None
    mark: Mark | None = None


class _Bundler:
    def __init__(self, root: Path) -> None:
        self._directory = root.parent
        self._diagnostics: list[Diagnostic] = []
        self._files: dict[Path, SourceFile | None] = {}
        self._pending: list[tuple[Pointer, Mark]] = []
        self._copied: set[tuple[str, Pointer]] = set()
        self._open: list[tuple[str, Pointer]] = []
        self._root_name = Path(root.name)
        self._root = self._read(self._root_name)

    def bundle(self) -> Document:
        root = self._root
        if root is None:
            raise SpecError(self._diagnostics)
        if not is_mapping(root.value) or "openapi" not in root.value:
            self._report(
                root.mark,
                "the file is not an OpenAPI document",
                "give the file that begins with `openapi:`",
            )
            raise SpecError(self._diagnostics)
        data, marks = self._object(root.value, root.mark, root, names=False)
        self._inline_path_items(data, marks)
        self._add_schemas(data, marks)
        self._check_references(data)
        self._check_path_files()
        if self._diagnostics:
            raise SpecError(self._diagnostics)
        return Document(data, marks)

    # -- files -----------------------------------------------------------------------------------------------

    def _read(self, relative: Path) -> SourceFile | None:
        """Return a file of the document, by its path from the root's directory; None if broken (and reported)."""
        if relative not in self._files:
            path = self._directory / relative
            self._files[relative] = None
            # The root is the user's choice. The others are the document's, and become a part of the package.
            if relative != self._root_name and not is_inside(self._directory, path):
                place = Mark(Location(path.as_posix(), 1))
                self._report(
                    place,
                    "the file is a link that leads outside of the spec directory",
                    WAY_OUT,
                )
                return None
            try:
                self._files[relative] = read(path, path.as_posix())
            except SpecError as error:
                self._diagnostics += error.diagnostics
        return self._files[relative]

    def _directory_files(self, name: str) -> list[Path]:
        found = (self._directory / name).rglob("*")
        return sorted(
            path.relative_to(self._directory)
            for path in found
            if path.suffix in _SUFFIXES and path.is_file()
        )

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self._diagnostics.append(
            Diagnostic(mark.location.file, mark.location.line, message, fix)
        )

    # -- copying, with references rewritten ------------------------------------------------------------------

    def _copy(
        self, value: Any, mark: Mark, source: SourceFile, *, names: bool = False
    ) -> tuple[Any, Mark]:
        if is_sequence(value):
            items: list[Any] = []
            marks = Mark(mark.location)
            for index, item in enumerate(value):
                copied, marks.children[str(index)] = self._copy(
                    item, mark.child(index), source
                )
                items.append(copied)
            return items, marks
        if not is_mapping(value):
            return value, mark
        if not names and reference_of(value) is not None:
            return self._reference(value, mark, source)
        return self._object(value, mark, source, names=names)

    def _object(
        self, value: dict[str, Any], mark: Mark, source: SourceFile, *, names: bool
    ) -> tuple[dict[str, Any], Mark]:
        entries: dict[str, Any] = {}
        marks = Mark(mark.location)
        for key, item in value.items():
            place = mark.child(key)
            if not names and is_opaque(key, item):
                entries[key], marks.children[key] = copy.deepcopy(item), place
            elif not names and key == "discriminator":
                entries[key] = self._discriminator(item, place, source)
                marks.children[key] = place
            else:
                inner = not names and key in NAME_MAPS and is_mapping(item)
                entries[key], marks.children[key] = self._copy(
                    item, place, source, names=inner
                )
        return entries, marks

    def _discriminator(self, value: Any, mark: Mark, source: SourceFile) -> Any:
        copied = copy.deepcopy(value)
        mapped = mapping(mapping(copied).get("mapping"))
        for name, text in mapped.items():
            if isinstance(text, str) and is_reference(text):
                place = mark.child("mapping").child(name)
                target = self._target(text, place, source)
                if target is not None and target.source is not None:
                    self._report(
                        place,
                        f"the mapping {text!r} is not a schema of the bundle",
                        "move it to schemas/",
                    )
                elif target is not None:
                    mapped[name] = self._promise(target.pointer, place)
        return copied

    def _reference(
        self, value: dict[str, Any], mark: Mark, source: SourceFile
    ) -> tuple[Any, Mark]:
        place = mark.child("$ref")
        target = self._target(str(value["$ref"]), place, source)
        if target is None:
            return value, mark
        if target.source is None or target.mark is None:
            rest, marks = self._object(
                {k: v for k, v in value.items() if k != "$ref"},
                mark,
                source,
                names=False,
            )
            marks.children["$ref"] = place
            reference = {"$ref": self._promise(target.pointer, place)}
            return reference | rest, marks
        return self._copied_in(value, place, target, target.source, target.mark)

    def _copied_in(
        self,
        value: dict[str, Any],
        place: Mark,
        target: _Target,
        source: SourceFile,
        mark: Mark,
    ) -> tuple[Any, Mark]:
        key = (source.name, target.pointer)
        if key in self._open:
            self._report(
                place,
                f"{value['$ref']!r} contains itself",
                "move what repeats to a file in schemas/",
            )
            return value, place
        if extra := sorted(value.keys() - {"$ref", "summary", "description"}):
            names = ", ".join(f"`{name}`" for name in extra)
            self._report(
                place,
                f"{names} beside this `$ref` would be lost",
                "write it in the file it refers to",
            )
        self._copied.add(key)
        self._open.append(key)
        copied, marks = self._copy(target.value, mark, source)
        self._open.pop()
        if is_mapping(copied):
            copied.update(
                (name, text)
                for name, text in value.items()
                if name in ("summary", "description")
            )
        return copied, marks

    def _promise(self, pointer: Pointer, mark: Mark) -> str:
        """Return a reference inside the bundle; that it leads somewhere is checked when the bundle is whole."""
        self._pending.append((pointer, mark))
        return format_pointer(pointer)

    # -- references ------------------------------------------------------------------------------------------

    def _target(self, reference: str, mark: Mark, source: SourceFile) -> _Target | None:
        if _HAS_SCHEME.match(reference):
            self._report(
                mark,
                f"{reference!r} leads out of the document",
                "copy what it means into the spec directory",
            )
            return None
        where, _, fragment = reference.partition("#")
        if fragment and not fragment.startswith("/"):
            self._report(
                mark,
                f"{reference!r} has no JSON pointer after the `#`",
                "write it as `#/key`",
            )
            return None
        file = self._file_of(unquote(where), mark, source) if where else source
        if file is None:
            return None
        tokens = parse_pointer(fragment)
        if file is self._root:
            return _Target(tokens)
        value, place = file.value, file.mark
        for token in tokens:
            value, place = child(value, token), place.child(token)
        if value is None:
            self._report(
                mark,
                f"{reference!r} leads nowhere",
                self._advice(reference, tokens, file, source),
            )
            return None
        if not self._is_schema_file(file):
            return _Target(tokens, file, value, place)
        if not tokens:
            self._report(
                mark, f"{reference!r} names no schema", "add `#/` and the schema's key"
            )
            return None
        return _Target((*_SCHEMAS, *tokens))

    def _file_of(self, where: str, mark: Mark, source: SourceFile) -> SourceFile | None:
        inside = Path(source.name).parent.relative_to(self._directory)
        relative = Path(os.path.normpath(inside / where))
        path = self._directory / relative
        if (
            relative.is_absolute()
            or ".." in relative.parts
            or not is_inside(self._directory, path)
        ):
            self._report(mark, f"{where!r} is outside of the spec directory", WAY_OUT)
            return None
        if not is_file(path):
            siblings = sorted(
                other.relative_to(self._directory) for other in path.parent.glob("*")
            )
            near = self._close(
                where,
                (Path(os.path.relpath(other, inside)).as_posix() for other in siblings),
            )
            self._report(
                mark,
                f"there is no file {where!r}",
                near or "correct the path, which begins at this file",
            )
            return None
        return self._read(relative)

    def _is_schema_file(self, file: SourceFile) -> bool:
        return Path(file.name).relative_to(self._directory).parts[0] == "schemas"

    def _advice(
        self, reference: str, tokens: Pointer, file: SourceFile, source: SourceFile
    ) -> str:
        if reference.startswith("#/components/"):
            up = "../" * (len(Path(source.name).relative_to(self._directory).parts) - 1)
            name = "openapi.yaml" if self._root is None else Path(self._root.name).name
            return f"write `{up}{name}{reference}`; a `#` alone means this file"
        missing = str(tokens[0]) if tokens else ""
        near = self._close(missing, mapping(file.value)) if len(tokens) == 1 else ""
        return near or f"add the key to {file.name}, or correct the reference"

    @staticmethod
    def _close(name: str, known: Iterable[str]) -> str:
        return meant(name, known, "")

    # -- the whole -------------------------------------------------------------------------------------------

    def _inline_path_items(self, data: dict[str, Any], marks: Mark) -> None:
        """Write out a path item that refers to `components.pathItems`; few tools follow that."""
        bundle = Document(data, marks)
        for kind in ("paths", "webhooks"):
            for name, item in mapping(data.get(kind)).items():
                if reference_of(item) is not None:
                    found = bundle.follow((kind, name))
                    if is_mapping(found.value):
                        data[kind][name] = copy.deepcopy(found.value)

    def _add_schemas(self, data: dict[str, Any], marks: Mark) -> None:
        root_schemas = mapping(mapping(data.get("components")).get("schemas"))
        root_marks = marks.child("components").child("schemas")
        found = {
            key: (value, root_marks.child(key)) for key, value in root_schemas.items()
        }
        for relative in self._directory_files("schemas"):
            file = self._read(relative)
            if file is None:
                continue
            if not is_mapping(file.value):
                self._report(
                    file.mark,
                    "a file of schemas must be a mapping",
                    "write `name: schema` entries",
                )
                continue
            values, places = self._object(file.value, file.mark, file, names=True)
            for key, value in values.items():
                if key in found:
                    other = found[key][1].location
                    self._report(
                        places.child(key),
                        f"the schema {key!r} is already in {other}",
                        "remove one of them",
                    )
                else:
                    found[key] = (value, places.child(key))
        if not found:
            return
        components = data["components"] = mapping(data.get("components"))
        if "components" not in marks.children:
            marks.children["components"] = Mark(marks.location)
        place = marks.child("components")
        ordered = sorted(found.items())
        components["schemas"] = {key: value for key, (value, _) in ordered}
        location = place.child("schemas").location
        place.children["schemas"] = Mark(
            location, {key: mark for key, (_, mark) in ordered}
        )

    def _check_references(self, data: dict[str, Any]) -> None:
        broken = any(file is None for file in self._files.values())
        for pointer, mark in self._pending:
            value: Any = data
            for token in pointer:
                value = child(value, token)
            # Where a file is broken, its own diagnostic is the one to show, not every reference to it.
            if value is None and not (broken and pointer[:2] == _SCHEMAS):
                names = (
                    mapping(mapping(data.get("components")).get(str(pointer[1])))
                    if len(pointer) == 3
                    else {}
                )
                advice = (
                    self._close(str(pointer[-1]), names)
                    or "add what it refers to, or correct the reference"
                )
                self._report(mark, f"'{format_pointer(pointer)}' leads nowhere", advice)

    def _check_path_files(self) -> None:
        """Report a path that stands in a file and not in the root document: it would be lost in silence."""
        for relative in self._directory_files("paths"):
            file = self._read(relative)
            for key in mapping(file.value) if file is not None else ():
                if (
                    file is not None
                    and key.startswith("/")
                    and (file.name, (key,)) not in self._copied
                ):
                    self._report(
                        file.mark.child(key),
                        f"the path {key!r} is not part of the document",
                        f"add it under `paths` as `$ref: {relative.as_posix()}{format_pointer((key,))}`",
                    )
