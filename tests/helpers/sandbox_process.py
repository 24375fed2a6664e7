"""A sandbox as a process of its own, with a file that keeps its state, which can be killed at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx


class SandboxProcess:
    """`plexy-sandbox start --json --db FILE`, until it is killed.

    Args:
        db: The file.
        arguments: Further arguments of the command.
        shell: What a shell does first, such as limiting the size of files.
    """

    def __init__(self, db: Path, *arguments: str, shell: str | None = None) -> None:
        command = [sys.executable, "-m", "plexy_pay_sandbox", "start", "--json"]
        command += ["--port", "0", "--db", str(db), *arguments]
        if shell is not None:
            command = ["sh", "-c", f'{shell}; exec "$@"', "sh", *command]
        self._clients = ExitStack()
        self._shown: dict[str, Any] = {}
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def __enter__(self) -> SandboxProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self._clients.close()
        self.kill()

    @property
    def id(self) -> int:
        """The number of the process."""
        return self._process.pid

    def base_url(self) -> str:
        """Return the address, once it listens."""
        if not self._shown:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            assert line, self._process.communicate()[1]
            self._shown = json.loads(line)
        return str(self._shown["base_url"])

    def client(self) -> httpx.Client:
        """Return a client with the sandbox's usual key, once it listens."""
        client = httpx.Client(
            base_url=self.base_url(),
            headers={"Authorization": "pr_sandbox"},
            timeout=30,
            trust_env=False,
        )
        return self._clients.enter_context(client)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, str]:
        """Wait for its end, and return the exit code and what it complained about."""
        _, complaints = self._process.communicate(timeout=60)
        return self._process.returncode, complaints
