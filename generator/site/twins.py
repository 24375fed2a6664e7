"""Write the site for programs that read Markdown: a twin of each page, `llms.txt` and `llms-full.txt`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .navigation import Entry
from .python_text import PythonText

_ATTRIBUTES = re.compile(r" ?\{ [#.][^}\n]*\}")
_TAB = re.compile(r'^=== "(.+)"$')
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_NOT_PROSE = ("#", "|", "`", "-", "[", "!", ">", ":", "<")


def write(pages: Mapping[str, str], entries: list[Entry], site: Path) -> None:
    """Write the Markdown beside the HTML of a site.

    Args:
        pages: The pages by their paths, as the site has them.
        entries: The pages in the order of the navigation.
        site: The directory of the site.
    """
    names = PythonText()
    texts = {entry.path: plain(names.expanded(pages[entry.path])) for entry in entries}
    for path, text in texts.items():
        place = site / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    (site / "llms.txt").write_text(_index(texts, entries), "utf-8")
    (site / "llms-full.txt").write_text(_whole(texts), "utf-8")


def plain(text: str) -> str:
    """Return a page as Markdown that needs no extension: without tabs and attributes."""
    return _ATTRIBUTES.sub("", _without_tabs(text))


def _without_tabs(text: str) -> str:
    """Return a text in which the blocks of tabs follow each other, each under its name."""
    lines: list[str] = []
    is_inside = False
    for line in text.split("\n"):
        tab = _TAB.match(line)
        if tab:
            is_inside = True
            lines.append(f"**{tab[1]}**")
        elif is_inside and line and not line.startswith("    "):
            is_inside = False
            lines.append(line)
        else:
            lines.append(line[4:] if is_inside else line)
    return "\n".join(lines)


def title_of(text: str) -> str:
    """Return the first heading of a page."""
    heading = next(line for line in text.split("\n") if line.startswith("# "))
    return heading.removeprefix("# ")


def summary_of(text: str) -> str:
    """Return the first sentence of the first paragraph of a page; nothing where there is none."""
    for paragraph in text.split("\n\n"):
        if paragraph.strip() and not paragraph.lstrip().startswith(_NOT_PROSE):
            sentence = _SENTENCE.split(" ".join(paragraph.split()), maxsplit=1)[0]
            return _LINK.sub(r"\1", sentence)
    return ""


def _index(texts: Mapping[str, str], entries: list[Entry]) -> str:
    first = texts[entries[0].path]
    parts = [f"# {title_of(first)}", f"> {summary_of(first)}"]
    parts.append("All pages in one file: [llms-full.txt](llms-full.txt).")
    sections: dict[str, list[str]] = {}
    for entry in entries:
        text = texts[entry.path]
        line = f"- [{title_of(text)}]({entry.path})"
        summary = summary_of(text)
        sections.setdefault(entry.section, []).append(
            f"{line}: {summary}" if summary else line
        )
    for section, lines in sections.items():
        parts.append(f"## {section}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _whole(texts: Mapping[str, str]) -> str:
    return "\n\n".join(
        f"<!-- {path} -->\n\n{text.strip()}" for path, text in texts.items()
    )
