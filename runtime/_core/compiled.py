# plexy-pay runtime, written by hand in runtime/_core/compiled.py; the generator copies it unchanged.
"""Compile functions when a model is first used, with one line of Python for each field.

Straight-line code makes reading a page fast. The source is kept where debuggers and tracebacks look for it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from .types import UNSET


class Source:
    """Hold the source of a function that is being compiled, and the values that the source names."""

    def __init__(self, signature: str, written_by: str) -> None:
        self._function = signature.partition("(")[0]
        self._lines = [
            f"# Compiled from the fields of the model: see {written_by}.",
            f"def {signature}:",
        ]
        self._names: dict[str, Any] = {"__name__": __name__, "UNSET": UNSET}

    def line(self, text: str, depth: int = 1) -> None:
        """Add a line to the body of the function."""
        self._lines.append("    " * depth + text)

    def bind(self, name: str, value: Any) -> str:
        """Bind a value to a name in the source. Return the name, with underscores appended if it was taken."""
        while self._names.setdefault(name, value) is not value:
            name += "_"
        return name

    def compiled(self, model: type[Any]) -> Callable[..., Any]:
        """Return the compiled function, with the module and qualified name of a method of the model."""
        text = "\n".join(self._lines) + "\n"
        file = f"<{self._function} of {model.__module__}.{model.__qualname__}>"
        lines = text.splitlines(keepends=True)
        # attrs does the same: linecache never checks the disk for a file without a modification time.
        linecache.cache[file] = (len(text), None, lines, file)
        exec(compile(text, file, "exec", dont_inherit=True), self._names)
        made: Callable[..., Any] = self._names[self._function]
        made.__qualname__ = f"{model.__qualname__}.{self._function}"
        made.__module__ = model.__module__
        return made
