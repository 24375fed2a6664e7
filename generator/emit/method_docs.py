"""Write the docstrings of the methods of resources: meaning, example, arguments, what they give, what they raise."""

from __future__ import annotations

from .docstrings import MethodDoc
from .operations import OperationView

#: The exception of each status that has one of its own.
ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
}


def method_doc(op: OperationView, example: str) -> MethodDoc:
    """Return the docstring of a method.

    Args:
        op: The operation.
        example: The program that shows a call; nothing where there is none.
    """
    prose = [
        op.summary.rstrip(".") + ".",
        op.deprecated,
        op.description,
        retried(op),
        op.evidence_text,
    ]
    sections = [
        "Args:\n" + "\n".join(f"    {line}" for line in _arguments(op)),
        f"Returns:\n    {returned(op)}",
        "Raises:\n" + "\n".join(f"    {line}" for line in _raised(op)),
    ]
    return MethodDoc(
        prose="\n\n".join(part for part in prose if part),
        example=example,
        sections="\n\n".join(sections),
    )


def _arguments(op: OperationView) -> list[str]:
    told = [
        (argument.name, argument.doc)
        for argument in (*op.path_parameters, *op.arguments)
    ]
    told.append(("options", "Options for this call alone; see `RequestOptions`."))
    return [f"{name}: {' '.join(doc.split())}".rstrip() for name, doc in told]


def retried(op: OperationView) -> str:
    """Say whether the client repeats the call by itself, and why that can do no harm."""
    moves = "This call moves money. " if op.moves_money else ""
    unknown = (
        " When its outcome cannot be known it raises `OutcomeUnknownError`."
        if op.moves_money
        else ""
    )
    if op.http_method == "GET":
        return "Retried: yes, it only reads: after a failed connection, a timeout, 408, 429 and 5xx."
    if op.idempotency_key and op.key_repeats:
        return (
            f"{moves}Retried: yes, it is idempotent by `{op.idempotency_key}`, and every attempt carries the same: "
            "after a failed connection, a timeout, 408, 429 and 5xx. Keep the key before you call: after a "
            f"crash, call again with the same one.{unknown}"
        )
    if op.idempotency_key:
        unknown = f" `{op.idempotency_key}` was not tried, so the client repeats nothing because of it.{unknown}"
    return f"{moves}Retried: only when nothing of it left, or after a 429; a second arrival could do it twice.{unknown}"


def returned(op: OperationView) -> str:
    if op.pagination is None:
        nothing = op.result.type == "None"
        return (
            "Nothing; the call succeeded."
            if nothing
            else f"`{op.result.type}`, as the API sent it."
        )
    item = f"each item is a `{op.pagination.item}`."
    if op.pagination.whole:
        return (
            f"A pager over the one response, which is taken for the whole list; {item}"
        )
    return f"A pager: iterate over it to follow the pages; {item}"


def _raised(op: OperationView) -> list[str]:
    lines = [
        f"{ERRORS[status]}: {doc}" for status, doc in op.errors if status in ERRORS
    ]
    general = "PlexyError: docs/errors.md has the errors that every call may raise."
    if not op.moves_money:
        return [*lines, general]
    lines.append(
        "DeclinedError: the API responded that the operation did not succeed; no money moved."
    )
    lines.append(
        "OutcomeUnknownError: the money may have moved; `error.reconcile()` looks it up. Do not call again."
    )
    if op.evidence == "inferred":
        lines.append(
            "InferredOperationError: unless the client was made with allow_inferred=True."
        )
    lines.append(general)
    return lines
