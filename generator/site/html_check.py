"""Look at the built site: each link leads to something, nothing is fetched from elsewhere, no Markdown is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: The attribute of each tag whose target the browser loads by itself.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src"}
#: What Markdown leaves in a paragraph if it was not understood.
_LEFT_OVER = re.compile(r"```|^\s*(?:[-*] |=== |::: )|\]\(|\{ [.#]", re.MULTILINE)


@dataclass
class _Page(HTMLParser):
    """What a page of HTML holds.

    Attributes:
        ids: The names that a link may lead to.
        links: The targets of its links.
        loaded: What the browser loads by itself.
        left_over: Text in which Markdown is left.
    """

    ids: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    loaded: list[str] = field(default_factory=list[str])
    left_over: list[str] = field(default_factory=list[str])
    _code: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("pre", "code", "script", "style"):
            self._code += 1
        self.ids.update(found[name] for name in ("id", "name") if name in found)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.append(found.get("href", ""))
        if tag in _LOADED and _LOADED[tag] in found:
            self.loaded.append(found[_LOADED[tag]])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("pre", "code", "script", "style"):
            self._code -= 1

    def handle_data(self, data: str) -> None:
        if not self._code and _LEFT_OVER.search(data):
            self.left_over.append(" ".join(data.split())[:80])


def problems(site: Path) -> list[str]:
    """Return what is wrong with the pages of a site."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    found: list[str] = []
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: {problem}" for problem in _of(site, path, page, pages)]
    return found


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


def _of(site: Path, path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for text in page.left_over:
        yield f"Markdown is left: {text!r}"
    for target in page.loaded:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            yield f"{target} is loaded from elsewhere"
        elif not _target(site, path, target).is_file():
            yield f"{target} is not there"
    for target in dict.fromkeys(page.links):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            problem = _dead(site, path, target, pages)
            if problem:
                yield problem


def _dead(site: Path, path: Path, target: str, pages: dict[Path, _Page]) -> str:
    place = _target(site, path, target)
    if not place.is_file():
        return f"the link {target} leads nowhere"
    fragment = unquote(urlsplit(target).fragment)
    if fragment and place in pages and fragment not in pages[place].ids:
        return f"the link {target} leads to no section"
    return ""


def _target(site: Path, path: Path, target: str) -> Path:
    """Return the file that a link leads to."""
    inner = unquote(urlsplit(target).path)
    if not inner:
        return path
    base = site if inner.startswith("/") else path.parent
    place = (base / inner.lstrip("/")).resolve()
    return place / "index.html" if place.is_dir() else place
