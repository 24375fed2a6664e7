"""Rules about families: which key an operation sends, whereto, and what clients are told, can be read."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import Document
from ...problems import Problem


def header_of_a_setting_may_be_left_out(document: Document) -> Iterator[Problem]:
    """A client may be made without a setting, and then it sends no header."""
    parameters = [p for operation in reading.operations(document) for p in operation.parameters()]
    for pointer, node in {p.pointer: p.value for p in parameters}.items():
        if "x-client-setting" in node and node.get("in") == "header" and node.get("required") is True:
            yield document.problem(
                (*pointer, "required"),
                f"the header {node.get('name')!r} is required, but the client's setting may be missing",
                "remove `required`",
            )
