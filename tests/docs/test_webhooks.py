"""The programs of the pages about webhooks, and those like them elsewhere, take what the sandbox delivers."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.adapters import (
    Served,
    on_aiohttp,
    on_uvicorn,
    on_werkzeug,
)
from helpers.pages import PAGES, PROGRAMS, ROOT, Block
from helpers.stores import SECRET, claims
from plexy_pay import Money, PlexyPay, webhooks
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.access import DEFAULT_WEBHOOK_TOKEN

PRICE = Money("22000", "KZT")
SERVERS: dict[str, Callable[[Any], AbstractContextManager[Served]]] = {
    "fastapi": on_uvicorn,
    "flask": on_werkzeug,
    "aiohttp": on_aiohttp,
}
FILES = {
    program.file: program
    for program in PROGRAMS.values()
    if program.file is not None
    and program.page.name in ("webhooks.md", "webhook-stores.md")
}


# Each program that serves webhooks, wherever it is shown, with the name of its framework.
SERVING = {
    f"{framework}-{place}": (program, framework)
    for place, program in PROGRAMS.items()
    for framework in (*SERVERS, "django")
    if f"from plexy_pay.webhooks.{framework} import" in program.text
    # Those that are files are run by the modules of their pages.
    and program.file is None
}


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    with PlexyPay(sandbox.key, base_url=sandbox.base_url) as client:
        yield client


def run(program: Block) -> dict[str, Any]:
    """The names that a program of the page leaves behind."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program.text, program.page, "exec", dont_inherit=True), names)
    return names


HOUR = 3600


def pay(client: PlexyPay, callback: str, order: str | None = "ORD-1001") -> str:
    """Have an order paid, and leave the capture to the API; its webhooks go to the address.

    Returns:
        The id of the transaction.
    """
    named: dict[str, Any] = {} if order is None else {"order_reference": order}
    link = client.payment_links.create(
        amount=PRICE, metadata={"callback_url": callback}, **named
    )
    assert httpx.post(f"{link.url}/pay", follow_redirects=False).status_code in (
        200,
        303,
    )
    found = client.transactions.retrieve_by_payment_link(link.id)
    assert isinstance(found.transaction_id, str)
    return found.transaction_id


def delivered(sandbox: RunningSandbox) -> list[tuple[str, list[int]]]:
    """The names of the events and what each attempt was answered, once all have come to an end."""
    while True:
        listed = httpx.get(f"{sandbox.base_url}/_sandbox/webhooks").json()["deliveries"]
        if all(one["state"] != "pending" for one in listed):
            return [
                (one["name"], [attempt["status"] for attempt in one["attempts"]])
                for one in listed
            ]


Printed = Callable[[], str]


@contextmanager
def serving_here(
    program: Block, framework: str, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[int, Printed]]:
    """Serve a program, and yield the port and what reads the text that it printed meanwhile."""
    with SERVERS[framework](run(program)["app"]) as served:
        yield served.port, lambda: capsys.readouterr().out


SERVE_DJANGO = """
import sys
from wsgiref.simple_server import make_server
from shop import application

with make_server("127.0.0.1", 0, application) as server:
    print(server.server_port, file=sys.stderr)
    server.serve_forever()
"""


@contextmanager
def serving_elsewhere(program: Block, directory: Path) -> Iterator[tuple[int, Printed]]:
    """Serve a program in a process of its own: it configures Django, which a process can do only once."""
    assert program.file == "shop.py"
    (directory / program.file).write_text(program.text, "utf-8")
    printed = directory / "printed.txt"
    with (
        printed.open("w") as written,
        printed.open() as shown,
        subprocess.Popen(
            [sys.executable, "-u", "-c", SERVE_DJANGO],
            cwd=directory,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(directory), *sys.path]),
            },
            stdout=written,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            assert process.stderr is not None
            yield int(process.stderr.readline()), shown.read
        finally:
            process.terminate()


def test_each_framework_has_its_program() -> None:
    guide = [one for one in PROGRAMS.values() if one.page.name == "webhooks.md"]
    for framework in (*SERVERS, "django"):
        line = f"from plexy_pay.webhooks.{framework} import"
        assert any(line in program.text for program in guide)


def test_a_verified_webhook_in_fastapi_takes_less_than_15_lines_of_code() -> None:
    shown = [
        program.text.strip()
        for program, framework in SERVING.values()
        if framework == "fastapi"
    ]
    code = [[line for line in text.splitlines() if line] for text in shown]
    assert min(map(len, code)) < 15


