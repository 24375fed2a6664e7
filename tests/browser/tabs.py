"""Chromium for tests: tabs that say what a person meets on a page."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_program() -> str | None:
    """Return the path of a Chromium on this machine, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True)
class Seen:
    """What a person meets on a page."""

    address: str
    language: str
    title: str
    text: str
    focused: str


@dataclass(frozen=True)
class Heard:
    """What a tab did that a person does not see.

    Attributes:
        complaints: Errors and warnings on its console.
        origins: The origins that its requests went to.
    """

    complaints: list[str]
    origins: list[str]


class Browser:
    """One Chromium, driven by one process of Node.js."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._numbers = itertools.count()

    def ask(self, command: str, **values: Any) -> Any:
        """Return the result of a command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "The driver of Chromium has ended."
        told = json.loads(line)
        assert "error" not in told, told["error"]
        return told["result"]

    @contextmanager
    def tab(
        self,
        name: str,
        *,
        width: int = 1280,
        javascript: bool = True,
        language: str = "en",
        dark: bool = False,
    ) -> Iterator[Tab]:
        """Open a tab of a browser without cookies; the name is that of its pictures."""
        number = next(self._numbers)
        self.ask(
            "open",
            tab=number,
            width=width,
            javascript=javascript,
            language=language,
            dark=dark,
        )
        tab = Tab(self, number, f"{name}-{width}", javascript, dark)
        try:
            yield tab
        finally:
            self.ask("close", tab=number)


class Tab:
    """One tab."""

    def __init__(
        self,
        browser: Browser,
        number: int,
        name: str,
        javascript: bool,
        dark: bool,
    ) -> None:
        self._browser = browser
        self._number = number
        self._name = name
        self._javascript = javascript
        self._dark = dark
        self._pictures = itertools.count(1)

    def go(self, address: str) -> None:
        """Open a page."""
        self._do("go", address=address)

    def fill(self, **fields: str) -> None:
        """Type into fields, by their English labels."""
        for name, text in fields.items():
            self._do("fill", label=LABELS[name], text=text)

    def button(self, name: str) -> None:
        """Press a button."""
        self._do("press", role="button", name=name)

    def link(self, name: str) -> None:
        """Follow a link."""
        self._do("press", role="link", name=name)

    def click(self, name: str) -> None:
        """Press a button that leads to no other page."""
        self._do("click", name=name)

    def waits_for(self, text: str) -> None:
        """Wait until a text stands on the page, which is not left meanwhile."""
        self._do("wait", text=text)

    def focus(self, role: str, name: str) -> None:
        """Give something the focus."""
        self._do("focus", role=role, name=name)

    def copied(self) -> str:
        """Return what was copied last."""
        return str(self._do("copied"))

    def mark(self) -> None:
        """Mark the page, so that it is known again."""
        self._do("mark")

    def is_marked(self) -> bool:
        """Return whether the page was not loaded anew since it was marked."""
        return bool(self._do("is_marked"))

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self._do("key", key=key)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._do("type", text=text)

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return str(self._do("value", label=LABELS[name]))

    def said_about(self, name: str) -> str:
        """Return what a screen reader says about a field after its label."""
        return str(self._do("described_by", label=LABELS[name]))

    def sees(self, heading: str, *, exact: bool = True) -> Seen:
        """Wait for a page by its heading, keep a picture of it, and make sure that everybody can use it.

        Args:
            heading: The heading.
            exact: Whether it is the whole heading; one of the documentation has a link to itself behind it.
        """
        picture = SCREENSHOTS / f"{self._name}-{next(self._pictures)}.png"
        seen = self._do(
            "look",
            heading=heading,
            exact=exact,
            picture=str(picture),
            axe=self._javascript,
            dark=self._dark,
        )
        violations = seen.pop("violations")
        assert violations == []
        assert seen.pop("scrolls") is False, f"{picture.name} scrolls sideways"
        assert seen.pop("headings") == 1
        return Seen(**seen)

    def click_on(self, selector: str) -> None:
        """Click the first thing that a selector of CSS finds and a person sees."""
        self._do("click_on", selector=selector)

    def text(self, selector: str) -> str:
        """Wait for the first thing that a selector finds and a person sees, and return what it says."""
        return str(self._do("text", selector=selector))

    def heard(self) -> Heard:
        """Return what the tab complained of, and where its requests went."""
        return Heard(**self._do("heard"))

    def _do(self, command: str, **values: Any) -> Any:
        return self._browser.ask(command, tab=self._number, **values)


#: The labels of fields by the names that tests have for them.
LABELS = {
    "number": "Card number",
    "expiry": "Expiry date",
    "code": "Security code",
    "holder": "Name on the card",
    "otp": "Code from your bank",
    "by": "Move it ahead by",
    "target": "Operation or event",
}


@contextmanager
def running_browser(program: str) -> Iterator[Browser]:
    """Start Chromium, and end it afterwards."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing: `./nox -s browser` brings it."
    process = subprocess.Popen(
        [node, str(Path(__file__).with_name("driver.mjs")), program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Browser(process)
    finally:
        # Without more commands it ends, and Chromium with it.
        process.communicate(timeout=30)
    assert process.returncode == 0
