# plexy-pay runtime, written by hand in generator/foreign/runtime/sending.py; the generator copies it unchanged.
"""Requests and answers that are not plain JSON: forms, files, text, and parameters of several values."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeGuard, TypeVar
from urllib.parse import quote, quote_plus

from .decoding import Shape, expected_by, misfit
from .encoding import dumps, encode, is_array, is_collection, is_mapping, query_text, without_unset
from .errors import InvalidParameterError
from .operation import Request
from .paths import path_problem
from .types import UNSET, Unset

T = TypeVar("T")

# No header can have this in its name.
_COOKIE = "cookie "
# What a cookie's value may have besides letters and digits.
_PLAIN = "!#$&'()*+-./:<=>?@[]^_`{|}~,"
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(slots=True, repr=False, eq=False)
class MediaRequest(Request[T]):
    """A request whose body, or whose answer, is of another media type than `application/json`.

    Args:
        sends: The media type of the body.
        asks: The media type that is asked for.
        raw: Whether `decode` gets the bytes of the answer, and not parsed JSON.
        styles: How fields of a form are written that are no plain text: `file`, `json` or `deep`.
    """

    sends: str = field(default="application/json", kw_only=True)
    asks: str = field(default="application/json", kw_only=True)
    raw: bool = field(default=False, kw_only=True)
    styles: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    _boundary: str = field(default_factory=lambda: secrets.token_hex(16), init=False)

    def media(self) -> tuple[str, str]:
        """The media types: what is asked for, and what is sent."""
        sent = f"{_MULTIPART}; boundary={self._boundary}" if self.sends == _MULTIPART else self.sends
        return self.asks, sent

    def header_texts(self) -> dict[str, str]:
        """The header parameters that are sent, the cookies in one of them."""
        texts = super(MediaRequest, self).header_texts()
        cookies = [name for name in texts if name.startswith(_COOKIE)]
        line = "; ".join(f"{name.removeprefix(_COOKIE)}={texts.pop(name)}" for name in cookies)
        return {**texts, "cookie": line} if cookies else texts

    def _path_value(self, name: str) -> str:
        value = self.path_params.get(name)
        # It is encoded part by part already.
        return (
            str.__str__(value) if isinstance(value, _Encoded) else super(MediaRequest, self)._path_value(name)
        )

    def content(self) -> bytes | None:
        """The body as bytes."""
        body = self.body
        if body is UNSET:
            return None
        if isinstance(body, (bytes, bytearray)):
            return bytes(body)
        if self.sends in (_FORM, _MULTIPART):
            fields: dict[str, Any] = without_unset(dict(body)) if is_mapping(body) else {}
            return self._form(fields) if self.sends == _FORM else self._multipart(fields)
        if isinstance(body, str) and "json" not in self.sends:
            return body.encode()
        return dumps(body)

    def read(self, body: bytes, charset: str) -> Any:
        """Return what `decode` gets."""
        return body if self.raw else super(MediaRequest, self).read(body, charset)

    def _form(self, fields: Mapping[str, Any]) -> bytes:
        pairs = (pair for name, value in fields.items() for pair in self._pairs(str(name), value))
        return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs).encode()

    def _pairs(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        style = self.styles.get(name)
        if style == "deep" and value is not None:
            for key, inner in deep(name, value).items():
                yield from self._pairs(key, inner)
            return
        for item in _items(value) if style != "json" else [value]:
            text_of = _json(item) if style == "json" else query_text(item)
            if text_of is not None:
                yield name, text_of

    def _multipart(self, fields: Mapping[str, Any]) -> bytes:
        parts: list[bytes] = []
        for name, value in fields.items():
            style = self.styles.get(str(name))
            for item in _items(value) if style != "json" else [value]:
                head, content = self._part(str(name), item, style)
                if content is not None:
                    parts += (f"--{self._boundary}\r\n{head}\r\n\r\n".encode(), content, b"\r\n")
        return b"".join([*parts, f"--{self._boundary}--\r\n".encode()])

    def _part(self, name: str, value: Any, style: str | None) -> tuple[str, bytes | None]:
        disposition = f'Content-Disposition: form-data; name="{_quoted(name)}"'
        if style == "file" and value is not None:
            file, content, media = _file(name, value)
            return f'{disposition}; filename="{_quoted(file)}"\r\nContent-Type: {media}', content
        if style == "json":
            return f"{disposition}\r\nContent-Type: application/json", _json(value).encode()
        found = query_text(value)
        return disposition, None if found is None else found.encode()


def _items(value: Any) -> list[Any]:
    # A tuple is a file with its name, not several fields.
    return value if is_array(value) else [value]


def _file(name: str, value: Any) -> tuple[str, bytes, str]:
    """The name, the content and the media type of a file."""
    given: tuple[Any, ...] = value if _is_tuple(value) else (name, value)
    file, content, media = (*given, "application/octet-stream")[:3]
    if not isinstance(content, (bytes, bytearray)) or not _plain(media):
        raise InvalidParameterError(
            f"The file {name} is no bytes. Nothing was sent. Pass bytes, (name, bytes) or (name, bytes, media type)."
        )
    return str(file), bytes(content), str(media)


def _is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def _plain(text_of: object) -> bool:
    return isinstance(text_of, str) and text_of.isascii() and text_of.isprintable()


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _json(value: Any) -> str:
    return dumps(encode(value)).decode()


def _given(value: Any) -> bool:
    return value is not None and not isinstance(value, Unset)


def _object(name: str, value: Any) -> Mapping[str, Any]:
    encoded = encode(value)
    if is_mapping(encoded):
        return encoded
    raise InvalidParameterError(f"The parameter {name} is no mapping. Nothing was sent. Pass a mapping.")


def _joined(value: Any, separator: str) -> Any:
    if not is_collection(value):
        return flat(value) if is_mapping(value) else value
    found = (query_text(item) for item in flat(value))
    return separator.join(item for item in found if item is not None)


def comma(value: Any) -> Any:
    """Several values with commas between them."""
    return _joined(value, ",")


def space(value: Any) -> Any:
    """Several values with spaces between them."""
    return _joined(value, " ")


def pipe(value: Any) -> Any:
    """Several values with pipes between them."""
    return _joined(value, "|")


def pairs(value: Any) -> Any:
    """The fields of an object, each after its name, with commas between all."""
    return ",".join(part for pair in _fields(value) for part in pair) if _given(value) else value


def equals(value: Any) -> Any:
    """The fields of an object as `name=value`, with commas between them."""
    return ",".join(f"{name}={text}" for name, text in _fields(value)) if _given(value) else value


def cookie(value: Any) -> Any:
    """A value, or several with commas between them, as a cookie may hold it."""
    found = query_text(comma(encode(value))) if _given(value) else None
    return None if found is None else quote(found, safe=_PLAIN)


class _Encoded(str):
    __slots__ = ()


def in_path(style: str, name: str, value: Any) -> str:
    """A value, a list or an object in a path, as RFC 6570 writes them.

    Args:
        style: `simple`, `label` or `matrix`; with a star where each value or field stands by itself.
        name: The parameter.
        value: Its value.

    Raises:
        InvalidParameterError: if the value is empty, nested, or could be a step in the path.
    """
    explode, kind = style.endswith("*"), style.rstrip("*")
    encoded: Any = encode(value)
    if is_mapping(encoded):
        parts = [f"{one}={text}" if explode else f"{one},{text}" for one, text in _fields(encoded, "")]
        named = explode
    else:
        plain: Any = flat(encoded)
        texts = [query_text(one) for one in (plain if is_array(plain) else [plain])]
        parts, named = [quote(one, safe="") for one in texts if one], False
    between = {"simple": ",", "label": "." if explode else ",", "matrix": ";" if explode else ","}[kind]
    key = quote(name, safe="")
    if kind == "matrix" and not named:
        parts = (
            [f"{key}={part}" for part in parts] if explode else [f"{key}={between.join(parts)}"][: len(parts)]
        )
    joined = between.join(parts)
    whole = {"simple": "", "label": ".", "matrix": ";"}[kind] + joined
    problem = path_problem(joined, is_id=False) or path_problem(whole, is_id=False)
    if problem:
        raise InvalidParameterError(
            f"The path parameter {name} {problem}, so it could reach another path. Nothing was sent. "
            "A list, an object or a text in a path must not be empty, nor hold a step."
        )
    return _Encoded(whole)


def _fields(value: Any, safe: str | None = None) -> Iterator[tuple[str, str]]:
    """The fields of an object that is not nested, percent-encoded but for what is safe."""
    for name, item in _object("in a list of its fields", value).items():
        inner: Any = encode(item)
        if is_mapping(inner) or is_array(inner):
            raise InvalidParameterError(
                f"The field {name} of a parameter is nested. Nothing was sent. Pass plain values."
            )
        found = query_text(inner)
        if found is not None:
            yield (name, found) if safe is None else (quote(name, safe=safe), quote(found, safe=safe))


def json(value: Any) -> Any:
    """A value written as JSON."""
    return _json(value) if _given(value) else value


def flat(value: Any) -> Any:
    """One value or several, none of them nested.

    Raises:
        InvalidParameterError: for a nested one.
    """
    encoded: Any = encode(value)
    if is_mapping(encoded) or (
        is_array(encoded) and any(is_mapping(item) or is_array(item) for item in encoded)
    ):
        raise InvalidParameterError(
            "A parameter is nested. Nothing was sent. Pass a value or a list of values."
        )
    return encoded


def spread(name: str, value: Any) -> dict[str, Any]:
    """Each field of an object as a parameter of its own."""
    return {key: flat(item) for key, item in _object(name, value).items()} if _given(value) else {}


def deep(name: str, value: Any) -> dict[str, Any]:
    """Each field of an object as a parameter with its name in brackets, nested ones too."""
    found: dict[str, Any] = {}
    fields: Mapping[str, Any] = _object(name, value) if _given(value) else {}
    for key, item in fields.items():
        inner = f"{name}[{key}]"
        found |= deep(inner, item) if is_mapping(item) else {inner: flat(item)}
    return found


def text_body(data: Any) -> str:
    """The decoder of an answer that is text; bytes that are no UTF-8 are a ValueError."""
    return str(bytes(data or b""), "utf-8")


def bytes_body(data: Any) -> bytes:
    """The decoder of an answer that is neither JSON nor text."""
    return bytes(data or b"")


class Perhaps(Generic[T]):
    """The decoder of an answer that may have no body."""

    def __init__(self, decode: Callable[[Any], T]) -> None:
        self.decode = decode
        shape = expected_by(decode)
        self.expects: Shape | None = shape and Shape(f"{shape.words} | null", shape.module)

    def __call__(self, data: Any) -> T | None:
        return None if data is None else self.decode(data)


class ShapeBody(Generic[T]):
    """The decoder of an answer that is any shape of JSON but one object or an array of objects."""

    def __init__(self, decode: Callable[[Any], T], words: str, module: str) -> None:
        self.decode = decode
        self.expects: Shape = Shape(words, module)

    def __call__(self, data: Any) -> T:
        misfit()  # Nothing looks at plain values while they are decoded: `drift` looks at each answer.
        return self.decode(data)
