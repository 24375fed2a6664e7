"""The prose of docstrings: what the document says of a thing, its unit, and how sure we are of it."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from typing import NamedTuple

from openapi_python_client.strings import safe_for_docstring

from ..hidden_characters import spelled_out
from ..model.api import (
    Amount,
    AmountUnit,
    Deprecation,
    Enum,
    Evidence,
    Field,
    Model,
    Node,
    Operation,
    Parameter,
)
from .python_names import Renaming

_EVIDENCE: dict[Evidence, str] = {
    "documented": "documented by the vendor",
    "documented-2023": "documented by the vendor in 2023, not since",
    "observed": "seen in merchants' public code, not documented",
    "inferred": "inferred, not documented",
}
_UNITS: dict[AmountUnit, str] = {
    "minor": "in minor units (tiyn for KZT)",
    "major": "in major units (tenge for KZT)",
    "decimal-string": "in major units, as decimal text",
}
_LIST_LINE = re.compile(r"\s*(?:[-*|]|\d+\.)\s")


def class_doc(node: Model | Enum) -> str:
    """Return the docstring of a model or an enumeration."""
    described = paragraphs(node.description) or f"The schema `{node.key}`."
    if node.deprecation is not None:
        described += f"\n\n{deprecation(node.deprecation)}"
    return f"{described}\n\nSchema `{node.key}`: {evidence(node)}."


def field_doc(owner: Model, field: Field) -> str:
    """Return the docstring of an attribute, or of the parameter that sets it."""
    stated = field.origin.is_stated and field.evidence != owner.evidence
    return _value_doc(field, wrapped_as=field.wrapped_as, stated=stated)


def parameter_doc(operation: Operation, parameter: Parameter) -> str:
    """Return what is said of a parameter of an operation."""
    stated = parameter.origin.is_stated and parameter.evidence != operation.evidence
    return _value_doc(parameter, wrapped_as="", stated=stated)


def _value_doc(node: Field | Parameter, *, wrapped_as: str, stated: bool) -> str:
    parts = [paragraphs(node.description), _amount_doc(node.amount)]
    if wrapped_as:
        parts.append("An event has the value alone.")
    if node.deprecation is not None:
        parts.append(deprecation(node.deprecation))
    if node.server_default is not None:
        parts.append(f"Left out, the server takes {node.server_default}.")
    if stated:
        parts.append(f"Evidence: {evidence(node)}.")
    return " ".join(part for part in parts if part)


def _amount_doc(amount: Amount | None) -> str:
    if amount is None:
        return ""
    if amount.unit is None:
        return "The vendor does not state the unit of this amount, so the client makes no Money of it and takes none."
    return f"An amount {_UNITS[amount.unit]}; the unit is {_EVIDENCE[amount.evidence]}."


def deprecation(node: Deprecation, subject: str = "It") -> str:
    """Return what is said of something deprecated: since when, what to use, and how long it stays."""
    parts = [f"{subject} is deprecated{f' since {node.since}' if node.since else ''}."]
    parts += [f"Use {node.use.rstrip('.')}."] if node.use else []
    parts += [f"It will be removed in {node.until.rstrip('.')}."] if node.until else []
    return " ".join(parts)


def money_doc(field: Field, *, has_currency: bool, method: str) -> str:
    """Return the docstring of the property that gives an amount as Money.

    Args:
        field: The amount, or the object that holds it.
        has_currency: Whether the model has a field with the currency.
        method: The method that takes the currency from the caller.
    """
    plain = f"`{field.name}` as Money, exactly. None where the response has no amount or no currency, or an odd one."
    amount = field.amount
    if amount is None or amount.unit is None:
        return plain
    known = f"The amount is {_UNITS[amount.unit]}; the unit is {_EVIDENCE[amount.evidence]}."
    if has_currency:
        return f"{plain} {known}"
    return (
        f"`{field.name}` as Money, if the response says its currency. The API is not known to say it here, and the "
        f"client does not guess: then it is None, and `{method}` takes the currency from you. {known}"
    )


def money_in_doc(field: Field) -> str:
    """Return the docstring of the method that takes the currency from the caller."""
    return (
        f"`{field.name}` as Money in the currency that you know it has, exactly. None where the response has no "
        "amount, or an odd one.\n\n"
        "Raises:\n    ValueError: if the currency is none of ISO 4217, or the response itself names another."
    )


def operation_evidence(operation: Operation) -> str:
    """Return how well the method and the path of an operation are known."""
    known = (
        f"Evidence: the method is {_EVIDENCE[operation.method_evidence]}; "
        f"the path is {_EVIDENCE[operation.path_evidence]}."
    )
    return f"{known} Source: {sources(operation)}." if operation.sources else known


def evidence(node: Node) -> str:
    """Return how well a node is known, with its sources."""
    return _EVIDENCE[node.evidence] + (f" ({sources(node)})" if node.sources else "")


def sources(node: Node) -> str:
    """Return the pages that a fact comes from."""
    return ", ".join(node.sources)


def paragraphs(value: str) -> str:
    """A description as plain paragraphs; lists keep their lines."""
    return "\n\n".join(
        part.strip() for part in re.split(r"\n\s*\n", value.strip()) if part.strip()
    )


class MethodDoc(NamedTuple):
    """The docstring of a method.

    Attributes:
        prose: The paragraphs before its sections.
        example: The program that shows a call; nothing where there is none.
        sections: Its other sections.
    """

    prose: str
    example: str
    sections: str


class Writer:
    """Write texts as docstrings, in which names of the wire become names of Python.

    Args:
        renamed: Turns the names of the wire that a text quotes into those of Python.
    """

    def __init__(self, renamed: Renaming) -> None:
        self.renamed = renamed
        # The sync and the async method say the same, but for the example.
        self.wrapped = cache(self._wrapped)

    def docstring(self, value: str, indent: int, width: int = 108) -> str:
        """Return the text as a safe Python docstring that starts at the given indentation."""
        return _quoted(_escaped(self.wrapped(value, width - indent)), indent, width)

    def method_docstring(self, doc: MethodDoc, indent: int, width: int = 108) -> str:
        """Return the docstring of a method. The example is its own section, as code of Markdown."""
        parts = [
            _escaped(self.wrapped(doc.prose, width - indent)),
            _example(doc.example),
            _escaped(self.wrapped(doc.sections, width - indent)),
        ]
        return _quoted("\n\n".join(part for part in parts if part), indent, width)

    def _wrapped(self, value: str, width: int) -> str:
        """Return the text with its paragraphs filled to the width; lists and argument sections keep their lines."""
        shown = spelled_out(self.renamed(value)).strip()
        return "\n\n".join(_filled(part, width) for part in shown.split("\n\n"))


def _quoted(body: str, indent: int, width: int) -> str:
    if "\n" in body or body.endswith('"') or len(body) + indent + 6 > width:
        body += "\n"
    return (
        '"""'
        + textwrap.indent(body, " " * indent).strip(" ")
        + (" " * indent if body.endswith("\n") else "")
        + '"""'
    )


