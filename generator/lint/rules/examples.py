"""The rule about examples: each fits the schema that it stands beside.

It takes the document: JSON Schema is checked on schemas as they are written, and not on what the model makes of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema.exceptions import ValidationError

from ...document import Document
from ...problems import Problem
from ..fitting import misfits
from ..json_schema import short


def example_fits_its_schema(document: Document) -> Iterator[Problem]:
    """Every example is valid by the schema it stands beside."""
    for example, error in misfits(document):
        if isinstance(error, ValidationError):
            yield document.problem(
                (*example.pointer, *error.absolute_path),
                f"the example does not fit its schema: {short(error.message)}",
                "correct the example, or the schema if the example is what the API says",
            )
        else:
            yield document.problem(
                example.pointer, error, "correct the schema beside it"
            )
