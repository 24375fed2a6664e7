# plexy-pay runtime, written by hand in runtime/_core/operation.py; the generator copies it unchanged.
"""Define an operation of the API and one request of it, before anything is sent."""

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
    """Hold the facts of the spec that sending an operation needs."""

    id: str  # The module name of its functions, such as `create_payment_link`.
    call: str  # The client's method, such as `payment_links.create`.
    method: str
    path: str  # The template, beginning with the version.
    family: str  # The family selects the key, the header and the origin.
    moves_money: bool
    evidence: str  # The weaker evidence of its method and its path.
    # The body property or header that makes a second arrival harmless.
    idempotency_key: str | None = None
    # Whether the client may repeat a call because of its key. If this is untested, the client only sends the key.
    key_repeats: bool = True
    source: str  # The page that describes it.
    # The path parameters that hold the caller's own text, such as an order reference. All others hold ids.
    own_texts: tuple[str, ...] = ()
    # The client's settings that fill path parameters, such as `agent_id`.
    settings: tuple[str, ...] = ()
    # The client's settings that are sent as headers if they are set, by header name.
    header_settings: Mapping[str, str] = field(default_factory=dict[str, str])
    # The 4xx statuses that the API's description defines for this operation.
    refusals: tuple[int, ...] = ()
    # The meaning of a status for this operation in particular, and what to do.
    advice: Mapping[int, str] = field(default_factory=dict[int, str])
    # Whether its response has `success`, which says that the call was carried out.
    says_success: bool = False
    accept: str = "application/json"  # The requested media types.
    content: str = "json"  # The form of a success: `json`, `text` or `binary`. Errors are always read as JSON.
    # The places of the facts that identify a call, such as `order_reference`, as OpenAPI runtime expressions.
    facts: Mapping[str, str] = field(default_factory=dict[str, str])

    def needs(self, name: str, value: T) -> T:
        """Return the value of a required parameter.

        Raises:
            InvalidParameterError: if it is None or UNSET, because it would silently be omitted or sent as null.
        """
        if value is None or value is UNSET:
            raise missing_parameter(self.call, name)
        return value

    def encoded(self, body: Any) -> Any:
        """Return the JSON of a body that is passed as a whole.

        Raises:
            InvalidParameterError: as in `encode`, with the name of the call.
        """
        try:
            return encode(body)
        except InvalidParameterError as error:
            locate(error, "body", self.call, ": ")
            raise

    def written(self, body: Any) -> dict[str, Any]:
        """Return the JSON object of a body.

        Raises:
            InvalidParameterError: as in `to_dict`, with the name of the call.
        """
        try:
            made: dict[str, Any] = body.to_dict()
        except InvalidParameterError as error:
            locate(error, type(body).__name__, self.call, ": ")
            raise
        return made


@dataclass(slots=True, repr=False, eq=False)
class Request(Generic[T]):
    """Represent one request of an operation. Its repr shows no values, because they may be personal data.

    Query and header parameters that are UNSET or None are not sent. A sequence in a query repeats its name. A body of
    UNSET means no body. `decode` turns parsed JSON into the result. It gets None if the response's body is empty, and
    may return None for that only if the operation has no response body.
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
    # The model of its body; None if the body has no model.
    model: type[Any] | None = field(default=None, kw_only=True)
    decode: Callable[[Any], T] = field(kw_only=True)
    # The requested part of a list, such as `page 2`.
    part: str = field(default="", kw_only=True)
    # Whether to omit the warning about an inferred path, because the client asks and not the user.
    quiet: bool = field(default=False, kw_only=True)

    def target(self) -> str:
        """Return the path and query. Every value is percent-encoded whole, so that it cannot lead to another path."""
        query = "&".join(self._query())
        return f"{self.url_path()}?{query}" if query else self.url_path()

    def _query(self) -> Iterator[str]:
        for name, value in self.query.items():
            texts = [self._quote(name, text) for text in _texts_of(value)]
            if isinstance(value, _Joined):
                # A comma inside an item is encoded; a comma between two items is not.
                texts = [",".join(texts)] if texts else []
            for text in texts:
                yield f"{quote(name)}={text}"

    def url_path(self) -> str:
        """Return the path.

        Raises:
            InvalidParameterError: if a value is missing, is not text, an int or a UUID, or could lead to another path.
        """
        first, *rest = self.operation.path.split("{")
        pieces = (piece.partition("}") for piece in rest)
        return first + "".join(
            self._path_value(name) + fixed for name, _, fixed in pieces
        )

    def header_texts(self) -> dict[str, str]:
        """Return the header parameters to send."""
        return dict(_texts(self.headers))

    def content(self) -> bytes | None:
        """Return the body as bytes; None if there is no body."""
        return None if self.body is UNSET else dumps(self.body)

    def idempotency_key(self) -> str | None:
        """Return the key that makes a second arrival harmless; None if the request carries none.

        Raises:
            InvalidParameterError: if the value is not text with visible characters.
        """
        name, call = self.operation.idempotency_key, self.operation.call
        for place in (self.headers, self.body):
            value = place.get(name, UNSET) if name and is_mapping(place) else UNSET
            if value is not UNSET:
                return idempotency_key(value, call)
        return None

    def facts(self) -> dict[str, str | None]:
        """Return the facts that identify the call, by name; None for a fact that the call does not carry."""
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
        if not name:
            return value
        parameters = {"path": self.path_params, "header": self.headers}[kind]
        return parameters.get(name)

    def _path_value(self, name: str) -> str:
        value = self.path_params.get(name, UNSET)
        problem = f"is of type {type(value).__name__}"
        if (isinstance(value, (str, int)) or is_uuid(value)) and not isinstance(
            value, bool
        ):
            # A member of an open enum is text already, but its class may override str().
            text = str.__str__(value) if isinstance(value, str) else str(value)
            found = path_problem(text, is_id=name not in self.operation.own_texts)
            if found is None:
                return self._quote(name, text)
            problem = f"{found}, so it could reach another path"
        raise InvalidParameterError(
            f"{self.operation.call}: the path parameter {name} {problem}. Nothing was sent. "
            "Pass it as text, and an id exactly as the API sent it."
        )

    def _quote(self, name: str, text: str) -> str:
        try:
            return quote(text, safe="")
        except UnicodeEncodeError:
            pass  # Raised below, so that the error does not carry the text itself.
        problem = f"the parameter {name} has a character that is not valid Unicode. Nothing was sent."
        raise InvalidParameterError(f"{self.operation.call}: {problem}")

    def __repr__(self) -> str:
        return f"<Request {self.operation.call} {self.operation.method} {self.operation.path}>"


def is_blank(body: bytes) -> bool:
    """Return whether a body is empty or only white space."""
    return not body or body.isspace()


def fact_text(value: object) -> str | None:
    """Return a reference or an amount as plain text; None for any other value."""
    is_plain = isinstance(value, (str, int, float, Decimal))
    if isinstance(value, bool) or not (is_plain or is_uuid(value)):
        return None
    return query_text(value) or None


class _Joined(list[Any]):
    """Hold the items of a query parameter that share one value."""


def joined(values: Any) -> Any:
    """Return the items of a query parameter, marked to be sent in one value. A non-collection stays unchanged."""
    return _Joined(values) if is_collection(values) else values


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for text in _texts_of(value):
            yield name, text


def _texts_of(value: Any) -> list[str]:
    members = value if type(value) in (list, tuple, _Joined) else (value,)
    return [text for text in map(query_text, members) if text is not None]
