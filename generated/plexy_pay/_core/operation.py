# plexy-pay runtime, written by hand in runtime/_core/operation.py; the generator copies it unchanged.
"""An operation of the API, and one request of it, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from ..errors import InvalidParameterError, locate, missing_parameter
from .encoding import dumps, encode, is_collection, is_mapping, is_uuid, query_text
from .idempotency import idempotency_key
from .paths import path_problem
from .types import UNSET

T = TypeVar("T")


@dataclass(slots=True, kw_only=True, eq=False)
class Operation:
    """What the spec says of an operation, as far as sending it needs it."""

    id: str  # The module name of its functions, such as `create_payment_link`.
    call: str  # The client's method, such as `payment_links.create`.
    method: str
    path: str  # The template, beginning with the version.
    family: str  # Which key, header and origin it uses.
    moves_money: bool
    evidence: str  # How sure its method and path are; the weaker of the two.
    # The body property or header that is to make a second arrival harmless.
    idempotency_key: str | None = None
    # Whether the client may repeat a call because of its key. Where that is untried, the key is sent and told alone.
    key_repeats: bool = True
    source: str  # The page that describes it.
    # The parameters of its path that hold a text of the caller's own, such as an order reference. All others are ids.
    own_texts: tuple[str, ...] = ()
    # The client's settings that fill path parameters, such as `agent_id`.
    settings: tuple[str, ...] = ()
    # The client's settings that are sent as headers if they are given, by the header's name.
    header_settings: Mapping[str, str] = field(default_factory=dict[str, str])
    # The 4xx of which the API's description says what they mean for this operation.
    refusals: tuple[int, ...] = ()
    # What a status means for this operation in particular, and what to do then.
    advice: Mapping[int, str] = field(default_factory=dict[int, str])
    says_success: bool = (
        False  # Whether its response has `success`, which says that it was carried out.
    )
    accept: str = "application/json"  # The media types that are asked for.
    content: str = "json"  # How a success is read: as `json`, `text` or `binary`. Errors are read as JSON.
    # Where a call has what it can be found again by, such as `order_reference`, as OpenAPI's runtime expressions.
    facts: Mapping[str, str] = field(default_factory=dict[str, str])

    def needs(self, name: str, value: T) -> T:
        """Return the value of a required parameter.

        Raises:
            InvalidParameterError: if there is none: None would be left out, or be sent as null, in silence.
        """
        if value is None or value is UNSET:
            raise missing_parameter(self.call, name)
        return value

    def encoded(self, body: Any) -> Any:
        """Return the JSON of a body that is passed as a whole.

        Raises:
            InvalidParameterError: as `encode` does, but naming the call.
        """
        try:
            return encode(body)
        except InvalidParameterError as error:
            locate(error, "body", self.call, ": ")
            raise

    def written(self, body: Any) -> dict[str, Any]:
        """Return the JSON object of a body.

        Raises:
            InvalidParameterError: as `to_dict` does, but naming the call.
        """
        try:
            made: dict[str, Any] = body.to_dict()
        except InvalidParameterError as error:
            locate(error, type(body).__name__, self.call, ": ")
            raise
        return made


@dataclass(slots=True, repr=False, eq=False)
class Request(Generic[T]):
    """One request of an operation. Its repr shows no values: they may be personal data.

    UNSET and None are not sent as query or header parameters; a sequence in a query repeats its name; a body of UNSET
    is none. `decode` makes the result from parsed JSON. It gets None where the response's body is empty, and only the
    decoder of an operation that answers without a body may turn None into None.
    """

    operation: Operation
    path_params: Mapping[str, object] = field(
        default_factory=dict[str, object], kw_only=True
    )
    query: Mapping[str, object] = field(default_factory=dict[str, object], kw_only=True)
    headers: Mapping[str, object] = field(
        default_factory=dict[str, object], kw_only=True
    )
    body: object = field(default=UNSET, kw_only=True)
    # The model of its body, where it has one.
    model: type[Any] | None = field(default=None, kw_only=True)
    decode: Callable[[Any], T] = field(kw_only=True)
    # Which part of a whole is asked for, such as `page 2`.
    part: str = field(default="", kw_only=True)
    quiet: bool = field(
        default=False, kw_only=True
    )  # No warning about an inferred path: the client asks, not the user.

    def target(self) -> str:
        """The path and query; every value is percent-encoded whole, so that none can reach another path."""
        query = "&".join(self._query())
        return f"{self.url_path()}?{query}" if query else self.url_path()

    def _query(self) -> Iterator[str]:
        for name, value in self.query.items():
            texts = [self._quote(name, text) for text in _texts_of(value)]
            if isinstance(value, _Joined):
                # A comma within an item is encoded, one between two items is not.
                texts = [",".join(texts)] if texts else []
            for text in texts:
                yield f"{quote(name)}={text}"

    def url_path(self) -> str:
        """The path; a value that is missing, no text, int or UUID, or could reach another path is refused.

        Raises:
            InvalidParameterError: naming the parameter.
        """
        first, *rest = self.operation.path.split("{")
        pieces = (piece.partition("}") for piece in rest)
        return first + "".join(
            self._path_value(name) + fixed for name, _, fixed in pieces
        )

    def header_texts(self) -> dict[str, str]:
        """The header parameters that are sent."""
        return dict(_texts(self.headers))

    def content(self) -> bytes | None:
        """The body as bytes; None if there is none."""
        return None if self.body is UNSET else dumps(self.body)

    def idempotency_key(self) -> str | None:
        """Return the key that makes a second arrival harmless; None where the request carries none.

        Raises:
            InvalidParameterError: if what stands in its place is no text with visible characters.
        """
        name, call = self.operation.idempotency_key, self.operation.call
        for place in (self.headers, self.body):
            value = place.get(name, UNSET) if name and is_mapping(place) else UNSET
            if value is not UNSET:
                return idempotency_key(value, call)
        return None

    def facts(self) -> dict[str, str | None]:
        """What the call can be found again by; None for what it does not carry."""
        return {
            name: fact_text(self._fact(place))
            for name, place in self.operation.facts.items()
        }

    def _fact(self, place: str) -> object:
        source, _, pointer = place.removeprefix("$request.").partition("#/")
        value: object = self.body
        for step in pointer.split("/") if pointer else ():
            value = value.get(step) if is_mapping(value) else None
        kind, _, name = source.partition(".")
        return (
            {"path": self.path_params, "header": self.headers}[kind].get(name)
            if name
            else value
        )

    def _path_value(self, name: str) -> str:
        value = self.path_params.get(name, UNSET)
        problem = f"is of type {type(value).__name__}"
        if (isinstance(value, (str, int)) or is_uuid(value)) and not isinstance(
            value, bool
        ):
            # A member of an open enum is text already, whatever its class makes of str().
            text = str.__str__(value) if isinstance(value, str) else str(value)
            found = path_problem(text, is_id=name not in self.operation.own_texts)
            if found is None:
                return self._quote(name, text)
            problem = f"{found}, so it could reach another path"
        raise InvalidParameterError(
            f"{self.operation.call}: the path parameter {name} {problem}. Nothing was sent. "
            "Pass it as text, an id as the API gave it."
        )

    def _quote(self, name: str, text: str) -> str:
        try:
            return quote(text, safe="")
        except UnicodeEncodeError:
            pass  # Raised below instead: the text itself must not be part of the error.
        problem = f"the parameter {name} has a character that is no valid Unicode. Nothing was sent."
        raise InvalidParameterError(f"{self.operation.call}: {problem}")

    def __repr__(self) -> str:
        return f"<Request {self.operation.call} {self.operation.method} {self.operation.path}>"


def is_blank(body: bytes) -> bool:
    """Return whether a body is empty, or nothing but white space."""
    return not body or body.isspace()


def fact_text(value: object) -> str | None:
    """A reference or an amount as plain text; None for what is none."""
    plain = is_uuid(value) or (
        isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool)
    )
    return (query_text(value) or None) if plain else None


class _Joined(list[Any]):
    """The items of a query parameter that stand in one value."""


def joined(values: Any) -> Any:
    """Return the items of a query parameter to be sent in one value; what is no collection stays."""
    return _Joined(values) if is_collection(values) else values


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for text in _texts_of(value):
            yield name, text


def _texts_of(value: Any) -> list[str]:
    members = value if type(value) in (list, tuple, _Joined) else (value,)
    return [text for text in map(query_text, members) if text is not None]
