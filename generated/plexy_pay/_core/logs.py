# plexy-pay runtime, written by hand in runtime/_core/logs.py; the generator copies it unchanged.
"""Log calls to the package's logger, `plexy_pay` (or the package's name when it was vendored).

The level info has one line for each attempt and each repetition. The level debug adds the masked requests and
responses. Logging can never fail a call.

The logger has no NullHandler. So Python prints a warning if the program has no handler, and no webhook is refused
silently. Only the logger of differences from the spec is silent, because they are for maintainers.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from functools import wraps
from typing import TYPE_CHECKING, Any

from . import PACKAGE
from .attempts import RawResponse, Send
from .causes import failures_ignored, is_interruption
from .encoding import encode, without_unset

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec

    from .flow import Call
    from .log_masks import Masker

    P = ParamSpec("P")

LOGGER = logging.getLogger(PACKAGE)
LOGGER.getChild("drift").addHandler(logging.NullHandler())
INFO = logging.INFO
WARNING = logging.WARNING
ERROR = logging.ERROR
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}
# The attributes of each record of a call. Attributes that do not apply are None.
_NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "plexy_event",
        "plexy_operation",
        "plexy_method",
        "plexy_path",
        "plexy_attempt",
        "plexy_status",
        "plexy_failure",
        "plexy_sent",
        "plexy_ids",
        "plexy_request_id",
        "plexy_duration",
        "plexy_pause",
        "plexy_parameters",
        "plexy_headers",
        "plexy_body",
    )
)


class _ToStderr(logging.Handler):
    """Print the records that no handler of the program gets."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        if not _has_other_handler(logging.getLogger(record.name)):
            try:
                sys.stderr.write(f"{self.format(record)}\n")
            except Exception:
                self.handleError(record)


_to_stderr = _ToStderr()
_to_stderr.setFormatter(
    logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
)


def _has_other_handler(asked: logging.Logger) -> bool:
    logger: logging.Logger | None = asked
    while logger is not None:
        if any(
            not isinstance(handler, (logging.NullHandler, _ToStderr))
            for handler in logger.handlers
        ):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def follow_environment() -> None:
    """Apply PLEXY_LOG in a program that makes no client: once for each of its values."""
    word = os.environ.get("PLEXY_LOG", "")
    if word and word not in _followed:
        _followed.add(word)
        turn_on(word)


_followed: set[str] = set()


def turn_on(word: str) -> None:
    """Set the level that PLEXY_LOG names: `debug` or `info`. Another word only warns, and must not stop payments."""
    level = _LEVELS.get(word.strip().lower())
    if level is None:
        # The word itself is not shown, because it may be a secret meant for another variable.
        text = "PLEXY_LOG is neither debug nor info, so it turns no log on."
        warnings.warn(text, stacklevel=3)
        return
    LOGGER.setLevel(level)
    LOGGER.addHandler(_to_stderr)


