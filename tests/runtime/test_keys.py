"""Where the key comes from, and which keys are refused."""

from __future__ import annotations

import asyncio
import string
from pathlib import Path
from typing import Any

import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, reading
from helpers.wire import WireServer
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.keys import ApiKey, KeyRing, key_problem, netrc_key
from plexy_pay.errors import ConfigurationError, InvalidParameterError, Outcome

SCHEMES = [
    "Bearer",
    "bearer",
    "BEARER",
    "Basic",
    "Token",
    "Digest",
    "ApiKey",
    "Api-Key",
    "apikey",
    "Authorization:",
]
BAD_KEYS = [
    "",
    " ",
    "\t\n",
    " pr_1234567890",
    "pr_1234567890 ",
    "pr_123 4567890",
    "pr_1234567890\n",
    "pr_1234567890\r\nX-Evil: 1",
    "pr_1234567890\x00",
    "pr_1234567890\x7f",
    "pr_\u043a\u043b\u044e\u0447",
    "pr_123\u200b456",
    "pr_123\u00a0456",
    *(f"{scheme} pr_1234567890" for scheme in SCHEMES),
    *SCHEMES,
    "Bearer:pr_1234567890",
    "bearer\tpr_1234567890",
    " Bearer pr_1234567890",
    "Token=pr_1234567890",
]
GOOD = string.ascii_letters + string.digits + "_-.~+/=!$&*"


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_wrong_key_is_refused_when_it_is_given_and_no_part_of_it_is_shown(
    kind: Any, key: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kind(key)
    text = f"{caught.value} {caught.value!r}"
    assert "pr_" not in text
    assert caught.value.outcome is Outcome.NOT_SENT
    assert any(advice in text for advice in ("Pass", "pass", "Copy"))


def test_a_key_with_a_scheme_word_gets_an_error_that_says_to_pass_the_raw_key() -> None:
    with pytest.raises(
        ConfigurationError, match="scheme word such as Bearer.*pass the raw key alone"
    ):
        PlexyPay("Bearer pr_1234567890")


@pytest.mark.parametrize(
    "key", [b"pr_1234567890", 5, object(), {"key": "pr_1"}, ["pr_1234567890", None]]
)
def test_a_key_that_is_no_text_is_refused(key: Any) -> None:
    with pytest.raises(ConfigurationError, match="not text"):
        PlexyPay(key)


def test_an_empty_sequence_of_keys_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="sequence of API keys is empty"):
        PlexyPay([])


def test_one_wrong_key_among_several_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="scheme word"):
        PlexyPay([KEY, "Bearer pr_1234567890"])


@given(
    st.text(GOOD, min_size=1).filter(
        lambda key: not key.lower().startswith(("b", "t", "d", "a", "x"))
    )
)
def test_every_key_of_visible_ascii_characters_without_a_scheme_is_accepted(
    key: str,
) -> None:
    assert key_problem(key) is None


@given(
    st.sampled_from(["bearer", "basic", "token", "digest", "apikey"]),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.text(GOOD + " :="),
)
def test_a_scheme_word_in_any_case_followed_by_anything_is_refused(
    word: str, upper: list[bool], rest: str
) -> None:
    cased = (
        "".join(
            char.upper() if up else char for char, up in zip(word, upper, strict=False)
        )
        + word[6:]
    )
    problem = key_problem(cased + rest)
    assert problem is not None
    assert "scheme word" in problem


@given(st.text(min_size=1))
def test_the_problem_of_a_key_never_shows_it_and_only_visible_ascii_passes(
    key: str,
) -> None:
    problem = key_problem(f"pr_Zq7{key}")
    assert (problem is None) == all("!" <= char <= "~" for char in key)
    assert problem is None or "pr_Zq7" not in problem


