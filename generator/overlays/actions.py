"""Read the actions of an overlay, and report all that is wrong with its file."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from jsonpath import JSONPath

from ..diagnostics import Diagnostic, meant
from ..document import Mark, is_mapping, is_sequence
from ..yaml_files import SourceFile
from .queries import BAD_QUERY, compiled

_VERSION = re.compile(r"1\.([01])\.[0-9]+(?:-.+)?\Z")
_NEWEST = 1
_KEYS = ("overlay", "info", "extends", "actions")
_REQUIRED_INFO = ("title", "version")
#: The keys of `info` and of an action, by the minor version of the overlay.
_INFO_KEYS = (_REQUIRED_INFO, (*_REQUIRED_INFO, "description"))
_ACTION_KEYS = (
    ("target", "description", "update", "remove"),
    ("target", "description", "update", "copy", "remove"),
)
_ONE_OF = (
    "give it either `update:` or `remove: true`",
    "give it one of `update:`, `copy:` and `remove: true`",
)


class Action(NamedTuple):
    """One action of an overlay.

    Attributes:
        minor: The minor version of the overlay that it is written in: 0 or 1.
        mark: Where the action and its parts are written.
        query: The target, ready to be looked up.
        target: The target as it is written.
        update: The value to merge, unless there is a `copy` or a `remove`.
        source: The query of `copy`, if there is one.
        copied: The text of `copy`.
        remove: True to remove what the target selects.
    """

    minor: int
    mark: Mark
    query: JSONPath
    target: str
    update: Any
    source: JSONPath | None
    copied: str
    remove: bool


class Reader:
    """Read the actions of one overlay, and report all that is wrong with it at once."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._minor = _NEWEST
        self.diagnostics: list[Diagnostic] = []

    def actions(self) -> list[Action]:
        """Return the actions that are sound; what is wrong is in `diagnostics`."""
        root, mark = self._file.value, self._file.mark
        if not is_mapping(root) or "overlay" not in root:
            self._report(
                mark, "the file is not an overlay", "begin it with `overlay: 1.1.0`"
            )
            return []
        self._read_version(root["overlay"], mark.child("overlay"))
        self._check_keys(root, mark, (_KEYS, _KEYS), "the overlay")
        self._check_info(root.get("info"), mark.child("info"))
        if not isinstance(root.get("extends", ""), str):
            self._report(
                mark.child("extends"),
                "`extends` is not text",
                "write an address, or remove it",
            )
        actions, place = root.get("actions"), mark.child("actions")
        if not is_sequence(actions) or not actions:
            self._report(
                place,
                "the overlay has no actions",
                "list at least one under `actions:`",
            )
            return []
        read_actions = (
            self._action(action, place.child(index))
            for index, action in enumerate(actions)
        )
        return [action for action in read_actions if action is not None]

    def _read_version(self, version: object, mark: Mark) -> None:
        found = _VERSION.match(version) if isinstance(version, str) else None
        if found is None:
            message = f"overlay version {version!r} is not supported"
            self._report(
                mark, message, "write `overlay: 1.1.0`; 1.0 and 1.1 are supported"
            )
        else:
            self._minor = int(found[1])

    def _check_info(self, info: object, mark: Mark) -> None:
        if not is_mapping(info):
            self._report(
                mark,
                "the overlay has no `info`",
                "write `info:` with `title:` and `version:`",
            )
            return
        self._check_keys(info, mark, _INFO_KEYS, "`info`")
        for key in _REQUIRED_INFO:
            if not isinstance(info.get(key), str):
                message = f"`info` has no `{key}` that is text"
                self._report(
                    mark.child(key),
                    message,
                    f"write `{key}:`, in quotes if it looks like a number",
                )
        if self._minor:
            self._check_description(info, mark)

    def _check_description(self, holder: dict[str, Any], mark: Mark) -> None:
        if not isinstance(holder.get("description", ""), str):
            self._report(
                mark.child("description"),
                "`description` is not text",
                "write text, or remove it",
            )

    def _action(self, action: object, mark: Mark) -> Action | None:
        if not is_mapping(action):
            fix = "write `target:` with `update:` or `remove: true`"
            self._report(mark, "an action is not a mapping", fix)
            return None
        self._check_keys(action, mark, _ACTION_KEYS, "the action")
        self._check_description(action, mark)
        self._check_modifiers(action, mark)
        target = action.get("target")
        if not isinstance(target, str):
            fix = "write a JSONPath such as `$.info`"
            self._report(mark.child("target"), "the action has no `target`", fix)
            return None
        query = self._query(target, mark.child("target"), "target")
        source, copied = None, action.get("copy")
        if isinstance(copied, str):
            source = self._query(copied, mark.child("copy"), "copy")
        if query is None:
            return None
        remove = action.get("remove") is True
        return Action(
            self._minor,
            mark,
            query,
            target,
            action.get("update"),
            source,
            str(copied),
            remove,
        )

    def _check_modifiers(self, action: dict[str, Any], mark: Mark) -> None:
        """Report an action that does two things: Overlay leaves open what becomes of an `update` beside a `copy`."""
        remove = action.get("remove", False)
        if not isinstance(remove, bool):
            self._report(
                mark.child("remove"),
                "`remove` is not true or false",
                "write `remove: true`",
            )
            return
        if "copy" in action and not isinstance(action["copy"], str):
            fix = "write one such as `$.paths['/v1/payouts'].get`"
            self._report(mark.child("copy"), "`copy` is not a JSONPath", fix)
        given: list[str] = [key for key in ("update", "copy") if key in action]
        if remove:
            given.append("remove")
        if not given:
            self._report(mark, "the action does nothing", _ONE_OF[self._minor])
        elif len(given) > 1:
            message = f"the action has both `{given[0]}` and `{given[1]}`"
            self._report(mark, message, _ONE_OF[self._minor])

    def _query(self, text: str, mark: Mark, key: str) -> JSONPath | None:
        if not text.startswith("$"):
            message = (
                f"the {key} {text!r} is not a JSONPath: it does not begin with `$`"
            )
            self._report(
                mark, message, "write one such as `$.paths['/v1/payouts'].get`"
            )
            return None
        try:
            return compiled(text)
        except BAD_QUERY as error:
            message = f"the {key} {text!r} is not a JSONPath: {error.args[0]}"
            fix = (
                "correct it (RFC 9535); names with signs are written `['/v1/payouts']`"
            )
            self._report(mark, message, fix)
            return None

    def _check_keys(
        self,
        value: dict[str, Any],
        mark: Mark,
        known: tuple[tuple[str, ...], ...],
        what: str,
    ) -> None:
        now, newest = known[self._minor], known[_NEWEST]
        for key in value:
            if key in now or key.startswith("x-"):
                continue
            if key in newest:
                fix = f"write `overlay: 1.1.0` at the top; Overlay 1.0 has no `{key}` there"
            else:
                fix = meant(key, now, f"use {', '.join(now)}, or a key with `x-`")
            self._report(mark.child(key), f"{what} has the unknown key {key!r}", fix)

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self.diagnostics.append(
            Diagnostic(mark.location.file, mark.location.line, message, fix)
        )
