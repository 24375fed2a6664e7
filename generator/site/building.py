"""Build the site, strictly: what is missing or leads nowhere stops it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import html_check, navigation, twins
from .places import CONFIG, SITE
from .staging import stage

#: What Zensical colours its warnings with, on a terminal or not.
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


class SiteError(Exception):
    """Raised when the site cannot be built; the message says what to correct."""


def build() -> Path:
    """Build the site, and return its directory.

    Raises:
        SiteError: if a page is missing, a link leads nowhere, or something would be loaded from elsewhere.
        SpecError: if the description of the API cannot be used.
    """
    shutil.rmtree(SITE, ignore_errors=True)
    pages = stage()
    _refuse(navigation.problems(pages))
    run_zensical(CONFIG)
    twins.write(pages, navigation.entries(), SITE)
    _refuse(html_check.problems(SITE))
    return SITE


def _refuse(problems: list[str]) -> None:
    if problems:
        raise SiteError("\n".join(problems))


def run_zensical(config: Path) -> None:
    """Make HTML of pages.

    Args:
        config: The configuration, which says where they are.

    Raises:
        SiteError: if Zensical warns of anything, such as a link that leads nowhere.
    """
    command = [sys.executable, "-m", "zensical", "build"]
    command += ["--strict", "--clean", "--config-file", str(config)]
    done = subprocess.run(
        command,
        cwd=config.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    # It counts what it warned of, and its traceback says no more than that.
    told = (done.stdout + done.stderr).partition("Traceback (most recent")[0]
    told = _COLOURS.sub("", told)
    if done.returncode or "Warning" in told:
        raise SiteError(f"Zensical did not build the site:\n{told.strip()}")
