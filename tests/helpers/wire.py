"""A server of raw bytes: it records each request exactly as it arrived, and answers with what a test scripted."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Any, Self


class Recorded:
    """One request as it arrived.

    Args:
        raw: Its bytes, from the request line to the end of the body.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        self.line, *fields = head.decode("latin-1").split("\r\n")
        self.headers = [
            (name.lower(), value[1:])
            for name, _, value in (field.partition(":") for field in fields)
        ]

    @property
    def target(self) -> str:
        """The path and query of the request line."""
        return self.line.split(" ")[1]

    def values(self, name: str) -> list[str]:
        """The values of all headers of that name."""
        return [value for field, value in self.headers if field == name.lower()]


class Then:
    """A response with a behavior.

    Args:
        data: The bytes to send.
        close: Whether the connection is closed after them.
        reset: Whether it is reset instead, so that the client sees an error.
        hang: Whether nothing more happens until the server stops.
        sent: Is set once the bytes were sent.
    """

    def __init__(
        self,
        data: bytes = b"",
        *,
        close: bool = False,
        reset: bool = False,
        hang: bool = False,
        sent: threading.Event | None = None,
    ) -> None:
        self.data = data
        self.sent = sent or threading.Event()
        self.close = close
        self.reset = reset
        self.hang = hang


WireResponse = bytes | Then | Callable[[Recorded], "bytes | Then"]


def http(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    """A well-formed response with a Content-Length."""
    fields = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode("latin-1") + body


def json_response(
    data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> bytes:
    """A well-formed response of JSON."""
    return http(
        status,
        json.dumps(data).encode(),
        {"Content-Type": "application/json", **(headers or {})},
    )


def reset_on_close(connection: socket.socket) -> None:
    """The connection will end with a reset, not in order."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class WireServer:
    """Listens on 127.0.0.1 until it is left. The last response of the script is repeated.

    Args:
        answers: What to answer, in order.
        tls: The server's TLS context, if it speaks TLS.
    """

    def __init__(
        self, *responses: WireResponse, tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[Recorded] = []
        self.connections = 0
        # Released for each connection that the client has closed.
        self.hung_up = threading.Semaphore(0)
        self.tls_versions: list[str | None] = []
        self.tls_failures: list[str] = []
        self._responses = list(responses) or [json_response({})]
        self._tls = tls
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = self._bind()
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def _bind(self) -> socket.socket:
        """The socket that connections come to."""
        return socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        # Closing a listening socket does not wake the thread that waits on it: a connection does.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        with self._lock:
            sockets = list(self._sockets)
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(timeout=10)
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            connection, _ = self._listener.accept()
            if self._stopped.is_set():
                connection.close()
                return
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._keep(connection)
            if self._tls is None:
                self._talk(connection)
                return
            try:
                wrapped = self._tls.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError) as error:
                self.tls_failures.append(str(error))
                return
            with wrapped:
                self._keep(wrapped)
                self.tls_versions.append(wrapped.version())
                self._talk(wrapped)

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.append(connection)
            if self._stopped.is_set():
                connection.shutdown(socket.SHUT_RDWR)

    def _talk(self, connection: socket.socket) -> None:
        while not self._stopped.is_set():
            request = self._receive(connection)
            if request is None:
                return
            with self._lock:
                self.requests.append(request)
                response = (
                    self._responses.pop(0)
                    if len(self._responses) > 1
                    else self._responses[0]
                )
            said = response(request) if callable(response) else response
            then = said if isinstance(said, Then) else Then(said)
            connection.sendall(then.data)
            then.sent.set()
            if then.hang:
                self._stopped.wait(60)
            if then.reset:
                reset_on_close(connection)
            if then.close or then.reset or then.hang:
                return

    def _receive(self, connection: socket.socket) -> Recorded | None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            piece = connection.recv(65536)
            if not piece:
                # What came without an end is recorded too: not a byte must get lost.
                if raw:
                    self.requests.append(Recorded(raw))
                self.hung_up.release()
                return None
            raw += piece
        length = int((Recorded(raw).values("content-length") or ["0"])[0])
        end = raw.index(b"\r\n\r\n") + 4 + length
        while len(raw) < end:
            raw += connection.recv(65536)
        return Recorded(raw)
