"""Write the example of an operation as a whole program, sync and async: nothing is left to the reader but ids."""

from __future__ import annotations

from ..emit.example_names import result_name
from ..emit.method_examples import MethodExamples, imports, statement
from ..emit.operations import OperationView
from ..emit.python_code import Group, Part, imports_of, laid_out, text
from ..model.api import Operation

#: The longest line of a program, as ruff formats it.
_WIDTH = 88
#: How far the code of an async program is indented.
_INDENT = " " * 8


class Programs:
    """Write the programs of the operations of an API.

    Args:
        examples: The calls.
    """

    def __init__(self, examples: MethodExamples) -> None:
        self._examples = examples

    def sync_program(self, view: OperationView) -> str:
        """Return the program with the sync client; nothing where the document has no example."""
        call = self._examples.call(view)
        if call is None:
            return ""
        client = _client("PlexyPay", view.node)
        lines = [
            *imports({"PlexyPay", *imports_of(call)}),
            *laid_out("client = ", client, "", _WIDTH),
            *_body(view.node, call, _WIDTH, is_async=False),
        ]
        return "\n".join(lines)

    def async_program(self, view: OperationView) -> str:
        """Return the program with the async client; nothing where the document has no example."""
        call = self._examples.call(view)
        if call is None:
            return ""
        client = _client("AsyncPlexyPay", view.node)
        opened = laid_out("async with ", client, " as client:", _WIDTH - 4)
        body = _body(view.node, call, _WIDTH - len(_INDENT), is_async=True)
        named = imports({"AsyncPlexyPay", *imports_of(call)})
        # The imports of the standard library are one block.
        gap = [] if named[0].startswith(("from datetime", "from decimal")) else [""]
        lines = [
            "import asyncio",
            *gap,
            *named,
            "",
            "async def main() -> None:",
            *(f"    {line}" for line in opened),
            *(f"{_INDENT}{line}" for line in body),
            "",
            "",
            "asyncio.run(main())",
        ]
        return "\n".join(lines)


def _client(name: str, node: Operation) -> Group:
    """Return the expression that makes the client; settings of a path are its arguments."""
    settings = [
        Part(f"{one.setting}=", text(str(one.example.value)))
        for one in node.parameters
        if one.setting and one.place == "path" and one.example is not None
    ]
    return Group(f"{name}(", tuple(settings), ")")


def _body(node: Operation, call: Group, width: int, *, is_async: bool) -> list[str]:
    lines = statement(node, call, width, is_async=is_async)
    if node.pagination is not None:
        return lines
    name = result_name(node)
    return [*lines, f"print({name})"] if name else lines
