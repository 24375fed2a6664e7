"""A forward proxy that opens tunnels, and a server that speaks HTTP/2."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Any, Self

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, RequestReceived, StreamEnded


def serving(authority: trustme.CA, host: str) -> ssl.SSLContext:
    """The TLS context of a server that an authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


class _Listening:
    """Listens on 127.0.0.1 until it is left; a thread for each connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = [self._listener]
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for one in list(self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(timeout=10)
        for one in self._sockets:
            one.close()

    def _start(self, target: Any, *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._sockets.append(connection)
                self._start(self._guarded, connection)

    def _guarded(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError


class Tunnels(_Listening):
    """A forward proxy. Whatever it is asked for, its tunnels end at one port of this machine.

    Args:
        port: Where each tunnel ends.
        tls: The proxy's TLS context, if it is spoken to with TLS.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._target = port
        self._tls = tls
        self.origin = f"http://127.0.0.1:{self.port}"
        self.asked: list[str] = []
        """The request line of each tunnel."""
        self.seen = bytearray()
        """Every byte that came from a client: heads, and what went through."""

    def _serve(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
            self._sockets.append(connection)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        self.seen += head
        self.asked.append(head.split(b"\r\n")[0].decode())
        onward = socket.create_connection(("127.0.0.1", self._target))
        self._sockets.append(onward)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._start(self._pump, onward, connection, None)
        self._pump(connection, onward, self.seen)

    def _pump(
        self, source: socket.socket, sink: socket.socket, seen: bytearray | None
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if seen is not None:
                    seen += piece
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


class Http2Server(_Listening):
    """Answers each request with `{"id": "th_2"}`, over HTTP/2 alone.

    Args:
        tls: The server's TLS context.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        tls.set_alpn_protocols(["h2"])
        self._tls = tls
        self.origin = f"https://127.0.0.1:{self.port}"
        self.requests: list[list[tuple[str, str]]] = []
        """The header fields of each request."""

    def _serve(self, connection: socket.socket) -> None:
        with self._tls.wrap_socket(connection, server_side=True) as wrapped:
            # It has taken the connection over, so it is what has to be shut down in the end.
            self._sockets.append(wrapped)
            assert wrapped.selected_alpn_protocol() == "h2"
            talk = H2Connection(
                H2Configuration(client_side=False, header_encoding="ascii")
            )
            talk.initiate_connection()
            wrapped.sendall(talk.data_to_send())
            while piece := wrapped.recv(65536):
                for event in talk.receive_data(piece):
                    if isinstance(event, RequestReceived):
                        fields: Any = event.headers
                        self.requests.append(list(fields))
                    elif isinstance(event, StreamEnded):
                        head = [
                            (":status", "200"),
                            ("content-type", "application/json"),
                        ]
                        talk.send_headers(event.stream_id, head)
                        talk.send_data(
                            event.stream_id, b'{"id": "th_2"}', end_stream=True
                        )
                    elif isinstance(event, ConnectionTerminated):
                        return
                wrapped.sendall(talk.data_to_send())
