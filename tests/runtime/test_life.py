"""A client's life: many threads, tasks, loops and processes share it; it is closed, forgotten, forked and cancelled."""

from __future__ import annotations

import asyncio
import os
import pickle
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import plexy_pay
import pytest
import trustme
from helpers.calls import (
    KEY,
    OTHER_KEY,
    Recording,
    capturing,
    creating,
    reading,
    set_pace,
)
from helpers.wire import Recorded, WireServer, http, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay.errors import ConfigurationError, NotFoundError, PlexyError

OK = json_response({"success": True})
PATHS = [
    str(Path(next(iter(plexy_pay.__path__))).parent),
    str(Path(__file__).parents[1]),
]


def echo(request: Recorded) -> bytes:
    """Return the body that came; 401 for another key than `OTHER_KEY`."""
    if request.values("authorization") != [OTHER_KEY]:
        return json_response({"message": "revoked"}, 401)
    return json_response({"success": True, "said": request.body.decode()})


class Held:
    """A response that a test holds back."""

    def __init__(self, then: bytes = OK) -> None:
        self.asked, self.let_go, self.then = threading.Event(), threading.Event(), then

    def __call__(self, request: Recorded) -> bytes:
        self.asked.set()
        assert self.let_go.wait(60)
        return self.then


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


# Sharing


def test_many_threads_that_begin_together_get_their_own_responses_while_keys_change() -> (
    None
):
    start = threading.Barrier(16)

    def work(number: int) -> list[Any]:
        start.wait(60)
        bodies = [{"n": number * 100 + step} for step in range(20)]
        return [client.execute(creating(body)).parsed["said"] for body in bodies]

    with (
        WireServer(echo) as server,
        PlexyPay([KEY, OTHER_KEY], base_url=server.origin) as client,
    ):
        with ThreadPoolExecutor(16) as pool:
            said = list(pool.map(work, range(16)))
        assert len(client._transports) == 1
    assert said == [
        [f'{{"n":{number * 100 + step}}}' for step in range(20)] for number in range(16)
    ]
    revoked = [
        request
        for request in server.requests
        if request.values("authorization") == [KEY]
    ]
    assert len(server.requests) == 320 + len(revoked)
    assert len(revoked) <= 16
    # The transports of those that lost the race for the first call were never used.
    assert server.connections <= 16


def test_one_async_client_serves_several_threads_each_with_a_loop_of_its_own() -> None:
    async def work(number: int) -> list[Any]:
        calls = (
            client.execute(creating({"n": number * 100 + step})) for step in range(10)
        )
        return [response.parsed["said"] for response in await asyncio.gather(*calls)]

    before = open_files()
    with WireServer(echo) as server:
        client = AsyncPlexyPay([KEY, OTHER_KEY], base_url=server.origin)
        with ThreadPoolExecutor(6) as pool:
            said = list(pool.map(lambda number: asyncio.run(work(number)), range(6)))
    assert said == [
        [f'{{"n":{number * 100 + step}}}' for step in range(10)] for number in range(6)
    ]
    assert open_files() <= before


def test_one_event_loop_after_another_leaves_no_connection_behind() -> None:
    async def call() -> Any:
        return (await client.execute(reading())).parsed

    before = open_files()
    with WireServer(OK) as server:
        client = AsyncPlexyPay(KEY, base_url=server.origin)
        for number in range(1, 6):
            assert asyncio.run(call()) == {"success": True}
            assert server.connections == number
            assert len(client._transports) == 1
    assert open_files() <= before


TLS_SETTINGS = """
import asyncio, gc, ssl, sys
sys.path[:0] = sys.argv[2:]
from helpers.calls import KEY, reading
from plexy_pay import AsyncPlexyPay, PlexyPay

def settings():
    return sum(isinstance(one, ssl.SSLContext) for one in gc.get_objects())

async def main():
    for _ in range(3):
        async with AsyncPlexyPay(KEY, base_url=sys.argv[1]) as client:
            await client.execute(reading())

for _ in range(3):
    with PlexyPay(KEY, base_url=sys.argv[1]) as client:
        client.execute(reading())
asyncio.run(main())
print(settings())
"""


def test_the_clients_of_a_process_share_their_tls_settings(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with WireServer(OK, tls=context) as server:
        command = [sys.executable, "-c", TLS_SETTINGS, server.origin, *PATHS]
        environment = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "authority.pem")}
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment
        )
    assert done.stdout.strip() == "1"
    assert len(server.requests) == 6


# Closing


