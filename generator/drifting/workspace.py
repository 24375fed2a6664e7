"""A copy of the files of `spec/` in a temporary folder, and edits of it by places of the bundled document."""

from __future__ import annotations

import os.path
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import loading
from ..document import (
    Document,
    Mark,
    Pointer,
    format_pointer,
    is_mapping,
    is_sequence,
    mapping,
    parse_pointer,
    reference_of,
)
from ..yaml_files import read
from .finding import (
    OPERATION_ORDER,
    PARAMETER_ORDER,
    SCHEMA_ORDER,
    AddSchema,
    Append,
    Drop,
    Edit,
    Move,
    Put,
    Rename,
)
from .yaml_edit import CannotEditError, YamlFile

_SCHEMAS: Pointer = ("components", "schemas")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Workspace:
    """The files, and where in them each part of the bundled document stands."""

    def __init__(self, root: Path, document: Document, folder: Path) -> None:
        self._original = root.parent
        self._folder = folder
        self._name = root.name
        self.names = sorted(_files_of(document.marks, root.parent))
        for name in self.names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root.parent / name, folder / name)
        self._files: dict[str, YamlFile] = {}
        self._values: dict[str, Any] = {}

    @property
    def root(self) -> Path:
        """The root file of the copy."""
        return self._folder / self._name

    def load(self) -> Document:
        """The bundled document of the copy as it is now."""
        for name, file in self._files.items():
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_text(file.text, encoding="utf-8", newline="")
        self._values.clear()
        return loading.load(self.root)

    def texts(self) -> dict[str, str]:
        """The files that were edited, as they are now."""
        return {name: file.text for name, file in sorted(self._files.items())}

    def shown(self, name: str) -> str:
        """The name of a file of the copy as the original's."""
        path = Path(name)
        if path.is_relative_to(self._folder):
            return (self._original / path.relative_to(self._folder)).as_posix()
        return name

    # -- edits -----------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit) -> None:
        """Make one edit.

        Raises:
            CannotEditError: if the text there is written in a way that no program edits.
        """
        match edit:
            case Put():
                self._put(edit.pointer, edit.value, edit.order)
            case Append():
                self._append(edit)
            case Drop():
                self._drop(edit)
            case Rename():
                file, place = self._place(edit.pointer)
                self._file(file).rename(place, edit.key)
            case AddSchema():
                file = self._schema_file(edit.near)
                self._file(file).add_block(edit.key, self._here(edit.value, file))
                self._values.clear()
            case Move():
                self._move(edit)

    def set_item(self, pointer: Pointer, value: object) -> None:
        """Set an entry of a mapping or an item of a list."""
        file, place = self._place(pointer)
        if str(pointer[-1]).isdecimal() and isinstance(pointer[-1], int):
            self._file(file).replace_item(place, value)
        else:
            self._file(file).put(place, value)

    def _put(self, pointer: Pointer, value: object, order: tuple[str, ...]) -> None:
        file, place = self._place(pointer)
        text = self._file(file)
        while len(place) > 1 and not text.keys(place[:-1]):
            value, place, order = {str(place[-1]): value}, place[:-1], _order_of(place[:-1])
        text.put(place, self._here(value, file), order)

    def _append(self, edit: Append) -> None:
        file, place = self._place(edit.pointer)
        if self._file(file).has(place):
            self._file(file).append(place, self._here(edit.value, file))
        else:
            self._put(edit.pointer, [edit.value], edit.order)

    def _drop(self, edit: Drop) -> None:
        file, place = self._place(edit.pointer)
        text = self._file(file)
        if edit.item is None:
            text.drop(place)
            return
        values = text.items(place)
        if edit.item in values:
            text.drop((*place, values.index(edit.item)))

    def _move(self, edit: Move) -> None:
        file, place = self._place(("paths", edit.path))
        text, root = self._file(file), self._file(self._name)
        operations = [key for key in text.keys(place) if key in _METHODS]
        if edit.new_path == edit.path:
            text.rename((*place, edit.method), edit.new_method)
            return
        target = ("paths", edit.new_path)
        is_new = not root.has(target)
        if len(operations) == 1 and is_new:
            text.rename((*place, edit.method), edit.new_method)
            text.rename(place, edit.new_path)
            if file != self._name:
                root.rename(("paths", edit.path), edit.new_path)
                root.put((*target, "$ref"), f"{file}{format_pointer((edit.new_path,))}")
        else:
            self._move_one(edit, file, place, target, is_new=is_new, is_last=len(operations) == 1)
        self._values.clear()

    def _move_one(
        self, edit: Move, file: str, place: Pointer, target: Pointer, *, is_new: bool, is_last: bool
    ) -> None:
        """Move one operation of several to a path item of its own, or to one that is there."""
        text, root = self._file(file), self._file(self._name)
        shared = [key for key in text.keys(place) if key not in _METHODS]
        lines = text.lines_of((*place, edit.method))
        pad = len(lines[0]) - len(lines[0].lstrip())
        lines[0] = f"{' ' * pad}{edit.new_method}:{lines[0].partition(':')[2]}"
        new_place = (*place[:-1], edit.new_path)
        if not is_new:
            other, there = self._place(("paths", edit.new_path))
            if shared or other != file or any(key not in _METHODS for key in text.keys(there)):
                raise CannotEditError(
                    "the operation would move between paths that share parameters or servers"
                )
            text.take(place if is_last else (*place, edit.method))
            text.insert_lines((*there, text.keys(there)[-1]), lines)
            if is_last and file != self._name:
                root.take(("paths", edit.path))
            return
        head = [line for key in shared for line in text.lines_of((*place, key))]
        if any("&" in line for line in head):
            raise CannotEditError("what the path shares has an anchor")
        indent = " " * (pad - 2)
        text.take((*place, edit.method))
        block = [f"{indent}{edit.new_path}:", *head, *lines]
        text.insert_lines(place, ["", *block] if not indent else block)
        if not text.has(new_place):
            raise CannotEditError("the path cannot be written as a key")
        if file != self._name:
            paths = root.keys(("paths",))
            order = (*paths[: paths.index(edit.path) + 1], edit.new_path)
            root.put(target, {"$ref": f"{file}{format_pointer((edit.new_path,))}"}, order)

    # -- places ----------------------------------------------------------------------------------------------------

    def _place(self, pointer: Pointer) -> tuple[str, Pointer]:
        """The file that a part of the bundled document stands in, and its place there."""
        root = self._value(self._name)
        if pointer[:2] == _SCHEMAS and len(pointer) > 2:
            if str(pointer[2]) not in mapping(mapping(root.get("components")).get("schemas")):
                for name in self._schema_files():
                    if str(pointer[2]) in self._value(name):
                        return name, pointer[2:]
        elif len(pointer) > 1:
            target = reference_of(mapping(root.get(str(pointer[0]))).get(str(pointer[1])))
            if pointer[0] in ("paths", "webhooks") and target and not target.startswith("#"):
                file, _, fragment = target.partition("#")
                return os.path.normpath(file).replace(os.sep, "/"), (*parse_pointer(fragment), *pointer[2:])
        return self._name, pointer

    def _schema_file(self, near: Pointer) -> str:
        """The file for a new schema that belongs to a schema or an operation."""
        file, _ = self._place(near)
        if file.split("/")[0] == "schemas" or (file == self._name and near[:2] == _SCHEMAS):
            return file
        beside = f"schemas/{Path(file).name}"
        if beside in self.names:
            return beside
        raise CannotEditError(f"there is no file {beside} for a new schema")

    def _schema_files(self) -> Iterator[str]:
        return (name for name in self.names if name.startswith("schemas/"))

    def _value(self, name: str) -> dict[str, Any]:
        if name not in self._values:
            if name in self._files:
                (self._folder / name).write_text(self._files[name].text, encoding="utf-8", newline="")
            self._values[name] = mapping(read(self._folder / name, name).value)
        return mapping(self._values[name])

    def _file(self, name: str) -> YamlFile:
        if name not in self._files:
            # Bytes as they are: a line may end in any way, and must end so afterwards.
            text = (self._folder / name).read_bytes().decode("utf-8")
            if "\r" in text or text.startswith("\ufeff"):
                raise CannotEditError(
                    f"{name} has line ends of Windows or a byte-order mark; save it without"
                )
            self._files[name] = YamlFile(text)
        return self._files[name]

    def _here(self, value: object, file: str) -> object:
        """A value whose references are those of the bundle, with references as the file writes them."""
        if is_mapping(value):
            made = {key: self._here(inner, file) for key, inner in value.items()}
            reference = reference_of(value)
            if reference is not None and reference.startswith("#/"):
                made["$ref"] = self._reference(parse_pointer(reference), file)
            return made
        if is_sequence(value):
            return [self._here(inner, file) for inner in value]
        if isinstance(value, str) and value.startswith("#/components/"):
            return self._reference(parse_pointer(value), file)
        return value

    def _reference(self, pointer: tuple[str, ...], file: str) -> str:
        target, place = self._place(pointer)
        if target == file:
            return format_pointer(place)
        return os.path.relpath(target, os.path.dirname(file)).replace(os.sep, "/") + format_pointer(place)


def _order_of(place: Pointer) -> tuple[str, ...]:
    """The usual order of keys beside a place."""
    if place[-1] in ("requestBody", "responses") and place[-2] in _METHODS:
        return OPERATION_ORDER
    if len(place) > 1 and place[-2] == "parameters":
        return PARAMETER_ORDER
    return SCHEMA_ORDER


def _files_of(mark: Mark, folder: Path) -> set[str]:
    """The files that a document was read from, by their path in its folder."""
    found: set[str] = set()
    waiting = [mark]
    while waiting:
        one = waiting.pop()
        path = Path(one.location.file)
        if path.is_relative_to(folder):
            found.add(path.relative_to(folder).as_posix())
        waiting += one.children.values()
    return found
