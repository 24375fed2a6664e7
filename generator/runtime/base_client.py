# plexy-pay runtime, written by hand in generator/runtime/base_client.py; the generator copies it unchanged.
"""The clients' base: settings, keys, origins, and the two drivers of a call.

Importing it, and making a client, loads neither httpx nor attrs nor the heavy parts of the standard library:
those come with the first call.
"""

from __future__ import annotations

import os

from . import hints as _hints
from ._families import FAMILIES, MAIN, SETTINGS
from .frames import forgets
from .keys import MASK, KeyRing, pickled, unpickled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property as cached_property
    from typing import Any, NoReturn

    from .operation import Operation
    from .transport import AsyncTransport, SyncTransport
    from .types import Timeout, Timeouts
else:

    class cached_property:  # noqa: N801 - as in functools
        """A property that is made once, at its first use. `functools` alone takes longer to load than all of this."""

        def __init__(self, make):
            self._make, self._name, self.__doc__ = make, make.__name__, make.__doc__

        def __get__(self, owner, kind=None):
            if owner is None:
                return self
            made = owner.__dict__[self._name] = self._make(owner)
            return made


_PORTS = {"https": 443, "http": 80}
BASE_URL = "PLEXY_BASE_URL"
"""The environment variable that stands for `base_url` where that is not given."""
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


class Origin:
    """Scheme, host, port and path prefix: the only place a key may go to. `problem` says what is wrong with the text.

    Args:
        text: The URL.
        name: How errors call it: an argument, or an environment variable.
        plain_hosts: The hosts that plain http may go to besides this machine, in lower case.
    """

    problem: str | None
    scheme: str
    host: str
    port: int
    site: tuple[str, str, int]
    netloc: str  # Host and port as the Host header has them.
    prefix: str  # What stands before each path, such as `/pay`; mostly nothing.
    text: str = ""
    loopback: bool
    direct: bool  # Whether no proxy may stand in between: it would see the key, or has no business there.
    may_be_plain: bool

    def __init__(self, text: Any, name: str = "base_url", plain_hosts: _hints.Collection[str] = ()) -> None:
        from urllib.parse import urlsplit

        self.problem = (
            f"{name} is not of the form https://host, https://host:port or https://host/prefix, in ASCII."
        )
        plain = isinstance(text, str) and text.isascii() and text.isprintable()
        if not plain or set(" \\%") & set(text):
            return
        try:
            parts = urlsplit(text)
            self.scheme, self.host, port = parts.scheme, parts.hostname or "", parts.port
        except ValueError:
            return
        if self.scheme not in _PORTS or not self.host:
            return
        self.port = port or _PORTS[self.scheme]
        self.site = (self.scheme, self.host, self.port)
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.netloc = host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"
        self.prefix = parts.path.removesuffix("/")
        address = f"{self.scheme}://{self.netloc}"
        self.text = f"{address}{self.prefix}"
        quad = self.host.split(".")
        numbered = len(quad) == 4 and all(part.isdecimal() and int(part) < 256 for part in quad)
        self.loopback = self.host in ("localhost", "::1") or (numbered and quad[0] == "127")
        self.direct = self.loopback or self.scheme == "http"
        self.may_be_plain = self.loopback or self.host in plain_hosts
        self.problem = None
        if "@" in parts.netloc:
            self.problem = f"{name} has a user name or password. Pass the key as api_key."
        elif set("?#") & set(text):
            self.problem = f"{name} has a query or a fragment. Leave it out."
        elif not all(map(_is_segment, self.prefix.split("/")[1:])):
            self.problem = (
                f"{name} has a path with empty parts, dots or unusual characters. Write it as /part/part."
            )
        elif self.prefix and address in _origins_of_the_api():
            self.problem = (
                f"{name} has a path, and this host of the API has none before those of its operations."
            )
        elif self.scheme == "http" and not self.may_be_plain:
            self.problem = (
                f"{name} is plain http, which would show the key to the network. Use https, or name the host in "
                "plain_http_hosts if the network is your own."
            )

    def __str__(self) -> str:
        return self.text


def _is_segment(text: str) -> bool:
    return text not in ("", ".", "..") and _UNRESERVED.issuperset(text)


def _origins_of_the_api() -> set[str]:
    return {origin for family in FAMILIES.values() for origin in family.origins.values()}


