"""Name what the calls of examples give."""

from __future__ import annotations

import builtins

from ..identifiers import pascal, snake
from ..model.api import Operation
from ..model.types import ModelRef

#: Words that a class adds to the name of what it holds.
_ADDED = ("response", "info")
#: Names that an example has for something else.
_TAKEN = frozenset({*dir(builtins), "client", "date", "datetime"})
_OTHERWISE = "result"


def result_name(node: Operation) -> str:
    """Return the name of what a call gives; nothing where it gives nothing."""
    if node.result is None:
        return ""
    if not isinstance(node.result, ModelRef):
        return _OTHERWISE
    return _name(node, node.result.model.name)


def item_name(node: Operation) -> str:
    """Return the name of an item of the list that a call gives."""
    return _name(node, node.pagination.item.name if node.pagination else "")


def _name(node: Operation, class_name: str) -> str:
    """Return the resource's singular if the class is one of it, else a name made of that of the class."""
    *above, last = node.resource.split(".")
    own = _singular(last)
    words = _words(class_name, above)
    # A class that is called like the method says no more than that.
    is_own = words[-1] == own.split("_")[-1] or "_".join(words) == node.method
    name = own if is_own else "_".join(words)
    return _OTHERWISE if name in _TAKEN or not name.isidentifier() else name


def _words(class_name: str, above: list[str]) -> list[str]:
    """Return the words of the name of a class, those left out that say where it belongs."""
    for name in above:
        class_name = class_name.removeprefix(pascal(name)) or class_name
    words = snake(class_name).split("_")
    while len(words) > 1 and words[-1] in _ADDED:
        words.pop()
    return words


def _singular(word: str) -> str:
    """Return the singular of an English word, or the word where it does not look like a plural."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
