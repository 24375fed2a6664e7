"""`python -m plexy_pay.webhooks`: a delivery that was saved to a file, verified by a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plexy_pay
import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    PRIVATE_KEY,
    SIGNING_SECRET,
    TOKEN,
    delivery,
    example,
    raw,
    shows_a_secret,
)
from plexy_pay.webhooks import sign, unwrap

PACKAGE = Path(plexy_pay.__file__).parent
Done = subprocess.CompletedProcess[str]


def run(
    *arguments: object,
    secret: str | None = TOKEN,
    module: str = "plexy_pay.webhooks",
    path: Path = PACKAGE.parent,
    **environment: str,
) -> Done:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "PLEXY_WEBHOOK_SECRET"
    }
    kept |= {"PYTHONPATH": str(path)} | environment
    if secret is not None:
        kept["PLEXY_WEBHOOK_SECRET"] = secret
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert not shows_a_secret(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr
    return done


def saved(
    directory: Path,
    body: bytes,
    headers: Mapping[str, str],
    *,
    first: str = "POST /webhooks HTTP/1.1",
    end: str = "\r\n",
) -> Path:
    """A delivery as a proxy or a logger saves it."""
    lines = [first] if first else []
    lines += [
        f"{name}: {value}"
        for name, value in {"Host": "shop.example", **headers}.items()
    ]
    file = directory / "delivery.http"
    file.write_bytes(
        "".join(f"{line}{end}" for line in [*lines, ""]).encode("latin-1") + body
    )
    return file


def test_a_genuine_delivery_is_shown_with_its_id_and_without_personal_data(
    tmp_path: Path,
) -> None:
    body, headers = delivery("transaction.charged", BY_TOKEN)
    done = run(saved(tmp_path, body, headers), "--scheme", "token")
    assert (done.returncode, done.stderr) == (0, "")
    event = unwrap(body, headers, secret=BY_TOKEN)
    assert done.stdout.splitlines() == [
        "verified by token: TransactionCharged 'transaction.charged'",
        f"dedup_id: {event.dedup_id}",
        repr(event),
    ]
    for value in ("6789", "192.168.1.1", "4400437244977189"):
        assert value not in done.stdout.replace(event.dedup_id, "")


@pytest.mark.parametrize(
    "first", ["POST /webhooks HTTP/1.1", "POST http://shop:80/ HTTP/1.1", ""]
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_file_may_begin_with_the_request_line_and_have_ends_of_both_kinds(
    tmp_path: Path, first: str, end: str
) -> None:
    body, headers = delivery(CALLBACK, BY_FIELDS)
    done = run(
        saved(tmp_path, body, headers, first=first, end=end),
        "--scheme",
        "fields",
        secret=PRIVATE_KEY,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "verified by fields: PaymentCallback ''\ndedup_id: callback:"
    )


def test_a_header_in_another_alphabet_is_no_end_of_a_line(tmp_path: Path) -> None:
    # In UTF-8 the letter has the byte 0x85, at which text, but not HTTP, begins a new line.
    body, headers = delivery("transaction.charged", BY_TOKEN)
    headers = {"X-Shop": "\u00c5kermans".encode().decode("latin-1"), **headers}
    assert run(saved(tmp_path, body, headers), "--scheme", "token").returncode == 0


def test_a_body_alone_takes_its_headers_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(raw(example("transaction.charged")))
    done = run(
        file,
        "--scheme",
        "token",
        "--body-only",
        "--header",
        "Host: shop",
        "--header",
        f"authorization:{TOKEN}",
    )
    assert done.returncode == 0, done.stderr


def test_an_old_delivery_is_refused_unless_its_age_is_not_asked_for(
    tmp_path: Path,
) -> None:
    body = raw(example("payment.succeeded"))
    file = saved(tmp_path, body, sign(body, secret=BY_BODY, now=1_716_640_000))
    done = run(file, "--scheme", "body", secret=SIGNING_SECRET)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "refused (too_old): The timestamp of the webhook is more than 300 seconds"
    )
    done = run(file, "--scheme", "body", "--any-age", secret=SIGNING_SECRET)
    assert done.returncode == 0
    assert done.stdout.startswith(
        "verified by body: PaymentSucceeded 'payment.succeeded'\n"
    )
    assert done.stdout.endswith("The age of the delivery was not checked.\n")


@pytest.mark.parametrize(
    ("body", "secret", "scheme", "reason"),
    [
        (raw(example("transaction.charged")), "another", "token", "wrong_secret"),
        (b"{", TOKEN, "token", "not_json"),
        (b"", TOKEN, "token", "not_json"),
        (raw(example("transaction.charged")), TOKEN, "body", "wrong_scheme"),
        (raw(example("payment.succeeded")), TOKEN, "token", "wrong_scheme"),
    ],
)
def test_a_delivery_that_is_not_proved_ends_with_1_and_its_reason(
    tmp_path: Path, body: bytes, secret: str, scheme: str, reason: str
) -> None:
    done = run(
        saved(tmp_path, body, sign(b"{}", secret=BY_TOKEN)),
        "--scheme",
        scheme,
        secret=secret,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"refused ({reason}): ")


def test_what_cannot_be_looked_at_ends_with_2_and_what_to_do(tmp_path: Path) -> None:
    body, headers = delivery("transaction.charged", BY_TOKEN)
    file = saved(tmp_path, body, headers)
    alone = tmp_path / "alone.json"
    alone.write_bytes(body)
    odd = tmp_path / "odd.http"
    odd.write_bytes(b"POST / HTTP/1.1\r\nno header\r\n\r\n{}")
    cases: list[tuple[Done, str]] = [
        (
            run(file, "--scheme", "token", secret=None),
            "variable PLEXY_WEBHOOK_SECRET is not set",
        ),
        (run(file, "--scheme", "token", secret=""), "secret is empty"),
        (
            run(file, "--scheme", "token", secret=f"Bearer {TOKEN}"),
            "begins with the word Bearer",
        ),
        (run(file, "--scheme", "fields", secret="pr_"), "secret is empty"),
        (run(tmp_path / "none", "--scheme", "token"), "No such file"),
        (run(tmp_path, "--scheme", "token"), "Is a directory"),
        (run(alone, "--scheme", "token"), "pass --body-only"),
        (run(odd, "--scheme", "token"), "does not have the form NAME: VALUE"),
        (
            run(file, "--scheme", "token", "--header", "no header"),
            "does not have the form NAME: VALUE",
        ),
        (run(file), "--scheme"),
        (run(file, "--scheme", "none"), "invalid choice"),
    ]
    for done, says in cases:
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("\x1b]0;owned\x07", "utf-8"),
        ("a\nverified by body: PaymentSucceeded", "utf-8"),
        ("\ud83d\u202e", "utf-8"),
        ("\u041e\u043f\u043b\u0430\u0442\u0430", "ascii"),
    ],
    ids=ascii,
)
def test_no_name_writes_to_the_terminal_as_it_pleases(
    tmp_path: Path, name: str, encoding: str
) -> None:
    body: Any = raw({"name": name, "id": name, "merchantId": name, "data": name})
    done = run(
        saved(tmp_path, body, sign(body, secret=BY_TOKEN)),
        "--scheme",
        "token",
        PYTHONIOENCODING=encoding,
    )
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == [
        "verified by token",
        "dedup_id",
    ]
    assert len(lines) == 3
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_a_copy_of_the_package_under_another_name_has_the_command_too(
    tmp_path: Path,
) -> None:
    vendor = tmp_path / "acme" / "_vendor"
    shutil.copytree(
        PACKAGE, vendor / "pay", ignore=shutil.ignore_patterns("__pycache__")
    )
    for directory in (vendor, vendor.parent):
        (directory / "__init__.py").touch()
    file = saved(tmp_path, *delivery("transaction.charged", BY_TOKEN))
    done = run(
        file, "--scheme", "token", module="acme._vendor.pay.webhooks", path=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verified by token: TransactionCharged")
    done = run("--help", module="acme._vendor.pay.webhooks", path=tmp_path)
    assert "usage: python -m acme._vendor.pay.webhooks" in done.stdout


def test_the_command_needs_neither_httpx_nor_more_than_the_models_it_reads(
    tmp_path: Path,
) -> None:
    file = saved(tmp_path, *delivery("transaction.charged", BY_TOKEN))
    program = (
        "import runpy, sys\n"
        f"sys.argv[1:] = [{str(file)!r}, '--scheme', 'token']\n"
        "try:\n    runpy.run_module('plexy_pay.webhooks', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "assert 'httpx' not in sys.modules\n"
    )
    environment = {**os.environ, "PLEXY_WEBHOOK_SECRET": TOKEN}
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env=environment,
        capture_output=True,
        timeout=120,
    )