def _example(code: str) -> str:
    """Return the section of an example, such that its code is in the docstring as it was written, space for space."""
    if not code:
        return ""
    fenced = f"```python\n{spelled_out(code)}\n```"
    safe = fenced.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "Example:\n" + textwrap.indent(safe, "    ")


def line(value: object) -> str:
    """A text as one line of a docstring."""
    return _escaped(" ".join(spelled_out(str(value)).split()))


def _escaped(shown: str) -> str:
    """A text that is spelled out, such that nothing in it ends the docstring."""
    # The tool looks at every character, and nearly no text has one that needs it.
    return safe_for_docstring(shown) if "\\" in shown or '"""' in shown else shown


def comment(value: object) -> str:
    """A text as part of a comment, which at the head of a file could name another encoding of it (PEP 263)."""
    return re.sub(r"coding(?=[:=])", "coding ", line(value))


def first_sentence(value: str) -> str:
    """The first sentence of a description, on one line."""
    return re.split(
        r"(?<=[.!?])\s",
        " ".join(paragraphs(value).split("\n\n")[0].split()),
        maxsplit=1,
    )[0]


def _filled(paragraph: str, width: int) -> str:
    fill = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    lines = paragraph.splitlines()
    if lines[:1] not in (["Args:"], ["Returns:"], ["Raises:"]) and not any(
        _LIST_LINE.match(line) for line in lines
    ):
        return fill.fill(" ".join(paragraph.split()))
    wrapped_lines: list[str] = []
    for line in lines:
        # A long line hangs below its own start.
        fill.subsequent_indent = " " * (len(line) - len(line.lstrip()) + 4)
        wrapped_lines.append(fill.fill(line))
    return "\n".join(wrapped_lines)
