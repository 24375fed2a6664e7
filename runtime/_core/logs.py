# plexy-pay runtime, written by hand in runtime/_core/logs.py; the generator copies it unchanged.
"""The package's logger, `plexy_pay` (or the name under which the package was vendored), and what it says of a call.

At info a line for each attempt and each repetition, at debug the masked requests and responses too. Nothing here can
fail a call.

The logger has no NullHandler: a warning that nobody set a handler up for is printed by Python, so that a webhook is not
refused in silence. Differences from the spec are for maintainers, so their logger alone is silent.
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
# What each record of a call has as attributes; those that do not concern it are None.
_NOTHING: dict[str, Any] = dict.fromkeys(
    (
        *(
            "plexy_event",
            "plexy_operation",
            "plexy_method",
            "plexy_path",
            "plexy_attempt",
            "plexy_status",
        ),
        *(
            "plexy_failure",
            "plexy_sent",
            "plexy_ids",
            "plexy_request_id",
            "plexy_duration",
            "plexy_pause",
        ),
        *("plexy_parameters", "plexy_headers", "plexy_body"),
    )
)


class _ToStderr(logging.Handler):
    """Prints the records where the program has no handler of its own that gets them."""

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
    """Do what PLEXY_LOG says, where no client is made that would: once for each word that it has."""
    word = os.environ.get("PLEXY_LOG", "")
    if word and word not in _followed:
        _followed.add(word)
        turn_on(word)


_followed: set[str] = set()


def turn_on(word: str) -> None:
    """Do what PLEXY_LOG says: `debug` or `info`. Another word is a warning: it must not stop payments."""
    level = _LEVELS.get(word.strip().lower())
    if level is None:
        # The word itself is not shown: it may have been meant for another variable.
        text = "PLEXY_LOG is neither debug nor info, so it turns no log on."
        warnings.warn(text, stacklevel=3)
        return
    LOGGER.setLevel(level)
    LOGGER.addHandler(_to_stderr)


def _harmless(method: Callable[P, None]) -> Callable[P, None]:
    """Keep the errors of a method, and of the handlers and filters it calls, away from the call."""

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
    """Says what happens to one call. It is made only where the logger is on."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call
        self._started = 0.0
        self._masker: Masker | None = None
        self._shown_ids: dict[str, Any] | None = None

    @_harmless
    def sending(self, send: Send, attempt: int) -> None:
        """Before an attempt: note the time; at debug show the request."""
        self._started = send.monotonic()
        if not LOGGER.isEnabledFor(logging.DEBUG):
            return
        request, mask = self._call.request, self._mask()
        headers = {**send.headers, send.header: ""}
        mask.learn(headers, request.body)
        known: dict[str, Any] = {
            "plexy_attempt": attempt,
            "plexy_parameters": mask.object(
                without_unset(encode({**request.path_params, **request.query}))
            ),
            "plexy_headers": mask.headers(headers),
            "plexy_body": mask.body(send.content or b"") or None,
        }
        text = "request, parameters {plexy_parameters}, headers {plexy_headers}, body {plexy_body}"
        self._say(logging.DEBUG, "request", text.format_map(known), known)

    @_harmless
    def came(self, send: Send, attempt: int) -> None:
        """After an attempt: its result; at debug show the response."""
        known = self._known(send, attempt)
        known["plexy_duration"] = seconds = round(send.monotonic() - self._started, 3)
        text = f"{_in_words(known)}, in {seconds:.3f} s, attempt {attempt}"
        text += "".join(f", {name} {value!r}" for name, value in self._ids().items())
        text += (
            f", request id {known['plexy_request_id']}"
            if known["plexy_request_id"]
            else ""
        )
        self._say(INFO, "attempt", text, known)
        if known["plexy_status"] is not None and LOGGER.isEnabledFor(logging.DEBUG):
            response: Any = send.result
            known["plexy_headers"] = self._mask().headers(response.headers)
            known["plexy_body"] = self._mask().body(response.body) or None
            text = "response {plexy_status}, headers {plexy_headers}, body {plexy_body}"
            self._say(logging.DEBUG, "response", text.format_map(known), known)

    @_harmless
    def again(self, send: Send, attempt: int, pause: float | None) -> None:
        """Before a repetition: why, and after which pause; None for at once, with the next key."""
        known = self._known(send, attempt)
        known["plexy_pause"] = 0.0 if pause is None else round(pause, 3)
        how = "at once with the next API key" if pause is None else f"in {pause:.3f} s"
        self._say(
            INFO,
            "retry",
            f"is sent again {how} after {_in_words(known)}, attempt {attempt}",
            known,
        )

    def _mask(self) -> Masker:
        if self._masker is None:
            from .log_masks import Masker

            self._masker = Masker(self._call.key_mask())
        return self._masker

    def _ids(self) -> dict[str, Any]:
        """What the call is about: the ids of its path and its order reference, as a log may show them."""
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
        if not isinstance(result, RawResponse):
            assert result is not None  # Records are made after an attempt.
            failure = {"plexy_failure": result.kind, "plexy_sent": result.sent}
            return {**_NOTHING, "plexy_attempt": attempt, **failure}
        request_id = result.request_id
        return {
            **_NOTHING,
            "plexy_attempt": attempt,
            "plexy_status": result.status,
            "plexy_failure": result.problem and result.problem.kind,
            "plexy_sent": True,
            "plexy_request_id": request_id and self._mask().text(request_id),
        }

    def _say(self, level: int, event: str, text: str, known: dict[str, Any]) -> None:
        operation = self._call.request.operation
        extra = {
            **_NOTHING,
            **known,
            "plexy_event": event,
            "plexy_operation": operation.call,
        }
        extra["plexy_ids"] = self._ids() or None
        extra |= {"plexy_method": operation.method, "plexy_path": operation.path}
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
