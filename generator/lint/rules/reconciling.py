"""Rules about `x-call-facts` and `x-reconcile`: how it is found out what became of a call that moves money."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, Pointer, mapping, sequence
from ...model.api import Api
from ...problems import Problem, meant

_KEYS = (
    *("operation", "by", "fields", "amount", "made", "found"),
    *("status", "ended", "absent", "whole", "original", "absence"),
)
_LIST_ONLY = frozenset(("made", "absence"))
_ONE_ONLY = frozenset(("ended", "absent", "whole", "original"))


def money_operation_is_reconciled(document: Document) -> Iterator[Problem]:
    """Every operation that moves money, and no other, says how it is found out what became of a call."""
    for operation in reading.operations(document):
        place, mark = (*operation.pointer, "x-reconcile"), mapping(operation.data.get("x-reconcile"))
        if operation.data.get("x-moves-money") is not True:
            if "x-reconcile" in operation.data and operation.data.get("x-moves-money") is False:
                message = f"{operation.title} moves no money, so there is nothing to reconcile"
                yield document.problem(place, message, "remove `x-reconcile`")
            continue
        if not isinstance(mark.get("check"), str) or ("look-ups" in mark) == ("none" in mark):
            yield document.problem(
                place,
                f"{operation.title} moves money and does not say how its unknown outcomes are resolved",
                "write `x-reconcile:` with `check:` for a person, and `look-ups:` or, with the reason, `none:`",
            )
        for index, look in enumerate(sequence(mark.get("look-ups"))):
            yield from _look_up_problems(document, operation, (*place, "look-ups", index), mapping(look))


def look_ups_end_with_their_list(api: Api) -> Iterator[Problem]:
    """A list is read last, and once: what it does not show must not be contradicted afterwards."""
    for recipe in api.recipes:
        for index, look_up in enumerate(recipe.look_ups[:-1]):
            if look_up.is_list:
                place = (*recipe.operation.origin.pointer, "x-reconcile", "look-ups", index)
                message = f"{recipe.operation.title} has a look-up after that of a list"
                yield api.problem(place, message, "put the list last; only one is read")


def _look_up_problems(
    document: Document, operation: reading.Operation, place: Pointer, look: dict[str, object]
) -> Iterator[Problem]:
    for key in look:
        if key not in _KEYS:
            message = f"the look-up has the unknown key {key!r}"
            yield document.problem((*place, key), message, meant(key, _KEYS, f"use {', '.join(_KEYS)}"))
    facts = {*mapping(operation.data.get("x-call-facts")), "idempotency_key"} - {"amount"}
    if "x-idempotency-key" not in operation.data:
        facts.discard("idempotency_key")
    if str(look.get("by")) not in facts:
        message = f"the look-up goes by {look.get('by')!r}, which is no fact of {operation.title}"
        fix = meant(look.get("by"), facts, "name one of `x-call-facts`, or idempotency_key")
        yield document.problem((*place, "by"), message, fix)
    target = _operation(document, look.get("operation"))
    if target is None or target.method != "get" or target.data.get("x-moves-money") is not False:
        return
    row, is_list = _row(document, target)
    for key in sorted(look.keys() & (_ONE_ONLY if is_list else _LIST_ONLY)):
        message = f"{key!r} has no meaning for a look-up that gives {'a list' if is_list else 'one thing'}"
        yield document.problem((*place, key), message, "remove it")
    names = reading.properties(document, row)
    fields = [str(name) for name in sequence(look.get("fields"))]
    if not fields:
        message = "the look-up does not say in which property the fact comes back"
        yield document.problem((*place, "fields"), message, "write `fields:` with at least one")
    for key, wanted in (
        ("fields", fields),
        *((k, [str(look[k])]) for k in ("amount", "made", "original", "status") if k in look),
    ):
        for name in wanted:
            if name not in names:
                message = f"the look-up names {name!r}, which is no property of what {target.title} shows"
                yield document.problem((*place, key), message, meant(name, names, "correct the name"))
    yield from _status_problems(document, place, look, names)
    if look.get("absence") is True or look.get("absent"):
        used = [names[name].pointer for name in reading.deciding_properties(look) if name in names]
        yield from _absence_problems(document, target, place, look, used)


def _status_problems(
    document: Document, place: Pointer, look: dict[str, object], names: dict[str, Located]
) -> Iterator[Problem]:
    states = [state for key in ("found", "ended", "absent") for state in sequence(look.get(key))]
    status = names.get(reading.status_of(look))
    known = sequence(mapping(document.follow(status.pointer).value).get("enum")) if status else []
    for state in states:
        if state not in known:
            message = f"the look-up names the status {state!r}, which is not known"
            fix = "name a value of the enum of `status`, in its canonical spelling"
            yield document.problem(place, message, meant(state, map(str, known), fix))


def _absence_problems(
    document: Document,
    target: reading.Operation,
    place: Pointer,
    look: dict[str, object],
    used: list[Pointer],
) -> Iterator[Problem]:
    """What is said to be absent is paid a second time: only an operation and fields that are known may say so."""
    pages = mapping(target.data.get("x-pagination"))
    words = {str(word) for word in mapping(target.data.get("x-evidence")).values()}
    words |= {_evidence(document, pointer) for pointer in used}
    if look.get("absence") is True:
        words.add(str(pages.get("x-evidence", "inferred")))
    if not words <= set(reading.PROVES_ABSENCE):
        key = "absence" if "absence" in look else "absent"
        message = (
            f"{target.title} cannot prove that something is absent: it, or what is read of it, is a guess"
        )
        yield document.problem(
            (*place, key),
            message,
            f"remove `{key}`; only {' and '.join(reading.PROVES_ABSENCE)} facts prove it",
        )
    elif look.get("absence") is True and "total" not in pages:
        message = f"{target.title} has no total, so nobody knows whether a list was read to its end"
        yield document.problem((*place, "absence"), message, "remove `absence`")
    elif look.get("absence") is True and "made" not in look:
        message = f"nobody knows whether {target.title} reaches back to the call: its rows have no time"
        yield document.problem((*place, "absence"), message, "write `made:`, or remove `absence`")


def _evidence(document: Document, pointer: Pointer) -> str:
    """The weaker of a property's own evidence, or its schema's, and that of the schema it refers to."""
    own = mapping(document.get(pointer)).get("x-evidence") or mapping(document.get(pointer[:-2])).get(
        "x-evidence"
    )
    target = document.follow(pointer)
    further = mapping(target.value).get("x-evidence") if target.pointer != pointer else own
    return max((str(own), str(further)), key=lambda word: (*reading.PROVES_ABSENCE, word).index(word))


def _operation(document: Document, name: object) -> reading.Operation | None:
    return next((one for one in reading.operations(document) if one.data.get("operationId") == name), None)


def _row(document: Document, operation: reading.Operation) -> tuple[Pointer, bool]:
    """The schema of one row or of the whole answer, and whether the answer is a list."""
    items = operation.answer_properties().get(str(mapping(operation.data.get("x-pagination")).get("items")))
    if items is not None:
        return (*document.follow(items.pointer).pointer, "items"), True
    for status, answer in operation.responses():
        for media in reading.media_types(answer) if status.startswith("2") else ():
            schema = document.follow((*media.pointer, "schema"))
            is_list = mapping(schema.value).get("type") == "array"
            return ((*schema.pointer, "items") if is_list else schema.pointer), is_list
    return operation.pointer, False
