"""Type the commands of a documented page the way its reader does, one after another."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_COMMANDS = {
    "plexy-sandbox": "plexy_pay_sandbox",
    "python": "",
    "uvicorn": "uvicorn",
}


@dataclass
class Terminal:
    """Represent a directory in which commands are typed.

    Args:
        directory: Where they run, with the files that the page asks its reader to save.
        variables: The environment variables that the page has exported so far.
    """

    directory: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _output: Path = field(init=False)

    def __post_init__(self) -> None:
        commands = self.directory / "commands"
        commands.mkdir()
        for name, module in _COMMANDS.items():
            target = f"{shlex.quote(sys.executable)} {'-m ' + module if module else ''}"
            script = commands / name
            script.write_text(f'#!/bin/sh\nexec {target} "$@"\n', "utf-8")
            script.chmod(0o755)
        self._output = self.directory / "output"

    def run(self, command: str) -> str:
        """Run a command to its end, which must be a good one, and return what it printed."""
        code, printed = self.attempt(command)
        assert code == 0, f"{command}\n{printed}"
        return printed

    def attempt(self, command: str) -> tuple[int, str]:
        """Run a command to its end, and return its exit code and what it printed."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.directory,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        return done.returncode, done.stdout + done.stderr

    def export(self, command: str) -> str:
        """Run an `export` command, keep the variables that it sets, and return what it printed."""
        before, printed = self._environment(), self.directory / "variables"
        output = self.run(f"{command} && env -0 > {shlex.quote(str(printed))}")
        for line in printed.read_text("utf-8").rstrip("\0").split("\0"):
            name, _, value = line.partition("=")
            if name != "_" and before.get(name) != value:
                self.variables[name] = value
        return output

    def serve(self, command: str, port: int) -> None:
        """Start a command that serves, and wait until it listens."""
        assert not _listens(port), f"Something else listens on port {port}."
        with self._output.open("ab") as output:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.directory,
                env=self._environment(),
                stdout=output,
                stderr=output,
            )
        self._servers.append(server)
        while not _listens(port):
            assert server.poll() is None, f"{command} ended.\n{self.output()}"

    def output(self) -> str:
        """Return what the servers have printed so far."""
        return self._output.read_text("utf-8")

    def stop(self) -> None:
        """End the server that was started last."""
        server = self._servers.pop()
        server.terminate()
        server.wait(timeout=30)

    def close(self) -> None:
        """End the servers, the last one first."""
        while self._servers:
            self.stop()

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PLEXY_")
        }
        path = f"{self.directory / 'commands'}{os.pathsep}{kept['PATH']}"
        modules = os.pathsep.join(sys.path)
        return {**kept, "PATH": path, "PYTHONPATH": modules, **self.variables}


@contextmanager
def terminal(directory: Path) -> Iterator[Terminal]:
    """Open a terminal, and end what was started in it."""
    opened = Terminal(directory)
    try:
        yield opened
    finally:
        opened.close()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
