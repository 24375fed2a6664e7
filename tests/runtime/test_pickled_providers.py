"""Which callables a pickled client takes along: those that are found by their name, and nothing that can hold a key."""

from __future__ import annotations

import functools
import pickle
import sys
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from helpers.calls import KEY
from plexy_pay import AsyncPlexyPay, ConfigurationError, PlexyPay
from plexy_pay._core.keys import netrc_key

BOTH = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])


def provider() -> str:
    """A callable that its module knows."""
    return KEY


class Vault:
    """Callables of all kinds that belong to a module, or carry data of their own."""

    def __init__(self, key: str = "") -> None:
        self.key = key

    def __call__(self) -> str:
        return self.key

    def method(self) -> str:
        return self.key

    @staticmethod
    def static() -> str:
        return KEY

    @classmethod
    def of_the_class(cls) -> str:
        return KEY


def given(key: str) -> str:
    return key


@functools.cache
def cached() -> str:
    return KEY


def disguised() -> str:
    return KEY


# Found by its name in its module, though it carries the key.
real, disguised = (
    disguised,
    functools.update_wrapper(functools.partial(given, KEY), disguised),
)
shouting = lambda: KEY  # noqa: E731


def a_closure() -> Any:
    key = KEY
    return lambda: key


CARRYING: dict[str, Any] = {
    "a partial with the key": functools.partial(given, KEY),
    "a partial with the key by name": functools.partial(given, key=KEY),
    "a partial of nothing": functools.partial(provider),
    "an object with the key": Vault(KEY),
    "a bound method": Vault(KEY).method,
    "a method of the class": Vault.of_the_class,
    "a method of the key itself": KEY.lower,
    "a closure": a_closure(),
    "a lambda": shouting,
    "a function with another name": real,
    "a subclass of netrc_key": type("Own", (netrc_key,), {})("api"),
}


@BOTH
@pytest.mark.parametrize("argument", ["api_key", "checkout_api_key", "gate_api_key"])
@pytest.mark.parametrize("name", CARRYING)
def test_a_callable_that_can_carry_a_key_is_never_pickled(
    kind: Any, argument: str, name: str
) -> None:
    client = kind(**{argument: CARRYING[name]})
    for dumps in (pickle.dumps, ForkingPickler.dumps, cloudpickle.dumps):
        with pytest.raises(
            ConfigurationError, match="Pass a function of a module"
        ) as caught:
            dumps(client)
        assert KEY not in str(caught.value)


@BOTH
@pytest.mark.parametrize("named", [provider, cached, Vault.static, disguised])
def test_a_callable_that_its_module_knows_is_pickled_by_its_name_alone(
    kind: Any, named: Any
) -> None:
    # cloudpickle takes a function apart that it does not expect to find where it is unpickled.
    here = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(here)
    try:
        for dumps in (pickle.dumps, ForkingPickler.dumps, cloudpickle.dumps):
            data = bytes(dumps(kind(named)))
            assert KEY.encode() not in data
            assert pickle.loads(data)._settings.rings["pay"].provider is named
    finally:
        cloudpickle.unregister_pickle_by_value(here)


def test_a_callable_that_is_gone_where_the_client_is_unpickled_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pickle.dumps(PlexyPay(provider))
    monkeypatch.delattr(sys.modules[__name__], "provider")
    with pytest.raises(ConfigurationError, match=f"{__name__}:provider does not exist"):
        pickle.loads(data)


def test_a_netrc_key_is_pickled_as_its_host_and_path_alone(tmp_path: Path) -> None:
    source = netrc_key("api", tmp_path)
    source.note = KEY  # type: ignore[attr-defined]  # pyright: ignore
    data = pickle.dumps(source)
    assert KEY.encode() not in data
    assert vars(pickle.loads(data)) == {"host": "api", "path": str(tmp_path)}
