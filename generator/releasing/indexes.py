"""Package indexes: what a name stands for on this machine, and which files of the package an index has.

No address of an index is written in this repository. Names stand in the user's own `~/.pypirc`, the file that twine
reads; `pypi` and `testpypi` are known to twine by themselves.
"""

from __future__ import annotations

import configparser
import ipaddress
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from twine import utils
from twine.exceptions import TwineException

from .project import Refused

#: Where the names of indexes are, unless an option says otherwise.
CONFIG = "~/.pypirc"
#: The key of a section of that file which says where the index lists its files. twine has none; uv calls it so too.
CHECK_URL = "check-url"
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.3, text/html;q=0.2"


@dataclass(frozen=True)
class Index:
    """Where to send files, and where to ask which are there.

    Attributes:
        name: The name that the user gave it.
        upload: The address that takes uploads.
        check: The address under which each package has a page with its files (PEP 503, PEP 691).
        options: What twine must be told to find the same.
    """

    name: str
    upload: str
    check: str
    options: Sequence[str]


def find(name: str, *, repository_url: str = "", check_url: str = "", config: str = CONFIG) -> Index:
    """The index of a name.

    Args:
        name: A name of the configuration; with `repository_url` it is only what the index is called here.
        repository_url: The address for uploads, in place of a configuration.
        check_url: The address of the lists of files, where it cannot be told from the other.
        config: The file with the names.

    Raises:
        Refused: if the name is unknown, or if an address must not be used.
    """
    options = ["--config-file", config, "--repository", name]
    if repository_url:
        upload, options = repository_url, ["--repository-url", repository_url]
    else:
        section = _section(name, config)
        upload, check_url = section.get("repository") or "", check_url or section.get(CHECK_URL) or ""
    if problem := _unusable("upload address", upload) or (check_url and _unusable(CHECK_URL, check_url)):
        raise Refused([problem])
    check_url = check_url or _lists_beside(upload)
    if not check_url:
        raise Refused(
            [
                f"It is not known where the index {name!r} lists its files, so it cannot be asked whether the version "
                f"is taken. Write `{CHECK_URL} = ...` below its `repository` in {config}, or give `--check-url`."
            ]
        )
    return Index(name, upload, check_url.rstrip("/") + "/", options)


def files(index: Index, package: str, version: str) -> dict[str, str]:
    """The files of a version that the index has, each with its SHA-256, or with "" where the index does not say it.

    Raises:
        Refused: if the index does not answer as one. That it cannot be asked does not mean that nothing is there.
    """
    address = f"{index.check}{package}/"
    login = (os.environ.get("TWINE_USERNAME", ""), os.environ.get("TWINE_PASSWORD", ""))
    try:
        # As pip asks: an index may send the question on to another one. The login stays with the first.
        with httpx.Client(follow_redirects=True, timeout=30, headers={"Accept": _ACCEPT}) as client:
            answer = client.get(address)
            if answer.status_code in (401, 403) and all(login):
                answer = client.get(address, auth=login)
    except httpx.HTTPError as error:
        raise Refused(
            [f"The index {index.name!r} could not be asked ({type(error).__name__}). Nothing was sent."]
        ) from None
    if answer.status_code == 404:
        return {}
    if answer.status_code != 200:
        raise Refused(
            [
                f"The index {index.name!r} answered {answer.status_code} when it was asked which versions it has. "
                "Nothing was sent."
            ]
        )
    listed = (
        _from_json(answer.content)
        if "json" in answer.headers.get("Content-Type", "")
        else _from_html(answer.text)
    )
    return {name: sha256 for name, sha256 in listed.items() if _version(name) == Version(version)}


def _section(name: str, config: str) -> dict[str, str | None]:
    file = Path(config).expanduser()
    try:
        # twine's own reading, so that the name means here what it means when the files are sent.
        known = utils.get_config(config)
        own = configparser.RawConfigParser()
        own.read(file, "utf-8")
    except (OSError, configparser.Error, TwineException) as error:
        # The text of a parser's error quotes the file, which may hold a password.
        raise Refused([f"{config} cannot be read ({type(error).__name__})."]) from None
    if name not in known or not known[name].get("repository"):
        raise Refused(
            [
                f"No index is called {name!r}. Known are {', '.join(sorted(known))}. Add a section [{name}] with "
                f"`repository = ...` to {config} and its name to `index-servers`, or give `--repository-url`."
            ]
        )
    if known[name].get("password"):
        raise Refused(
            [
                f"{config} has the password of {name!r} in plain text. Move it into the keyring (`keyring set`), or "
                "give it as TWINE_PASSWORD, and delete it there."
            ]
        )
    return {**known[name], CHECK_URL: own.get(name, CHECK_URL, fallback=None)}


def _unusable(what: str, address: str) -> str:
    """Why an address must not be used; empty if it may. The address itself is not shown: it may hold a password."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"The {what} is no address."
    if parts.username or parts.password:
        return f"The {what} has a login in it, which logs would show. Use TWINE_USERNAME and TWINE_PASSWORD."
    if not host or port == 0 or parts.query or parts.fragment:
        return f"The {what} is no address of an index."
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        return f"The {what} must begin with https://: over anything else the login could be read on its way."
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _lists_beside(upload: str) -> str:
    """Where an index lists its files, told from where it takes uploads; empty if that is not known.

    The public indexes take uploads at `/legacy/`, on a host of their own that is called `upload`; small servers take
    them at their root. Both list files at `/simple/`.
    """
    parts = urlsplit(upload)
    if parts.path.rstrip("/") not in ("", "/legacy"):
        return ""
    return f"{parts.scheme}://{parts.netloc.removeprefix('upload.')}/simple/"


def _version(file: str) -> Version | None:
    """The version of an archive by its name; none for another file."""
    try:
        if file.endswith(".whl"):
            return parse_wheel_filename(file)[1]
        return parse_sdist_filename(file)[1]
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None


def _from_json(content: bytes) -> dict[str, str]:
    try:
        return {
            file["filename"]: file.get("hashes", {}).get("sha256", "")
            for file in json.loads(content)["files"]
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(["The index answered JSON that is no list of files. Nothing was sent."]) from None


def _from_html(text: str) -> dict[str, str]:
    page = _Links()
    page.feed(text)
    found: dict[str, str] = {}
    for link in page.links:
        address, _, fragment = link.partition("#")
        found[unquote(urlsplit(address).path.rsplit("/", 1)[-1])] = (
            fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        )
    return found


class _Links(HTMLParser):
    """The targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]
