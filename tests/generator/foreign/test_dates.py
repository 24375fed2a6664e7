"""A date and a moment are never taken for each other: the day of a moment depends on the time zone."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, date, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import httpx
import pytest
from helpers.foreign import answering, document, generate, operation, taking
from hypothesis import given
from hypothesis import strategies as st

DAY: dict[str, Any] = {"type": "string", "format": "date"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}


def several(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def perhaps(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "null"}]}


def all_of(kind: dict[str, Any]) -> dict[str, Any]:
    """An object with a kind of time in every position."""
    inner = {"type": "object", "properties": {"at": kind, "all": several(kind)}}
    return {
        "type": "object",
        "properties": {
            "at": kind,
            "perhaps": perhaps(kind),
            "all": several(kind),
            "table": several(several(kind)),
            "inner": inner,
            "inners": several(inner),
        },
    }


def parameter(name: str, place: str, kind: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": kind, "required": place == "path"}


def paths(kind: dict[str, Any], of: str) -> dict[str, Any]:
    own = [
        *(parameter("at", "query", kind), parameter("all", "query", several(kind))),
        *(parameter("x-at", "header", kind), parameter("cook", "cookie", kind)),
    ]
    form = {"type": "object", "properties": {"at": kind, "all": several(kind)}}
    media = "application/x-www-form-urlencoded"
    return {
        f"/{of}": {
            "get": operation(tags=[of], operationId="list", parameters=own),
            "post": taking(all_of(kind), tags=[of], operationId="create"),
            "put": taking(several(kind), tags=[of], operationId="replace"),
            "patch": taking(form, media, tags=[of], operationId="send"),
        },
        f"/{of}/{{at}}": {
            "parameters": [parameter("at", "path", kind)],
            "get": answering({"type": "string"}, tags=[of], operationId="show"),
        },
    }


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    made = document({**paths(DAY, "days"), **paths(MOMENT, "moments")})
    return generate(tmp_path_factory.mktemp("dates"), made, '[package]\nclient = "Acme"')


class Calls:
    """The calls of a client, sync or async, and what they sent."""

    def __init__(self, acme: ModuleType, flavour: str) -> None:
        self.sent: list[httpx.Request] = []
        http_client = httpx.MockTransport(self._answer)
        self.client = getattr(acme, flavour)(http_client=http_client)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200, content=b'"x"')

    def make(self, of: str, method: str, **given: Any) -> None:
        async def wait(made: Any) -> None:
            await made

        made = getattr(getattr(self.client, of), method)(**given)
        if inspect.isawaitable(made):
            asyncio.run(wait(made))


@pytest.fixture(params=["Acme", "AsyncAcme"])
def calls(acme: ModuleType, request: pytest.FixtureRequest) -> Calls:
    return Calls(acme, request.param)


def ways(value: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Every way to pass a time: the method, the parameter that is named, the arguments."""
    return [
        *(("list", "at", {"at": value}), ("list", "all", {"all": [value]})),
        *(("list", "x_at", {"x_at": value}), ("list", "cook", {"cook": value})),
        *(("show", "at", {"at": value}), ("create", "at", {"at": value})),
        *(("create", "perhaps", {"perhaps": value}), ("create", "all", {"all": (value,)})),
        *(("create", "table", {"table": [[value]]}), ("create", "at", {"inner": {"at": value}})),
        *(("create", "all", {"inners": [{"all": [value]}]}), ("replace", "body", {"body": [value]})),
        *(("send", "at", {"at": value}), ("send", "all", {"all": [value]})),
    ]


WAYS = pytest.mark.parametrize("way", range(len(ways(None))))


class Timestamp(datetime):
    """As pandas and pendulum have one: a datetime by another name."""


MOMENTS = [
    datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=5))),
    datetime(2026, 1, 31, 23, 30),
    Timestamp(2026, 1, 31, tzinfo=UTC),
]


@WAYS
@pytest.mark.parametrize("moment", MOMENTS, ids=["aware", "naive", "subclass"])
def test_a_moment_for_a_day_is_refused_with_the_way_out(
    acme: ModuleType, calls: Calls, way: int, moment: datetime
) -> None:
    method, name, arguments = ways(moment)[way]
    with pytest.raises(acme.InvalidParameterError) as caught:
        calls.make("days", method, **arguments)
    text = str(caught.value)
    assert name in text
    assert "another day" in text
    assert ".date()" in text
    assert "Nothing was sent" in text
    assert "2026" not in text
    assert calls.sent == []


@WAYS
def test_a_day_for_a_moment_is_refused_with_the_way_out(acme: ModuleType, calls: Calls, way: int) -> None:
    method, name, arguments = ways(date(2026, 1, 31))[way]
    with pytest.raises(acme.InvalidParameterError) as caught:
        calls.make("moments", method, **arguments)
    text = str(caught.value)
    assert name in text
    assert "time of day" in text
    assert "Nothing was sent" in text
    assert calls.sent == []


@WAYS
def test_a_moment_without_a_time_zone_is_refused_by_its_name(
    acme: ModuleType, calls: Calls, way: int
) -> None:
    method, name, arguments = ways(datetime(2026, 1, 31))[way]
    with pytest.raises(acme.InvalidParameterError, match="time zone") as caught:
        calls.make("moments", method, **arguments)
    assert name in str(caught.value)
    assert calls.sent == []


def shown(calls: Calls) -> str:
    (request,) = calls.sent
    texts = (str(request.url), request.content.decode(), *request.headers.values())
    return "\n".join(texts).replace("%3A", ":").replace("%2B", "+")


@WAYS
@pytest.mark.parametrize(
    ("of", "value", "written"),
    [
        ("days", date(2026, 1, 31), "2026-01-31"),
        ("days", "2026-01-31", "2026-01-31"),
        ("moments", MOMENTS[0], "2026-01-31T18:30:00Z"),
        ("moments", "2026-01-31T18:30:00+00:00", "2026-01-31T18:30:00+00:00"),
    ],
)
def test_the_right_kind_and_text_leave_as_before(
    calls: Calls, way: int, of: str, value: Any, written: str
) -> None:
    method, _, arguments = ways(value)[way]
    calls.make(of, method, **arguments)
    assert written in shown(calls)
    assert "2026-01-31T" not in shown(calls) or of == "moments"


def test_a_model_that_was_made_before_is_checked_too(acme: ModuleType, calls: Calls) -> None:
    kinds = [getattr(acme.models, name) for name in acme.models.__all__]
    (kind,) = (one for one in kinds if {"at": "date", "table": "[[date]]"}.items() <= one._types.items())
    for wrong in (kind(at=MOMENTS[0]), kind(all=[date(2026, 1, 31), MOMENTS[0]])):
        with pytest.raises(acme.InvalidParameterError):
            wrong.to_dict()


@given(st.datetimes(timezones=st.none() | st.timezones()))
def test_no_moment_whatever_becomes_a_day(moment: datetime) -> None:
    from plexy_pay.encoding import encode_day
    from plexy_pay.errors import InvalidParameterError

    for value in (moment, [moment], [[moment]]):
        with pytest.raises(InvalidParameterError):
            encode_day(value, "at")


@given(st.dates())
def test_every_day_stays_that_day(day: date) -> None:
    from plexy_pay.encoding import encode_day, encode_moment
    from plexy_pay.errors import InvalidParameterError

    assert encode_day(day, "at") == day.isoformat()
    with pytest.raises(InvalidParameterError):
        encode_moment(day, "at")
