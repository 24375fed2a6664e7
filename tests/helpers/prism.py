"""Prism, a mock server of another house, on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

PROJECT = Path(__file__).parent.parent.parent


def _command() -> str:
    directory = Path(os.environ.get("PLEXY_NODE_MODULES", PROJECT / "node_modules"))
    command = directory / ".bin" / "prism"
    if not command.exists() or shutil.which("node") is None:
        raise RuntimeError(
            f"Prism needs Node and {command}: run `npm ci` in {PROJECT}, or the tests through nox."
        )
    return str(command)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_prism(document: Path, *, timeout: float = 60) -> Iterator[str]:
    """Start Prism on the document and give its base URL; it is stopped at the end.

    Raises:
        RuntimeError: if Prism does not say that it listens.
    """
    port = _free_port()
    process = subprocess.Popen(
        [_command(), "mock", "--host", "127.0.0.1", "--port", str(port), str(document)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: Queue[str] = Queue()
    output = process.stdout

    def read() -> None:
        # Reads to the end, so that Prism never waits for a full pipe.
        for line in output:
            lines.put(line)
        lines.put("")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    said: list[str] = []
    try:
        while not said or "is listening" not in said[-1]:
            try:
                said.append(lines.get(timeout=timeout))
            except Empty:
                raise RuntimeError(
                    "Prism said nothing for too long:\n" + "".join(said)
                ) from None
            if not said[-1]:
                raise RuntimeError("Prism stopped:\n" + "".join(said))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        reader.join(timeout=30)
        output.close()
