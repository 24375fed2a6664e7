"""The fenced blocks of README.md, docs/ and the sandbox's README.md, as programs.

A block that starts with ```python is a whole program. One that starts with ```python continues goes on where the
block before it on the page stopped. One that starts with ```python file=NAME is a program that must be a file, because
other processes import it. With the word `untyped` it uses a library that has no types. One that starts with
```python sample=PATH is a file of the project that vendors the package, and runs there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "sandbox/README.md",
]


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: The file.
        line: The line of the opening fence.
        words: What follows the fence: the language, and "continues".
        text: What stands between the fences.
    """

    page: Path
    line: int
    words: tuple[str, ...]
    text: str

    @property
    def file(self) -> str | None:
        """The name of the file that the program must be, if it must be one."""
        return next(
            (
                word.removeprefix("file=")
                for word in self.words
                if word.startswith("file=")
            ),
            None,
        )

    def at(self, line: int) -> str:
        """A line of the page, as an editor opens it."""
        return f"{self.page.relative_to(ROOT)}:{line}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, those inside lists without their indentation."""
    fence = re.compile(r"^( *)```([^\n`]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
    text = page.read_text(encoding="utf-8")
    for found in fence.finditer(text):
        indent, words, content = found.groups()
        plain = "".join(
            line.removeprefix(indent) for line in content.splitlines(keepends=True)
        )
        yield Block(
            page, text.count("\n", 0, found.start()) + 1, tuple(words.split()), plain
        )


def programs() -> Iterator[Block]:
    """Each Python block as a whole program, in which every line has the number that it has on the page."""
    for page in PAGES:
        before = ""
        for block in blocks(page):
            if block.words[0] == "python" and not any(
                word.startswith("sample=") for word in block.words
            ):
                before = before if "continues" in block.words else ""
                before += "\n" * (block.line - before.count("\n")) + block.text
                yield replace(block, text=before)


PROGRAMS = {program.at(program.line): program for program in programs()}
