"""Events that had no address: they say so in the log, in the list, and in the command."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.control_calls import ask

from .support import Api, Receiver


def listed(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    shown = ask(sandbox.base_url, "GET", "/_sandbox/webhooks", None)
    events: list[dict[str, Any]] = shown["without_address"]
    return events


def test_an_event_without_an_address_is_listed_with_what_gives_it_one(
    sandbox: RunningSandbox, api: Api
) -> None:
    transaction = api.paid()

    events = listed(sandbox)
    assert [one["name"] for one in events] == [
        "transaction.created",
        "transaction.authorized",
    ]
    assert "metadata.callbackUrl" in events[0]["hint"]
    assert events[0]["at"].startswith("2026-11-22T12:00:00")
    assert transaction["paymentId"] in events[0]["about"]


def test_each_family_is_told_its_own_setting(
    sandbox: RunningSandbox, checkout: Api
) -> None:
    checkout.made("/v2/payments", amount={"value": 2_200_000, "currency": "KZT"})

    (event,) = listed(sandbox)
    assert event["name"] == "payment.succeeded"
    assert "--webhook-checkout-url" in event["hint"]


def test_the_log_says_once_what_to_set(
    sandbox: RunningSandbox, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "plexy_pay_sandbox"):
        api.paid()
        api.paid()

    (line,) = [text for text in caplog.messages if "had no address" in text]
    assert "transaction.created" in line
    assert "--webhook-url" in line
    assert len(listed(sandbox)) == 4


def test_an_event_with_an_address_is_not_among_them(
    sandbox: RunningSandbox, api: Api, receiver: Receiver
) -> None:
    api.paid(metadata={"callbackUrl": receiver.url})
    sandbox.webhooks.wait()

    assert listed(sandbox) == []


def test_a_reset_forgets_them(
    sandbox: RunningSandbox, api: Api, stranger: httpx.Client
) -> None:
    api.paid()
    stranger.post(f"{sandbox.base_url}/_sandbox/reset")

    assert listed(sandbox) == []


def test_the_command_shows_them(
    sandbox: RunningSandbox, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    api.paid()
    assert main(["deliveries", "list", "--url", sandbox.base_url]) == 0

    printed = " ".join(capsys.readouterr().out.split())
    assert "No webhook was posted yet." in printed
    assert "2 event(s) had no address" in printed
    assert "--webhook-url" in printed


def test_a_trigger_names_the_setting_of_its_event(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trigger", "payment.succeeded", "--url", sandbox.base_url]) == 0

    assert "--webhook-checkout-url" in capsys.readouterr().out
