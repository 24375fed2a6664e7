"""A gateway in front of a sandbox that puts in the ids of things that are there, for those that an example names."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import quote

import httpx

_OWN = {"content-length", "transfer-encoding", "connection", "host", "content-encoding"}


@dataclass(frozen=True)
class Prepared:
    """What is there for an example.

    Attributes:
        ids: What the sandbox has for each id that the example names.
        card: Card data that are encrypted for this sandbox, for those of the example.
    """

    ids: Mapping[str, str] = field(default_factory=dict[str, str])
    card: Mapping[str, Any] | None = None

    def put_in(self, text: str) -> str:
        """Return a text with the ids of the sandbox, percent-encoded where those of the example are."""
        for named, there in self.ids.items():
            text = text.replace(named, there)
            text = text.replace(quote(named, safe=""), quote(there, safe=""))
        return text

    def put_into_body(self, body: bytes) -> bytes:
        """Return the body of a request with the ids and the card of the sandbox."""
        if not body:
            return body
        told = json.loads(self.put_in(body.decode()))
        if self.card is not None and "cardData" in told:
            told["cardData"] = self.card
        return json.dumps(told).encode()


@dataclass(frozen=True)
class Met:
    """A request as the example sent it, and the status of its response."""

    method: str
    target: str
    body: Any
    headers: Mapping[str, str]
    status: int


class Gateway:
    """Listens on 127.0.0.1 until it is left, and passes everything on to a sandbox.

    Args:
        upstream: The origin of the sandbox.
    """

    def __init__(self, upstream: str) -> None:
        self.prepared = Prepared()
        self.met: list[Met] = []
        self._http = httpx.Client(base_url=upstream, trust_env=False, timeout=30)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._http.close()

    def pass_on(self, request: BaseHTTPRequestHandler) -> httpx.Response:
        """Send a request to the sandbox, and note it."""
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _OWN
        }
        response = self._http.request(
            request.command,
            self.prepared.put_in(request.path),
            headers=headers,
            content=self.prepared.put_into_body(body),
        )
        said = json.loads(body) if body else None
        lower = {name.lower(): value for name, value in headers.items()}
        self.met.append(
            Met(request.command, request.path, said, lower, response.status_code)
        )
        return response

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                response = gateway.pass_on(self)
                self.send_response(response.status_code)
                for name, value in response.headers.items():
                    if name.lower() not in _OWN:
                        self.send_header(name, value)
                if response.status_code != 204:
                    self.send_header("Content-Length", str(len(response.content)))
                self.end_headers()
                self.wfile.write(response.content)

            def __getattr__(self, name: str) -> Any:
                # The server asks for `do_GET`, `do_POST` and so on.
                if name.startswith("do_"):
                    return self._serve
                raise AttributeError(name)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