def _is_date(text: object) -> bool:
    """Return whether a text is a date as the API writes it; ISO 8601 knows other forms."""
    from datetime import date

    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _host_problem(host: object) -> str | None:
    """Return what is wrong with one of the `plain_http_hosts`; it is not shown, because it may hold a password."""
    if not isinstance(host, str) or not host.isascii():
        return "is no host name or IP address in ASCII"
    if ":" in host:
        from ipaddress import AddressValueError, IPv6Address

        try:
            IPv6Address(host)
        except AddressValueError:
            return "has a scheme, a port or brackets: name the host alone"
        return "has a zone" if "%" in host else None
    parts = host.replace("_", "-").split(".")
    named = all(part.replace("-", "").isalnum() for part in parts)
    return None if named else "is no host name or IP address, alone and without a wildcard"


class Settings:
    """What a client was told. Its copies share it."""

    timeout: float | Timeout | Timeouts | None
    max_retries: int
    max_response_bytes: int
    allow_inferred: bool | None
    strict: bool
    pace: Any = None
    http_library: str | None = None  # That of the caller's http_client.
    user_agent: str | None = None
    _timeouts: tuple[Timeout, Timeout, Timeout] | None = None

    def __init__(self, rings: dict[str, KeyRing], given: dict[str, Any]) -> None:
        self.__dict__.update(given)
        self.rings = rings
        self.given = given
        self._origins: dict[str, Origin] = {}
        self._hosts_problem = self._read_plain_hosts()
        if self._hosts_problem is None:
            self._read_origins()
        self._settings_problem = self._read_settings()

    def _read_plain_hosts(self) -> str | None:
        """Keep the `plain_http_hosts` in lower case; return what is wrong with them."""
        given: Any = self.given["plain_http_hosts"]
        is_sequence = type(given) in (tuple, list, set, frozenset)
        hosts: tuple[object, ...] = tuple(given) if is_sequence else ()
        if not is_sequence:
            return "plain_http_hosts is no sequence of host names, such as ('sandbox',)."
        for place, host in enumerate(hosts):
            problem = _host_problem(host)
            if problem:
                return f"plain_http_hosts[{place}] {problem}."
        self.given["plain_http_hosts"] = tuple(str(host).lower() for host in hosts)
        return None

    def _read_origins(self) -> None:
        common, name = self.given["base_url"], "base_url"
        if common is None and BASE_URL in os.environ:
            # Kept among what was given, so that a pickle goes to the same place wherever it is read.
            common = self.given["base_url"] = os.environ[BASE_URL]
            name = BASE_URL
        for family_name, family in FAMILIES.items():
            own = None if family_name == MAIN else self.given[family.base_url]
            url, named = (common, name) if own is None else (own, family.base_url)
            if url is not None:
                self._origins[family_name] = Origin(url, named, self.given["plain_http_hosts"])

    def _read_settings(self) -> str | None:
        """Keep the settings that the environment names; return what is wrong with one that is named anywhere."""
        for argument, setting in SETTINGS.items():
            name = argument
            if self.given[argument] is None and setting.variable in os.environ:
                # Kept as the base URL is, so that a pickle asks for the same wherever it is read.
                self.given[argument] = os.environ[setting.variable]
                name = setting.variable
            value = self.given[argument]
            if setting.is_date and value is not None and not _is_date(value):
                return f"{name} is not a date in the form YYYY-MM-DD, such as '2024-01-15'."
        return None

    def problem(self) -> str | None:
        """What is wrong; None if nothing is. A family without a key is no problem as long as another has one."""
        if all(ring.missing for ring in self.rings.values()):
            return self.rings[MAIN].problem
        for ring in self.rings.values():
            if ring.problem and not ring.missing:
                return ring.problem
        if self.given["environment"] not in ("live", "test"):
            return "environment is neither 'live' nor 'test'."
        for name, least in (("max_retries", 0), ("max_response_bytes", 1)):
            if type(self.given[name]) is not int or self.given[name] < least:
                return f"{name} is not a whole number from {least}."
        if self._hosts_problem:
            return self._hosts_problem
        if self._settings_problem:
            return self._settings_problem
        allowed = self.given["allow_inferred"]
        if allowed is not None and type(allowed) is not bool:
            return "allow_inferred is neither True, False nor None."
        if self.timeout is not None:
            from .types import Timeouts

            timeouts = Timeouts.of(self.timeout)
            if isinstance(timeouts, str):
                return timeouts
        if self.given["user_agent_suffix"] is not None:
            from .user_agent import suffix_problem

            problem = suffix_problem(self.given["user_agent_suffix"])
            if problem:
                return problem
        return next((origin.problem for origin in self._origins.values()), None)

    def family(self, name: str) -> tuple[str, Origin]:
        """The header and the origin of a family; a `base_url` is the origin of all."""
        if name not in self._origins:
            family = FAMILIES[name]
            known = family.origins.get(self.given["environment"])
            if known is None:
                _misconfigured(
                    f"No origin of the {name} API is documented. Pass {family.base_url}. Nothing was sent."
                )
            self._origins[name] = Origin(known)
        return FAMILIES[name].header, self._origins[name]

    def ring(self, name: str) -> KeyRing:
        """The keys of a family; a ConfigurationError if it was given none."""
        ring, family = self.rings[name], FAMILIES[name]
        if ring.missing:
            advice = f"Pass {family.argument} or set {family.variable}. Nothing was sent."
            _misconfigured(f"The {name} API has a key of its own, which is not there. {advice}")
        return ring

    def timeouts(self) -> tuple[Timeout, Timeout, Timeout]:
        """How long calls may take that read, that write, and that move money."""
        if self._timeouts is None:
            from .types import Timeouts

            timeouts = Timeouts.of(self.timeout)
            assert not isinstance(timeouts, str)  # `problem` has looked.
            self._timeouts = timeouts
        return self._timeouts

    def timeout_for(self, operation: Operation) -> Timeout:
        """How long a call of this kind may take."""
        reads, writes, money = self.timeouts()
        return money if operation.moves_money else reads if operation.method == "GET" else writes

    def path_values(self, names: tuple[str, ...]) -> dict[str, object]:
        """The settings of the client that stand in a path."""
        missing = [name for name in names if not self.given[name]]
        if missing:
            _misconfigured(
                f"This call needs the client's {missing[0]}. Nothing was sent. Pass it to the client."
            )
        return {name: self.given[name] for name in names}

    def header_values(self, names: _hints.Mapping[str, str]) -> dict[str, str]:
        """The settings of the client that stand in headers, by the header; one that is not given is not sent."""
        found = {header.lower(): self.given[setting] for header, setting in names.items()}
        return {header: value for header, value in found.items() if value is not None}