def test_closing_lets_the_calls_under_way_end_and_takes_no_new_one() -> None:
    held = Held()
    with WireServer(held) as server, ThreadPoolExecutor(1) as pool:
        client = PlexyPay(KEY, base_url=server.origin)
        call = pool.submit(client.execute, capturing())
        assert held.asked.wait(60)
        client.close()
        with pytest.raises(
            ConfigurationError, match="The client is closed. Nothing was sent"
        ):
            client.execute(capturing())
        held.let_go.set()
        assert call.result(60).parsed == {"success": True}
        assert server.hung_up.acquire(timeout=60)
    assert len(server.requests) == 1


def test_closing_an_async_client_lets_the_calls_under_way_end_and_takes_no_new_one() -> (
    None
):
    held = Held()

    async def main(server: WireServer) -> Any:
        client = AsyncPlexyPay(KEY, base_url=server.origin)
        call = asyncio.create_task(client.execute(capturing()))
        await asyncio.to_thread(held.asked.wait, 60)
        await client.aclose()
        with pytest.raises(
            ConfigurationError, match="The client is closed. Nothing was sent"
        ):
            await client.execute(capturing())
        held.let_go.set()
        response = await call
        assert await asyncio.to_thread(server.hung_up.acquire, timeout=60)
        return response.parsed

    with WireServer(held) as server:
        assert asyncio.run(main(server)) == {"success": True}
    assert len(server.requests) == 1


def test_a_client_that_is_closed_between_two_attempts_makes_the_second_one() -> None:
    # To stop here would tell the user that nothing was sent, though the first attempt may have been carried out.
    class Closing(Recording):
        def sleep(self, seconds: float) -> None:
            client.close()

        async def sleep_async(self, seconds: float) -> None:
            await client.aclose()

    client: Any
    for kind in (PlexyPay, AsyncPlexyPay):
        with WireServer(http(500), OK) as server:
            client = kind(KEY, base_url=server.origin)
            set_pace(client, Closing())
            call = client.execute(
                capturing({"requestId": "r-1"}, idempotency_key="requestId")
            )
            response = asyncio.run(call) if kind is AsyncPlexyPay else call
        assert response.attempts == len(server.requests) == 2


# Forgetting

FORGETTING = """
import asyncio, gc, os, sys
sys.path[:0] = sys.argv[2:]
from helpers.calls import KEY, reading
from plexy_pay import AsyncPlexyPay, PlexyPay

client = PlexyPay(KEY, base_url=sys.argv[1])
at_import = AsyncPlexyPay(KEY, base_url=sys.argv[1])

async def main():
    forgotten = AsyncPlexyPay(KEY, base_url=sys.argv[1])
    await at_import.execute(reading())
    await forgotten.execute(reading())
    there = len(os.listdir("/dev/fd"))
    del forgotten
    gc.collect()
    while len(os.listdir("/dev/fd")) == there:
        await asyncio.sleep(0)

asyncio.run(main())
asyncio.run(main())
there = len(os.listdir("/dev/fd"))
forgotten = PlexyPay(KEY, base_url=sys.argv[1])
forgotten.execute(reading())
assert len(os.listdir("/dev/fd")) == there + 1
del forgotten
gc.collect()
assert len(os.listdir("/dev/fd")) == there
client.execute(reading())
"""


