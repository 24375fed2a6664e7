"""Write the pages of the models and enumerations, and say on which page each class is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..emit import docstrings
from ..emit.annotations import PLAIN, attribute
from ..emit.models import ModelView, Uses
from ..emit.python_names import in_python
from ..model import query
from ..model.api import Api, Enum, Field, Member, Model, Operation
from ..model.types import EnumRef, Type, leaves_of
from . import markdown
from .types import linked

#: The path from a page here to the directory of the reference.
HOME = "../"
DIRECTORY = "reference/models"
#: The page of what several resources have, that of what only webhooks have, and that of the rest.
_SHARED, _EVENTS, _OTHER = "shared", "events", "other"
_TITLES = {
    _SHARED: "Models of several resources",
    _EVENTS: "Models of webhook events",
    _OTHER: "Models that no operation names",
}
_PYTHON = {"Money": "python/money.md#plexy_pay.Money"}


@dataclass(frozen=True)
class Places:
    """Know on which page each class is.

    Attributes:
        groups: The classes of each page, by its name, in the order of the navigation.
        mappings: The classes that a request takes as a dictionary, too.
    """

    groups: Mapping[str, tuple[Model | Enum, ...]]
    mappings: frozenset[str]

    def links(self, home: str) -> dict[str, str]:
        """Return the link to each class by its name.

        Args:
            home: The path from the page to the directory of the reference.
        """
        found = {name: home + place for name, place in _PYTHON.items()}
        for group, members in self.groups.items():
            for one in members:
                link = f"{home}models/{group}.md#{one.name}"
                found[one.name] = link
                if one.name in self.mappings:
                    found[f"{one.name}Params"] = link
        return found


def places(api: Api) -> Places:
    """Return the page of each class: that of its resource, where it has only one."""
    users = _users(api)
    groups: dict[str, list[Model | Enum]] = {}
    classes: tuple[Model | Enum, ...] = (*api.models.values(), *api.enums.values())
    for one in classes:
        groups.setdefault(_group(users.get(one.key, [])), []).append(one)
    resources = [name.partition(".")[0] for name in query.by_resource(api.operations)]
    order = dict.fromkeys([*resources, _SHARED, _EVENTS, _OTHER])
    placed = {name: _sorted(groups[name]) for name in order if name in groups}
    sent = query.sent(api).values()
    return Places(placed, frozenset(model.name for model in sent))


def _sorted(members: list[Model | Enum]) -> tuple[Model | Enum, ...]:
    return tuple(sorted(members, key=lambda one: one.name))


def _group(users: list[str]) -> str:
    if not users:
        return _OTHER
    return users[0] if len(users) == 1 else _SHARED


def _users(api: Api) -> dict[str, list[str]]:
    """Return who names each class, by its key: resources of the client, and events."""
    named: dict[str, dict[str, None]] = {}
    for operation in api.operations:
        resource = operation.resource.partition(".")[0]
        for key in _reached(_types(operation)):
            named.setdefault(key, {})[resource] = None
    for event in api.events:
        for key in (event.body.key, *_reached(query.parts_of(event.body))):
            named.setdefault(key, {})[_EVENTS] = None
    return {key: list(users) for key, users in named.items()}


def _types(operation: Operation) -> Iterator[Type]:
    if operation.body is not None:
        yield operation.body.type
    yield from (one.type for one in operation.parameters)
    yield from (one.type for one in operation.responses if one.type is not None)


def _reached(types: Iterable[Type]) -> set[str]:
    """Return the keys of the models and enumerations that values of these types consist of."""
    own = list(types)
    models = query.reachable(own)
    inner = [part for model in models.values() for part in query.parts_of(model)]
    leaves = [leaf for type_ in (*own, *inner) for leaf in leaves_of(type_)]
    return {*models, *(leaf.key for leaf in leaves if isinstance(leaf, EnumRef))}


def pages(api: Api, placed: Places) -> dict[str, str]:
    """Return the pages by their paths: the list of all, then one for each group."""
    writer = _Writer(api, placed)
    found = {f"{DIRECTORY}/index.md": writer.overview()}
    for group in placed.groups:
        found[f"{DIRECTORY}/{group}.md"] = writer.page(group)
    return found


class _Writer:
    def __init__(self, api: Api, placed: Places) -> None:
        self._placed = placed
        self._uses = Uses(api)
        self._renamed = in_python(api)
        self._links = placed.links(HOME)

    def overview(self) -> str:
        rows = [
            (f"[{_title(group)}]({group}.md)", ", ".join(map(self._link, members)))
            for group, members in self._placed.groups.items()
        ]
        told = (
            "`plexy_pay.models` has a class for each object and each enumeration of the API. `plexy_pay.params` has a "
            "`TypedDict` of each object that a request takes, for callers who build it as a dictionary."
        )
        rule = (
            "A model keeps what the API sends and this version does not know, in `additional_properties`. A value that "
            "an enumeration does not list stays as it came. [Tolerance](../../docs/tolerance.md) has the rules."
        )
        table = markdown.table(("Page", "Classes"), rows)
        return markdown.joined(("# Models", told, rule, table))

    def page(self, group: str) -> str:
        members = self._placed.groups[group]
        named = ", ".join(f"[`{one.name}`](#{one.name})" for one in members)
        parts = [f"# {_title(group)}", f"This page has these classes: {named}."]
        for one in members:
            parts += self._model(one) if isinstance(one, Model) else self._enum(one)
        return markdown.joined(parts)

    def _link(self, one: Model | Enum) -> str:
        return linked(one.name, self._links)

    def _text(self, text: str) -> str:
        return markdown.prose(self._renamed(text))

    def _head(self, one: Model | Enum) -> Iterator[str]:
        yield f"## `{one.name}` {{ #{one.name} }}"
        yield markdown.badge(one.evidence, HOME)
        yield self._text(docstrings.class_doc(one))

    def _model(self, model: Model) -> Iterator[str]:
        yield from self._head(model)
        if model.name in self._placed.mappings:
            yield f"As a dictionary in a request: `plexy_pay.params.{model.name}Params`."
        rows = [self._field(model, field) for field in model.fields]
        head = ("Field", "Type", "Required", "Meaning, unit", "Evidence")
        yield markdown.table(head, rows)
        yield from self._moneys(model)

    def _field(self, model: Model, field: Field) -> tuple[str, ...]:
        wire = f", `{field.wire_name}` on the wire"
        return (
            f"`{field.name}`{wire if field.wire_name != field.name else ''}",
            linked(attribute(field.type, PLAIN), self._links),
            "yes" if field.required else "no",
            self._text(docstrings.field_doc(model, field)),
            markdown.badge(field.evidence, HOME),
        )

    def _moneys(self, model: Model) -> Iterator[str]:
        moneys = ModelView(model, self._uses).moneys
        rows = [(f"`{one.name}`", self._text(one.doc)) for one in moneys]
        rows += [
            (f"`{one.method}(currency)`", self._text(one.method_doc))
            for one in moneys
            if one.method
        ]
        yield markdown.table(("Money", "Meaning"), rows)

    def _enum(self, enum: Enum) -> Iterator[str]:
        yield from self._head(enum)
        rows = [
            (f"`{enum.name}.{one.name}`", f"`{one.value}`", self._meaning(one))
            for one in enum.members
        ]
        yield markdown.table(("Member", "Value", "Meaning"), rows)

    def _meaning(self, member: Member) -> str:
        same = f"Another spelling of `{member.same}`." if member.same else ""
        return f"{self._text(member.meaning)} {same}".strip()


def _title(group: str) -> str:
    return _TITLES.get(group, f"Models of {group.replace('_', ' ')}")
