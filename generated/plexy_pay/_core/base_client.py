# plexy-pay runtime, written by hand in runtime/_core/base_client.py; the generator copies it unchanged.
"""Define the base of the clients: settings, keys, origins, and the two drivers of a call.

Importing it, and making a client, loads neither httpx nor attrs nor the heavy parts of the standard library:
those come with the first call.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._families import FAMILIES, MAIN
from . import hints as _hints
from .configuration import configure
from .frames import forgets
from .keys import MASK, KeyRing, pickled, unpickled
from .settings import Settings, closed, misconfigured

if TYPE_CHECKING:
    from .origins import Origin
    from .transport import AsyncTransport, SyncTransport


class _Client:
    """Hold the parts that both clients share. The first call opens a connection."""

    _is_async: bool
    _settings: Settings
    _http_client: _hints.Any

    def _open(
        self,
        keys: dict[str, object],
        given: dict[str, Any],
        http_client: object,
        recipes: _hints.Callable[[], _hints.Mapping[str, _hints.Recipe]],
    ) -> None:
        """Take what the constructor was given.

        Args:
            keys: The sources of keys by family. They are taken out of it before anything can fail: a traceback with
                locals must not show them.
            given: The other arguments, by their names.
            http_client: The caller's own client or transport.
            recipes: What gives the recipes of all calls that move money.
        """
        rings = {
            name: KeyRing(keys.pop(name), family.variable, family.argument)
            for name, family in FAMILIES.items()
        }
        settings = configure(rings, given, recipes)
        if http_client is not None:
            from .http_libraries import library_of

            library = library_of(http_client, is_async=self._is_async)
            settings = settings._replace(library=library.name)
        self._settings = settings
        self._http_client = http_client
        if os.environ.get("PLEXY_LOG"):
            from .logs import turn_on

            turn_on(os.environ["PLEXY_LOG"])
        self._start()

    def _start(self) -> None:
        self._closed = False
        self._home: object = None

    def _check_home(self, home: object) -> None:
        # Connections do not survive a fork, and belong to one event loop. Only our own can be made anew.
        self._home = self._home or home
        if self._closed:
            closed()
        if self._http_client is not None and self._home != home:
            misconfigured(
                "The http_client was used in another process or event loop. Nothing was sent."
            )

    def __repr__(self) -> str:
        # A traceback with locals shows a client whose constructor refused an argument.
        settings = getattr(self, "_settings", None)
        if settings is None:
            return f"<{type(self).__name__} api_key={MASK!r}, not set up>"
        where: object = settings.environment
        if settings.arguments["base_url"] is not None:
            _, where = settings.family(MAIN)
        return f"<{type(self).__name__} api_key={MASK!r} {where}>"

    def __reduce__(self) -> tuple[_hints.Any, ...]:
        if self._http_client is not None:
            misconfigured(
                "A client with an http_client cannot be pickled. Make it where it is used."
            )
        if any(ring.origin == "argument" for ring in self._settings.rings.values()):
            advice = "Pass a function of a module as api_key, or set the key in the environment."
            misconfigured(
                f"A client that was given a key cannot be pickled: the key would be. {advice}"
            )
        providers = {
            FAMILIES[name].argument: pickled(ring.provider)
            for name, ring in self._settings.rings.items()
        }
        return _remake, (type(self), providers, self._settings.arguments)

    def __copy__(self) -> _hints.Self:
        # Connections, and the resources that point at the first client, are not shared.
        clone = type(self).__new__(type(self))
        clone._settings, clone._http_client = self._settings, self._http_client
        clone._start()
        return clone

    def __deepcopy__(self, memo: dict[int, _hints.Any]) -> _hints.Self:
        return self.__copy__()


class SyncClient(_Client):
    """Make the calls of `PlexyPay` and of the functions in `plexy_pay.api`."""

    _is_async = False
    _http_client: _hints.GivenClient | None

    @forgets
    def execute(
        self,
        request: _hints.Request[_hints.T],
        options: _hints.RequestOptions | None = None,
    ) -> _hints.Response[_hints.T]:
        """Send a request and return the response.

        Raises:
            PlexyError: if there is no response that can be returned.
        """
        from .options import mask

        options = mask(options)
        from .attempts import Send
        from .flow import Call

        with Call(request, self._settings, options) as call:
            call.keys, call.client = call.ring.keys(), self
            # One transport for the whole call: a client that is closed meanwhile does not stop it halfway.
            with self._transport(
                self._settings.family(request.operation.family)[1]
            ) as transport:
                for step in call.run():
                    if isinstance(step, Send):
                        step.result = transport.send(step)
                    else:
                        self._settings.pace.sleep(step)
        assert call.response is not None  # The steps end with it, or with an error.
        return call.response

    @forgets
    def save_call(
        self,
        operation: _hints.MoneyOperation,
        *,
        sent_at: _hints.datetime | None = None,
        options: _hints.RequestOptions | None = None,
        **facts: _hints.Unpack[_hints.CallFacts],
    ) -> dict[str, str | None]:
        """Return the plain data of a call to save right before it is made, for `reconcile` after a crash.

        The data name what the call is found by, when it is over at the latest, and whose books it is in: the origin,
        the environment and fingerprints of the keys, which cannot be turned back into the keys.

        Args:
            operation: The client's method, such as `direct_payments.create`.
            sent_at: When the call is made, aware; now, if left out.
            options: The options of the call, if it gets any: its timeout and its key count.
            facts: What the call carries: `order_reference`; `idempotency_key`, whatever its parameter is called; `id`
                of the payment or of the transaction; `amount` as it is passed there, None if it is left out.

        Raises:
            InvalidParameterError: if the operation moves no money, a fact is not one of its, or one is missing without
                which nothing can be looked up.
            ConfigurationError: if the client cannot make such a call.
        """
        from .options import mask

        options = mask(options)
        from .saved_calls import Draft

        draft = Draft(self._settings, operation, facts, sent_at, options)
        return draft.saved(draft.ring.keys())

    def reconcile(
        self,
        saved_call: _hints.Mapping[str, object],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
    ) -> _hints.Reconciliation:
        """Look up what became of a call that can move money, from the plain data saved before it.

        Look-ups only read. `Executed` means that the API shows the payment, or the change of it: read its status. A
        change that the API refused with 409 or 500 and a message is never `Executed` if you pass `error.saved_call`.
        `NotExecuted` is returned only if it is proved. `Undetermined` states why the outcome is unknown and what a
        person can check.

        Args:
            saved_call: What `save_call` gave, or `error.saved_call`.
            min_age: The seconds since the end of the call from which on it counts as arrived or lost. Before, nothing
                is said to be not found. Left out, it is a minute more than the longest timeout. That is a choice of
                ours: the API documents none. Only a client with `environment="test"` takes a smaller one.
            key_rotated: Whether you know that this client is of the same merchant, though it has none of the keys
                that the call was made with. Otherwise nothing is looked up with other keys.

        Raises:
            InvalidParameterError: if what was saved is not the data of a call that moves money, or `min_age` is less
                than the safe one.
            ConfigurationError: if the client cannot be used, or is of another origin, environment or agent.
        """
        return self.reconcile_all(
            (saved_call,), min_age=min_age, key_rotated=key_rotated
        )[0]

    def reconcile_all(
        self,
        saved_calls: _hints.Iterable[_hints.Mapping[str, object]],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
        progress: _hints.Progress | None = None,
    ) -> list[_hints.Reconciliation]:
        """Reconcile many calls, and return the results in the order of the calls.

        Ten look-ups are made at the same time, on threads. A list that several calls need is read for all at once.

        Args:
            saved_calls: As for `reconcile`.
            min_age: As for `reconcile`.
            key_rotated: As for `reconcile`.
            progress: Is called with the number of calls that are settled and the number of all, whenever that changed.
        """
        from .reconciliation import drive

        return drive(self, saved_calls, min_age, key_rotated, progress)

    _shared: _hints.ClassVar[dict[tuple[int, str], _hints.SyncTransport]] = {}  # noqa: RUF012 - ruff does not see the ClassVar

    def _start(self) -> None:
        super()._start()
        self._transports: dict[tuple[int, str], SyncTransport] = {}

    def _transport(self, origin: Origin) -> SyncTransport:
        here = (os.getpid(), origin.text)
        self._check_home(here[0])
        if here not in self._transports:
            from .transport import SyncTransport

            # Two threads may come here at once: one transport is kept, the other was never used.
            self._transports.setdefault(here, SyncTransport(origin, self._http_client))
            if self._closed:
                self.close()
        return self._transports[here]

    def close(self) -> None:
        """Close the connections. Calls under way end as they would; an `http_client` of yours stays open."""
        self._closed = True
        for (pid, _), transport in (
            () if self._transports is self._shared else list(self._transports.items())
        ):
            if pid == os.getpid():
                transport.close()

    def __enter__(self) -> _hints.Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Client):
    """Make the calls of `AsyncPlexyPay` and of the coroutine functions in `plexy_pay.api`."""

    _is_async = True
    _http_client: _hints.AsyncGivenClient | None

    @forgets
    async def execute(
        self,
        request: _hints.Request[_hints.T],
        options: _hints.RequestOptions | None = None,
    ) -> _hints.Response[_hints.T]:
        """Send a request and return the response.

        Raises:
            PlexyError: if there is no response that can be returned.
        """
        from .options import mask

        options = mask(options)
        from .attempts import Send
        from .flow import Call

        with Call(request, self._settings, options) as call:
            call.keys, call.client = await call.ring.keys_async(), self
            async with self._transport(
                self._settings.family(request.operation.family)[1]
            ) as transport:
                for step in call.run():
                    if isinstance(step, Send):
                        step.result = await transport.send(step)
                    else:
                        await self._settings.pace.sleep_async(step)
        assert call.response is not None  # The steps end with it, or with an error.
        return call.response

    @forgets
    async def save_call(
        self,
        operation: _hints.MoneyOperation,
        *,
        sent_at: _hints.datetime | None = None,
        options: _hints.RequestOptions | None = None,
        **facts: _hints.Unpack[_hints.CallFacts],
    ) -> dict[str, str | None]:
        """Return the plain data of a call to save right before it is made, as the sync client does."""
        from .options import mask

        options = mask(options)
        from .saved_calls import Draft

        draft = Draft(self._settings, operation, facts, sent_at, options)
        return draft.saved(await draft.ring.keys_async())

    async def reconcile(
        self,
        saved_call: _hints.Mapping[str, object],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
    ) -> _hints.Reconciliation:
        """Look up the outcome of a saved call, as the sync client does."""
        return (
            await self.reconcile_all(
                (saved_call,), min_age=min_age, key_rotated=key_rotated
            )
        )[0]

    async def reconcile_all(
        self,
        saved_calls: _hints.Iterable[_hints.Mapping[str, object]],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
        progress: _hints.Progress | None = None,
    ) -> list[_hints.Reconciliation]:
        """Do as the sync client's `reconcile_all`, in tasks instead of threads."""
        from .reconciliation import drive_async

        return await drive_async(self, saved_calls, min_age, key_rotated, progress)

    _shared: _hints.ClassVar[
        dict[tuple[_hints.Any, int, str], _hints.AsyncTransport]
    ] = {}  # noqa: RUF012 - as above

    def _start(self) -> None:
        super()._start()
        self._transports: dict[tuple[Any, int, str], AsyncTransport] = {}

    def _transport(self, origin: Origin) -> AsyncTransport:
        from asyncio import get_running_loop
        from weakref import ref

        loop = get_running_loop()
        here = (loop, os.getpid(), origin.text)
        self._check_home((here[1], ref(loop)))
        if here not in self._transports:
            from .transport import AsyncTransport

            for other in list(self._transports):
                if other[0].is_closed():
                    self._transports.pop(other, None)
            self._transports[here] = AsyncTransport(origin, self._http_client)
        return self._transports[here]

    async def aclose(self) -> None:
        """Close this event loop's connections, those of others end with their loops; else like `close`."""
        from asyncio import get_running_loop

        self._closed = True
        here = (get_running_loop(), os.getpid())
        for key, transport in (
            () if self._transports is self._shared else list(self._transports.items())
        ):
            if key[:2] == here:
                await transport.aclose()

    async def __aenter__(self) -> _hints.Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _remake(kind: Any, providers: dict[str, object], given: dict[str, Any]) -> Any:
    # A client that comes with each task of a pool must not connect anew each time: those of a process share.
    client = kind(
        **{name: unpickled(provider) for name, provider in providers.items()}, **given
    )
    client._transports = client._shared
    return client
