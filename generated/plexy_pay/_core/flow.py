# plexy-pay runtime, written by hand in runtime/_core/flow.py; the generator copies it unchanged.
"""Run one call without input or output: attempts, keys, retries, the meaning of a response, and errors.

A driver, sync or async, carries out each step of `Call.run`. It sends a `Send` and stores the result in it, or waits if
the step is a number of seconds. So both clients behave identically.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from .. import errors
from .._families import FAMILIES
from ..errors import Outcome, PlexyError
from .attempts import Failure, RawResponse, Send, one_line
from .causes import is_interruption
from .decoding import empty_of
from .encoding import encode, is_mapping, loads_response, read_content
from .keys import KeyRing
from .logs import INFO, LOGGER, Log
from .misfits import Watch
from .operation import Operation, Request, is_blank
from .options import masked
from .proof import Success, refuses, seen_success, success_of
from .response_body import ACCEPT_ENCODING
from .retries import delay, retry_after
from .settings import Settings
from .types import UNSET, Response

if TYPE_CHECKING:
    from typing import Self

    from .base_client import AsyncClient, SyncClient
    from .drift import Difference
    from .key_mask import KeyMask
    from .keys import ApiKey
    from .types import RequestOptions, Timeout

T = TypeVar("T")
_WORST = (Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNKNOWN)
# Headers that usually carry keys belong to the client, even in a package without the family that sends them.
_OWN_HEADERS = frozenset(
    {
        "authorization",
        "x-api-key",
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
    }
    | {family.header.lower() for family in FAMILIES.values()}
)
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
# The API responds with these statuses only after it has accepted the key.
_KEY_WORKS = (200, 201, 202, 204, 205, 400, 404, 409, 422)
_UNREADABLE = {
    "timeout": errors.ApiTimeoutError,
    "too_large": errors.ResponseTooLargeError,
}
_ADVICE = {
    400: " Correct the parameters.",
    404: " Check the id.",
    422: " Correct the parameters.",
    401: " Check the API key, and that it belongs to this environment.",
    429: " Wait, then call again.",
}
_warned: set[str] = set()


class Call(Generic[T]):
    """Represent one call. Set `keys`, in the order to try them, before it runs. `response` is set after it has run.

    As a context, it adds a note to an exception of the caller's own code that ends the call: the note states the
    outcome of the call.
    """

    keys: tuple[ApiKey, ...] = ()
    response: Response[T] | None = None
    client: SyncClient | AsyncClient | None = None
    sent_at: float = 0.0
    _worst: Outcome
    _attempt: Send | None
    request: Request[T]
    settings: Settings
    ring: KeyRing
    timeout: Timeout

    def __init__(
        self, request: Request[T], settings: Settings, options: RequestOptions
    ) -> None:
        operation = request.operation
        asked = masked(options)
        _refuse(operation, asked.problem())
        if operation.settings:
            path_params = dict(request.path_params)
            path_params |= settings.path_values(operation.settings)
            request = replace(request, path_params=path_params)
        if asked.get("extra_body"):
            request = replace(
                request, body=_with_further(request, encode(asked.get("extra_body")))
            )
        self.request, self.settings = request, settings
        self.timeout = asked.timeout() or settings.timeout_for(operation)
        if "api_key" in asked:
            self.ring = KeyRing.of(asked.get("api_key"))
        else:
            self.ring = settings.ring(operation.family)
        _refuse(operation, self.ring.problem)
        self.max_retries: int = asked.get("max_retries", settings.max_retries)
        self.extra_headers: Mapping[str, str] = asked.get("extra_headers", {})
        self._idempotency_key = request.idempotency_key()
        self._worst, self._attempt = Outcome.NOT_SENT, None
        self._key_repeats = self._idempotency_key is not None and operation.key_repeats
        self._repeatable = operation.method == "GET" or self._key_repeats
        if not request.quiet and operation.evidence == "inferred":
            _check_evidence(operation, settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: object
    ) -> None:
        if error is not None and not isinstance(error, PlexyError):
            call = self.request.operation.call
            error.add_note(
                self.key_mask().text(f"plexy-pay: {call}: {self._interrupted()}")
            )

    def _interrupted(self) -> str:
        """Return the outcome, in words, of a call that an exception of the caller's own code ended."""
        judged: Response[T] | PlexyError | None = self.response
        if judged is None and self._attempt is not None:
            judged = self._seen(self._attempt)
        if isinstance(judged, Response):
            return f"The API had responded with {judged.status_code}: the call was carried out. Do not send it again."
        outcome = self._worst
        if judged is not None:
            outcome = max(outcome, judged.outcome, key=_WORST.index)
        return self._meaning(
            outcome, self.request.facts().get("order_reference"), interrupted=True
        )

    def _seen(self, attempt: Send) -> Response[T] | PlexyError:
        """Return what is known about the current attempt."""
        if attempt.result is None:
            return _no_response(Failure("connection", "", attempt.sent))
        return self._verdict(attempt.result)

    def _verdict(self, result: RawResponse | Failure) -> Response[T] | PlexyError:
        if isinstance(result, RawResponse):
            return self._judge(result)
        return _no_response(result)

    def run(self) -> Iterator[Send | float]:
        """Yield the steps of the call.

        Raises:
            PlexyError: if the call did not succeed, or its outcome is unknown.
        """
        pace, send = self.settings.pace, Send(self)
        send.key, *others = self.keys
        attempts = retries = 0
        log = Log(self) if LOGGER.isEnabledFor(INFO) else None
        while True:
            if log:
                log.sending(send, attempts + 1)
            self._begin(send)
            yield send
            attempts += 1
            result: RawResponse | Failure | None = send.result
            assert result is not None
            if log:
                log.came(send, attempts)
            status = result.status if isinstance(result, RawResponse) else 0
            if status in _KEY_WORKS:
                self.ring.works(send.key)
            if status == 401 and others:
                send.key = others.pop(0)
                self._passed(Outcome.REJECTED)
                if log:
                    log.again(send, attempts, None)
                continue
            judged = self._verdict(result)
            elapsed = pace.monotonic() - send.deadline + self.timeout.total
            _note(judged, attempts, elapsed)
            if isinstance(judged, Response):
                self.response = judged
                return
            self._passed(judged.outcome)
            pause = delay(retries, judged.retry_after, pace)
            late = pace.monotonic() + pause >= send.deadline
            if late or retries >= self.max_retries or not self._may_repeat(result):
                # The masked error replaces the bare one: a key that the API quoted must not stay in a local variable.
                judged = self._complete(judged, self._worst, attempts)
                raise judged
            if log:
                log.again(send, attempts, pause)
            yield pause
            retries += 1

    def _begin(self, send: Send) -> None:
        """Prepare an attempt to leave."""
        # The first attempt whose outcome is unknown determines the time of the call.
        if self._worst is not Outcome.UNKNOWN:
            self.sent_at = self.settings.pace.time()
        send.sent = False
        send.result = None
        self._attempt = send

    def _passed(self, outcome: Outcome) -> None:
        """Record the outcome of a finished attempt."""
        self._worst, self._attempt = max(self._worst, outcome, key=_WORST.index), None

    def key_mask(self) -> KeyMask:
        """Return the mask of every key that the client holds, because a response may quote any of them."""
        from .key_mask import KeyMask

        held = list(self.ring.known())
        for ring in self.settings.rings.values():
            held += ring.known()
        held += [key.raw for key in self.keys]
        return KeyMask(held)

    def headers(self) -> dict[str, str]:
        """Return all headers except the key's.

        Raises:
            InvalidParameterError: if the caller passed a malformed header, or one that belongs to the client.
        """
        headers = {
            "accept": self.request.operation.accept,
            "user-agent": self.settings.user_agent,
        }
        if self.request.body is not UNSET:
            headers["content-type"] = "application/json"
        # No local variable may hold the caller's headers: a refused header may hold a key, and tracebacks show locals.
        problem = _header_problem(self.request.header_texts()) or _header_problem(
            self.extra_headers
        )
        if problem:
            raise errors.InvalidParameterError(
                f"{self.request.operation.call}: {problem} Nothing was sent."
            )
        headers |= self.settings.header_values(self.request.operation.header_settings)
        headers |= {name.lower(): value for name, value in self.extra_headers.items()}
        headers |= {
            name.lower(): value for name, value in self.request.header_texts().items()
        }
        headers["accept-encoding"] = ACCEPT_ENCODING
        return headers

    def _may_repeat(self, result: RawResponse | Failure) -> bool:
        """Return whether repeating the request may help and cannot do harm when both requests arrive."""
        if isinstance(result, Failure):
            is_final = result.kind in ("refused", "invalid")
            return not is_final and (self._repeatable or not result.sent)
        if result.status == 429:
            return True
        problem = result.problem
        broken = problem is not None and problem.kind in ("connection", "timeout")
        late_or_down = result.status == 408 or result.status >= 500
        return self._repeatable and (late_or_down or broken)

    def _judge(self, response: RawResponse) -> Response[T] | PlexyError:
        """Return the response, or an error that does not yet account for earlier attempts."""
        status, headers = response.status, response.headers
        facts: dict[str, Any] = {
            "status": status,
            "request_id": response.request_id,
            "body": response.body,
            "outcome": Outcome.UNKNOWN,
        }
        if not 200 <= status < 300:
            facts["retry_after"] = retry_after(
                headers.get("retry-after", ""), self.settings.pace.time()
            )
            if refuses(status, self.request.operation):
                facts["outcome"] = Outcome.REJECTED
            advice = self.request.operation.advice.get(response.status)
            return _bad_status(response, facts, self.key_mask(), advice)
        if response.is_without_content:
            # The status proves that the call was carried out, even if the body should have confirmed it by `success`.
            parsed, unlike = self._nothing(), self._absence()
            return self._success(response, facts, None, parsed, unlike)
        with Watch() as watch:
            data, parsed, problem = self._decode(response)
        unlike = self._differences(data) if watch.found else ()
        success = success_of(data, self.request.operation)
        if success is Success.DECLINED:
            shown, parsed = self._without_keys(data, parsed)
            facts |= {"outcome": Outcome.REJECTED, "response": parsed}
            return errors.DeclinedError(
                f"the API declined it{_quoted(shown.get('message'))}.", **facts
            )
        if problem is not None:
            kind = _UNREADABLE.get(problem.kind, errors.DecodingError)
            return kind(
                f"the API responded with {status}, but the response cannot be read: {problem.text}.",
                **facts,
            )
        unclear = success is Success.UNCLEAR
        return self._success(response, facts, data, parsed, unlike, unclear=unclear)

    def _success(
        self,
        raw: RawResponse,
        facts: dict[str, Any],
        data: Any,
        parsed: Any,
        unlike: tuple[Difference, ...],
        *,
        unclear: bool = False,
    ) -> Response[T] | PlexyError:
        """Return the response, or an error that holds it if `success` is unclear or a strict client refuses it."""
        status, headers, request_id = raw.status, raw.headers, raw.request_id
        response = Response(
            parsed=parsed,
            status_code=status,
            headers=headers,
            content=raw.body,
            request_id=request_id,
            idempotency_key=self._idempotency_key,
            elapsed=0.0,
            attempts=0,
        )
        if not unclear and not (unlike and self.settings.strict):
            return response
        mask = self.key_mask()
        _, response.parsed = self._without_keys(data, parsed)
        response.headers = mask.headers(headers)
        response.content = mask.content(raw.body)
        response.request_id = mask.fact(request_id)
        text = _unlike(status, unlike, self.request.part)
        if unclear:
            text = _unclear(status, data)
        return errors.UnexpectedResponseError(
            text, response=response, differences=unlike, **facts
        )

    def _without_keys(self, data: Any, parsed: T | None) -> tuple[Any, T | None]:
        """Return the JSON of a response and its parsed form, both without keys, so that an error may hold them."""
        shown = self.key_mask().data(data)
        if shown is data or parsed is None:
            return shown, parsed
        try:
            return shown, self.request.decode(shown)
        except Exception as error:
            if is_interruption(error):
                raise
            # The decoder cannot read the masked text. The error's body holds the response, and a second error must not
            # hide the first one.
            return shown, None

    def _decode(self, response: RawResponse) -> tuple[Any, Any, Failure | None]:
        """Return the JSON of a response, the operation's result, and the problem if there is one."""
        parsed = None
        if response.problem is not None:
            return None, None, response.problem
        content = self.request.operation.content
        data, problem = None, ""
        if content == "json" and is_blank(response.body):
            problem = "its body is empty"
        else:
            try:
                data = read_content(response.body, content, response.charset)
            except ValueError:
                return None, None, self._not_json(response)
        try:
            parsed = self.request.decode(data)
        except Exception as error:
            if is_interruption(error):
                raise
            if not problem:
                text = one_line(self.key_mask().text(str(error)))
                problem = f"{type(error).__name__}: {text}"
        else:
            # An empty body is no problem for an operation without a response body: only its decoder returns None.
            if parsed is None:
                problem = ""
        return data, parsed, Failure("unreadable", problem, True) if problem else None

    def _not_json(self, response: RawResponse) -> Failure:
        """Return the failure for a body that is not JSON, with the headers that describe the body."""
        kind = self._header(response, "content-type") or "none given"
        text = f"content type: {kind}"
        coding = self._header(response, "content-encoding")
        if coding:
            text += f", Content-Encoding: {coding}"
        return Failure("unreadable", f"its body is not JSON ({text})", True)

    def _header(self, response: RawResponse, name: str) -> str:
        """Return a header of a response for a message."""
        # The mask comes before the cut, because it does not find a part of a key.
        return one_line(self.key_mask().text(response.headers.get(name, "")))[:60]

    def _nothing(self) -> Any:
        """Return the value that replaces the body of a success without content."""
        try:
            return empty_of(self.request.decode)
        except Exception as error:
            if is_interruption(error):
                raise
            return None  # The caller's own decoder cannot decode an absent body.

    def _absence(self) -> tuple[Difference, ...]:
        """Report and return the absence of a body that the spec requires."""
        from .drift import absence, report

        found = absence(self.request.decode)
        report(self.request.operation.call, found)
        return tuple(found)

    def _differences(self, data: Any) -> tuple[Difference, ...]:
        """Report and return the differences between the JSON of a response and the spec."""
        from .drift import differences, report

        # Even the name of a field may be a key.
        found = differences(self.request.decode, self.key_mask().data(data))
        report(self.request.operation.call, found)
        return tuple(found)

    def _complete(
        self, error: PlexyError, outcome: Outcome, attempts: int
    ) -> PlexyError:
        """Return the error with everything known about the call, and without a key that the API may have quoted."""
        operation = self.request.operation
        mask = self.key_mask()
        reference = self.request.facts().get("order_reference")
        facts = {name: mask.fact(fact) for name, fact in vars(error).items()}
        facts |= {
            "operation": operation.call,
            "method": operation.method,
            "path": operation.path,
            "order_reference": reference,
            "idempotency_key": self._idempotency_key,
            "outcome": outcome,
            "attempts": attempts,
        }
        text = mask.text(
            f"{operation.call}: {error} {self._meaning(outcome, reference)}"
        )
        error = type(error)(text, **facts)
        if outcome is not Outcome.UNKNOWN or not operation.moves_money:
            return error
        from .saved_calls import ended_call

        unknown = errors.OutcomeUnknownError(
            text, cause=error, saved_call=ended_call(self, error), **facts
        )
        unknown.client = self.client
        return unknown

    def _meaning(
        self, outcome: Outcome, reference: str | None, *, interrupted: bool = False
    ) -> str:
        """Return what the outcome means for the money and what to do next.

        Args:
            outcome: What is known about the call.
            reference: The order reference of the call.
            interrupted: Whether the caller's own exception carries the text. It has no `reconcile` method.
        """
        moves = self.request.operation.moves_money
        if outcome is Outcome.NOT_SENT:
            money = ", no money moved" if moves else ""
            return f"Nothing was sent{money}: it is safe to call again."
        if outcome is Outcome.REJECTED:
            return (
                "No money was moved by this call."
                if moves
                else "The call was not carried out."
            )
        if self.request.operation.method == "GET":
            return "This call only reads: it is safe to call again."
        if self._key_repeats:
            money = ", and money moved" if moves else ""
            key = f"the same key, {self._idempotency_key!r}"
            return f"It may have been carried out{money}. Call again only with {key}."
        if not moves:
            return "It may have been carried out: look before you call again."
        warning = "The payment may have gone through. Do not send it again"
        recipe = self.settings.recipes().get(self.request.operation.call)
        if recipe is not None and not recipe.looks:
            return f"{warning}; no look-up can find it. {recipe.check}"
        way = "error.reconcile()"
        if interrupted:
            way = "client.reconcile with the result of client.save_call"
        where = "with a retrieve or list call"
        if reference:
            where = f"by its order reference {reference!r}"
        return f"{warning}; use {way}, or look it up {where} first."


