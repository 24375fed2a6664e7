"""Servers as a user starts them: each in a process of its own, which sets up no logging that the user did not."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 30
_ADDRESS = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]*)")
_WATCHED = re.compile("PLEXY_|PYTHON|DJANGO_|FLASK_")


def free_port() -> int:
    """Find a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Process:
    """A server that runs until it is left. It must print its address when it listens.

    Args:
        module: What `python -m` runs.
        arguments: What it is given.
        directory: Where its files are.
        variables: The environment's variables that the test is about.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        directory: Path,
        variables: Mapping[str, str],
    ) -> None:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not _WATCHED.match(name)
        }
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", module, *arguments],
            cwd=directory,
            env={**clean, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []
        self._listening = threading.Event()
        self._port = 0
        self._reading = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._reading.start()
        assert self._listening.wait(PATIENCE), self.printed
        assert self._port, self.printed
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reading.join(PATIENCE)
        assert self._process.stdout
        self._process.stdout.close()

    @property
    def printed(self) -> str:
        """What it has printed so far; once it was left, all."""
        return "".join(self._lines)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that it answers."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        ) as connection:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            response.read()
            return response.status

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.append(line)
            if found := _ADDRESS.search(line):
                self._port = self._port or int(found[1])
                self._listening.set()
        self._listening.set()
