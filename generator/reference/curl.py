"""Write the example of an operation as a call of curl, with the document's own example as it is on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from ..emit.method_examples import follows_pages
from ..emit.operations import OperationView
from ..model.api import Operation, Parameter

_NEXT = " \\\n  "


def command(view: OperationView) -> str:
    """Return the call of curl; nothing where the document has no example of what the call needs."""
    node = view.node
    needed = [one for one in node.parameters if one.required or one.place == "path"]
    if any(one.example is None for one in needed):
        return ""
    if node.body is not None and node.body.required and node.body.example is None:
        return ""
    return _NEXT.join(_words(view))


def _words(view: OperationView) -> Iterator[str]:
    node = view.node
    # A status of 4xx or 5xx is a failure of the command, too, and its body is shown.
    yield "curl --fail-with-body --silent --show-error"
    if node.http_method != "GET":
        yield f"--request {node.http_method}"
    # The shell puts the key in; it stands in no file.
    yield f'--header "{node.family.header}: ${node.family.variable}"'
    for one in _shown(view, "header"):
        yield f"--header {_quoted(f'{one.wire_name}: {_text(one)}')}"
    if node.body is not None and node.body.example is not None:
        yield "--header 'Content-Type: application/json'"
        body = json.dumps(node.body.example.value, indent=2, ensure_ascii=False)
        yield f"--data {_quoted(body)}"
    yield f'"$PLEXY_BASE_URL{_path(node)}{_query(view)}"'


def _shown(view: OperationView, place: str) -> list[Parameter]:
    """Return the parameters of a place that the example has, those of a client's settings left out."""
    return [
        one
        for one in view.node.parameters
        if one.place == place
        and one.example is not None
        and (one.required or not one.setting)
        and not follows_pages(view, one.name)
    ]


def _path(node: Operation) -> str:
    path = node.path
    for one in node.parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.wire_name}}}", quote(_text(one), safe=""))
    return path


def _query(view: OperationView) -> str:
    found = [(one.wire_name, _text(one)) for one in _shown(view, "query")]
    return f"?{urlencode(found)}" if found else ""


def _text(one: Parameter) -> str:
    value = one.example.value if one.example is not None else ""
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Return a text as one word of the shell, in which it puts nothing in."""
    return "'" + text.replace("'", "'\\''") + "'"