def _note(judged: Response[Any] | PlexyError, attempts: int, elapsed: float) -> None:
    """Record in the response, if there is one, the number of attempts and the duration of the call in seconds."""
    if isinstance(judged, errors.UnexpectedResponseError):
        response: Response[Any] = judged.response
    elif isinstance(judged, Response):
        response = judged
    else:
        return
    response.attempts = attempts
    response.elapsed = elapsed


def _no_response(failure: Failure) -> PlexyError:
    kind, what = {
        "invalid": (
            errors.InvalidParameterError,
            "the request cannot be sent as it is: ",
        ),
        "refused": (
            errors.RequestRefusedError,
            "the request was stopped before it left: ",
        ),
        "timeout": (errors.ApiTimeoutError, "no response came in time: "),
    }.get(failure.kind, (errors.ApiConnectionError, "the connection failed: "))
    outcome = Outcome.UNKNOWN if failure.sent else Outcome.NOT_SENT
    return kind(f"{what}{failure.text}.", outcome=outcome)


def _bad_status(
    response: RawResponse, facts: dict[str, Any], mask: KeyMask, advice: str | None
) -> PlexyError:
    status = response.status
    advice = _ADVICE.get(status, "") if advice is None else f" {advice}"
    try:
        fields = _fields(mask.data(loads_response(response.body, response.charset)))
    except ValueError:
        fields = {}
    fields = _fields(fields.get("error")) or fields
    facts |= {
        name: _text(fields.get(name)) for name in ("code", "type", "source", "param")
    }
    facts["request_id"] = facts["request_id"] or _text(fields.get("request_id"))
    facts["api_message"] = _text(fields.get("message"))
    what = f"the API responded with {status}{_quoted(facts['api_message'])}.{advice}"
    if 300 <= status < 400:
        target = _target(mask.text(response.headers.get("location", "")))
        what = f"the API responded with {status}, a redirect to {target}. It was not followed. Check base_url."
    elif 400 <= status < 500 and facts["outcome"] is Outcome.UNKNOWN:
        what += " This status does not say that the call was not carried out."
    return errors.status_error(status)(what, **facts)


