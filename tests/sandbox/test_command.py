"""`python -m plexy_pay_sandbox`."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from helpers.cards import card_data
from plexy_pay_sandbox import WebhookControl, wire
from plexy_pay_sandbox.__main__ import main
from plexy_pay_sandbox.card_keys import PADDINGS
from plexy_pay_sandbox.webhooks.signing import (
    Authorization,
    Scheme,
    Secrets,
    signed_text,
)

from .support import Receiver


@contextmanager
def command(*arguments: str) -> Iterator[tuple[str, str]]:
    """The sandbox as a process of its own: its base URL and what it printed first."""
    process = subprocess.Popen(
        [sys.executable, "-m", "plexy_pay_sandbox", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"http://[0-9.]+:\d+", printed)
        assert found is not None, printed
        yield found.group(), printed
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in complaints


def test_the_command_serves_on_loopback_and_says_how_to_use_it(
    stranger: httpx.Client,
) -> None:
    with command() as (base_url, printed):
        assert base_url.startswith("http://127.0.0.1:")
        assert f'PlexyPay("pr_sandbox", base_url="{base_url}")' in printed
        assert f"Dashboard {base_url}/" in printed
        assert "Overview" in stranger.get(base_url).text
        response = stranger.get(
            f"{base_url}/v1/transactions", headers={"Authorization": "pr_sandbox"}
        )
        assert response.status_code == 200


@pytest.mark.parametrize(
    ("padding", "status"), [("oaep-sha1", 200), ("oaep-sha256", 422)]
)
def test_the_padding_of_card_data_can_be_chosen(
    stranger: httpx.Client, padding: str, status: int
) -> None:
    with command("--card-padding", "oaep-sha1") as (base_url, _):
        key = stranger.get(
            f"{base_url}/v1/keys", headers={"Authorization": "pr_sandbox"}
        ).json()["publicKey"]
        body = {
            "transactionType": "sale",
            "paymentMethod": "card",
            "orderDetails": {"amount": 1, "currency": "KZT"},
            "cardData": card_data(padding=PADDINGS[padding], key=key),
        }
        response = stranger.post(
            f"{base_url}/v1/payments",
            json=body,
            headers={"Authorization": "pr_sandbox"},
        )
    assert response.status_code == status


def test_a_key_from_the_command_line_is_accepted_and_not_printed(
    stranger: httpx.Client,
) -> None:
    with command("--key", "pr_mine", "--key", "pr_too") as (base_url, printed):
        assert "pr_" not in printed
        for key, status in (("pr_mine", 200), ("pr_too", 200), ("pr_sandbox", 401)):
            response = stranger.get(
                f"{base_url}/v1/transactions", headers={"Authorization": key}
            )
            assert response.status_code == status


def test_each_family_has_its_key_on_the_command_line(stranger: httpx.Client) -> None:
    keys = (
        "--checkout-key",
        "ck_mine",
        "--gate-key",
        "gk_mine",
        "--agent-id",
        "agent-7",
    )
    with command(*keys) as (base_url, printed):
        assert "ck_" not in printed
        assert "gk_" not in printed
        gate = stranger.get(
            f"{base_url}/agent/agent-7/balance", headers={"Authorization": "gk_mine"}
        )
        body = {"amount": {"currency": "KZT", "value": 1}}
        paid = stranger.post(
            f"{base_url}/v2/payments", json=body, headers={"x-api-key": "ck_mine"}
        )
    assert (gate.status_code, paid.status_code) == (200, 200)


def test_the_command_proves_webhooks_with_the_secrets_that_it_was_given() -> None:
    secrets = {
        "--webhook-token": "whk_mine",
        "--webhook-secret": "whs_mine",
        "--webhook-private-key": "pr_mine",
    }
    with Receiver() as receiver:
        urls = [
            f"--webhook-{name}={receiver.url}"
            for name in ("url", "checkout-url", "callback-url")
        ]
        given = [f"{option}={value}" for option, value in secrets.items()]
        with command(*given, *urls, "--webhook-authorization", "raw") as (
            base_url,
            printed,
        ):
            webhooks = WebhookControl(base_url)
            for name in ("transaction.charged", "callback-2023", "payment.succeeded"):
                webhooks.emit(name)
            assert [one.state for one in webhooks.wait()] == ["delivered"] * 3
        (token, _), (callback, body), (checkout, content) = (
            receiver.next_raw() for _ in range(3)
        )

    assert not any(secret in printed for secret in secrets.values())
    assert token["Authorization"] == "whk_mine"
    own = Secrets(token="-", private_key="pr_mine", secret="whs_mine")
    text = signed_text(wire.loads(body))
    signed = own.headers(Scheme.FIELDS, b"", text, 0, Authorization.RAW)["x-signature"]
    assert callback["x-signature"] == signed
    signed = own.headers(Scheme.BODY, content, "", 0, Authorization.RAW)[
        "Plexy-Signature"
    ]
    assert checkout["Plexy-Signature"].partition(",")[2] == signed.partition(",")[2]


def test_a_port_that_is_taken_ends_the_command_with_a_hint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = main(["--port", str(taken.getsockname()[1])])

    assert code == 1
    assert "Choose another --port." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--document", "/nowhere/openapi.json"], "cannot be read"),
        (["--key", ""], "none of them empty"),
        (["--webhook-secret", ""], "printable ASCII"),
        (["--port", "99999"], "0-65535"),
    ],
)
def test_arguments_that_cannot_be_end_the_command_with_a_reason(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


def test_without_its_dependencies_the_sandbox_says_what_to_install() -> None:
    program = (
        "import sys\n"
        "sys.modules['uvicorn'] = None\n"
        "try:\n"
        "    from plexy_pay_sandbox import RunningSandbox\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )

    assert "pip install 'plexy-pay[sandbox]'" in done.stdout
