"""A loopback server that answers as fast as asyncio can, or after a delay, in a process of its own.

HTTP/1.1 with keep-alive, no TLS, whole responses made ready before the first request. It looks at method and path
alone.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.document import LINK_ID, LINKS, TRANSACTIONS, example


def _response(status: str, body: Any) -> bytes:
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {status}\r\nDate: Tue, 01 Dec 2026 09:00:00 GMT\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\nX-Request-Id: 6b4f1c0e-2f1f-4a55-9a39-0f4f9f3f1c11\r\n\r\n"
    )
    return head.encode() + content


def responses() -> dict[bytes, bytes]:
    """The whole response for each method and path."""
    return {
        f"POST {LINKS} ".encode(): _response(
            "201 Created", example("POST", LINKS, 201)
        ),
        f"GET {LINKS}/{LINK_ID} ".encode(): _response(
            "200 OK", example("GET", LINKS + "/{id}", 200)
        ),
        f"GET {TRANSACTIONS} ".encode(): _response(
            "200 OK", example("GET", TRANSACTIONS, 200)
        ),
    }


class _Connection(asyncio.Protocol):
    known = responses()
    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        head, end, rest = self.waiting.partition(b"\r\n\r\n")
        if not end:
            return
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if len(rest) < int(length or 0):
            return
        # Clients here wait for the response before they send the next request.
        self.waiting = b""
        target = head[: head.find(b" HTTP/")] + b" "
        response = self.known.get(
            target, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        )
        if self.latency:
            asyncio.get_running_loop().call_later(
                self.latency, self.transport.write, response
            )
        else:
            self.transport.write(response)


async def _serve(latency: float) -> None:
    _Connection.latency = latency
    server = await asyncio.get_running_loop().create_server(
        _Connection, "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started this process closes its standard input to end it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def running(latency: float = 0.0) -> Generator[str]:
    """Run a server during the block, and yield its origin.

    Args:
        latency: Seconds between a request and its response.
    """
    command = [sys.executable, __file__, str(latency)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
