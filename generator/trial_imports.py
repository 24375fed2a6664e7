"""A program that imports a package and prints what fails as JSON. It knows nothing of the generator.

`trial.py` runs it while the package is made, and then gives it one line, a JSON object: the directory of the package,
its name, and the modules that need what may not be installed.
"""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.util
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

#: Expressions hold no import, and are most of a tree.
_HOLD_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)
#: The directories where every import is at the top of its module, so that importing the module proves it.
_PLAIN = ("api", "models")
#: What a relative import within a block looks like, and little else.
_LATE_IMPORT = re.compile(rb"[^\n]\bfrom\s*\.")
#: What the package imports, if it is there.
_LIBRARIES = ("asyncio", "attrs", "httpx", "pydantic_core")
_EDIT = "correct the module; it must be possible to import it by itself"


class Trial:
    """One package on trial.

    Args:
        directory: Its directory.
        name: The name under which it is imported, with dots.
        optional: Modules that need a package which may not be installed, by their names in it. They are not imported.
    """

    def __init__(self, directory: Path, name: str, optional: list[str]) -> None:
        self.directory = directory
        self.name = name
        self.optional = {f"{name}.{module}" for module in optional}
        self.described = {f"{name}.models", f"{name}.params"}
        self.modules = {
            self._module(path): path for path in sorted(directory.rglob("*.py"))
        }
        self.found: list[dict[str, Any]] = []

    def run(self) -> None:
        """Try everything: modules, names that are loaded late, `preload`, and imports within functions."""
        self._adopt()
        for module, path in self.modules.items():
            if module in self.optional:
                self._attempt(
                    compile, path.read_bytes(), path, "exec", dont_inherit=True
                )
            else:
                self._attempt(importlib.import_module, module)
        if self.found:
            return
        for module in list(self.modules):
            self._offered(module)
        for module, path in self.modules.items():
            if path.relative_to(self.directory).parts[0] not in _PLAIN:
                self._imports_within(module, path)
        self._attempt(sys.modules[self.name].preload)

    def _module(self, path: Path) -> str:
        steps = path.relative_to(self.directory).with_suffix("").parts
        return ".".join((self.name, *steps)).removesuffix(".__init__")

    def _adopt(self) -> None:
        """Let the package be found under its name, wherever it lies."""
        above = self.name.split(".")[:-1]
        for depth in range(1, len(above) + 1):
            parent = ".".join(above[:depth])
            sys.modules[parent] = ModuleType(parent)
            sys.modules[parent].__path__ = []
        sys.meta_path.insert(0, _Finder(self.name, self.directory))

    def _attempt(
        self, action: Callable[..., object], *arguments: object, **options: object
    ) -> None:
        try:
            action(*arguments, **options)
        except (Exception, SystemExit) as error:
            self._note(error)

    def _is_own(self, file: str) -> bool:
        return Path(file).is_relative_to(self.directory)

    def _note(self, error: BaseException) -> None:
        """Record a failure at the innermost line of the package that had a part in it."""
        text = f"{type(error).__name__}: {error}"
        places = [
            (frame.filename, frame.lineno)
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if isinstance(error, SyntaxError):
            places.append((error.filename or "", error.lineno))
            text = f"{type(error).__name__}: {error.msg}"
        own = [(file, line) for file, line in places if self._is_own(file)]
        file, line = own[-1] if own else (str(self.directory / "__init__.py"), 1)
        self._add(Path(file), line or 1, text, _EDIT)

    def _add(self, path: Path, line: int, text: str, fix: str) -> None:
        file = path.relative_to(self.directory).as_posix()
        self.found.append({"file": file, "line": line, "text": text, "fix": fix})

    def _offered(self, name: str) -> None:
        """Ask a module for every name of its `__all__`: some are loaded when they are asked for."""
        module = sys.modules.get(name)
        for offered in getattr(module, "__all__", ()):
            try:
                getattr(module, offered)
            except AttributeError:
                self._not_there(name, offered)

    def _not_there(self, name: str, offered: str) -> None:
        lazy: dict[str, str] = getattr(sys.modules[name], "_MODULES", {})
        path = (
            self.modules[f"{name}.{lazy[offered]}"]
            if lazy.get(offered)
            else self.modules[name]
        )
        fix = f"define it, or take it out of what {name} offers"
        if name == self.name:
            fix += " (PUBLIC in generator/emit/package.py)"
        self._add(path, 1, f"`{name}` offers `{offered}`, and it is not here", fix)

    def _imports_within(self, name: str, path: Path) -> None:
        """Look for what each relative import names, also where it is within a function and runs later."""
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        written = path.read_bytes()
        # Imports that begin a line have run. What an optional module imports has not.
        if name not in self.optional and not _LATE_IMPORT.search(written):
            return
        for node in _relative_imports(ast.parse(written)):
            try:
                source = importlib.util.resolve_name(
                    "." * node.level + (node.module or ""), package
                )
            except ImportError as error:
                self._add(path, node.lineno, f"ImportError: {error}", "count the dots")
                continue
            for alias in node.names:
                if not self._has(source, alias.name):
                    text = f"ImportError: `{source}` has no `{alias.name}`"
                    self._add(
                        path, node.lineno, text, "import what there is, or define it"
                    )

    def _has(self, source: str, name: str) -> bool:
        """Whether a module of the package has a name; one that is not imported here is taken at its word."""
        if source in self.optional:
            return True
        if name == "*" or f"{source}.{name}" in self.modules:
            return True
        # A model that a description does not have belongs to a call that it does not have either.
        if source in self.described:
            return True
        return source in self.modules and hasattr(sys.modules[source], name)


class _Finder:
    """Finds one package in a directory that no search path has."""

    def __init__(self, name: str, directory: Path) -> None:
        self._name = name
        self._directory = directory

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        """The spec of the package; None for any other module."""
        if name != self._name:
            return None
        init = self._directory / "__init__.py"
        return importlib.util.spec_from_file_location(
            name, init, submodule_search_locations=[str(self._directory)]
        )


def _relative_imports(node: ast.AST) -> Iterator[ast.ImportFrom]:
    """Every relative import that can run: what only type checkers see is theirs to judge."""
    if isinstance(node, ast.ImportFrom) and node.level:
        yield node
    if (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    ):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _HOLD_STATEMENTS):
            yield from _relative_imports(child)


def _load_libraries() -> None:
    """Import the libraries while the package is made: they take a third of the time of the package itself."""
    for name in _LIBRARIES:
        # The package says where one is missed.
        with suppress(ImportError):
            importlib.import_module(name)


def main() -> None:
    """Try the package, and print what was found."""
    # What a module prints when it is imported must not get between.
    out = os.dup(1)
    os.dup2(2, 1)
    # Nothing is thrown away here before the end.
    gc.disable()
    _load_libraries()
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    trial = Trial(Path(order["directory"]), order["name"], order["optional"])
    trial.run()
    os.write(out, json.dumps(trial.found).encode())


if __name__ == "__main__":
    main()
