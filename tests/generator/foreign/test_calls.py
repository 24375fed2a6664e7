"""What a package of another API sends to real sockets: keys in every form, cookies and paths in every style."""

from __future__ import annotations

import asyncio
import logging
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from helpers.foreign import answering, document, generate, operation
from helpers.wire import Recorded, WireServer, json_answer

Json = dict[str, Any]

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
COLOUR = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}
SCHEMES: Json = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "k ey"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
}
KEYS = {
    "header_key": "header-key-1",
    "query_key": "query&key-1",
    "cookie_key": "cookie;key-1",
    "api_key": "bearer-key-1",
    "basic_key": "me:pass-word-1",
}
#: Each style in a path, with what the values below become.
STYLES = {
    ("simple", False): ("blue%2F", "a,b%2Cc", "R,1,G,2"),
    ("simple", True): ("blue%2F", "a,b%2Cc", "R=1,G=2"),
    ("label", False): (".blue%2F", ".a,b%2Cc", ".R,1,G,2"),
    ("label", True): (".blue%2F", ".a.b%2Cc", ".R=1.G=2"),
    ("matrix", False): (";v=blue%2F", ";v=a,b%2Cc", ";v=R,1,G,2"),
    ("matrix", True): (";v=blue%2F", ";v=a;v=b%2Cc", ";R=1;G=2"),
}
VALUES = ((TEXT, "blue/"), (LIST, ["a", "b,c"]), (COLOUR, {"R": 1, "G": 2}))


def secured(*security: Json, **more: Any) -> Json:
    return answering(TEXT, tags=["calls"], security=list(security), **more)


