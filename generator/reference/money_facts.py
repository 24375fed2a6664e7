"""Say what an operation does to money, and what to do when nobody knows whether it did it."""

from __future__ import annotations

from collections.abc import Iterator

from ..emit.method_docs import retried
from ..emit.operations import OperationView
from ..model.api import LookUp, Recipe
from .markdown import prose

Fact = tuple[str, str]


def facts(view: OperationView, recipe: Recipe | None, home: str) -> Iterator[Fact]:
    """Yield what there is to know of an operation and money: the question, and the answer.

    Args:
        view: The operation.
        recipe: How the outcome of a call is found out; None where there is no recipe.
        home: The path from the page to the directory of the reference.
    """
    yield "Moves money", _moves(view)
    yield "Repeated by the client", _repeated(view)
    yield "Idempotency key", _key(view)
    if view.moves_money:
        yield "Outcome unknown", _unknown(recipe, home)
    if view.moves_money and view.evidence == "inferred":
        yield "Only inferred", _refused(home)


def _moves(view: OperationView) -> str:
    if view.moves_money:
        return "Yes."
    if view.http_method == "GET":
        return "No. It only reads."
    return "No. The call itself moves none."


def _repeated(view: OperationView) -> str:
    """Return the words of the docstring, which begin with the answer."""
    text = retried(view).partition("Retried: ")[2]
    return text[0].upper() + text[1:]


def _key(view: OperationView) -> str:
    if not view.idempotency_key:
        return "There is none."
    wire = [
        one.wire_name
        for one in view.node.parameters
        if one.wire_name == view.idempotency_key and one.place == "header"
    ]
    shown = f"the header `{wire[0]}`" if wire else f"`{view.idempotency_key}`"
    if view.key_repeats:
        return f"It is {shown}. Every attempt of a call carries the same."
    return f"It is {shown}. It was not tried, so the client does not rely on it."


def _unknown(recipe: Recipe | None, home: str) -> str:
    told = "The call raises `OutcomeUnknownError`. Do not call again."
    if recipe is None:
        return f"{told} There is no look-up."
    if not recipe.look_ups:
        parts = [told, "There is no look-up.", recipe.none, recipe.check]
        return " ".join(prose(part) for part in parts if part)
    looks = "; ".join(_look_up(one) for one in recipe.look_ups)
    parts = [
        told,
        f"`error.reconcile()` asks {looks}.",
        f"[The guide]({home}../docs/reconciling.md) says what each result means.",
        f"A person can check: {prose(recipe.check)}" if recipe.check else "",
    ]
    return " ".join(part for part in parts if part)


def _look_up(one: LookUp) -> str:
    shown = "" if one.finds else ", which shows what is there and proves nothing"
    return f"`{one.operation.call}` by `{one.by}`{shown}"


def _refused(home: str) -> str:
    return (
        f"[Its method or its path is inferred]({home}index.md#evidence). The client raises `InferredOperationError` "
        "before anything is sent, unless it is made with `allow_inferred=True`. To this machine it sends the call, "
        "with a warning; `allow_inferred=False` refuses it there, too."
    )