def test_clients_that_nobody_closes_close_their_connections_without_a_warning() -> None:
    with WireServer(OK) as server:
        # Python warns of each socket that was left open, at the end of the program too.
        command = [
            sys.executable,
            "-W",
            "always",
            "-c",
            FORGETTING,
            server.origin,
            *PATHS,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(server.requests) == 6


# Forks

FORKING = """
import asyncio, os, sys
sys.path[:0] = sys.argv[3:]
from helpers.calls import KEY, creating
from plexy_pay import AsyncPlexyPay, PlexyPay

client = {"sync": PlexyPay, "async": AsyncPlexyPay}[sys.argv[2]](KEY, base_url=sys.argv[1])

def calls(who):
    async def several():
        for number in range(5):
            response = await client.execute(creating({"n": f"{who}-{number}"}))
            assert response.parsed == {"said": f"{who}-{number}"}
    if sys.argv[2] == "async":
        return asyncio.run(several())
    for number in range(5):
        assert client.execute(creating({"n": f"{who}-{number}"})).parsed == {"said": f"{who}-{number}"}

calls("master")
children = []
for worker in range(4):
    child = os.fork()
    if not child:
        calls(worker)
        sys.exit(0)
    children.append(child)
calls("master")
for child in children:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
calls("master")
"""


@pytest.mark.parametrize(("kind", "connections"), [("sync", 1 + 4), ("async", 3 + 4)])
def test_forked_workers_share_a_client_that_was_used_before_but_no_connection(
    kind: str, connections: int
) -> None:
    def said(request: Recorded) -> bytes:
        return http(200, b'{"said":' + request.body.removeprefix(b'{"n":'))

    with WireServer(said) as server:
        # A child leaves its copy of the parent's socket alone, which Python tells those who ask for warnings.
        asked = ["-W", "always", "-W", "ignore:unclosed <socket:ResourceWarning"]
        command = [sys.executable, *asked, "-c", FORKING, server.origin, kind, *PATHS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(server.requests) == 5 * 7
    assert server.connections == connections


# Cancelling


def test_a_call_that_is_cancelled_stays_cancelled_is_not_repeated_and_spoils_no_connection() -> (
    None
):
    async def main(server: WireServer, held: Held) -> None:
        async with AsyncPlexyPay(KEY, base_url=server.origin) as client:
            await client.execute(reading())
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(None) as limit:
                    call = asyncio.create_task(asyncio.to_thread(held.asked.wait, 60))
                    call.add_done_callback(lambda _: limit.reschedule(0))
                    await client.execute(
                        capturing({"requestId": "r-1"}, idempotency_key="requestId")
                    )
            # The library's word for it is asyncio's own: not an error of ours, which would have an outcome.
            assert not isinstance(caught.value, PlexyError)
            assert isinstance(caught.value.__cause__, asyncio.CancelledError)
            held.let_go.set()
            assert (await client.execute(creating({"n": 2}))).parsed == {"id": "second"}

    held = Held(json_response({"id": "late"}))
    with WireServer(OK, held, json_response({"id": "second"})) as server:
        asyncio.run(main(server, held))
    assert [request.body for request in server.requests] == [
        b"",
        b'{"requestId":"r-1"}',
        b'{"n":2}',
    ]
    # The capture had a connection of its own, which is not used again.
    assert server.connections == 3


def test_a_task_group_cancels_the_calls_beside_the_one_that_fails() -> None:
    async def main(server: WireServer, held: Held) -> BaseExceptionGroup[Any]:
        async with AsyncPlexyPay(KEY, base_url=server.origin) as client:
            paying: list[asyncio.Task[Any]] = []
            with pytest.raises(ExceptionGroup) as caught:
                async with asyncio.TaskGroup() as group:
                    paying.append(group.create_task(client.execute(capturing())))
                    await asyncio.to_thread(held.asked.wait, 60)
                    group.create_task(client.execute(reading()))
            assert paying[0].cancelled()
            return caught.value

    held = Held()
    with WireServer(held, http(404)) as server:
        group = asyncio.run(main(server, held))
        held.let_go.set()
    assert [type(error) for error in group.exceptions] == [NotFoundError]
    assert len(server.requests) == 2


# Pickles


def provider() -> str:
    """A key provider that can be pickled, because it belongs to a module."""
    return KEY


def test_the_unpickled_clients_of_a_process_share_their_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PlexyPay, "_shared", {})
    with WireServer(OK) as server:
        data = pickle.dumps(PlexyPay(provider, base_url=server.origin))
        for _ in range(5):
            with pickle.loads(data) as client:
                client.execute(reading())
            with pytest.raises(ConfigurationError, match="The client is closed"):
                client.execute(reading())
        (transport,) = PlexyPay._shared.values()
        transport.close()
    assert server.connections == 1
    assert len(server.requests) == 5


def test_the_unpickled_async_clients_of_a_loop_share_their_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AsyncPlexyPay, "_shared", {})

    async def main(data: bytes) -> None:
        for _ in range(5):
            async with pickle.loads(data) as client:
                await client.execute(reading())
            with pytest.raises(ConfigurationError, match="The client is closed"):
                await client.execute(reading())

    before = open_files()
    with WireServer(OK) as server:
        data = pickle.dumps(AsyncPlexyPay(provider, base_url=server.origin))
        asyncio.run(main(data))
        asyncio.run(main(data))
    assert server.connections == 2
    assert len(server.requests) == 10
    assert open_files() <= before


def test_no_pickle_of_work_holds_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from functools import partial
    from multiprocessing.reduction import ForkingPickler

    import cloudpickle
    from distributed.protocol.pickle import dumps as dask_dumps

    monkeypatch.setenv("PLEXY_API_KEY", KEY)
    with (
        WireServer(OK, http(500, KEY.encode())) as server,
        PlexyPay(base_url=server.origin) as client,
    ):
        response = client.execute(reading())
        with pytest.raises(PlexyError) as caught:
            client.execute(capturing())
        for thing in (partial(PlexyPay.execute, client), response.parsed, caught.value):
            for dumps in (
                pickle.dumps,
                ForkingPickler.dumps,
                cloudpickle.dumps,
                dask_dumps,
            ):
                assert KEY.encode() not in bytes(dumps(thing))
