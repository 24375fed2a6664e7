"""Check that each extension and each format of the document is a known one.

They take the document: a misspelt word is one that the reader of the model passes by.
"""

from __future__ import annotations

from collections.abc import Iterator

from ... import openapi
from ...diagnostics import Diagnostic, meant
from ...document import Document, objects
from ...model.keywords import EXTENSIONS

#: The formats of JSON Schema and of OpenAPI's registry that an API for payments may have.
FORMATS = (
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "uri",
    "uri-reference",
    "iri",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "regex",
    "int32",
    "int64",
    "float",
    "double",
    "decimal",
    "byte",
    "binary",
    "password",
)


def format_is_known(document: Document) -> Iterator[Diagnostic]:
    """Report an unknown format. A misspelt one would be ignored in silence, and a moment would be read as text."""
    for schema in openapi.schemas(document):
        if schema.value.get("format", "date-time") not in FORMATS:
            name = schema.value["format"]
            fix = meant(name, FORMATS, f"use one of {', '.join(FORMATS)}, or remove it")
            yield document.diagnostic(
                (*schema.pointer, "format"), f"{name!r} is no format that is known", fix
            )


def extension_is_known(document: Document) -> Iterator[Diagnostic]:
    """Report an unknown extension. A misspelt one would be ignored in silence; for `x-sensitive` that would leak."""
    for place, found in objects(document.data):
        for key in found:
            if key.startswith("x-") and key not in EXTENSIONS:
                fix = meant(
                    key,
                    sorted(EXTENSIONS),
                    "remove it, or add it to the list of extensions",
                )
                yield document.diagnostic(
                    (*place, key), f"nothing reads the extension {key!r}", fix
                )
