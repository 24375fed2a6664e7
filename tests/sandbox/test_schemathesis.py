"""Schemathesis, which knows nothing of the sandbox, sends requests of its own making to each operation.

No response is a failure of the server, and each has a status, a content type and a body that the document describes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.control_calls import ask
from plexy_pay_sandbox.validation import bundled_document
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

#: Requests for each operation. In CI they are the same ones in every run, but for the ids.
EXAMPLES = 12
CHECKS: list[Any] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
#: The Gate's documents name no status for a look-up that is wrong. The sandbox has 400, as for the Gate's orders.
WITHOUT_400 = (
    "GET /agent/{agent_id}/balance",
    "GET /agent/{agent_id}/deposits",
    "GET /agent/{agent_id}/orders",
    "GET /agent/{agent_id}/orders/{id}",
    "GET /agent/{agent_id}/products",
    "GET /agent/{agent_id}/products/{product_id}",
)
#: The real API was seen to respond with 500 to a second refund, and the document says so.
ALREADY_REFUNDED = "transaction can not be refunded: already refunded"
#: What makes objects that the ids in a path can name.
TRIGGERS = (
    "transaction.authorized",
    "transaction.charged",
    "transaction.refunded",
    "payment_order.created",
    "payment.succeeded",
)


def operations() -> dict[str, Any]:
    """Return the operations of the document, by method and path."""
    schema = schemathesis.openapi.from_dict(bundled_document())
    found: list[Any] = [
        cast("Any", result).ok() for result in schema.get_all_operations()
    ]
    return {f"{one.method.upper()} {one.path}": one for one in found}


OPERATIONS = operations()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture(scope="module")
def ids(sandbox: RunningSandbox) -> list[str]:
    """The ids of objects that there are, in each state."""
    made: list[str] = []
    for name in TRIGGERS:
        body = {"name": name}
        made += ask(sandbox.base_url, "POST", "/_sandbox/triggers", body)[
            "made"
        ].values()
    return made


def keys_of(operation: Any, sandbox: RunningSandbox) -> dict[str, str]:
    """Return the header with the key of the operation's family."""
    if operation.path.startswith("/v2/"):
        return {"x-api-key": sandbox.checkout_key}
    if operation.path.startswith("/agent/"):
        return {"Authorization": sandbox.gate_key}
    return {"Authorization": sandbox.key}


def test_there_are_63_operations() -> None:
    assert len(OPERATIONS) == 63


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_sent_the_response_is_one_that_the_document_describes(
    name: str, sandbox: RunningSandbox, ids: list[str]
) -> None:
    operation = OPERATIONS[name]
    headers = keys_of(operation, sandbox)

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(
        case=operation.as_strategy(),
        known=st.none() | st.sampled_from(range(len(ids))),
    )
    def send(case: Any, known: int | None) -> None:
        # Many of the requests are about something that there is.
        parameters = dict(case.path_parameters or {})
        if "agent_id" in parameters:
            parameters["agent_id"] = sandbox.agent_id
        if known is not None:
            for parameter in parameters.keys() - {"agent_id"}:
                parameters[parameter] = ids[known]
        case.path_parameters = parameters
        response = case.call(base_url=sandbox.base_url, headers=headers)
        checks = CHECKS
        if response.status_code == 500 and ALREADY_REFUNDED in response.text:
            checks = CHECKS[1:]
        elif response.status_code == 400 and name in WITHOUT_400:
            checks = [not_a_server_error]
        case.validate_response(response, checks=checks, headers=headers)

    send()
