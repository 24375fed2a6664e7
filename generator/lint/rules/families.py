"""Check families: the key of an operation, its origin, and what clients are told can be read."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import Api, Parameter


def header_of_a_setting_may_be_left_out(api: Api) -> Iterator[Diagnostic]:
    """Report a required header of a setting: a client may be made without it, and then sends no header."""
    for operation in api.operations:
        for parameter in operation.parameters:
            if _is_required_header(parameter):
                yield api.diagnostic(
                    (*parameter.origin.pointer, "required"),
                    f"the header {parameter.wire_name!r} is required, but the client's setting may be missing",
                    "remove `required`",
                )


def _is_required_header(parameter: Parameter) -> bool:
    is_header = bool(parameter.setting) and parameter.place == "header"
    return is_header and parameter.required