class _Client:
    """What both clients share. Connections are made at the first call."""

    _http_client: _hints.Any

    def _open(self, keys: dict[str, object], given: dict[str, Any], http_client: object) -> None:
        """Take what the constructor was given.

        Args:
            keys: The sources of keys by family. They are taken out of it before anything can fail: a traceback with
                locals must not show them.
            given: The other arguments, by their names.
            http_client: The caller's own client or transport.
        """
        rings = {
            name: KeyRing(keys.pop(name), family.variable, family.argument)
            for name, family in FAMILIES.items()
        }
        self._settings = Settings(rings, given)
        problem = self._settings.problem()
        if problem:
            _misconfigured(problem)
        if http_client is not None:
            from .http_libraries import library_of

            library = library_of(http_client, is_async=isinstance(self, AsyncClient))
            self._settings.http_library = library.name
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
            _misconfigured("The http_client was used in another process or event loop. Nothing was sent.")

    def __repr__(self) -> str:
        given = self._settings.given
        where = given["environment"] if given["base_url"] is None else self._settings.family(MAIN)[1]
        return f"<{type(self).__name__} api_key={MASK!r} {where}>"

    def __reduce__(self) -> tuple[_hints.Any, ...]:
        if self._http_client is not None:
            _misconfigured("A client with an http_client cannot be pickled. Make it where it is used.")
        if any(ring.origin == "argument" for ring in self._settings.rings.values()):
            advice = "Pass a function of a module as api_key, or set the key in the environment."
            _misconfigured(f"A client that was given a key cannot be pickled: the key would be. {advice}")
        providers = {
            FAMILIES[name].argument: pickled(ring.provider) for name, ring in self._settings.rings.items()
        }
        return _remake, (type(self), providers, self._settings.given)

    def __copy__(self) -> _hints.Self:
        # Connections, and the resources that point at the first client, are not shared.
        clone = type(self).__new__(type(self))
        clone._settings, clone._http_client = self._settings, self._http_client
        clone._start()
        return clone

    def __deepcopy__(self, memo: dict[int, _hints.Any]) -> _hints.Self:
        return self.__copy__()


