"""What the templates show of `x-call-facts` and `x-reconcile`: how a call is found again, and what that proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import views
from .document import mapping, sequence
from .naming import snake
from .normalising import operations, properties, resolve, schemas
from .reading import EVIDENCE, PROVES_ABSENCE, deciding_properties, status_of

Json = dict[str, Any]


@dataclass(frozen=True)
class LookUp:
    """One look-up of a call: the operation that is asked, and how its answer is read, with names in Python."""

    view: views.OperationView
    evidence: str
    by: str
    fields: tuple[str, ...]
    row: str
    amount: str
    made: str
    status: str
    found: tuple[str, ...]
    ended: tuple[str, ...]
    absent: tuple[str, ...]
    whole: bool
    original: str
    absence: bool

    @property
    def is_list(self) -> bool:
        """Whether it is searched page by page; else it answers one thing."""
        return self.view.pagination is not None

    @property
    def finds(self) -> bool:
        """Whether what it shows can be known to be the call's; else it only tells a person what is there."""
        if self.is_list:
            return bool(self.made) or self.by == "idempotency_key"
        return bool(self.found or self.ended)


@dataclass(frozen=True)
class Recipe:
    """All look-ups of one operation, the reason if there is none, and what a person can check."""

    call: str
    family: str
    settings: tuple[str, ...]
    facts: tuple[str, ...]
    amount_unit: str
    none: str
    check: str
    ones: tuple[LookUp, ...]
    listing: LookUp | None


def call_facts(data: Json, operation: Json) -> dict[str, str]:
    """Where the facts of a call stand in its request, as OpenAPI's runtime expressions; the key is one of them."""
    facts = {name: str(place) for name, place in mapping(operation.get("x-call-facts")).items()}
    key = str(operation.get("x-idempotency-key", ""))
    if key:
        parameters = [resolve(data, node) for node in sequence(operation.get("parameters"))]
        is_header = any(node["in"] == "header" and node["name"] == key for node in parameters)
        facts["idempotency_key"] = f"$request.header.{key}" if is_header else f"$request.body#/{key}"
    return facts


def facts(data: Json) -> dict[str, dict[str, str]]:
    """Where the facts of a call stand, for each operation that has any."""
    found = {
        str(operation["operationId"]): call_facts(data, operation) for _, _, operation in operations(data)
    }
    return {name: places for name, places in found.items() if places}


def recipes(data: Json) -> list[Recipe]:
    """The recipes of the normalised document, in its order."""
    found: list[Recipe] = []
    by_id = {view.id: view for view in views.operation_views(data)}
    nodes = {operation["operationId"]: operation for _, _, operation in operations(data)}
    for name, operation in nodes.items():
        mark = mapping(operation.get("x-reconcile"))
        if not mark:
            continue
        facts = call_facts(data, operation)
        unit = _unit(data, operation, facts.get("amount", ""))
        look_ups = [
            _look_up(data, by_id[snake(look["operation"])], nodes[snake(look["operation"])], look, unit)
            for look in sequence(mark.get("look-ups"))
        ]
        found.append(
            Recipe(
                call=by_id[name].call,
                family=by_id[name].family,
                settings=by_id[name].settings,
                facts=tuple(facts),
                amount_unit=unit,
                none=" ".join(str(mark.get("none", "")).split()),
                check=" ".join(str(mark.get("check", "")).split()),
                ones=tuple(look for look in look_ups if not look.is_list),
                listing=next((look for look in look_ups if look.is_list), None),
            )
        )
    return found


def imports(looks: Iterable[LookUp]) -> list[str]:
    """The statements that import the request builders and the models of look-ups."""
    found = {f"from .api.{look.view.module} import {look.view.id}" for look in looks}
    models = {name for look in looks for name in (look.row, *look.view.answer.models)}
    return sorted(found | {f"from .models.{snake(name)} import {name}" for name in models})


def _look_up(data: Json, view: views.OperationView, operation: Json, mark: Json, unit: str) -> LookUp:
    row = view.pagination.item if view.pagination else view.answer.type
    names = properties(data, schemas(data)[row])
    used = deciding_properties(mark)
    words = [
        view.evidence,
        *map(str, mapping(operation.get("x-evidence")).values()),
        *(word for name in used for word in _evidence(data, schemas(data)[row], names[name])),
    ]
    if view.pagination:
        words.append(str(operation["x-pagination"].get("x-evidence", "inferred")))
    evidence = max(words, key=EVIDENCE.index)
    # Each word counts: the weakest of them may be "observed" while another one is of 2023.
    strong = set(words) <= set(PROVES_ABSENCE)
    amount = str(mark.get("amount", ""))
    return LookUp(
        view=view,
        evidence=evidence,
        by=mark["by"],
        fields=tuple(map(snake, mark["fields"])),
        row=row,
        # Amounts are compared in one known unit, or not at all.
        amount=snake(amount) if unit and mapping(names.get(amount)).get("x-amount-unit") == unit else "",
        made=snake(mark["made"]) if "made" in mark else "",
        status=snake(status_of(mark)),
        found=tuple(map(str, sequence(mark.get("found")))),
        ended=tuple(map(str, sequence(mark.get("ended")))),
        # The lint refuses a mark that says more than is known; what is generated does not depend on it.
        absent=tuple(map(str, sequence(mark.get("absent")))) if strong else (),
        whole=mark.get("whole") is True,
        original=snake(mark["original"]) if "original" in mark else "",
        absence=mark.get("absence") is True and strong and "made" in mark,
    )


def _evidence(data: Json, schema: Json, prop: Json) -> Iterator[str]:
    """The evidence of a property and, if it refers to a schema of its own, of that one."""
    yield str(prop.get("x-evidence", schema.get("x-evidence", "inferred")))
    target = resolve(data, prop)
    if target is not prop:
        yield str(target.get("x-evidence", "inferred"))


def _unit(data: Json, operation: Json, place: str) -> str:
    """The unit of the amount at a place of the request body; none if it is not known or there is no amount."""
    _, _, pointer = place.partition("#/")
    body = resolve(data, operation.get("requestBody") or {})
    node: Json = mapping(mapping(mapping(body.get("content")).get("application/json")).get("schema"))
    for step in pointer.split("/") if pointer else ():
        node = mapping(properties(data, resolve(data, node)).get(step))
    unit = str(node.get("x-amount-unit", "unknown"))
    return "" if unit == "unknown" else unit
