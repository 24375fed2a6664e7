"""The errors themselves: their family, their fields, and that they survive pickling and copying."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import errors
from plexy_pay.errors import (
    ApiConnectionError,
    ApiError,
    ApiTimeoutError,
    AuthenticationError,
    ClientError,
    ConfigurationError,
    DeclinedError,
    InferredOperationError,
    InvalidParameterError,
    Outcome,
    OutcomeUnknownError,
    PlexyError,
    ServerError,
    status_error,
)

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, PlexyError)
]
TEXT = st.text(max_size=20)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(Outcome),
        "operation": st.none() | TEXT,
        "method": TEXT,
        "path": TEXT,
        "status": st.none() | st.integers(100, 999),
        "request_id": st.none() | TEXT,
        "idempotency_key": st.none() | TEXT,
        "order_reference": st.none() | TEXT,
        "attempts": st.integers(0, 9),
        "body": st.binary(max_size=50),
        "retry_after": st.none() | st.floats(0, 86_400),
        "code": st.none() | TEXT,
        "type": st.none() | TEXT,
        "source": st.none() | TEXT,
        "api_message": st.none() | TEXT,
        "response": st.none() | st.dictionaries(TEXT, st.integers()),
    },
)


def same(one: Any, other: Any) -> bool:
    """Whether two errors are of one class and say the same, causes included."""
    facts, others = dict(vars(one)), dict(vars(other))
    cause, other_cause = facts.pop("cause", None), others.pop("cause", None)
    alike = type(one) is type(other) and one.args == other.args and facts == others
    return alike and (
        other_cause is None if cause is None else same(cause, other_cause)
    )


@given(st.sampled_from(KINDS), TEXT, FACTS, FACTS)
def test_every_error_survives_pickling_and_copying_with_all_its_fields(
    kind: type[PlexyError], text: str, facts: dict[str, Any], of_cause: dict[str, Any]
) -> None:
    error = kind(text, **facts)
    if kind is OutcomeUnknownError:
        error = kind(text, cause=ApiTimeoutError("late", **of_cause), **facts)
    error.add_note("said later")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert same(pickle.loads(pickle.dumps(error, protocol)), error)
    assert same(copy.copy(error), error)
    assert same(copy.deepcopy(error), error)
    assert all(getattr(error, name) == fact for name, fact in facts.items())


@given(st.sampled_from(KINDS), st.binary(min_size=1, max_size=50))
def test_no_error_shows_a_body_in_its_repr(kind: type[PlexyError], body: bytes) -> None:
    secret = b"4111111111111111" + body
    text = repr(kind("what", body=secret, response={"pan": "4111111111111111"}))
    assert "4111" not in text
    assert f"<{len(secret)} bytes>" in text


def test_an_error_that_knows_nothing_has_quiet_defaults() -> None:
    error = OutcomeUnknownError("what")
    assert (error.outcome, error.attempts, error.body) == (Outcome.NOT_SENT, 0, b"")
    assert (
        error.status
        is error.request_id
        is error.order_reference
        is error.retry_after
        is error.cause
        is None
    )
    assert (str(error), error.message, error.args) == ("what", "what", ("what",))
    assert repr(error).startswith("OutcomeUnknownError('what'")


def test_the_families_are_what_a_program_catches() -> None:
    assert issubclass(ApiTimeoutError, ApiConnectionError)
    assert issubclass(InferredOperationError, ConfigurationError)
    assert issubclass(InvalidParameterError, ValueError)
    assert issubclass(AuthenticationError, ClientError)
    assert not issubclass(DeclinedError, ApiError)
    assert not issubclass(OutcomeUnknownError, ApiError | ApiConnectionError)
    assert all(issubclass(kind, PlexyError) for kind in KINDS)


@given(st.integers(100, 999))
def test_every_status_has_a_class_of_its_hundred(status: int) -> None:
    families: dict[int, type[ApiError]] = {
        3: errors.RedirectError,
        4: ClientError,
        5: ServerError,
    }
    assert issubclass(status_error(status), families.get(status // 100, ApiError))


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_equals_its_word(outcome: Outcome) -> None:
    assert outcome == str(outcome) == outcome.value
