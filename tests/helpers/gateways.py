"""A gateway of a merchant's: it serves an origin under a path of its own, as a reverse proxy does."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Self
from urllib.parse import urlsplit

import h11

_SIZE = 65_536


class Gateway:
    """Listens on 127.0.0.1 until it is left, passes on what is below its prefix, and answers all else with 404.

    Args:
        upstream: The origin that it passes requests on to.
        prefix: The path that it serves it under.
    """

    def __init__(self, upstream: str, prefix: str) -> None:
        self.targets: list[str] = []
        self.base_url: str = ""
        self._upstream = urlsplit(upstream)
        self._prefix = prefix
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._run(),), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _run(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}{self._prefix}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        client = h11.Connection(h11.SERVER)
        try:
            while True:
                request, body = await _message(client, reader)
                if request is None:
                    return
                head, content = await self._answered(request, body)
                for event in (head, h11.Data(data=content), h11.EndOfMessage()):
                    writer.write(client.send(event) or b"")
                await writer.drain()
                client.start_next_cycle()
        finally:
            writer.close()

    async def _answered(self, request: Any, body: bytes) -> tuple[h11.Response, bytes]:
        target = request.target.decode("ascii")
        self.targets.append(target)
        if not target.startswith(f"{self._prefix}/"):
            return h11.Response(status_code=404, headers=[("Content-Length", "0")]), b""
        reader, writer = await asyncio.open_connection(
            self._upstream.hostname, self._upstream.port
        )
        upstream = h11.Connection(h11.CLIENT)
        headers = [
            (name, value)
            for name, value in request.headers
            if name not in (b"host", b"connection")
        ]
        headers += [
            (b"host", self._upstream.netloc.encode()),
            (b"connection", b"close"),
        ]
        passed = h11.Request(
            method=request.method,
            target=target.removeprefix(self._prefix),
            headers=headers,
        )
        for event in (passed, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(upstream.send(event) or b"")
        response, content = await _message(upstream, reader)
        writer.close()
        dropped = (b"content-length", b"transfer-encoding", b"connection")
        kept = [
            (name, value) for name, value in response.headers if name not in dropped
        ]
        kept.append((b"content-length", b"%d" % len(content)))
        return h11.Response(status_code=response.status_code, headers=kept), content


async def _message(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> tuple[Any, bytes]:
    """Read one request or response; None at the end of the connection."""
    head, body = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_SIZE))
        elif isinstance(event, (h11.Request, h11.Response)):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return head, body
        else:
            return None, b""
