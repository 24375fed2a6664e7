"""Keep what was done in a file, so that a sandbox which starts again can do it once more.

The file is an SQLite database with each step that changed something, and how far each webhook has come. A step is
committed before its response leaves. The file stays whole however the process ends. After a loss of power the last
steps may be missing, because SQLite does not wait for the disk at each commit (`synchronous=NORMAL`).

One process has the file at a time: it holds SQLite's exclusive lock, which ends with the process. Its number is in the
file, for whoever is refused.

The addresses of webhooks, and the beginnings of what receivers respond, are kept as they are.

Not kept: keys and secrets, card data, the key that reads encrypted cards, the faults that are set, and the log of
requests.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from random import uniform
from time import sleep
from typing import Any, Final

_APPLICATION_ID: Final = 0x504C5853
_FORMAT: Final = 1
_TRIES: Final = 10
_LONGEST_PAUSE: Final = 0.05
_TABLES: Final = (
    "CREATE TABLE made_for (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE holder (process INTEGER NOT NULL)",
    """CREATE TABLE steps (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, moment TEXT NOT NULL, seed BLOB NOT NULL,
        notes TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, headers TEXT NOT NULL,
        body BLOB NOT NULL, status INTEGER NOT NULL, digest INTEGER NOT NULL)""",
    """CREATE TABLE outcomes (
        delivery TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, attempts TEXT NOT NULL) WITHOUT ROWID""",
)
_INSERT: Final = """INSERT INTO steps
    (kind, moment, seed, notes, method, path, query, headers, body, status, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SELECT: Final = """SELECT number, kind, moment, seed, notes, method, path, query, headers, body, status, digest
    FROM steps ORDER BY number"""
_KEEP_OUTCOME: Final = "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?)"


class JournalError(Exception):
    """Raised when the file cannot be used. The message names it, and says what to do."""


class Kind(StrEnum):
    """The kind of a step."""

    REQUEST = "request"
    TIME = "time"
    """Things happened by themselves at their time."""
    OPTIONS = "options"
    """The sandbox was started with other options for its webhooks than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Args:
        kind: Its kind.
        moment: The real moment at which it was taken.
        seed: The source of its ids.
        notes: What was found out in it, by the number of the question.
        method: The method of a request.
        path: Its path, as it was sent.
        query: Its query, as it was sent.
        headers: Those of its headers that matter, without keys.
        body: Its body, without card data; the options of a start.
        status: The status of its response, 0 for none.
        digest: The checksum of a response that tells of success, 0 for another one.
    """

    kind: Kind
    moment: datetime
    seed: bytes = b""
    notes: Mapping[int, Mapping[str, Any]] = field(
        default_factory=dict[int, Mapping[str, Any]]
    )
    method: str = ""
    path: str = ""
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    status: int = 0
    digest: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a delivery has come."""

    state: str
    reason: str | None
    attempts: list[dict[str, Any]]


class Journal:
    """Hold the file, from the moment it is made until it is closed.

    Args:
        path: The file; it is made if it is not there.
        made_for: What the steps cannot be repeated without, such as the version, by names that a user understands.

    Raises:
        JournalError: if it cannot be used, another process has it, or it was made for something else.
    """

    def __init__(self, path: str | Path, made_for: Mapping[str, str]) -> None:
        self.path: Final = Path(path).absolute()
        self.closed = False
        with self._explaining():
            for _ in range(_TRIES):
                try:
                    self._open(made_for)
                    return
                except sqlite3.OperationalError as error:
                    if not _is_taken(error):
                        raise
                # Of two that start at one moment, each may be in the way of the other.
                sleep(uniform(0, _LONGEST_PAUSE))
            self._open(made_for)

    def steps(self) -> Iterator[tuple[int, Step]]:
        """Return the steps with their numbers, in the order in which they were taken."""
        with self._explaining():
            for number, *columns in self._database.execute(_SELECT):
                yield number, _step_of(columns)

    def outcomes(self) -> dict[str, Outcome]:
        """Return how far the deliveries have come, by their ids."""
        with self._explaining():
            rows = self._database.execute("SELECT * FROM outcomes").fetchall()
        return {
            delivery: Outcome(state, reason, json.loads(attempts))
            for delivery, state, reason, attempts in rows
        }

    def add(self, step: Step) -> None:
        """Add a step. It is committed when this returns.

        Raises:
            JournalError: if it cannot be written.
        """
        with self._explaining():
            self._database.execute(_INSERT, _columns_of(step))

    def keep_outcome(self, delivery: str, outcome: Outcome) -> None:
        """Keep how far a delivery has come.

        Raises:
            JournalError: if it cannot be written.
        """
        attempts = json.dumps(outcome.attempts)
        row = (delivery, outcome.state, outcome.reason, attempts)
        with self._explaining():
            self._database.execute(_KEEP_OUTCOME, row)

    def restart(self, first: Step) -> None:
        """Forget all steps and outcomes, and begin with another first step. Nothing of them is left in the file.

        Raises:
            JournalError: if it cannot be written.
        """
        with self._explaining():
            with self._transaction():
                self._database.execute("DELETE FROM steps")
                self._database.execute("DELETE FROM outcomes")
                self._database.execute(_INSERT, _columns_of(first))
            self._database.execute("VACUUM")
            self._write_through()

    def close(self) -> None:
        """Let go of the file. Closing twice does no harm."""
        self.closed = True
        self._database.close()

    # --- inside ---------------------------------------------------------------------------------------------

    def _open(self, made_for: Mapping[str, str]) -> None:
        self._database = sqlite3.connect(
            self.path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            self._take(made_for)
        except BaseException:
            self._database.close()
            raise

    def _take(self, made_for: Mapping[str, str]) -> None:
        """Lock the file, and make a journal of an empty one.

        Raises:
            JournalError: if it is a database of something else, or a journal that cannot be repeated here.
        """
        self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
        # The lock comes first: what is read before it may be out of date.
        with self._transaction():
            if self._value("SELECT count(*) FROM sqlite_master"):
                self._check_format()
                self._check(made_for)
            else:
                self._make(made_for)
            self._database.execute("DELETE FROM holder")
            self._database.execute("INSERT INTO holder VALUES (?)", (os.getpid(),))
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._write_through()

    def _make(self, made_for: Mapping[str, str]) -> None:
        for table in _TABLES:
            self._database.execute(table)
        self._database.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        self._database.execute(f"PRAGMA user_version={_FORMAT}")
        self._database.executemany(
            "INSERT INTO made_for VALUES (?, ?)", made_for.items()
        )

    def _check_format(self) -> None:
        if self._value("PRAGMA application_id") != _APPLICATION_ID:
            raise JournalError(
                f"{self.path} is a database of something else, and was left as it is. Choose another file for --db."
            )
        made_as = self._value("PRAGMA user_version")
        if made_as != _FORMAT:
            raise JournalError(
                f"{self.path} has format {made_as}, of another version of the sandbox, and this one knows format "
                f"{_FORMAT} only. The file was left as it is. Start the version that made it, or choose another file "
                "for --db."
            )

    def _check(self, made_for: Mapping[str, str]) -> None:
        known = dict(self._database.execute("SELECT name, value FROM made_for"))
        for name, value in made_for.items():
            if known.get(name) != value:
                raise JournalError(
                    f"{self.path} was made with the {name} {known.get(name)}, and this sandbox has {value}: it cannot "
                    f"repeat what is kept there. The file was left as it is. Start the sandbox with the {name} of the "
                    "file, or choose another file for --db."
                )

    def _write_through(self) -> None:
        """Write what is in the write-ahead log into the file itself, and empty the log."""
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _value(self, query: str) -> object:
        return self._database.execute(query).fetchone()[0]

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._database.execute("BEGIN EXCLUSIVE")
        try:
            yield
        except BaseException:
            # An error of the disk may have rolled it back already.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextmanager
    def _explaining(self) -> Generator[None]:
        """Turn the errors of SQLite into sentences that name the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(_explanation(self.path, error)) from error


def _code_of(error: sqlite3.Error) -> int:
    # The lower byte is the kind of the error, the rest says more about it.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _is_taken(error: sqlite3.Error) -> bool:
    return _code_of(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _explanation(path: Path, error: sqlite3.Error) -> str:
    code = _code_of(error)
    if _is_taken(error):
        holder = _holder_of(path)
        who = (
            "Another program"
            if holder is None
            else f"Another sandbox, process {holder},"
        )
        return f"{who} has {path}. Stop it, or choose another file for --db."
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"{path} is no database, or a damaged one ({error}). Choose another file for --db."
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return (
            f"{path} cannot be opened or written ({error}). The directory must exist, and it and the file must be "
            "writable, or choose another file for --db."
        )
    return (
        f"{path} cannot be read or written ({error}). The disk must have room, and the directory and the file must be "
        "writable."
    )


def _holder_of(path: Path) -> int | None:
    """Return the process that has a journal which is locked; None if it is no journal, or cannot be read now."""
    # Read as if nobody wrote to it: that takes no lock, and the number was written through before anything else.
    address = f"{path.as_uri()}?immutable=1"
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(address, uri=True)) as peeking,
    ):
        row = peeking.execute("SELECT process FROM holder").fetchone()
        return None if row is None else int(row[0])
    return None


def _columns_of(step: Step) -> tuple[object, ...]:
    return (
        step.kind,
        step.moment.isoformat(),
        step.seed,
        json.dumps(list(step.notes.items())),
        step.method,
        step.path,
        step.query,
        json.dumps(step.headers),
        step.body,
        step.status,
        step.digest,
    )


def _step_of(columns: Sequence[Any]) -> Step:
    kind, moment, seed, notes, method, path, query, headers, body, status, digest = (
        columns
    )
    return Step(
        kind=Kind(kind),
        moment=datetime.fromisoformat(moment),
        seed=seed,
        notes=dict(json.loads(notes)),
        method=method,
        path=path,
        query=query,
        headers=[(name, value) for name, value in json.loads(headers)],
        body=body,
        status=status,
        digest=digest,
    )