class SyncClient(_Client):
    """What `PlexyPay` does besides its resources, and what the functions of `plexy_pay.api` are given."""

    _http_client: _hints.GivenClient | None

    @forgets
    def execute(
        self, request: _hints.Request[_hints.T], options: _hints.RequestOptions | None = None
    ) -> _hints.Response[_hints.T]:
        """Send a request and give the response; a PlexyError in every case that gives none."""
        from .options import mask

        options = mask(options)
        from .flow import Call, Send

        with Call(request, self._settings, options) as call:
            call.keys, call.client = call.ring.keys(), self
            # One transport for the whole call: a client that is closed meanwhile does not stop it halfway.
            with self._transport(self._settings.family(request.operation.family)[1]) as transport:
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
        from .saving import Draft

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

        Look-ups only read. `Executed` means that the API knows the payment: read its status. `NotExecuted` is said only
        where it is proved, `Undetermined` says why nothing is certain and what a person can check.

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
        return self.reconcile_all((saved_call,), min_age=min_age, key_rotated=key_rotated)[0]

    def reconcile_all(
        self,
        saved_calls: _hints.Iterable[_hints.Mapping[str, object]],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
        progress: _hints.Progress | None = None,
    ) -> list[_hints.Reconciliation]:
        """Reconcile many calls; return the answers in their order.

        Ten look-ups are made at the same time, on threads. A list that several calls need is read for all at once.

        Args:
            saved_calls: As for `reconcile`.
            min_age: As for `reconcile`.
            key_rotated: As for `reconcile`.
            progress: Is called with the number of calls that are settled and the number of all, whenever that changed.
        """
        from .reconciling import drive

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
        for (pid, _), transport in () if self._transports is self._shared else list(self._transports.items()):
            if pid == os.getpid():
                transport.close()

    def __enter__(self) -> _hints.Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Client):
    """What `AsyncPlexyPay` does besides its resources, and what the functions of `plexy_pay.api` are given."""

    _http_client: _hints.AsyncGivenClient | None

    @forgets
    async def execute(
        self, request: _hints.Request[_hints.T], options: _hints.RequestOptions | None = None
    ) -> _hints.Response[_hints.T]:
        """Send a request and give the response; a PlexyError in every case that gives none."""
        from .options import mask

        options = mask(options)
        from .flow import Call, Send

        with Call(request, self._settings, options) as call:
            call.keys, call.client = await call.ring.keys_async(), self
            async with self._transport(self._settings.family(request.operation.family)[1]) as transport:
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
        """The async twin of the sync client's `save_call`: the plain data of a call, to save before it is made."""
        from .options import mask

        options = mask(options)
        from .saving import Draft

        draft = Draft(self._settings, operation, facts, sent_at, options)
        return draft.saved(await draft.ring.keys_async())

    async def reconcile(
        self,
        saved_call: _hints.Mapping[str, object],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
    ) -> _hints.Reconciliation:
        """The async twin of the sync client's `reconcile`: what became of a saved call."""
        return (await self.reconcile_all((saved_call,), min_age=min_age, key_rotated=key_rotated))[0]

    async def reconcile_all(
        self,
        saved_calls: _hints.Iterable[_hints.Mapping[str, object]],
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
        progress: _hints.Progress | None = None,
    ) -> list[_hints.Reconciliation]:
        """Do as the sync client's `reconcile_all`, in tasks instead of threads."""
        from .reconciling import drive_async

        return await drive_async(self, saved_calls, min_age, key_rotated, progress)

    _shared: _hints.ClassVar[dict[tuple[_hints.Any, int, str], _hints.AsyncTransport]] = {}  # noqa: RUF012 - as above

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
        for key, transport in () if self._transports is self._shared else list(self._transports.items()):
            if key[:2] == here:
                await transport.aclose()

    async def __aenter__(self) -> _hints.Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _misconfigured(text: str) -> NoReturn:
    from .errors import ConfigurationError

    raise ConfigurationError(text)


def closed() -> NoReturn:
    """Raise the error of a client that is used after it was closed."""
    _misconfigured("The client is closed. Nothing was sent. Make a new one.")


def _remake(kind: Any, providers: dict[str, object], given: dict[str, Any]) -> Any:
    # A client that comes with each task of a pool must not connect anew each time: those of a process share.
    client = kind(**{name: unpickled(provider) for name, provider in providers.items()}, **given)
    client._transports = client._shared
    return client
