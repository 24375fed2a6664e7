"""Ask the model for related nodes: the schemas that an operation reaches, and the direction in which they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..document import Pointer
from .api import Alias, Api, Enum, Field, Model, Operation
from .types import EnumRef, ModelRef, Scalar, Type, leaves_of, variants_of


def reachable(types: Iterable[Type]) -> dict[str, Model]:
    """Return the models that values of these types consist of, by key."""
    found: dict[str, Model] = {}
    waiting = list(types)
    while waiting:
        for leaf in leaves_of(waiting.pop()):
            if isinstance(leaf, ModelRef) and leaf.key not in found:
                found[leaf.key] = leaf.model
                waiting += parts_of(leaf.model)
    return found


def parts_of(model: Model) -> list[Type]:
    """Return the types of what a model holds."""
    found = [field.type for field in model.fields]
    if model.further is not None:
        found.append(model.further)
    return found


def schemas_of(api: Api) -> Iterator[Model | Enum | Alias]:
    """Yield the schemas that have names."""
    yield from api.models.values()
    yield from api.enums.values()
    yield from api.aliases.values()


def fields_of(api: Api) -> Iterator[Field]:
    """Yield the fields of all models."""
    for model in api.models.values():
        yield from model.fields


def listed_values(type_: Type) -> list[str | int]:
    """Return the values of the enumerations that a value may be of."""
    found: list[str | int] = []
    for variant in variants_of(type_):
        if isinstance(variant, EnumRef):
            found += [member.value for member in variant.enum.members]
    return found


def sent(api: Api) -> dict[str, Model]:
    """Return the models that bodies of requests consist of, by key."""
    return reachable(
        operation.body.type for operation in api.operations if operation.body
    )


def received(api: Api) -> dict[str, Model]:
    """Return the models that responses and webhooks consist of, by key."""
    found = reachable(received_types(api))
    return found | {event.body.key: event.body for event in api.events}


def received_types(api: Api) -> Iterator[Type]:
    """Yield the types of responses, and of what the bodies of webhooks hold."""
    for operation in api.operations:
        yield from (
            response.type
            for response in operation.responses
            if response.type is not None
        )
    for event in api.events:
        yield from parts_of(event.body)


def sent_components(api: Api) -> set[Pointer]:
    """Return the components that parameters and bodies of requests refer to, directly or through others."""
    places: list[Pointer] = []
    for operation in api.operations:
        pointer = operation.origin.pointer
        places += [(*pointer, "parameters"), (*pointer, "requestBody")]
    return components_from(api, places)


def received_components(api: Api) -> set[Pointer]:
    """Return the components that responses and webhooks refer to, directly or through others."""
    places = [(*one.origin.pointer, "responses") for one in api.operations]
    places += [(*one.origin.pointer, "requestBody") for one in api.events]
    return components_from(api, places)


def components_from(api: Api, places: Iterable[Pointer]) -> set[Pointer]:
    """Return the components that these places refer to, directly or through other components."""
    found: set[Pointer] = set()
    waiting = list(places)
    while waiting:
        for target in _referred(api, waiting.pop()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _referred(api: Api, place: Pointer) -> list[Pointer]:
    """Return the components that a place refers to itself."""
    pairs = api.references.get(place[:3], ())
    return [target for source, target in pairs if source[: len(place)] == place]


def in_written_order(api: Api) -> list[Operation]:
    """Return the operations as the document writes them; the package orders those of one path."""
    return sorted(api.operations, key=lambda operation: operation.position)


def says_success(operation: Operation) -> bool:
    """Return whether the response has a field `success` that is true or false."""
    return operation.result is not None and _says_success(operation.result, ())


def _says_success(type_: Type, above: tuple[str, ...]) -> bool:
    for variant in variants_of(type_):
        if not isinstance(variant, ModelRef) or variant.key in above:
            continue
        field = variant.model.by_wire_name.get("success")
        if field is not None and any(
            _is_boolean(inner) for inner in variants_of(field.type)
        ):
            return True
    return False


def _is_boolean(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind == "boolean"


def by_resource(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """Return the operations of each resource, both in the document's order."""
    groups: dict[str, list[Operation]] = {}
    for operation in operations:
        parts = operation.resource.split(".")
        for depth in range(1, len(parts)):
            # `checkout` groups `checkout.sessions` and others, with or without operations of its own.
            groups.setdefault(".".join(parts[:depth]), [])
        groups.setdefault(operation.resource, []).append(operation)
    return groups


def children(resource: str, resources: Iterable[str]) -> list[str]:
    """Return the resources one level below a resource; below the empty one, those of the client itself."""
    prefix = f"{resource}." if resource else ""
    below = [name.removeprefix(prefix) for name in resources if name.startswith(prefix)]
    return [prefix + name for name in below if name and "." not in name]
