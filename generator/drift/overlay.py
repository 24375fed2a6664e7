"""Write the corrections of findings as one OpenAPI Overlay, as YAML for people."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from ..document import Document, Pointer
from . import patch, placeholders
from .document_difference import difference
from .finding import Edit, Finding, Move, Rename
from .moves import Action, move_actions, rename_actions

#: Text to YAML 1.1, which PyYAML writes, that may be a number to YAML 1.2, which is read.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0o[0-7]+")
_OF_EXAMPLES = "The examples follow the schemas, with values that say nothing."


class Heading(NamedTuple):
    """Texts for the `info` of an overlay.

    Attributes:
        title: The title.
        description: Where it comes from.
    """

    title: str
    description: str


def overlay_of(
    document: Document, findings: Sequence[Finding], heading: Heading
) -> str:
    """Return the overlay that corrects a document, or no text if nothing is to be corrected.

    Args:
        document: The bundled document.
        findings: The findings whose edits are made.
        heading: The texts that the overlay has about itself.

    Raises:
        CannotMoveError: An operation cannot be moved without changing another one.
    """
    actions = list(_actions(document, findings))
    if not actions:
        return ""
    info = {
        "title": heading.title,
        "version": "1.0.0",
        "description": heading.description,
    }
    return yaml_of({"overlay": "1.1.0", "info": info, "actions": actions})


def _actions(document: Document, findings: Sequence[Finding]) -> Iterator[Action]:
    """Yield what moves and renames first: then all other actions name the places where things are afterwards."""
    edits = _unique(findings)
    data = copy.deepcopy(document.data)
    for edit in patch.in_order(edits):
        if isinstance(edit, Rename | Move):
            actions = (
                rename_actions(edit)
                if isinstance(edit, Rename)
                else move_actions(data, edit)
            )
            yield from _described(
                actions, _joined(one for one in findings if edit in one.edits)
            )
            patch.make(data, edit)
    corrected = patch.edited(document.data, edits)
    placeholders.repair(corrected)
    for change in difference(data, corrected):
        text = _told(findings, _before(change.place, edits)) or _OF_EXAMPLES
        yield from _described([change.action], text)


def _unique(findings: Sequence[Finding]) -> list[Edit]:
    """Return each edit once: findings that need the same new schema have the same edit."""
    unique: list[Edit] = []
    for one in findings:
        unique += [edit for edit in one.edits if edit not in unique]
    return unique


def _described(actions: Sequence[Action], text: str) -> Iterator[Action]:
    for action in actions:
        # The target comes first, and then the description.
        yield {"target": action["target"], "description": text} | action


def _told(findings: Sequence[Finding], place: Pointer) -> str:
    """Return what was found of a place, or of something in it."""

    def is_told(one: Finding) -> bool:
        return any(edit.pointer[: len(place)] == place for edit in one.edits)

    return _joined(filter(is_told, findings))


def _joined(findings: Iterable[Finding]) -> str:
    return "; ".join(dict.fromkeys(f"{one.subject}: {one.text}" for one in findings))


def _before(place: Pointer, edits: Sequence[Edit]) -> Pointer:
    """Return where something was before it was moved or renamed."""
    for edit in reversed(patch.in_order(edits)):
        new: Pointer = ()
        if isinstance(edit, Move):
            new = edit.new_pointer
        elif isinstance(edit, Rename):
            new = (*edit.pointer[:-1], edit.key)
        if new and place[: len(new)] == new:
            place = (*edit.pointer, *place[len(new) :])
    return place


# -- YAML --------------------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Write lists one step further in, and the same value twice rather than an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(_: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if not text.isprintable():
        style = '"'
    elif _NUMBER.fullmatch(text):
        style = "'"
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def yaml_of(value: object) -> str:
    """Return a plain value as YAML that both YAML 1.1 and 1.2 read as that value."""
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110
    )
