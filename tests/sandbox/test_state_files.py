"""The file that a sandbox keeps its state in: one process has it, and what cannot be used is refused with a reason."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from helpers.sandbox_process import SandboxProcess
from plexy_pay_sandbox import create_app
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.journal import Journal, JournalError

from .conftest import NOON
from .kept import kept
from .support import AGENT, KEY, exact


def change(db: Path, statement: str) -> None:
    """Change a file that nobody has."""
    with closing(sqlite3.connect(db)) as database, database:
        database.execute(statement)


def refusal_of(db: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Start the command with a file that it refuses, and return its reason."""
    assert main(["--port", "0", "--db", str(db)]) == 1
    return capsys.readouterr().err


def test_a_second_sandbox_is_refused_the_file_and_told_who_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "state.db"
    with SandboxProcess(db) as first:
        client = first.client()
        message = refusal_of(db, capsys)
        assert str(db) in message
        assert f"process {first.id}," in message
        with SandboxProcess(db) as second:
            code, message = second.end()
        assert client.get("/v1/payment-links").status_code == 200
    assert (code, str(first.id) in message, "Traceback" in message) == (1, True, False)


def test_a_second_sandbox_of_the_same_process_is_refused_the_file(
    tmp_path: Path,
) -> None:
    with kept(tmp_path / "state.db") as sandbox:
        for _ in range(2):
            with pytest.raises(JournalError, match=f"process {os.getpid()},"):
                create_app(db=tmp_path / "state.db")
        assert sandbox.pay().get("/v1/payment-links")["total"] == 0


@pytest.mark.parametrize("made_before", [True, False])
def test_of_two_that_start_at_one_moment_one_has_the_file(
    tmp_path: Path, made_before: bool
) -> None:
    def take(db: Path) -> Journal | None:
        together.wait()
        try:
            return Journal(db, {"version": "1"})
        except JournalError:
            return None

    together = Barrier(2)
    for number in range(10):
        db = tmp_path / f"{number}.db"
        if made_before:
            Journal(db, {"version": "1"}).close()
        with ThreadPoolExecutor(2) as threads:
            journals = list(threads.map(take, [db, db]))
        [winner] = [journal for journal in journals if journal is not None]
        winner.close()


def test_a_file_is_free_again_when_its_process_was_killed(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    secrets = ("--key", "pr_of_the_test", "--webhook-secret", "whs_of_the_test")
    with SandboxProcess(db, *secrets) as process:
        client = process.client()
        client.headers["Authorization"] = "pr_of_the_test"
        body = {"amount": 1, "currency": "KZT"}
        link = exact(client.post("/v1/payment-links", json=body))
        process.kill()

    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"/v1/payment-links" in held
    assert b"_of_the_test" not in held
    with SandboxProcess(db) as process:
        found = exact(process.client().get(f"/v1/payment-links/{link['id']}"))
    assert found["amount"] == 1


def test_what_is_no_file_of_a_sandbox_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("This is no database, and nobody wants to lose it. " * 50)
    foreign = tmp_path / "shop.db"
    change(foreign, "CREATE TABLE orders (id)")
    before = text.read_bytes(), foreign.read_bytes()
    with closing(sqlite3.connect(tmp_path / "open.db")) as other:
        other.execute("CREATE TABLE orders (id)")
        other.execute("BEGIN EXCLUSIVE")
        reasons = {
            text: "is no database",
            foreign: "something else",
            tmp_path / "open.db": "Another program has",
            tmp_path: "cannot be opened",
            tmp_path / "nowhere" / "state.db": "The directory must exist",
        }
        for path, reason in reasons.items():
            message = refusal_of(path, capsys)
            assert reason in message
            assert str(path) in message
    assert (text.read_bytes(), foreign.read_bytes()) == before


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("PRAGMA user_version=2", "format 2"),
        (
            "UPDATE made_for SET value = '9.9' WHERE name = 'version'",
            "with the version 9.9",
        ),
        (
            "UPDATE made_for SET value = 'x' WHERE name = 'document'",
            "with the document x",
        ),
    ],
)
def test_a_file_of_another_version_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], statement: str, reason: str
) -> None:
    db = tmp_path / "state.db"
    with kept(db):
        pass
    change(db, statement)
    before = db.read_bytes()

    message = refusal_of(db, capsys)

    assert reason in message
    assert "left as it is" in message
    assert db.read_bytes() == before


def test_a_file_of_another_agent_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept(tmp_path / "state.db"):
        pass
    assert f"with the agent {AGENT}" in refusal_of(tmp_path / "state.db", capsys)


def test_a_file_that_leads_to_another_response_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        sandbox.pay().create_link()
    change(
        db, "UPDATE steps SET body = CAST(replace(body, '2200000', '2200001') AS BLOB)"
    )

    for _ in range(2):
        with pytest.raises(JournalError, match=r"POST /v1/payment-links, step 2"):
            create_app(keys=(KEY,), agent_id=AGENT, clock=lambda: NOON, db=db)


#: Without its capabilities root may write no more than others.
WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")


def refusal_to_an_ordinary_user(db: Path) -> str:
    """Start the command as somebody who may not write everywhere, and return what it says."""
    command = [sys.executable, "-m", "plexy_pay_sandbox", "start", "--port", "0"]
    done = subprocess.run(
        [*(WITHOUT_RIGHTS if os.geteuid() == 0 else ()), *command, "--db", str(db)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    return done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no modes of files")
def test_a_directory_or_a_file_that_may_only_be_read_is_refused(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "only-read"
    directory.mkdir()
    with kept(directory / "state.db"):
        pass
    (directory / "state.db").chmod(0o400)
    directory.chmod(0o500)
    try:
        for name in ("state.db", "new.db"):
            message = refusal_to_an_ordinary_user(directory / name)
            assert "writable" in message
    finally:
        directory.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of the size of files")
def test_a_change_that_cannot_be_written_is_not_acknowledged(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    body = {"amount": 1, "currency": "KZT", "description": "x" * 500}
    acknowledged: list[str] = []
    with SandboxProcess(db, shell="ulimit -f 300") as process:
        client = process.client()
        while (response := client.post("/v1/payment-links", json=body)).is_success:
            acknowledged.append(response.json()["id"])
        assert response.status_code == 500
        assert str(db) in response.json()["message"]
        assert client.get("/v1/payment-links").status_code == 500

    with SandboxProcess(db) as process:
        query = {"size": 1000}
        page = exact(process.client().get("/v1/payment-links", params=query))
    assert acknowledged
    assert page["total"] == len(acknowledged)
    assert {link["id"] for link in page["data"]} == set(acknowledged)