def _unclear(status: int, data: Any) -> str:
    """Return the error text for a money-moving call whose successful response does not say whether money moved."""
    return (
        f"the API responded with {status}, but does not say whether it was carried out: "
        f"`success` should be true, and is {seen_success(data)}. The response is in error.response."
    )


def _unlike(status: int, found: tuple[Difference, ...], part: str) -> str:
    """Return the error text of a strict client."""
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    where = f"{part}: " if part else ""
    shown = where + ", ".join(map(str, found[:5])) + more
    return (
        f"the API responded with {status}, so by its status the call was carried out; "
        "but the response differs from the "
        f"spec, and strict=True makes that an error: {shown}. The response is in error.response."
    )


def _target(location: str) -> str:
    """Return the host and path of a redirect, without its query, which may hold secrets."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    site = f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else ""
    return one_line(f"{site}{parts.path}") or "nowhere"


def _with_further(request: Request[Any], further: dict[str, Any]) -> dict[str, Any]:
    """Return the body with the fields of `extra_body`.

    Raises:
        InvalidParameterError: if the call has no body, or its body already has one of the fields.
    """
    body, call = request.body, request.operation.call
    if not is_mapping(body):
        raise errors.InvalidParameterError(
            f"{call}: extra_body was given, but this call has no body. Nothing was sent. Leave extra_body out."
        )
    twice = sorted(further.keys() & body.keys())
    if twice:
        raise errors.InvalidParameterError(
            f"{call}: extra_body names {', '.join(twice)}. Nothing was sent. Use the parameter."
        )
    if request.model is not None:
        from .misspellings import warn_of_misspelt
        from .schema import schema_of

        known = schema_of(request.model).types
        warn_of_misspelt(f"{call}: extra_body", further, tuple(known), known)
    return dict(body) | further


def _refuse(operation: Operation, problem: str | None) -> None:
    """Raise an InvalidParameterError if there is a problem."""
    if problem:
        raise errors.InvalidParameterError(
            f"{operation.call}: {problem} Nothing was sent."
        )


def _check_evidence(operation: Operation, settings: Settings) -> None:
    """Refuse an operation whose method or path is only inferred, or warn about it once, unless the client allows it."""
    allowed = settings.allow_inferred
    if operation.moves_money and allowed:
        return
    what = (
        f"{operation.call} ({operation.method} {operation.path}) is only inferred: "
        "its method or its path is documented nowhere."
    )
    is_local = settings.family(operation.family)[1].loopback
    if operation.moves_money and (allowed is False or not is_local):
        advice = (
            "It can move money, so nothing was sent. Confirm it with Plexy Pay, then pass allow_inferred=True, or "
            "generate the client with an overlay that confirms it (docs/overlays.md)."
        )
        raise errors.InferredOperationError(
            f"{what} {advice}", operation=operation.call
        )
    if operation.call in _warned:
        return
    _warned.add(operation.call)
    from .callers import warn_caller

    text = f"{what} Confirm it with Plexy Pay before you rely on it; an overlay (docs/overlays.md) can record that."
    if operation.moves_money:
        text += " It can move money: without allow_inferred=True it is sent to this machine only."
    try:
        warn_caller(text, errors.InferredOperationWarning)
    except errors.InferredOperationWarning:
        # The program turns the warning into an error, which must stop the next call as well.
        _warned.discard(operation.call)
        raise


def _text(value: object) -> str | None:
    if value is None or value is UNSET or isinstance(value, (dict, list)):
        return None
    return str(value)


def _quoted(message: object) -> str:
    return f' ("{one_line(message)}")' if isinstance(message, str) and message else ""


def _fields(data: object) -> dict[str, Any]:
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def _header_problem(headers: Mapping[str, Any]) -> str | None:
    for name, value in headers.items():
        if not name or not _TOKEN.issuperset(name.lower()):
            return "a header name has characters that HTTP does not allow."
        if name.lower() in _OWN_HEADERS:
            return f"the header {name} is the client's own. Pass a key as api_key, and leave this header out."
        if (
            not isinstance(value, str)
            or not value.isascii()
            or not value.isprintable()
            or value != value.strip()
        ):
            return (
                f"the value of the header {name} must be visible ASCII text on one line, without white space at its "
                "ends."
            )
    return None