def paths() -> Json:
    made: Json = {
        **{f"/{name}": {"get": secured({name: []}, operationId=f"by_{name}")} for name in SCHEMES},
        "/all": {"get": secured({name: [] for name in SCHEMES}, operationId="by_all")},
        "/open": {"get": secured(operationId="openly")},
        "/given": {
            "get": secured(
                {"cookie": []},
                operationId="given",
                parameters=[
                    {"name": "theme", "in": "cookie", "schema": TEXT},
                    {"name": "ids", "in": "cookie", "schema": LIST, "explode": False},
                    {"name": "X-Api-Key", "in": "header", "schema": TEXT},
                    {"name": "X-Pairs", "in": "header", "schema": COLOUR},
                    {"name": "X-Equals", "in": "header", "schema": COLOUR, "explode": True},
                    {"name": "pairs", "in": "query", "schema": COLOUR, "explode": False},
                ],
            )
        },
        "/old": {
            "get": operation(
                tags=["calls"],
                operationId="old",
                deprecated=True,
                parameters=[{"name": "warn", "in": "query", "schema": TEXT, "deprecated": True}],
            )
        },
    }
    for number, (style, explode) in enumerate(STYLES):
        for place, (schema, _) in enumerate(VALUES):
            node = {
                **{"name": "v", "in": "path", "required": True, "schema": schema},
                **{"style": style, "explode": explode},
            }
            made[f"/p{number}/{place}/{{v}}"] = {
                "get": secured(operationId=f"p{number}_{place}", parameters=[node])
            }
    return made


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package."""
    data = document(paths(), components={"securitySchemes": SCHEMES})
    config = '[package]\nclient = "Acme"\nvariables = "ACME"\n[security.bearer]\nargument = "api_key"\n'
    config += '[security.header]\nargument = "header_key"'
    return generate(tmp_path_factory.mktemp("acme"), data, config)


@pytest.fixture
def server() -> Iterator[WireServer]:
    """Answers everything with a text."""
    with WireServer(*[json_answer("done")] * 40) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, acme: ModuleType, server: WireServer) -> Callable[..., Recorded]:
    """Make one call over a real socket, and give what arrived."""

    def made(name: str, *values: Any, client: Json | None = None, **named: Any) -> Recorded:
        arguments: Json = {**KEYS, "base_url": server.origin, **(client or {})}
        if request.param == "sync":
            with acme.Acme(**arguments) as sync:
                assert getattr(sync.calls, name)(*values, **named) == "done"
        else:
            asyncio.run(awaited(arguments, name, values, named))
        return server.requests[-1]

    async def awaited(arguments: Json, name: str, values: Any, named: Json) -> None:
        async with acme.AsyncAcme(**arguments) as client:
            assert await getattr(client.calls, name)(*values, **named) == "done"

    return made


def shown(recorded: Recorded) -> str:
    return recorded.raw.decode("latin-1")


@pytest.mark.parametrize(
    ("name", "where", "value"),
    [
        ("by_header", "x-key", "header-key-1"),
        ("by_bearer", "authorization", "Bearer bearer-key-1"),
        ("by_basic", "authorization", f"Basic {b64encode(b'me:pass-word-1').decode()}"),
        ("by_cookie", "cookie", "sid=cookie%3Bkey-1"),
    ],
)
def test_a_key_goes_where_its_scheme_says_and_nowhere_else(
    call: Callable[..., Recorded], name: str, where: str, value: str
) -> None:
    sent = call(name)
    assert sent.values(where) == [value]
    assert sent.target == f"/{name.removeprefix('by_')}"
    assert len({"authorization", "x-key", "cookie"} & {field for field, _ in sent.headers}) == 1


def test_a_key_in_the_query_is_seen_by_no_log(
    call: Callable[..., Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert call("by_query").target == "/query?k%20ey=query%26key-1"
    assert caplog.records
    assert "key-1" not in caplog.text


def test_schemes_that_are_asked_for_together_are_all_sent(call: Callable[..., Recorded]) -> None:
    sent = call("by_all")
    assert sent.target == "/all?k%20ey=query%26key-1"
    assert sent.values("x-key") == ["header-key-1"]
    assert sent.values("cookie") == ["sid=cookie%3Bkey-1"]
    assert len(sent.values("authorization")) == 1


def test_no_key_goes_along_with_an_operation_that_takes_none(call: Callable[..., Recorded]) -> None:
    assert "key-1" not in shown(call("openly"))


def test_a_user_name_without_a_password_ends_with_a_colon(call: Callable[..., Recorded]) -> None:
    sent = call("by_basic", client={"basic_key": "sk_me"})
    assert sent.values("authorization") == [f"Basic {b64encode(b'sk_me:').decode()}"]


def test_a_missing_second_key_is_named_before_anything_is_sent(acme: ModuleType, server: WireServer) -> None:
    keys = {name: key for name, key in KEYS.items() if name != "cookie_key"}
    with acme.Acme(**keys, base_url=server.origin) as client:
        with pytest.raises(acme.ConfigurationError, match="Pass cookie_key or set ACME_COOKIE_KEY"):
            client.calls.by_all()
    assert server.requests == []


@pytest.mark.parametrize("name", ["by_query", "by_cookie", "by_header"])
def test_the_guard_refuses_a_hook_that_brings_a_key_along(acme: ModuleType, name: str) -> None:
    def spoil(request: httpx.Request) -> None:
        request.headers["x-other"] = KEYS[name.replace("by_", "") + "_key"]

    given = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200)), event_hooks={"request": [spoil]}
    )
    with given, pytest.raises(acme.RequestRefusedError, match="where it does not belong"):
        getattr(acme.Acme(**KEYS, http_client=given).calls, name)()


@pytest.mark.parametrize("wrong", ["Bearer a-key", "basic: a-key"])
def test_a_key_with_a_scheme_word_before_it_is_refused(acme: ModuleType, wrong: str) -> None:
    with pytest.raises(acme.ConfigurationError, match="scheme word"):
        acme.Acme(wrong)
    assert acme.Acme(wrong.replace(" ", "_").replace(":", ""))


def test_cookies_and_headers_are_written_in_their_styles(call: Callable[..., Recorded]) -> None:
    colour = {"R": 1, "G": 2}
    sent = call(
        "given",
        theme="a b;c",
        ids=["x", "y"],
        x_api_key="mine",
        x_pairs=colour,
        x_equals=colour,
        pairs=colour,
    )
    assert sent.values("cookie") == ["theme=a%20b%3Bc; ids=x,y; sid=cookie%3Bkey-1"]
    assert [sent.values(name) for name in ("x-api-key", "x-pairs", "x-equals")] == [
        *(["mine"], ["R,1,G,2"], ["R=1,G=2"]),
    ]
    assert sent.target == "/given?pairs=R%2C1%2CG%2C2"


def test_paths_are_written_in_their_styles(acme: ModuleType, server: WireServer) -> None:
    found: list[str] = []
    with acme.Acme(**KEYS, base_url=server.origin) as client:
        for number in range(len(STYLES)):
            for place, (_, value) in enumerate(VALUES):
                getattr(client.calls, f"p{number}_{place}")(value)
                found.append(server.requests[-1].target.rpartition("/")[2])
    assert found == [text for texts in STYLES.values() for text in texts]


@pytest.mark.parametrize("wrong", [[], [".."], [""], {"a": {"b": 1}}, [["a"]]])
def test_a_path_that_could_lead_elsewhere_is_refused(acme: ModuleType, wrong: Any) -> None:
    given = httpx.MockTransport(lambda _: httpx.Response(200))
    with pytest.raises(acme.InvalidParameterError):
        acme.Acme(**KEYS, http_client=given).calls.p0_1(wrong)


def test_what_the_document_calls_deprecated_warns_at_the_caller_s_line(acme: ModuleType) -> None:
    client = acme.Acme(**KEYS, http_client=httpx.MockTransport(lambda _: httpx.Response(204)))
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        client.calls.old(query_warn="x")
    assert [(type(one.message).__name__, Path(one.filename).name) for one in found] == [
        ("AcmeDeprecationWarning", Path(__file__).name)
    ] * 2
