"""Check that each schema is used, or says that it is not."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model import query
from ...model.api import Api, Schema, Wrapper


def schema_is_used_or_marked(api: Api) -> Iterator[Diagnostic]:
    """Report an unused schema that does not say `x-unused: true`, and a used one that does."""
    users = [place for place in api.references if place[0] in ("paths", "webhooks")]
    reached = query.components_from(api, users)
    for schema in _named(api):
        place = schema.origin.pointer
        if schema.is_unused and place in reached:
            message = (
                f"the schema {schema.key!r} is marked as unused, but something uses it"
            )
            yield api.diagnostic((*place, "x-unused"), message, "remove `x-unused`")
        elif not schema.is_unused and place not in reached:
            message = f"no operation or webhook uses the schema {schema.key!r}"
            yield api.diagnostic(
                place, message, "use it, mark it with `x-unused: true`, or remove it"
            )


def _named(api: Api) -> Iterator[Schema | Wrapper]:
    """Yield the schemas that the document names; one that is written in place is used where it stands."""
    yield from api.wrappers
    for schema in query.schemas_of(api):
        if len(schema.origin.pointer) == 3:
            yield schema
