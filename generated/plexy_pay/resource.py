# plexy-pay runtime, written by hand in generator/runtime/resource.py; the generator copies it unchanged.
"""What the generated resources share: the client they call through, and whether they give the whole response."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from .base_client import AsyncClient, SyncClient
    from .types import Response

ClientT = TypeVar("ClientT", "SyncClient", "AsyncClient")
P = ParamSpec("P")
T = TypeVar("T")


class Resource(Generic[ClientT]):
    """A group of operations, bound to a client."""

    def __init__(self, client: ClientT, *, raw: bool = False) -> None:
        self._client: ClientT = client
        self._raw = raw

    def _result(self, response: Response[T]) -> T:
        # Behind `with_raw_response` the whole response is the result; `raw_method` gives it that type.
        return cast("T", response) if self._raw else response.parsed

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"


def raw_method(method: Callable[P, T]) -> Callable[P, Response[T]]:
    """The method of a resource made with `raw=True`, typed as what it then returns."""
    return cast("Callable[P, Response[T]]", method)


def raw_coroutine(
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, Response[T]]]:
    """The async twin of `raw_method`."""
    return cast("Callable[P, Coroutine[Any, Any, Response[T]]]", method)
