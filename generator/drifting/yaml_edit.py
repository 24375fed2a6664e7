"""Edits the text of a YAML file at the places of its values; every other byte stays as it is.

A round trip through a YAML library would lose or move comments and change quotes. So PyYAML only says where things
stand, and lines are put in, taken out or replaced there.
"""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from ..document import Pointer, is_mapping, is_sequence
from . import yaml_text


class CannotEditError(Exception):
    """The text at a place is written in a way that is not edited by a program; the message says which."""


class YamlFile:
    """The text of one file, and edits of it by JSON pointers into what it says."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._root: yaml.Node | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self._lines)

    # -- looking -------------------------------------------------------------------------------------------------

    def has(self, pointer: Pointer) -> bool:
        """Whether there is something at a place."""
        return self._find(pointer) is not None

    def keys(self, pointer: Pointer) -> list[str]:
        """The keys of the mapping at a place; none if it is no mapping."""
        node = self._find(pointer)
        if not isinstance(node, yaml.MappingNode):
            return []
        return [str(key.value) for key, _ in _pairs(node)]

    def items(self, pointer: Pointer) -> list[str]:
        """The items of the list at a place, as far as they are single values."""
        node = self._find(pointer)
        if not isinstance(node, yaml.SequenceNode):
            return []
        return [str(one.value) if isinstance(one, yaml.ScalarNode) else "" for one in node.value]

    # -- editing -------------------------------------------------------------------------------------------------

    def put(self, pointer: Pointer, value: object, order: Sequence[str] = ()) -> None:
        """Set an entry of a mapping.

        Args:
            pointer: Where; what holds it must be there.
            value: What to write.
            order: The usual order of the keys beside it. A new entry goes behind the last of those before it.
        """
        key = str(pointer[-1])
        holder = self._block_mapping(pointer[:-1])
        pairs = _pairs(holder)
        indent = _column(pairs[0][0])
        for there, node in pairs:
            if there.value == key:
                self._replace(pointer, node, key, value, indent)
                return
        names = [str(there.value) for there, _ in pairs]
        before = order[: order.index(key)] if key in order else order
        behind = [name for name in names if name in before] if key in order else names[-1:]
        if behind:
            at = self._span((*pointer[:-1], behind[-1]))[1] + 1
        elif key in order and self._starts_line(pairs[0][0]):
            at = self._span((*pointer[:-1], names[0]))[0]
        else:
            at = self._span((*pointer[:-1], names[-1]))[1] + 1
        self._splice(at, at, yaml_text.entry(key, value, indent))

    def append(self, pointer: Pointer, value: object) -> None:
        """Add an item to the list at a place."""
        node = self._find(pointer)
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise CannotEditError("there is no list with items")
        end = node.end_mark
        if node.flow_style:
            if is_mapping(value) or is_sequence(value):
                raise CannotEditError("the list is written in one line")
            line = self._lines[end.line]
            text = f"{line[: end.column - 1]}, {yaml_text.scalar(value)}{line[end.column - 1 :]}"
            self._splice(end.line, end.line + 1, [text])
            return
        at = _last_line(node, self._lines) + 1
        self._splice(at, at, yaml_text.item(value, node.start_mark.column))

    def replace_item(self, pointer: Pointer, value: object) -> None:
        """Set an item of a list."""
        node, holder = self._find(pointer), self._find(pointer[:-1])
        if node is None or holder is None:
            raise CannotEditError("there is no such item")
        if self._replace_in_line(node, value):
            return
        if isinstance(holder, yaml.SequenceNode) and holder.flow_style:
            raise CannotEditError("the list is written in one line")
        first, last = self._span(pointer)
        self._splice(first, last + 1, yaml_text.item(value, holder.start_mark.column))

    def drop(self, pointer: Pointer) -> None:
        """Remove an entry or an item, and what held it if nothing else is left there."""
        holder = self._find(pointer[:-1])
        if (
            isinstance(holder, (yaml.MappingNode, yaml.SequenceNode))
            and len(holder.value) == 1
            and len(pointer) > 1
        ):
            self.drop(pointer[:-1])
            return
        if holder is None or getattr(holder, "flow_style", False):
            raise CannotEditError("what holds it is written in one line")
        first, last = self._span(pointer)
        self._splice(first, last + 1, [])

    def rename(self, pointer: Pointer, key: str) -> None:
        """Give an entry of a mapping another key."""
        for there, _ in _pairs(self._block_mapping(pointer[:-1])):
            if there.value == str(pointer[-1]):
                self._replace_in_line(there, key)
                return
        raise CannotEditError("there is no such entry")

    def take(self, pointer: Pointer) -> list[str]:
        """Remove an entry, and give its lines."""
        first, last = self._span(pointer)
        lines = self._lines[first : last + 1]
        self.drop(pointer)
        return lines

    def lines_of(self, pointer: Pointer) -> list[str]:
        """The lines of an entry."""
        first, last = self._span(pointer)
        return self._lines[first : last + 1]

    def insert_lines(self, behind: Pointer, lines: Sequence[str]) -> None:
        """Put lines behind an entry."""
        at = self._span(behind)[1] + 1
        self._splice(at, at, list(lines))

    def add_block(self, key: str, value: object) -> None:
        """Add an entry to the file's own mapping, behind all others, with an empty line before it."""
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        self._lines += ["", *yaml_text.entry(key, value, 0), ""]
        self._root = None

    # -- inside --------------------------------------------------------------------------------------------------

    def _find(self, pointer: Pointer) -> yaml.Node | None:
        if self._root is None:
            self._root = yaml.compose(self.text, Loader=yaml.CLoader)
        node: yaml.Node | None = self._root
        for token in pointer:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in _pairs(node) if key.value == str(token)), None)
            elif isinstance(node, yaml.SequenceNode) and str(token).isdecimal():
                items: list[yaml.Node] = node.value
                node = items[int(token)] if int(token) < len(items) else None
            else:
                return None
        return node

    def _block_mapping(self, pointer: Pointer) -> yaml.MappingNode:
        node = self._find(pointer)
        if not isinstance(node, yaml.MappingNode) or not node.value or node.flow_style:
            raise CannotEditError("it is not a mapping with a line for each entry")
        return node

    def _span(self, pointer: Pointer) -> tuple[int, int]:
        """The first and the last line of an entry or item, from 0."""
        node, holder = self._find(pointer), self._find(pointer[:-1])
        if node is None:
            raise CannotEditError("there is no such entry")
        start = node.start_mark.line
        if isinstance(holder, yaml.MappingNode):
            start = next(key for key, _ in _pairs(holder) if key.value == str(pointer[-1])).start_mark.line
        return start, _last_line(node, self._lines)

    def _replace(self, pointer: Pointer, node: yaml.Node, key: str, value: object, indent: int) -> None:
        if self._replace_in_line(node, value):
            return
        first, last = self._span(pointer)
        lines = yaml_text.entry(key, value, indent)
        lead = self._lines[first][:indent]
        if lead.strip():  # the first entry of an item: its dash stays
            lines[0] = lead + lines[0][indent:]
        self._splice(first, last + 1, lines)

    def _replace_in_line(self, node: yaml.Node, value: object) -> bool:
        """Replace a value inside its line, with what follows there; False if either needs more lines."""
        start, end = node.start_mark, node.end_mark
        style: object = getattr(node, "style", None)
        is_plain = isinstance(node, yaml.ScalarNode) and style not in ("|", ">") and start.line == end.line
        if (
            not is_plain
            or is_mapping(value)
            or is_sequence(value)
            or (isinstance(value, str) and "\n" in value)
        ):
            return False
        line = self._lines[start.line]
        text = yaml_text.scalar(value)
        if style == '"' and isinstance(value, str) and not text.startswith('"'):
            text = f'"{text}"'
        self._splice(start.line, start.line + 1, [line[: start.column] + text + line[end.column :]])
        return True

    def _starts_line(self, node: yaml.Node) -> bool:
        return not self._lines[node.start_mark.line][: node.start_mark.column].strip()

    def _splice(self, first: int, end: int, lines: list[str]) -> None:
        self._lines[first:end] = lines
        self._root = None


def _pairs(node: yaml.MappingNode) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    pairs: list[tuple[yaml.ScalarNode, yaml.Node]] = node.value
    return pairs


def _column(node: yaml.Node) -> int:
    return int(node.start_mark.column)


def _last_line(node: yaml.Node, lines: list[str]) -> int:
    """The last line of a value, from 0; comments and empty lines behind it do not belong to it."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_line(_pairs(node)[-1][1], lines)
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        items: list[yaml.Node] = node.value
        return _last_line(items[-1], lines)
    line, column = int(node.end_mark.line), int(node.end_mark.column)
    if line > node.start_mark.line and (column == 0 or line >= len(lines)):
        line -= 1
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        while line > node.start_mark.line and not lines[line].strip():
            line -= 1
    return line
