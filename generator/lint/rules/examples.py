"""Check that each example fits its schema.

It takes the document: JSON Schema is checked on schemas as they are written, and not on what the model makes of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema.exceptions import ValidationError

from ...diagnostics import Diagnostic
from ...document import Document
from ..json_schema import short
from ..misfits import misfits


def example_fits_its_schema(document: Document) -> Iterator[Diagnostic]:
    """Report an example that its schema does not allow."""
    for example, error in misfits(document):
        if isinstance(error, ValidationError):
            yield document.diagnostic(
                (*example.pointer, *error.absolute_path),
                f"the example does not fit its schema: {short(error.message)}",
                "correct the example, or the schema if the example is what the API says",
            )
        else:
            yield document.diagnostic(
                example.pointer, error, "correct the schema beside it"
            )