def _harmless(method: Callable[P, None]) -> Callable[P, None]:
    """Wrap a method so that its errors, and those of its handlers and filters, never reach the call."""

    @wraps(method)
    def harmless(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception as error:
            if is_interruption(error):
                raise
            with failures_ignored(of_the_caller=True):
                LOGGER.warning(
                    "a log record could not be made (%s)",
                    type(error).__name__,
                    extra=_NOTHING,
                )

    return harmless


class Log:
    """Log the course of one call. It is made only if the logger is enabled."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call
        self._started = 0.0
        self._masker: Masker | None = None
        self._shown_ids: dict[str, Any] | None = None

    @_harmless
    def sending(self, send: Send, attempt: int) -> None:
        """Record the start of an attempt. At debug, log the request."""
        self._started = send.monotonic()
        if not LOGGER.isEnabledFor(logging.DEBUG):
            return
        request, mask = self._call.request, self._mask()
        headers = dict(send.headers)
        headers[send.header] = ""
        mask.learn(headers, request.body)
        parameters = dict(request.path_params)
        parameters |= request.query
        known: dict[str, Any] = {
            "plexy_attempt": attempt,
            "plexy_parameters": mask.object(without_unset(encode(parameters))),
            "plexy_headers": mask.headers(headers),
            "plexy_body": mask.body(send.content or b"") or None,
        }
        text = "request, parameters {plexy_parameters}, headers {plexy_headers}, body {plexy_body}"
        self._say(logging.DEBUG, "request", text.format_map(known), known)

    @_harmless
    def came(self, send: Send, attempt: int) -> None:
        """Log the result of an attempt. At debug, log the response as well."""
        known = self._known(send, attempt)
        known["plexy_duration"] = seconds = round(send.monotonic() - self._started, 3)
        text = f"{_in_words(known)}, in {seconds:.3f} s, attempt {attempt}"
        for name, value in self._ids().items():
            text += f", {name} {value!r}"
        if known["plexy_request_id"]:
            text += f", request id {known['plexy_request_id']}"
        self._say(INFO, "attempt", text, known)
        if known["plexy_status"] is not None and LOGGER.isEnabledFor(logging.DEBUG):
            response: Any = send.result
            known["plexy_headers"] = self._mask().headers(response.headers)
            known["plexy_body"] = self._mask().body(response.body) or None
            text = "response {plexy_status}, headers {plexy_headers}, body {plexy_body}"
            self._say(logging.DEBUG, "response", text.format_map(known), known)

    @_harmless
    def again(self, send: Send, attempt: int, pause: float | None) -> None:
        """Log the reason for a repetition and the pause in seconds before it; None for no pause and the next key."""
        known = self._known(send, attempt)
        known["plexy_pause"] = 0.0 if pause is None else round(pause, 3)
        how = "at once with the next API key" if pause is None else f"in {pause:.3f} s"
        self._say(
            INFO,
            "retry",
            f"sending again {how} after {_in_words(known)}, attempt {attempt}",
            known,
        )

    def _mask(self) -> Masker:
        if self._masker is None:
            from .log_masks import Masker

            self._masker = Masker(self._call.key_mask())
        return self._masker

    def _ids(self) -> dict[str, Any]:
        """Return the ids in the path and the order reference, as a log may show them."""
        if self._shown_ids is None:
            request = self._call.request
            own: dict[str, object] = {
                name: value
                for name, value in request.path_params.items()
                if name not in request.operation.settings
            }
            reference = request.facts().get("order_reference")
            if reference is not None:
                own["order_reference"] = reference
            self._shown_ids = self._mask().object(without_unset(encode(own)))
        return self._shown_ids

    def _known(self, send: Send, attempt: int) -> dict[str, Any]:
        result = send.result
        known = dict(_NOTHING)
        known["plexy_attempt"] = attempt
        if not isinstance(result, RawResponse):
            assert result is not None  # Records are made after an attempt.
            known["plexy_failure"] = result.kind
            known["plexy_sent"] = result.sent
            return known
        known["plexy_status"] = result.status
        known["plexy_sent"] = True
        if result.problem is not None:
            known["plexy_failure"] = result.problem.kind
        if result.request_id:
            known["plexy_request_id"] = self._mask().text(result.request_id)
        return known

    def _say(self, level: int, event: str, text: str, known: dict[str, Any]) -> None:
        operation = self._call.request.operation
        extra = _NOTHING | known
        extra |= {
            "plexy_event": event,
            "plexy_operation": operation.call,
            "plexy_method": operation.method,
            "plexy_path": operation.path,
            "plexy_ids": self._ids() or None,
        }
        LOGGER.log(
            level,
            "%s (%s %s): %s",
            operation.call,
            operation.method,
            operation.path,
            text,
            extra=extra,
        )


def _in_words(known: dict[str, Any]) -> str:
    status, failure = known["plexy_status"], known["plexy_failure"]
    if status is None:
        left = "something may have left" if known["plexy_sent"] else "nothing left"
        return f"no response ({failure}, {left})"
    return f"{status}, but its body failed ({failure})" if failure else f"{status}"