def test_the_key_comes_from_the_environment_when_none_is_given(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", KEY)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, None), reading())
    assert server.requests[0].values("authorization") == [KEY]


def test_the_argument_goes_before_the_environment(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", OTHER_KEY)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, KEY), reading())
    assert server.requests[0].values("authorization") == [KEY]


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
def test_without_any_key_the_error_names_the_argument_and_the_variable(
    kind: Any,
) -> None:
    with pytest.raises(
        ConfigurationError,
        match="Without api_key it is read from the environment variable PLEXY_API_KEY",
    ):
        kind()


def test_a_wrong_key_in_the_environment_is_refused_and_the_variable_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", "pr_1234567890\n")
    with pytest.raises(ConfigurationError, match="environment variable PLEXY_API_KEY"):
        PlexyPay()


def test_a_callable_is_asked_again_at_each_request(flavor: Flavor) -> None:
    keys = iter([KEY, OTHER_KEY])
    with WireServer() as server:
        client = flavor.client(server.origin, lambda: next(keys))
        flavor.call(client, reading())
        flavor.call(client, reading())
    assert [request.values("authorization") for request in server.requests] == [
        [KEY],
        [OTHER_KEY],
    ]


def test_the_async_client_takes_a_coroutine_function() -> None:
    async def provider() -> list[str]:
        await asyncio.sleep(0)
        return [KEY]

    async def main(origin: str) -> None:
        async with AsyncPlexyPay(provider, base_url=origin) as client:
            await client.execute(reading())

    with WireServer() as server:
        asyncio.run(main(server.origin))
    assert server.requests[0].values("authorization") == [KEY]


def test_the_sync_client_says_that_a_coroutine_function_belongs_to_the_async_one() -> (
    None
):
    async def provider() -> str:
        return KEY

    with WireServer() as server, PlexyPay(provider, base_url=server.origin) as client:  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="AsyncPlexyPay"):
            client.execute(reading())
    assert server.requests == []


@pytest.mark.parametrize(
    "response", ["", "Bearer pr_1234567890", "pr_1 2", None, [], 7]
)
def test_a_wrong_response_of_a_callable_is_refused_before_anything_is_sent(
    flavor: Flavor, response: Any
) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin, lambda: response)
        with pytest.raises(ConfigurationError) as caught:
            flavor.call(client, reading())
    assert server.requests == []
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "pr_1" not in str(caught.value)


def test_another_key_for_one_call_does_not_stay(flavor: Flavor) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        flavor.call(client, reading(), {"api_key": OTHER_KEY})
        flavor.call(client, reading())
    assert [request.values("authorization") for request in server.requests] == [
        [OTHER_KEY],
        [KEY],
    ]


def test_a_wrong_key_for_one_call_is_refused(flavor: Flavor) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        with pytest.raises(InvalidParameterError, match="scheme word"):
            flavor.call(client, reading(), {"api_key": "Bearer pr_1234567890"})
    assert server.requests == []


def write_netrc(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_netrc_is_read_when_it_is_asked_for(flavor: Flavor, tmp_path: Path) -> None:
    path = write_netrc(
        tmp_path / "netrc", f"machine api.plexypay.com login any password {KEY}\n"
    )
    with WireServer() as server:
        flavor.call(
            flavor.client(server.origin, netrc_key("api.plexypay.com", path)), reading()
        )
    assert server.requests[0].values("authorization") == [KEY]


def test_netrc_finds_its_file_by_the_variable_and_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_netrc(tmp_path / ".netrc", f"machine one login any password {KEY}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert netrc_key("one")() == KEY
    monkeypatch.setenv("NETRC", str(path.rename(tmp_path / "elsewhere")))
    assert netrc_key("one")() == KEY


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "default login any password pr_of_default\n",
            "has no line `machine api.plexypay.com`",
        ),
        (
            "machine other login any password pr_of_other\n",
            "has no line `machine api.plexypay.com`",
        ),
        ("pr_garbage pr_garbage\n", "cannot be read"),
    ],
)
def test_a_netrc_file_without_the_machine_gives_an_error_that_quotes_nothing_of_it(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = write_netrc(tmp_path / "netrc", text)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        netrc_key("api.plexypay.com", path)()
    assert "pr_" not in str(caught.value)


def test_a_missing_netrc_file_is_named(flavor: Flavor, tmp_path: Path) -> None:
    client = flavor.client("http://127.0.0.1:9", netrc_key("one", tmp_path / "missing"))
    with pytest.raises(ConfigurationError, match="missing.*cannot be read"):
        flavor.call(client, reading())


def test_a_netrc_file_for_the_host_that_nobody_asked_for_is_not_read(
    flavor: Flavor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "machine 127.0.0.1 login me password pr_from_netrc\ndefault login me password pr_from_netrc\n"
    monkeypatch.setenv("NETRC", str(write_netrc(tmp_path / "netrc", text)))
    monkeypatch.setenv("HOME", str(write_netrc(tmp_path / ".netrc", text).parent))
    with WireServer() as server:
        flavor.call(flavor.client(server.origin), reading())
    assert server.requests[0].values("authorization") == [KEY]
    assert b"pr_from_netrc" not in server.requests[0].raw


def test_a_key_given_twice_is_one_key() -> None:
    ring = KeyRing([KEY, OTHER_KEY, KEY])
    assert [key.raw for key in ring.keys()] == [KEY, OTHER_KEY]


def test_a_key_shows_itself_as_a_mask() -> None:
    assert repr(ApiKey(KEY)) == str(ApiKey(KEY)) == f"{ApiKey(KEY)}" == "********"
