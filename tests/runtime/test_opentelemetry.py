"""The official OpenTelemetry instrumentation of httpx sees every attempt, and the key in none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, Recording, capturing, reading
from helpers.wire import Then, WireServer, http, json_response
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from plexy_pay.errors import (
    ApiConnectionError,
    AuthenticationError,
    Outcome,
    OutcomeUnknownError,
)

OK = json_response({"id": "th_1"})


class Telemetry:
    """A tracer whose spans stay in memory."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("test")
        self.instrumentor = HTTPXClientInstrumentor()

    def instrument(self) -> None:
        """What a program does at its start."""
        self.instrumentor.instrument(tracer_provider=self.provider)

    @property
    def spans(self) -> list[ReadableSpan]:
        """The finished spans, in the order of their start."""
        return sorted(
            self.exporter.get_finished_spans(), key=lambda span: span.start_time or 0
        )

    def statuses(self) -> list[Any]:
        """The HTTP status of each span of an attempt."""
        return [
            (span.attributes or {}).get("http.status_code")
            for span in self.spans
            if span.name in ("GET", "POST")
        ]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    made = Telemetry()
    yield made
    if made.instrumentor.is_instrumented_by_opentelemetry:
        made.instrumentor.uninstrument()
    made.provider.shutdown()


def ids(span: ReadableSpan) -> tuple[int, int]:
    """The ids of a span's trace and of itself."""
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def everything_in(span: ReadableSpan) -> str:
    """Name, attributes, events and status of a span."""
    events = [(event.name, dict(event.attributes or {})) for event in span.events]
    return f"{span.name} {dict(span.attributes or {})} {events} {span.status.description} {span.to_json()}"


@pytest.mark.parametrize(
    "when", ["before the client is made", "after the client is made", "after a call"]
)
def test_each_attempt_is_a_span_below_the_one_that_is_open(
    flavor: Flavor, telemetry: Telemetry, when: str
) -> None:
    first = [OK] if when == "after a call" else []
    with WireServer(*first, http(503), Then(close=True), OK) as server:
        if when == "before the client is made":
            telemetry.instrument()
        client = flavor.client(server.origin, pace=Recording())
        if when == "after a call":
            flavor.call(client, reading())
        if when != "before the client is made":
            telemetry.instrument()
        with telemetry.tracer.start_as_current_span("checkout"):
            flavor.call(client, reading())
    checkout, *attempts = telemetry.spans
    assert telemetry.statuses() == [503, None, 200]
    trace_id, parent_id = ids(checkout)
    for span, request in zip(attempts, server.requests[-3:], strict=True):
        assert span.parent is not None
        assert span.parent.span_id == parent_id
        assert ids(span)[0] == trace_id
        # The trace goes on at the server, and the guard let its header pass.
        (sent,) = request.values("traceparent")
        assert sent.split("-")[1:3] == [f"{trace_id:032x}", f"{ids(span)[1]:016x}"]
        assert request.values("authorization") == [KEY]


def test_a_next_key_is_a_span_of_its_own_and_shows_no_key(
    flavor: Flavor, telemetry: Telemetry
) -> None:
    telemetry.instrument()
    with WireServer(http(401), OK) as server:
        flavor.call(flavor.client(server.origin, [KEY, OTHER_KEY]), reading())
    assert telemetry.statuses() == [401, 200]
    for span in telemetry.spans:
        assert KEY not in everything_in(span)
        assert OTHER_KEY not in everything_in(span)


def opened(flavor: Flavor) -> Any:
    """A client of httpx itself, which is what the instrumentation knows."""
    client = (
        httpx.Client(trust_env=False)
        if flavor.name == "sync"
        else httpx.AsyncClient(trust_env=False)
    )
    flavor._opened.append(client)  # It is the program's to close.
    return client


def given_client(flavor: Flavor, telemetry: Telemetry) -> Any:
    client = opened(flavor)
    telemetry.instrumentor.instrument_client(client, tracer_provider=telemetry.provider)
    return client


def given_transport(flavor: Flavor, telemetry: Telemetry) -> Any:
    telemetry.instrument()
    transport = (
        httpx.HTTPTransport() if flavor.name == "sync" else httpx.AsyncHTTPTransport()
    )
    flavor._opened.append(transport)  # It is the program's to close.
    return transport


def given_client_of_an_instrumented_program(
    flavor: Flavor, telemetry: Telemetry
) -> Any:
    telemetry.instrument()
    return opened(flavor)


@pytest.mark.parametrize(
    "make", [given_client, given_transport, given_client_of_an_instrumented_program]
)
def test_a_client_of_the_programs_own_gives_the_same_spans(
    flavor: Flavor, telemetry: Telemetry, make: Any
) -> None:
    with WireServer(http(503), http(503), OK) as server:
        client = flavor.client(
            server.origin, http_client=make(flavor, telemetry), pace=Recording()
        )
        with telemetry.tracer.start_as_current_span("checkout"):
            flavor.call(client, reading())
    checkout, *attempts = telemetry.spans
    assert telemetry.statuses() == [503, 503, 200]
    assert {span.parent and span.parent.span_id for span in attempts} == {
        ids(checkout)[1]
    }
    assert [len(request.values("traceparent")) for request in server.requests] == [
        1,
        1,
        1,
    ]


def echo(request: Any) -> bytes:
    """An API that quotes the key in its body."""
    return json_response({"message": request.values("authorization")[0]}, 401)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (echo, AuthenticationError),
        (Then(reset=True), OutcomeUnknownError),
        (http(500), OutcomeUnknownError),
    ],
)
@pytest.mark.parametrize("captured", [False, True])
def test_no_span_shows_the_key(
    flavor: Flavor,
    telemetry: Telemetry,
    monkeypatch: pytest.MonkeyPatch,
    response: Any,
    error: Any,
    captured: bool,
) -> None:
    if captured:
        prefix = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_"
        monkeypatch.setenv(f"{prefix}CLIENT_REQUEST", ".*")
        monkeypatch.setenv(f"{prefix}CLIENT_RESPONSE", ".*")
        monkeypatch.setenv(f"{prefix}SANITIZE_FIELDS", "authorization,x-api-key")
    telemetry.instrument()
    with WireServer(response) as server, pytest.raises(error):
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    (span,) = telemetry.spans
    assert KEY not in everything_in(span)
    assert ("user_agent" in everything_in(span)) is captured


def test_a_failure_means_for_the_money_what_it_means_without_spans(
    flavor: Flavor, telemetry: Telemetry
) -> None:
    telemetry.instrument()
    with WireServer() as server:
        pass
    with pytest.raises(ApiConnectionError) as caught:
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    assert caught.value.outcome is Outcome.NOT_SENT
    (span,) = telemetry.spans
    assert not span.status.is_ok
    assert [event.name for event in span.events] == ["exception"]
    assert KEY not in everything_in(span)
