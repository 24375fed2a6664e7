"""The rule about schemas: each is used, or says that it is not."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import query
from ...model.api import Api, Schema, Wrapper
from ...problems import Problem


def schema_is_used_or_marked(api: Api) -> Iterator[Problem]:
    """A schema that no operation or webhook reaches says `x-unused: true`, and only such a one."""
    users = [place for place in api.references if place[0] in ("paths", "webhooks")]
    reached = query.components_from(api, users)
    for schema in _named(api):
        place = schema.origin.pointer
        if schema.is_unused and place in reached:
            message = (
                f"the schema {schema.key!r} is marked as unused, but something uses it"
            )
            yield api.problem((*place, "x-unused"), message, "remove `x-unused`")
        elif not schema.is_unused and place not in reached:
            message = f"no operation or webhook uses the schema {schema.key!r}"
            yield api.problem(
                place, message, "use it, mark it with `x-unused: true`, or remove it"
            )


def _named(api: Api) -> list[Schema | Wrapper]:
    """Return the schemas that the document names; one that is written in place is used where it stands."""
    classes = [*api.models.values(), *api.enums.values(), *api.aliases.values()]
    return [
        *api.wrappers,
        *(schema for schema in classes if len(schema.origin.pointer) == 3),
    ]
