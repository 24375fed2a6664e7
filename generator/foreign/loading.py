"""Loads any OpenAPI document, of one file or of several, as one tree.

Another file that a reference leads to becomes a part of the document under `x-files`, as it stands, and the reference
then leads there. So every reference stays inside, whatever it points at, and each value keeps its place in its file.
"""

from __future__ import annotations

import difflib
import os.path
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ..containing import WAY_OUT, is_file, is_inside
from ..document import (
    NAME_MAPS,
    Document,
    Mark,
    Pointer,
    format_pointer,
    is_mapping,
    is_opaque,
    is_reference,
    is_sequence,
    mapping,
)
from ..problems import Problem, SpecError
from ..yaml_files import SourceFile, read

FILES = "x-files"

_HAS_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")
#: What an object of OpenAPI or JSON Schema says; a file whose root says nothing of it is a map of names.
_KEYWORDS = frozenset(
    {
        *("$ref", "type", "properties", "items", "allOf", "anyOf", "oneOf", "enum", "const", "openapi", "in"),
        *(
            "get",
            "put",
            "post",
            "delete",
            "patch",
            "parameters",
            "responses",
            "content",
            "schema",
            "components",
        ),
    }
)


def load(root: Path) -> Document:
    """Load a document with all files that it refers to.

    Args:
        root: The file that begins with `openapi`, or a folder with `openapi.yaml`, `.yml` or `.json`.

    Raises:
        SpecError: A file is broken or missing, or a reference leads to an address or out of the document's folder:
            whatever is read becomes a part of the package.
    """
    if root.is_dir():
        names = ("openapi.yaml", "openapi.yml", "openapi.json")
        root = next((root / name for name in names if (root / name).is_file()), root / names[0])
    return _Loader(root).load()


class _Loader:
    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.normpath(root))
        self._problems: list[Problem] = []
        self._files: dict[Path, SourceFile] = {}
        self._waiting: list[Path] = []
        self._anchors: dict[Path, dict[str, Pointer]] = {}

    def load(self) -> Document:
        root = self._file(self._root)
        if root is None:
            raise SpecError(self._problems)
        if not is_mapping(root.value) or "openapi" not in root.value:
            message, fix = "the file is not an OpenAPI document", "give the file that begins with `openapi:`"
            if "swagger" in mapping(root.value):
                message = "the file is a Swagger 2.0 document, not OpenAPI 3"
                fix = "convert it to OpenAPI 3.0 first, for example with `npx swagger2openapi`"
            self._report(root.mark, message, fix)
            raise SpecError(self._problems)
        while self._waiting:
            path = self._waiting.pop(0)
            file = self._files[path]
            whole = path == self._root or bool(_KEYWORDS & mapping(file.value).keys())
            self._rewrite(file.value, file.mark, path, names=not whole)
        if self._problems:
            raise SpecError(self._problems)
        marks = Mark(root.mark.location, dict(root.mark.children))
        others = {self._key(path): file for path, file in self._files.items() if path != self._root}
        data = dict(root.value)
        data.pop(FILES, None)
        if others:
            data[FILES] = {key: file.value for key, file in others.items()}
            marks.children[FILES] = Mark(root.mark.location, {key: file.mark for key, file in others.items()})
        return Document(data, marks)

    def _file(self, path: Path) -> SourceFile | None:
        if path not in self._files:
            try:
                self._files[path] = read(path, path.as_posix(), merge=True)
            except SpecError as error:
                self._problems += error.problems
                return None
            self._waiting.append(path)
        return self._files[path]

    def _key(self, path: Path) -> str:
        return Path(os.path.relpath(path, self._root.parent)).as_posix()

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self._problems.append(Problem(mark.location.file, mark.location.line, message, fix))

    def _rewrite(self, value: Any, mark: Mark, path: Path, *, names: bool) -> None:
        """Turn every reference under a value, in place, into one that leads to a place of the whole document."""
        if is_sequence(value):
            for index, item in enumerate(value):
                self._rewrite(item, mark.child(index), path, names=False)
        elif is_mapping(value):
            if not names:
                self._rewrite_own(value, mark, path)
            for key, item in value.items():
                if names or not is_opaque(key, item):
                    inner = not names and key in NAME_MAPS and is_mapping(item)
                    self._rewrite(item, mark.child(key), path, names=inner)

    def _rewrite_own(self, value: dict[str, Any], mark: Mark, path: Path) -> None:
        if isinstance(value.get("$dynamicRef"), str) and "$ref" not in value:
            # Without schemas that extend others at run time, it leads to the anchor of its own file.
            value["$ref"] = value.pop("$dynamicRef")
            mark.children["$ref"] = mark.child("$dynamicRef")
        if isinstance(value.get("$ref"), str):
            value["$ref"] = self._inside(value["$ref"], mark.child("$ref"), path)
        targets = mapping(mapping(value.get("discriminator")).get("mapping"))
        for name, target in targets.items():
            if isinstance(target, str) and is_reference(target):
                place = mark.child("discriminator").child("mapping").child(name)
                targets[name] = self._inside(target, place, path)

    def _inside(self, reference: str, mark: Mark, path: Path) -> str:
        where, _, fragment = reference.partition("#")
        if _HAS_SCHEME.match(where):
            self._report(
                mark,
                f"{reference!r} is an address, and nothing is downloaded",
                "save what it means below the document's folder, and refer to that file by its path",
            )
            return reference
        target = path
        if where:
            written = Path(unquote(where))
            target = Path(os.path.normpath(path.parent / written))
            if written.is_absolute() or not is_inside(self._root.parent, target):
                folder = self._root.parent.as_posix()
                self._report(mark, f"{where!r} is not below {folder}, and no other file is read", WAY_OUT)
                return reference
            if not is_file(target):
                near = difflib.get_close_matches(target.name, [p.name for p in target.parent.glob("*")], 1)
                fix = f"did you mean {near[0]!r}?" if near else "correct the path, which begins at this file"
                self._report(mark, f"there is no file {where!r}", fix)
                return reference
            if self._file(target) is None:
                return reference
        if fragment and not fragment.startswith("/"):
            anchored = self._anchor(target, unquote(fragment))
            if anchored is None:
                self._report(mark, f"{reference!r} names no anchor of the file", "write it as `#/pointer`")
                return reference
            fragment = quote(format_pointer(anchored)[1:], safe="/~")
        if target == self._root:
            return f"#{fragment}"
        key = self._key(target).replace("~", "~0").replace("/", "~1")
        return f"#/{FILES}/{quote(key, safe='~')}{fragment}"

    def _anchor(self, path: Path, name: str) -> Pointer | None:
        if path not in self._anchors:
            found: dict[str, Pointer] = {}
            _collect_anchors(self._files[path].value, (), found)
            self._anchors[path] = found
        return self._anchors[path].get(name)


def _collect_anchors(value: Any, at: Pointer, found: dict[str, Pointer]) -> None:
    for key, item in value.items() if is_mapping(value) else enumerate(value) if is_sequence(value) else ():
        if key in ("$anchor", "$dynamicAnchor") and isinstance(item, str):
            found.setdefault(item, at)
        _collect_anchors(item, (*at, key), found)
