"""The prose of docstrings: what the document says of a thing, its unit, and how sure we are of it."""

from __future__ import annotations

import re
import textwrap
from typing import Any, cast

from openapi_python_client.strings import safe_for_docstring

from .document import sequence
from .hidden import spelled_out

Json = dict[str, Any]

_EVIDENCE = {
    "documented": "documented by the vendor",
    "documented-2023": "documented by the vendor in 2023, not since",
    "observed": "seen in merchants' public code, not documented",
    "inferred": "inferred, not documented",
}
_UNITS = {
    "minor": "in minor units (tiyn for KZT)",
    "major": "in major units (tenge for KZT)",
    "decimal-string": "in major units, as decimal text",
}
_LIST_LINE = re.compile(r"\s*(?:[-*|]|\d+\.)\s")


def schema_doc(schema: Json) -> str:
    """The docstring of a model."""
    key = schema.get("x-schema-key", "")
    described = text(schema.get("description")) or f"The schema `{key}`."
    described += f"\n\n{deprecation(schema)}" if deprecation(schema) else ""
    return f"{described}\n\nSchema `{key}`: {evidence(schema)}."


def property_doc(schema: Json, prop: Json) -> str:
    """The docstring of an attribute or parameter."""
    parts = [text(prop.get("description"))]
    unit = prop.get("x-amount-unit")
    if unit == "unknown":
        parts.append(
            "The vendor does not state the unit of this amount, so the client makes no Money of it and takes none."
        )
    elif unit:
        parts.append(
            f"An amount {_UNITS[unit]}; the unit is {_EVIDENCE[prop.get('x-amount-unit-evidence', 'inferred')]}."
        )
    if "x-wrapped" in prop:
        parts.append("An event has the value alone.")
    parts.append(deprecation(prop))
    if "x-server-default" in prop:
        parts.append(f"Left out, the server takes {_json_word(prop['x-server-default'])}.")
    own = prop.get("x-evidence")
    if own and own != schema.get("x-evidence"):
        parts.append(f"Evidence: {evidence(prop)}.")
    return " ".join(part for part in parts if part)


def deprecation(node: Json, subject: str = "It") -> str:
    """What is said of something deprecated: since when, what to use, and how long it stays; else nothing."""
    if node.get("deprecated") is not True:
        return ""
    advice: Json = node.get("x-deprecated") or {}
    since, use, until = (" ".join(str(advice.get(key, "")).split()) for key in ("since", "use", "until"))
    parts = [f"{subject} is deprecated{f' since {since}' if since else ''}."]
    parts += [f"Use {use.rstrip('.')}."] if use else []
    parts += [f"It will be removed in {until.rstrip('.')}."] if until else []
    return " ".join(parts)


def money_doc(field: str, prop: Json, currency: str, method: str) -> str:
    """The docstring of the property that gives an amount as Money."""
    unit = prop.get("x-amount-unit")
    if not unit:
        return (
            f"`{field}` as Money, exactly. None where the answer has no amount or no currency, or an odd one."
        )
    evidence = _EVIDENCE[prop.get("x-amount-unit-evidence", "inferred")]
    known = f"The amount is {_UNITS[unit]}; the unit is {evidence}."
    if currency:
        return f"{money_doc(field, {}, '', '')} {known}"
    return (
        f"`{field}` as Money, if the answer says its currency. The API is not known to say it here, and the client "
        f"does not guess: then it is None, and `{method}` takes the currency from you. {known}"
    )


def money_in_doc(field: str) -> str:
    """The docstring of the method that takes the currency from the caller."""
    return (
        f"`{field}` as Money in the currency that you know it has, exactly. None where the answer has no amount, or "
        "an odd one.\n\n"
        "Raises:\n    ValueError: if the currency is none of ISO 4217, or the answer itself names another."
    )


def operation_evidence(operation: Json) -> str:
    """How sure we are of the method and the path of an operation."""
    marks = _method_and_path(operation)
    source = sources(operation)
    return (
        f"Evidence: the method is {_EVIDENCE[marks['method']]}; the path is {_EVIDENCE[marks['path']]}."
        + (f" Source: {source}." if source else "")
    )


def weakest_evidence(operation: Json) -> str:
    """The lower of the two evidences of an operation."""
    order = ("documented", "documented-2023", "observed", "inferred")
    return max(_method_and_path(operation).values(), key=order.index)


def _method_and_path(operation: Json) -> dict[str, str]:
    marks = cast("dict[str, str]", operation.get("x-evidence") or {})
    return {"method": marks.get("method", "inferred"), "path": marks.get("path", "inferred")}


def evidence(node: Json) -> str:
    """The evidence of a schema or property, with its source."""
    source = sources(node)
    return _EVIDENCE[node.get("x-evidence", "inferred")] + (f" ({source})" if source else "")


def sources(node: Json) -> str:
    """The pages that a fact comes from."""
    source = node.get("x-source")
    return source if isinstance(source, str) else ", ".join(sequence(source))


def text(value: Any) -> str:
    """A description as plain paragraphs; lists keep their lines."""
    return "\n\n".join(
        part.strip() for part in re.split(r"\n\s*\n", str(value or "").strip()) if part.strip()
    )


def docstring(value: str, *, indent: int, width: int = 108) -> str:
    """The text as a safe Python docstring that starts at the given indentation."""
    body = safe_for_docstring(wrapped(value, width - indent))
    if "\n" in body or body.endswith('"') or len(body) + indent + 6 > width:
        body += "\n"
    return (
        '"""'
        + textwrap.indent(body, " " * indent).strip(" ")
        + (" " * indent if body.endswith("\n") else "")
        + '"""'
    )


def line(value: Any) -> str:
    """A text as one line of a docstring."""
    return safe_for_docstring(" ".join(spelled_out(str(value)).split()))


def comment(value: Any) -> str:
    """A text as part of a comment, which at the head of a file could name another encoding of it (PEP 263)."""
    return re.sub(r"coding(?=[:=])", "coding ", line(value))


def wrapped(value: str, width: int) -> str:
    """The text with its paragraphs filled to the width; lists and argument sections keep their lines."""
    shown = spelled_out(value).strip()
    return "\n\n".join(_wrapped(part, width) for part in shown.split("\n\n"))


def first_sentence(value: Any) -> str:
    """The first sentence of a description, on one line."""
    return re.split(r"(?<=[.!?])\s", " ".join(text(value).split("\n\n")[0].split()), maxsplit=1)[0]


def _wrapped(paragraph: str, width: int) -> str:
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


def _json_word(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if not isinstance(value, str)
        else value
    )
