"""The three families: each has keys and errors of its own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, create_app
from plexy_pay_sandbox.validation import DocumentError, bundled_document

from .support import AGENT, CHECKOUT_KEY, GATE_KEY, KEY, Api

PAY = "/v1/transactions"
CHECKOUT = "/v2/sessions/CS1?sessionResult=x"
GATE = f"/agent/{AGENT}/balance"


def ask(
    stranger: httpx.Client, sandbox: RunningSandbox, path: str, **headers: str
) -> httpx.Response:
    return stranger.get(
        f"{sandbox.base_url}{path}",
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (PAY, {"Authorization": KEY}, 200),
        (CHECKOUT, {"x_api_key": CHECKOUT_KEY}, 404),
        (GATE, {"Authorization": GATE_KEY}, 200),
        ("/health", {"Authorization": GATE_KEY}, 200),
        (PAY, {"Authorization": GATE_KEY}, 401),
        (PAY, {"Authorization": CHECKOUT_KEY}, 401),
        (CHECKOUT, {"x_api_key": KEY}, 401),
        (CHECKOUT, {"x_api_key": GATE_KEY}, 401),
        (CHECKOUT, {"x_api_key": f"Bearer {CHECKOUT_KEY}"}, 401),
        (CHECKOUT, {"Authorization": CHECKOUT_KEY}, 401),
        (GATE, {"Authorization": KEY}, 401),
        (GATE, {"Authorization": CHECKOUT_KEY}, 401),
        (GATE, {"Authorization": f"Bearer {GATE_KEY}"}, 401),
        (GATE, {"x_api_key": GATE_KEY}, 401),
        ("/health", {"Authorization": KEY}, 401),
        ("/health", {}, 401),
    ],
)
def test_a_key_opens_its_own_family_only(
    stranger: httpx.Client,
    sandbox: RunningSandbox,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    assert ask(stranger, sandbox, path, **headers).status_code == status


def test_another_agent_is_refused_even_with_the_right_key(
    stranger: httpx.Client, sandbox: RunningSandbox
) -> None:
    other = GATE.replace(AGENT, "33333333-3333-4333-8333-333333333333")

    response = ask(stranger, sandbox, other, Authorization=GATE_KEY)

    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PAY, {"code": 2, "source": "keys", "type": "apiError"}),
        (
            CHECKOUT,
            {"error": {"type": "authentication_error", "code": "api_key_invalid"}},
        ),
        (GATE, {"code": "unauthorized"}),
    ],
)
def test_each_family_writes_its_errors_in_its_own_way(
    stranger: httpx.Client, sandbox: RunningSandbox, path: str, body: dict[str, Any]
) -> None:
    response = ask(stranger, sandbox, path).json()

    if "error" in body:
        assert response["error"].items() >= body["error"].items()
    else:
        assert response.items() >= body.items()
        assert set(response) == {*body, "message"}


def test_an_error_of_v2_carries_the_id_of_its_request(checkout: Api) -> None:
    response = checkout.http.get("/v2/sessions/CS1", params={"sessionResult": "x"})

    assert response.status_code == 404
    assert response.json()["error"] == {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": "There is no such session.",
        "request_id": response.headers["X-Request-Id"],
    }


def test_a_wrong_path_is_answered_as_its_neighbors_answer(
    stranger: httpx.Client, sandbox: RunningSandbox
) -> None:
    bodies = [
        ask(stranger, sandbox, path).json()
        for path in ("/v1/x", "/v2/x", "/agent/x", "/elsewhere")
    ]

    assert [set(body) for body in bodies] == [
        {"code", "message", "source", "type"},
        {"error"},
        {"code", "message"},
        {"code", "message", "source", "type"},
    ]


def test_a_running_sandbox_tells_how_to_get_in(running: RunningSandbox) -> None:
    assert (running.key, running.checkout_key) == (KEY, CHECKOUT_KEY)
    assert (running.gate_key, running.agent_id) == (GATE_KEY, AGENT)
    assert not any(key in repr(running) for key in (KEY, CHECKOUT_KEY, GATE_KEY))


def test_a_sandbox_of_defaults_has_a_key_for_each_family() -> None:
    with RunningSandbox() as sandbox:
        assert (sandbox.key, sandbox.checkout_key, sandbox.gate_key) == (
            "pr_sandbox",
            "ck_sandbox",
            "gk_sandbox",
        )
        assert sandbox.agent_id == "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    "settings",
    [
        {"checkout_keys": ()},
        {"gate_keys": ("",)},
        {"checkout_keys": ("pr_sandbox",)},
        {"gate_keys": ("gk_1", "ck_sandbox")},
        {"agent_id": ""},
    ],
    ids=str,
)
def test_a_sandbox_whose_families_could_be_mixed_up_does_not_start(
    settings: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="The sandbox needs"):
        create_app(**settings)


def test_a_family_that_the_sandbox_does_not_know_stops_the_start() -> None:
    document = bundled_document()
    document["paths"]["/health"]["get"]["x-family"] = "wallet"

    with pytest.raises(DocumentError, match="GET /health has the x-family wallet"):
        create_app(document)
