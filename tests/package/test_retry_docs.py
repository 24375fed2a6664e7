"""What the docs of each method say of retries is what the client does."""

from __future__ import annotations

import re
from operator import attrgetter

import pytest
from plexy_pay import PlexyError, PlexyPay
from plexy_pay._core.attempts import RawResponse, Send
from plexy_pay._core.flow import Call
from plexy_pay._core.operation import Operation, Request
from plexy_pay._operations import OPERATIONS

from generator.identifiers import snake

CLIENT = PlexyPay(
    "pr_1",
    checkout_api_key="ck_1",
    gate_api_key="gk_1",
    agent_id="agent",
    base_url="http://127.0.0.1:1",
)


def attempts_at_a_server_that_always_fails(operation: Operation, key: str) -> int:
    """How often the client sends a call with that idempotency key while every response is a 500."""
    fields = {operation.idempotency_key: key} if operation.idempotency_key else {}
    request = Request(
        operation=operation,
        path_params=dict.fromkeys(re.findall(r"{(\w+)}", operation.path), "x"),
        headers={name: value for name, value in fields.items() if "-" in name},
        body=fields,
        decode=lambda data: data,
    )
    call = Call(request, CLIENT._settings, {"max_retries": 3})
    call.keys = call.ring.keys()
    sent = 0
    with pytest.raises(PlexyError):
        for step in call.run():
            if isinstance(step, Send):
                sent += 1
                step.result = RawResponse(500, [], None)
    return sent


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_the_docs_say_whether_a_call_is_retried(operation: Operation) -> None:
    text = " ".join(str(attrgetter(operation.call)(CLIENT).__doc__).split())
    if attempts_at_a_server_that_always_fails(operation, "k-1") == 1:
        assert "Retried: only when nothing of it left, or after a 429" in text
    elif operation.method == "GET":
        assert "Retried: yes, it only reads" in text
    else:
        key = str(operation.idempotency_key)
        name = key if "-" in key else snake(key)
        assert f"Retried: yes, it is idempotent by `{name}`" in text
