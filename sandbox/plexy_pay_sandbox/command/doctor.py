"""Check what a developer's machine needs: the sandbox, the environment, and a webhook endpoint that verifies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from plexy_pay import AuthenticationError, PlexyError, PlexyPay

from .errors import FAILED, CommandError
from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url, call, environment

_WAIT: Final = 20
#: The setting that has an address, the event that goes there, and the scheme that proves it.
_ADDRESSES: Final = (
    ("url", "transaction.authorized", "token"),
    ("checkout_url", "payment.succeeded", "body"),
    ("callback_url", "callback-2023", "fields"),
)


class Check(NamedTuple):
    """Hold one result: `ok` is None for what is only told."""

    ok: bool | None
    text: str


def doctor(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Check the sandbox, the environment, and whether the webhook endpoint is reachable and verifies."""
    about = call(url, "GET", "/_sandbox/about")
    checks = [
        Check(True, f"sandbox {about['version']} listens at {url}"),
        _state(about["db"]),
        *_environment(url),
        *_webhooks(url, about["webhooks"]),
    ]
    if as_json:
        show_json({"checks": [check._asdict() for check in checks]})
    else:
        for check in checks:
            show(f"{_sign(check)}  {check.text}")
    failed = sum(check.ok is False for check in checks)
    if failed:
        raise CommandError(f"{failed} of {len(checks)} checks failed.", FAILED)


def _sign(check: Check) -> str:
    if check.ok is None:
        return "  -  "
    return " ok  " if check.ok else "FAIL "


def _state(db: str | None) -> Check:
    if db is None:
        return Check(None, "its state is lost when it stops; --db FILE keeps it")
    return Check(None, f"it keeps its state in {db}")


def _environment(url: str) -> Iterator[Check]:
    found = environment()
    base_url = found.get("PLEXY_BASE_URL")
    if base_url is None:
        yield Check(None, f"PLEXY_BASE_URL is not set: a client needs base_url={url!r}")
    else:
        yield Check(
            base_url.rstrip("/") == url.rstrip("/"), f"PLEXY_BASE_URL is {base_url}"
        )
    if "PLEXY_API_KEY" not in found:
        yield Check(None, "PLEXY_API_KEY is not set: a client needs api_key")
    else:
        yield _key_check(url)


def _key_check(url: str) -> Check:
    """Use the key as a program does: the client sends none over plain http to another machine."""
    try:
        with PlexyPay(base_url=url) as client:
            client.transactions.list().first()
    except AuthenticationError:
        return Check(False, "the sandbox refuses the key in PLEXY_API_KEY")
    except PlexyError as error:
        return Check(False, f"no call could be made: {error.message}")
    return Check(True, "the sandbox accepts the key in PLEXY_API_KEY")


def _webhooks(url: str, addresses: Mapping[str, Any]) -> Iterator[Check]:
    if not any(addresses.values()):
        yield Check(
            None, "no webhook address is set: start the sandbox with --webhook-url"
        )
    for setting, event, scheme in _ADDRESSES:
        address = addresses[setting]
        if address is not None:
            yield from _deliveries(url, address, event, scheme)


def _deliveries(url: str, address: str, event: str, scheme: str) -> Iterator[Check]:
    """Send one signed event, and one with a forged signature."""
    before = {one["id"] for one in _listed(url)}
    call(url, "POST", "/_sandbox/triggers", {"name": event})
    yield _accepted(_last(url, before, event), event, address)
    forged = {"name": event, "url": address, "scheme": scheme, "forged": True}
    before = {one["id"] for one in _listed(url)}
    call(url, "POST", "/_sandbox/webhooks/emit", forged)
    yield _refused(_last(url, before, event), event, address)


def _listed(url: str) -> list[dict[str, Any]]:
    deliveries: list[dict[str, Any]] = call(url, "GET", "/_sandbox/webhooks")[
        "deliveries"
    ]
    return deliveries


def _last(url: str, before: set[str], event: str) -> dict[str, Any]:
    """Wait until nothing is on its way; return the delivery of the event that is new."""
    call(url, "POST", "/_sandbox/webhooks/wait", {"seconds": _WAIT})
    fresh = [one for one in _listed(url) if one["id"] not in before]
    return next(one for one in reversed(fresh) if one["name"] == event)


def _accepted(delivery: Mapping[str, Any], event: str, address: str) -> Check:
    if delivery["state"] == "delivered":
        return Check(True, f"{address} accepted {event}")
    reason = delivery.get("reason", "")
    return Check(False, f"{address} did not accept {event}: {reason}{_tries(delivery)}")


def _refused(delivery: Mapping[str, Any], event: str, address: str) -> Check:
    if delivery["state"] == "delivered":
        return Check(
            False,
            f"{address} accepted a forged {event}: the endpoint does not verify deliveries",
        )
    statuses = [attempt.get("status") for attempt in delivery["attempts"]]
    refused = any(status is not None and 400 <= status < 500 for status in statuses)
    if refused:
        return Check(True, f"{address} refused a forged {event}")
    return Check(False, f"{address} did not refuse a forged {event}{_tries(delivery)}")


def _tries(delivery: Mapping[str, Any]) -> str:
    tries = [
        str(attempt.get("status") or attempt.get("error"))
        for attempt in delivery["attempts"]
    ]
    return f" ({', '.join(tries)})" if tries else ""
