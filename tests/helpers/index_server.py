"""A real package index on this machine: pypiserver in a process of its own, and a record of every request it gets."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LOGIN = ("publisher", "not-a-secret-7Jq")


class RunningIndex:
    """An index that listens from the moment it is made; only `LOGIN` may upload.

    Args:
        directory: Where it keeps the files, beside the record of its requests.
    """

    def __init__(self, directory: Path) -> None:
        self.packages = directory / "packages"
        self.packages.mkdir(parents=True)
        self._record = directory / "requests.txt"
        self._record.touch()
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.packages), str(self._record)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def empty(self) -> None:
        """Forget every file and every request."""
        for path in self.packages.iterdir():
            path.unlink()
        self._record.write_text("", "utf-8")

    @property
    def requests(self) -> list[str]:
        """Method, path and status of each request so far."""
        return self._record.read_text("utf-8").splitlines()

    @property
    def files(self) -> dict[str, bytes]:
        """The files that it has."""
        return {path.name: path.read_bytes() for path in self.packages.iterdir()}


def main(packages: str, record: str) -> None:
    """Serve the directory, and print the address first."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    import pypiserver

    class Handler(WSGIRequestHandler):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            with open(record, "a", encoding="utf-8") as file:
                print(f"{self.command} {self.path} {code}", file=file)

    index: Any = pypiserver.app(
        roots=[packages],
        authenticate=["update"],
        auther=lambda name, password: (name, password) == LOGIN,
        disable_fallback=True,
    )

    def read_first(environ: Any, start_response: Any) -> Any:
        # A response before the whole request was read would break the connection, and hide why an upload was refused.
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return index({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    with make_server("127.0.0.1", 0, read_first, handler_class=Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
