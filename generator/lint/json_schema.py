"""Show people the errors that JSON Schema validators find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from jsonschema import exceptions
from jsonschema.exceptions import ValidationError

_SHOWN = 240


def errors_of(validator: object, value: object) -> list[ValidationError]:
    """Return the errors of a value; for a union, those of the variant that fits best."""
    find = cast(
        "Callable[[object], Iterable[ValidationError]]",
        cast("Any", validator).iter_errors,
    )
    return [_deepest(error) for error in find(value)]


def _deepest(error: ValidationError) -> ValidationError:
    found: object = cast("Any", exceptions).best_match([error])
    return found if isinstance(found, ValidationError) else error


def short(text: str) -> str:
    """Return a message that may quote a whole value, cut to what one line can show."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
