"""Errors as each family of the API writes them.

Documented: the three bodies, the Pay API's codes 1 to 5, the types of v2, 401 and 404, and 402 for a card that is
declined, 409 with `idempotency_error` and `idempotency_key_in_use` for a key that was used with other parameters.

Stand-in choices, made because no public source says otherwise:

* Pay: 400 with code 3 for a body that is not JSON, 422 with code 5 for a request that does not fit the document
  or the present status, 500 with code 2. A 401 has code 2 and the source `keys`.
* v2: 400 for everything that is wrong with a request, with the documented codes where one fits. 429 and 500, which only
  a fault sends, have `api_error`, and the code 2 in the Pay API.
* Gate: 400 for everything that is wrong with an order, also for an idempotency key that was used for another one: its
  documents list no other status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from . import wire
from .refusals import AlreadyRefunded, CardDeclined, Conflict, NotFound, Refusal
from .validation import Flaw, InvalidRequest

CHECKOUT: Final = "checkout"
GATE: Final = "gate"

_FLAWS: Final[Mapping[Flaw, str]] = {
    Flaw.MISSING: "parameter_missing",
    Flaw.UNKNOWN: "parameter_unknown",
    Flaw.INVALID: "parameter_invalid",
}
_GATE_CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    429: "too_many_requests",
    500: "internal_error",
}


@dataclass(frozen=True, slots=True)
class Errors:
    """The errors of one family.

    Args:
        family: `pay`, `checkout` or `gate`.
        request_id: The id of the request, which errors of v2 carry.
    """

    family: str
    request_id: str

    def no_route(self) -> Response:
        """Refuse a path at which nothing lies."""
        return self._write(
            404, "not found", "routes", pay=4, checkout="resource_missing"
        )

    def no_method(self, allowed: str) -> Response:
        """Refuse a method that the path does not take."""
        response = self._write(
            405,
            f"this path takes {allowed}",
            "routes",
            pay=3,
            checkout="invalid_request",
        )
        response.headers["Allow"] = allowed
        return response

    def no_key(self, header: str) -> Response:
        """Refuse a key that is missing from its header, or is not one of this family."""
        text = (
            f"missing or invalid API key; {header} carries the raw key, without Bearer"
        )
        return self._write(401, text, "keys", pay=2, checkout="api_key_invalid")

    def other_agent(self) -> Response:
        """Refuse a key that does not belong to the agent of the path."""
        return self._write(
            401,
            "the key is not of this agent",
            "keys",
            pay=2,
            checkout="api_key_invalid",
        )

    def malformed(self, message: str, source: str) -> Response:
        """Refuse a body that cannot be read."""
        return self._write(400, message, source, pay=3, checkout="invalid_request")

    def invalid(self, error: InvalidRequest, source: str) -> Response:
        """Refuse a request that does not fit the document."""
        status = 422 if self.family not in (CHECKOUT, GATE) else 400
        code = _FLAWS[error.flaw]
        return self._write(
            status, str(error), source, pay=5, checkout=code, param=error.parameter
        )

    def too_many_requests(self) -> Response:
        """Refuse a request because too many came."""
        return self._write(
            429, "too many requests", "sandbox", pay=2, checkout="api_error"
        )

    def internal_error(self) -> Response:
        """Respond as to a mistake of the API."""
        return self._write(
            500, "something went wrong", "sandbox", pay=2, checkout="api_error"
        )

    def refused(self, refusal: Refusal) -> Response:
        """Refuse a request that the rules do not allow."""
        if isinstance(refusal, AlreadyRefunded):
            # What the live API was seen to send: no code, no type, and a status that looks like a breakdown.
            message = (
                f"failed to handle command: something went wrong, {refusal.message}"
            )
            return json_response({"message": message}, 500)
        if isinstance(refusal, NotFound):
            return self._write(
                404, refusal.message, refusal.source, pay=4, checkout="resource_missing"
            )
        if isinstance(refusal, CardDeclined):
            return self._write(
                402, refusal.message, refusal.source, pay=5, checkout=refusal.reason
            )
        if isinstance(refusal, Conflict) and self.family != GATE:
            return self._write(
                409,
                refusal.message,
                refusal.source,
                pay=5,
                checkout="idempotency_key_in_use",
            )
        status = 422 if self.family not in (CHECKOUT, GATE) else 400
        return self._write(
            status, refusal.message, refusal.source, pay=5, checkout="parameter_invalid"
        )

    def _write(
        self,
        status: int,
        message: str,
        source: str,
        *,
        pay: int,
        checkout: str,
        param: str | None = None,
    ) -> Response:
        if self.family == CHECKOUT:
            error = {
                "type": _checkout_type(status),
                "code": checkout,
                "message": message,
            }
            if param is not None:
                error["param"] = param
            return json_response(
                {"error": error | {"request_id": self.request_id}}, status
            )
        if self.family == GATE:
            return json_response(
                {"code": _GATE_CODES[status], "message": message}, status
            )
        return pay_error(status, pay, message, source)


def pay_error(status: int, code: int, message: str, source: str) -> Response:
    """Make an error as the Pay API writes it."""
    kind = "validationError" if code == 5 else "apiError"
    return json_response(
        {"code": code, "message": message, "source": source, "type": kind}, status
    )


def not_kept(reason: str) -> Response:
    """Make the response of a sandbox whose journal cannot be written."""
    return pay_error(
        500,
        2,
        f"{reason} What this request has done is in memory only, and the sandbox takes no more requests. Mend the file "
        "or make room, and start the sandbox again: all that it has responded to with success is kept.",
        "sandbox",
    )


def json_response(body: object, status: int = 200) -> Response:
    """Make a response in JSON."""
    return Response(wire.dumps(body), status, media_type="application/json")


def _checkout_type(status: int) -> str:
    kinds = {
        401: "authentication_error",
        402: "card_error",
        409: "idempotency_error",
        429: "api_error",
        500: "api_error",
    }
    return kinds.get(status, "invalid_request_error")


def internal_error() -> Response:
    """Make the response to a mistake in the sandbox itself."""
    return pay_error(500, 2, "something went wrong", "sandbox")
