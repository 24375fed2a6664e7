"""Rules about families: which key an operation sends, whereto, and what clients are told, can be read."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.api import Api
from ...problems import Problem


def header_of_a_setting_may_be_left_out(api: Api) -> Iterator[Problem]:
    """A client may be made without a setting, and then it sends no header."""
    parameters = [
        parameter for operation in api.operations for parameter in operation.parameters
    ]
    for parameter in parameters:
        if parameter.setting and parameter.place == "header" and parameter.required:
            yield api.problem(
                (*parameter.origin.pointer, "required"),
                f"the header {parameter.wire_name!r} is required, but the client's setting may be missing",
                "remove `required`",
            )
