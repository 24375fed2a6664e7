# plexy-pay runtime, written by hand in runtime/webhooks/__main__.py; the generator copies it unchanged.
"""Verify a delivery that was saved to a file: `python -m plexy_pay.webhooks delivery.http --scheme token`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigurationError
from ._errors import WebhookVerificationError
from ._secrets import BodySecret, FieldsSecret, TokenSecret
from ._verification import unwrap

VARIABLE = "PLEXY_WEBHOOK_SECRET"
_FOREVER = 10**9 - 1
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(r"([!#-'*+.^-z|~0-9A-Z-]+):[ \t]*(.*?)[ \t]*", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify one delivery, and print its event.

    Returns:
        0 if the delivery is genuine, 1 if it was refused, 2 if it could not be checked.
    """
    options = _parser().parse_args(arguments)
    try:
        headers, body = _read(
            Path(options.delivery), options.header, whole_is_body=options.body_only
        )
        event = unwrap(body, headers, secret=_secret(options))
    except WebhookVerificationError as error:
        print(f"refused ({error.reason}): {error}", file=sys.stderr)
        return 1
    except (ConfigurationError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    # The repr of the name, because control characters in a name could manipulate the terminal.
    print(f"verified by {event.scheme}: {type(event).__name__} {event.name!r}")
    print(f"dedup_id: {event.dedup_id}")
    print(event)
    if options.any_age:
        print("The age of the delivery was not checked.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description=(
            "Verify a webhook that was saved to a file: one header on each line, an empty line, and the unchanged "
            f"body. The secret is read from the environment variable {VARIABLE}, so that no shell history keeps it."
        ),
    )
    parser.add_argument("delivery", help="the file")
    parser.add_argument(
        "--scheme",
        required=True,
        choices=("token", "fields", "body"),
        help="token: Authorization; fields: x-signature; body: Plexy-Signature",
    )
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="a further header; may be used several times",
    )
    parser.add_argument(
        "--body-only",
        action="store_true",
        help="the file is only the body; pass the headers with --header",
    )
    parser.add_argument(
        "--any-age", action="store_true", help="with body: do not check the timestamp"
    )
    return parser


def _secret(options: argparse.Namespace) -> TokenSecret | FieldsSecret | BodySecret:
    if VARIABLE not in os.environ:
        raise ConfigurationError(
            f"The environment variable {VARIABLE} is not set. Set it to the secret."
        )
    # No local variable holds the secret, because tracebacks may show locals.
    if options.scheme == "token":
        return TokenSecret(os.environ[VARIABLE])
    if options.scheme == "fields":
        return FieldsSecret(os.environ[VARIABLE])
    tolerance = _FOREVER if options.any_age else 300
    return BodySecret(os.environ[VARIABLE], tolerance=tolerance)


def _read(
    file: Path, further: Sequence[str], *, whole_is_body: bool
) -> tuple[list[tuple[str, str]], bytes]:
    content = file.read_bytes()
    head, body = (b"", content) if whole_is_body else _split(content)
    lines = [line.decode("latin-1") for line in head.splitlines()]
    if lines and not _HEADER.fullmatch(lines[0]):
        del lines[0]  # The request line: POST /webhooks HTTP/1.1
    return [_header(line) for line in (*lines, *further)], body


def _split(content: bytes) -> tuple[bytes, bytes]:
    blank = _BLANK_LINE.search(content)
    if blank is None:
        raise ConfigurationError(
            "The file has no empty line between headers and body. Save the headers too, or pass --body-only."
        )
    return content[: blank.start()], content[blank.end() :]


def _header(line: str) -> tuple[str, str]:
    matched = _HEADER.fullmatch(line)
    if matched is None:
        raise ConfigurationError(
            "A header does not have the form NAME: VALUE. Check the lines before the empty line."
        )
    return matched[1], matched[2]


if __name__ == "__main__":
    # A terminal that cannot show a character shows its escape.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
