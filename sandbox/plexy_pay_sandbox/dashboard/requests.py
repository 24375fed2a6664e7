"""Show requests with their responses, and what was wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from ..request_log import LoggedRequest
from ..suggestions import near
from ..validation import Contract, InvalidRequest, Misfit, Operation
from .json_text import pretty
from .words import Tone

_UNITS: Final = {
    "minor": "in minor units (tiyn for KZT)",
    "major": "in major units (tenge for KZT)",
    "decimal-string": "as decimal text in major units",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Represent what is wrong with one field, and what the API wants there.

    Attributes:
        field: The field, as `amount.value`.
        message: What is wrong.
        wanted: What the API wants.
        meaning: What the document says of the field.
    """

    field: str
    message: str
    wanted: str
    meaning: str = ""


def tone_of(logged: LoggedRequest) -> Tone:
    """Return the colour of a request."""
    return Tone.BAD if logged.status >= 400 or not logged.status else Tone.GOOD


def reason_of(logged: LoggedRequest) -> str:
    """Return why a request was refused, in the words of the response; nothing if it was not."""
    if logged.status < 400:
        return ""
    response = _fields(logged.response)
    inner = _fields(response.get("error")) or response
    return str(inner.get("message", ""))


def is_of_a_program(logged: LoggedRequest) -> bool:
    """Return whether a request is of the API, and no page of a payer."""
    return not logged.path.startswith(("/pl_", "/_sandbox/"))


def body_of(value: object) -> str:
    """Return the body of a request or a response for people; nothing if none was kept."""
    return "" if value is None else pretty(value)


def flaws_of(contract: Contract, logged: LoggedRequest) -> list[Flaw]:
    """Return what is wrong with the fields of the body of a request that was refused."""
    operation = _operation_of(contract, logged)
    if operation is None or logged.status < 400 or logged.body is None:
        return []
    try:
        found = contract.misfits(operation, logged.body)
    except InvalidRequest as error:
        return [Flaw("body", str(error), "")]
    return [_flaw(misfit) for misfit in found]


def _operation_of(contract: Contract, logged: LoggedRequest) -> Operation | None:
    for operation, _ in contract.match(logged.path.partition("?")[0]):
        if operation.method == logged.method:
            return operation
    return None


def _flaw(misfit: Misfit) -> Flaw:
    field = misfit.place or "body"
    message = misfit.message.removeprefix(f"body.{field}: ").removeprefix("body: ")
    if misfit.known:
        return Flaw(field, message, _meant(field, misfit.known))
    description = str(misfit.wanted.get("description", "")).partition("\n\n")[0]
    meaning = " ".join(description.replace("`", "").split())
    wanted = _wanted(misfit.wanted)
    return Flaw(field, message, f"The API wants: {wanted}" if wanted else "", meaning)


def _meant(field: str, known: tuple[str, ...]) -> str:
    """Return which field was meant, or all that there are."""
    meant = near(field.rpartition(".")[2], known)
    return f"Did you mean {meant}?" if meant else f"There is {', '.join(known)}."


def _wanted(schema: Mapping[str, Any]) -> str:
    """Return in a few words what a schema takes."""
    parts: list[str] = []
    if "enum" in schema:
        parts.append(f"one of {', '.join(map(str, schema['enum']))}")
    elif "type" in schema:
        kinds = schema["type"]
        parts.append(kinds if isinstance(kinds, str) else " or ".join(kinds))
    if "format" in schema:
        parts.append(f"in the format {schema['format']}")
    if schema.get("x-amount-unit") in _UNITS:
        parts.append(_UNITS[schema["x-amount-unit"]])
    if schema.get("examples"):
        parts.append(f"such as {body_of(schema['examples'][0])}")
    return ", ".join(parts)


def _fields(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