@pytest.mark.parametrize(("program", "framework"), SERVING.values(), ids=SERVING)
def test_a_program_takes_what_the_sandbox_delivers(
    program: Block,
    framework: str,
    sandbox: RunningSandbox,
    client: PlexyPay,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PLEXY_WEBHOOK_TOKEN", DEFAULT_WEBHOOK_TOKEN)
    if framework == "django":
        serving = serving_elsewhere(program, tmp_path)
    else:
        serving = serving_here(program, framework, capsys)
    with serving as (port, printed):
        address = f"http://127.0.0.1:{port}/webhooks"
        pay(client, address)
        assert delivered(sandbox) == [
            ("transaction.created", [200]),
            ("transaction.authorized", [200]),
        ]
        # The shop hears of it at once, and of the capture an hour later.
        assert printed() == "paid: ORD-1001\n"
        sandbox.advance(HOUR)
        assert delivered(sandbox)[2:] == [("transaction.charged", [200])]
        assert printed() == ""
        # An order without a reference is named by its transaction.
        transaction = pay(client, address, order=None)
        assert delivered(sandbox)[4] == ("transaction.authorized", [200])
        assert printed() == f"paid: {transaction}\n"
        body = b'{"name": "transaction.authorized", "data": {"id": "txn_1", "merchantReference": "ORD-1"}}'
        assert httpx.post(address, content=body).status_code == 401
        assert [
            httpx.post(
                address, content=body, headers=webhooks.sign(body, secret=SECRET)
            ).status_code
            for _ in range(2)
        ] == [200, 200]
        assert printed() == "paid: ORD-1\n"


def test_the_program_for_lambda_takes_the_requests_of_api_gateway(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLEXY_WEBHOOK_TOKEN", DEFAULT_WEBHOOK_TOKEN)
    lambda_handler = run(FILES["lambda_function.py"])["lambda_handler"]
    body = b'{"name": "transaction.authorized", "data": {"id": "txn_1", "merchantReference": "ORD-1"}}'
    headers = webhooks.sign(body, secret=SECRET)
    several = {name: [value] for name, value in headers.items()}
    first = {"body": body.decode(), "headers": headers, "multiValueHeaders": several}
    second = {
        "version": "2.0",
        "body": base64.b64encode(body).decode(),
        "headers": headers,
        "isBase64Encoded": True,
    }
    for event in (first, second):
        assert lambda_handler(event, None) == {"statusCode": 200, "body": "ok"}
    assert capsys.readouterr().out == "paid: ORD-1\n"
    forged = {"body": body.decode(), "headers": {"authorization": "Bearer guessed"}}
    assert lambda_handler(forged, None)["statusCode"] == 401
    assert capsys.readouterr().out == ""


def test_what_was_saved_under_its_key_is_worked_off_once(
    sandbox: RunningSandbox,
    client: PlexyPay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    shop = run(FILES["inbox.py"])

    def rows(statement: str) -> list[tuple[Any, ...]]:
        with shop["transaction"]() as database:
            return list(database.execute(statement))

    rows(
        "INSERT INTO orders VALUES ('ORD-1001', '22000', 'open'), ('ORD-1002', '30000', 'open')"
    )
    receivers = [webhooks.Receiver(shop["save"], secret=SECRET) for _ in range(2)]
    bodies: list[bytes] = []

    def receive_and_work() -> None:
        # Two processes get everything twice.
        for receiver in (*receivers, *receivers):
            for body in bodies:
                assert (
                    receiver.receive(body, webhooks.sign(body, secret=SECRET)).status
                    == 200
                )
        for _ in range(2):
            shop["work"](client)

    with on_uvicorn(recorder(bodies)) as served:
        for order in ("ORD-1001", "ORD-1002"):
            pay(client, f"http://127.0.0.1:{served.port}/webhooks", order)
        delivered(sandbox)
        # Somebody knows the token who made up a transaction.
        bodies.append(
            b'{"name": "transaction.authorized", "data": {"id": "txn_1", "merchantReference": "ORD-1002"}}'
        )
        receive_and_work()
        paid = [("ORD-1001", "paid"), ("ORD-1002", "open")]
        # Long before the capture.
        assert rows("SELECT reference, state FROM orders ORDER BY reference") == paid
        sandbox.advance(HOUR)
        delivered(sandbox)
        receive_and_work()
    assert len(rows("SELECT * FROM inbox")) == 5
    assert rows("SELECT reference, state FROM orders ORDER BY reference") == paid
    assert sorted(
        rows("SELECT result, count(*) FROM inbox GROUP BY result"), key=str
    ) == [
        ("check by hand", 2),
        ("paid before", 1),
        ("paid", 1),
        (None, 1),
    ]


def recorder(bodies: list[bytes]) -> Any:
    """An application that keeps what is posted to it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for message in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
                await receive()
                await send({"type": message})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = (
                body + message.get("body", b""),
                message.get("more_body", False),
            )
        bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_the_store_over_sql_gives_each_event_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = run(FILES["sql_store.py"])
    now = 1_700_000_000.0

    def clock(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("time.time", lambda: now)
    claims(names["SqlStore"](str(tmp_path / "shop.db")), clock)


DJANGO = """
import sys
from datetime import timedelta

import django
from django.conf import settings
from django.core.management import call_command

database = {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1], "OPTIONS": {"transaction_mode": "IMMEDIATE"}}
settings.configure(
    DATABASES={"default": database},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["shop"],
    ROOT_URLCONF="shop.urls",
    USE_TZ=True,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from django.db import connection
from django.test import Client
from django.utils import timezone
from helpers.stores import SECRET, claims
from plexy_pay import webhooks
from shop.models import DjangoStore
from shop.urls import handled

ahead = timedelta()
real = timezone.now
timezone.now = lambda: real() + ahead


def clock(seconds):
    global ahead
    ahead += timedelta(seconds=seconds)


class Closing(DjangoStore):
    # Each thread of the test has a connection of its own; Django closes those of its requests only.
    def claim(self, dedup_id):
        try:
            return super().claim(dedup_id)
        finally:
            connection.close()


claims(Closing(), clock)
body = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
for _ in range(3):
    headers = webhooks.sign(body, secret=SECRET)
    client = Client(raise_request_exception=False)
    response = client.post("/webhooks", body, content_type="application/json", headers=headers)
    print(response.status_code, len(handled))
"""
DJANGO_URLS = """
from django.urls import path
from helpers.stores import SECRET
from plexy_pay.webhooks.django import webhook_view
from shop.models import DjangoStore

handled = []


def handle(event):
    handled.append(event)
    if len(handled) == 1:
        raise ValueError


urlpatterns = [path("webhooks", webhook_view(handle, secret=SECRET, store=DjangoStore()))]
"""


def test_the_store_of_django_s_models_gives_each_event_to_one(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(FILES["models.py"].text)
    (shop / "urls.py").write_text(DJANGO_URLS)
    (tmp_path / "use.py").write_text(DJANGO)
    done = subprocess.run(
        [sys.executable, "use.py", "shop.db"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stdout == "500 1\n200 2\n200 2\n", done.stderr


def test_every_program_of_a_file_is_run_here() -> None:
    assert sorted(FILES) == [
        "app.py",
        "inbox.py",
        "lambda_function.py",
        "main.py",
        "models.py",
        "server.py",
        "shop.py",
        "sql_store.py",
    ]


STATES = re.compile(
    r"\b(?:authorized|captured|charged)\b|Transaction(?:Authorized|Charged)",
    re.IGNORECASE,
)


def naming() -> list[Path]:
    """The pages whose prose, or whose programs of webhooks, name the states of a payment."""
    written_by_runs = ("webhook-deliveries.md", "reliability.md")
    pages = [
        page
        for page in PAGES
        if page.name not in ("payment-states.md", *written_by_runs)
    ]
    return [
        page
        for page in pages
        if STATES.search(re.sub(r"(?s)```yaml.*?```", "", page.read_text("utf-8")))
    ]


@pytest.mark.parametrize("page", naming(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_that_names_the_states_of_a_payment_links_to_where_they_are_explained(
    page: Path,
) -> None:
    links = re.findall(r"\]\(([^)#]*payment-states\.md)", page.read_text("utf-8"))
    assert links
    assert all((page.parent / link).is_file() for link in links)


def test_the_states_are_explained_with_a_picture() -> None:
    text = (ROOT / "docs" / "payment-states.md").read_text("utf-8")
    assert "```mermaid" in text
    for state in ("created", "authorized", "charged", "cancelled", "refunded"):
        assert f"`{state}`" in text
