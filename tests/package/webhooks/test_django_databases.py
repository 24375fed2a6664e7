"""Django with two databases, each with `ATOMIC_REQUESTS`: a delivery is in the transaction of neither."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from helpers.processes import Process, free_port
from plexy_pay import webhooks

SECRET = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
CHARGED = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
SIGNED = webhooks.sign(CHARGED, secret=SECRET)

PROGRAM = """
import sys
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.urls import path
from plexy_pay.webhooks import MemoryStore, TokenSecret
from plexy_pay.webhooks.django import webhook_view

directory = Path(__file__).parent
files = {"default": "shop.db", "webhooks": "webhooks.db"}
engine = "django.db.backends.sqlite3"
if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={
            alias: {"ENGINE": engine, "NAME": directory / name, "ATOMIC_REQUESTS": True}
            for alias, name in files.items()
        },
        ROOT_URLCONF="app",
        SECRET_KEY="s" * 50,
    )


def write(alias, text):
    connections[alias].cursor().execute("INSERT INTO notes VALUES (%s)", [text])


class Store(MemoryStore):
    def claim(self, dedup_id):
        write("webhooks", "claimed")
        return super().claim(dedup_id)

    def release(self, dedup_id):
        write("webhooks", "released")
        super().release(dedup_id)


def handle(event):
    for alias in files:
        print("in a transaction:", alias, connections[alias].in_atomic_block)
    write("default", "handled")
    1 / 0


def other(request):
    for alias in files:
        write(alias, "other")
    1 / 0


secret = TokenSecret("whk_0a1B2c3D4e5F")
urlpatterns = [
    path("webhooks", webhook_view(handle, secret=secret, store=Store())),
    path("other", other),
]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(["app", "runserver", "--noreload", sys.argv[1]])
"""


def notes(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [text for (text,) in database.execute("SELECT text FROM notes")]


def test_a_delivery_is_in_the_transaction_of_no_database(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM, "utf-8")
    files = [tmp_path / "shop.db", tmp_path / "webhooks.db"]
    for file in files:
        with closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE notes (text TEXT)")
    with Process("app", [f"127.0.0.1:{free_port()}"], tmp_path, {}) as server:
        assert server.post("/webhooks", CHARGED, SIGNED) == 500
        # An ordinary view is in those of both: nothing of this one stays.
        assert server.post("/other", b"", {}) == 500
    assert "in a transaction: default False" in server.printed
    assert "in a transaction: webhooks False" in server.printed
    # What the store wrote is there, though the view failed: other processes must see it.
    assert notes(files[0]) == ["handled"]
    assert notes(files[1]) == ["claimed", "released"]
