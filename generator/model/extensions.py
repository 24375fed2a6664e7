"""Check the form of the extensions that may stand on anything: what is deprecated, masked, unused or a time."""

from __future__ import annotations

from .. import openapi
from ..document import Located, Pointer, is_mapping, objects
from .classes import is_enum, is_object
from .reader import Reader
from .schemas import MASKED, REQUIRED_EVIDENCE, UNIX_SECONDS

_DEPRECATED, _FORMAT, _UNUSED = "x-deprecated", "x-format", "x-unused"
#: Keys of `x-deprecated`, each with a text.
_WORDS = ("since", "use", "until")


def check_marks(reader: Reader) -> None:
    """Note extensions of another form than the one that is read."""
    for found in objects(reader.document.data):
        _check_masks(reader, found)
        if _DEPRECATED in found.value:
            _check_deprecation(reader, found)
    for schema in openapi.named_schemas(reader.document):
        _check_unused(reader, schema)
        _check_required(reader, schema)
    for schema in openapi.schemas(reader.document):
        if _FORMAT in schema.value:
            _check_format(reader, schema)


def _check_masks(reader: Reader, found: Located) -> None:
    for extension in MASKED:
        # A value that only looks true or false would leak a secret, or hide what people look for.
        if not isinstance(found.value.get(extension, True), bool):
            reader.flawed(
                (*found.pointer, extension),
                f"{extension} is no boolean",
                f"write `{extension}: true`",
            )


def _check_unused(reader: Reader, schema: Located) -> None:
    extension = schema.value.get(_UNUSED)
    if extension is not None and extension is not True:
        message = f"{_UNUSED} is either `true` or not there"
        reader.flawed((*schema.pointer, _UNUSED), message, f"write `{_UNUSED}: true`")


def _check_required(reader: Reader, schema: Located) -> None:
    """Note evidence of what is required where nothing can be; a rule judges that of an object."""
    is_model = is_object(schema.value) and not is_enum(schema.value)
    if REQUIRED_EVIDENCE in schema.value and not is_model:
        message = f"{REQUIRED_EVIDENCE} stands on a schema whose `required` binds one way only"
        reader.flawed(
            (*schema.pointer, REQUIRED_EVIDENCE),
            message,
            f"remove `{REQUIRED_EVIDENCE}`",
        )


def _check_deprecation(reader: Reader, found: Located) -> None:
    """Note `x-deprecated` that stands without `deprecated: true`, or that says something else than it may."""
    extension, place = found.value[_DEPRECATED], (*found.pointer, _DEPRECATED)
    if found.value.get("deprecated") is not True:
        fix = "write `deprecated: true` beside it, or remove it"
        reader.flawed(place, f"{_DEPRECATED} stands where nothing is deprecated", fix)
    if not is_mapping(extension) or not extension:
        message = f"{_DEPRECATED} is no mapping"
        reader.flawed(place, message, "write `since:`, `use:` and `until:` below it")
        return
    for key, text in extension.items():
        _check_word(reader, (*place, key), key, text)


def _check_word(reader: Reader, place: Pointer, key: str, text: object) -> None:
    if key not in _WORDS:
        message = f"{_DEPRECATED} has the unknown key {key!r}"
        reader.flawed(place, message, f"use {', '.join(_WORDS)}")
    elif not isinstance(text, str) or not text.strip():
        fix = "write text, in quotes if it looks like a number"
        reader.flawed(place, f"`{key}` of {_DEPRECATED} is no text", fix)


def _check_format(reader: Reader, schema: Located) -> None:
    """Note a format that nothing reads; seconds since 1970 are whole numbers."""
    name, kind = schema.value[_FORMAT], schema.value.get("type", "any type")
    if name != UNIX_SECONDS or kind != "integer":
        reader.flawed(
            (*schema.pointer, _FORMAT),
            f"{name!r} is no format of {kind}",
            f"write `{_FORMAT}: {UNIX_SECONDS}` on an integer, or remove it",
        )
