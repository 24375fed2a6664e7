"""Read `x-pagination`: how a list is followed, and what of that is missing or is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .. import openapi
from ..diagnostics import meant
from ..document import Pointer, mapping
from .api import Field, Pagination, Parameter, Response
from .reader import Reader
from .schemas import SchemaReader
from .types import ListOf, ModelRef, Type, variants_of

_EXTENSION = "x-pagination"
_KEYS = ("items", "page", "size", "total", "identity", "whole")
_PAGED = ("page", "size")
_WHOLE = ", or `whole: true` where nothing says that the list has pages"

#: The fields that tell a row of a list from others, where `x-pagination` names none.
ROW_IDS = ("id", "transactionId")


class ListReader:
    """Read how one operation lists.

    Args:
        reader: The reader of the document.
        schemas: The schemas of the document.
        node: The operation.
        responses: Its responses.
    """

    def __init__(
        self,
        reader: Reader,
        schemas: SchemaReader,
        node: openapi.Operation,
        responses: Iterable[Response],
    ) -> None:
        self._reader = reader
        self._schemas = schemas
        self._node = node
        self._place: Pointer = (*node.pointer, _EXTENSION)
        self._extension = mapping(node.data.get(_EXTENSION))
        successes = [
            response.type for response in responses if response.status.startswith("2")
        ]
        self._results: list[Type] = [type_ for type_ in successes if type_ is not None]
        self._is_array = any(map(_takes_array, self._results))

    def read(self, parameters: Iterable[Parameter]) -> Pagination | None:
        """Return how the list is followed; None for what is no list, or cannot be followed."""
        if _EXTENSION not in self._node.data:
            self._check_that_it_is_no_list()
            return None
        self._check_keys()
        self._check_pages()
        extension = self._extension
        result = self._results[0] if self._results else None
        known = self._schemas.fields_of(result)
        self._check_total(known)
        if not extension:
            return None
        envelope: Mapping[str, Field] = known if "items" in extension else {}
        items = envelope.get(str(extension.get("items")))
        rows = items.type if items is not None else result
        if not isinstance(rows, ListOf) or not isinstance(rows.item, ModelRef):
            self._report_rows(envelope, is_list=isinstance(rows, ListOf))
            return None
        row = self._schemas.fields_of(rows.item)
        by_name = {parameter.wire_name: parameter for parameter in parameters}
        return Pagination(
            origin=self._reader.origin(self._place, extension),
            item=rows.item.model,
            items=items,
            page=envelope.get(str(extension.get("page"))),
            size=envelope.get(str(extension.get("size"))),
            total=envelope.get(str(extension.get("total"))),
            identity=self._identity(row),
            page_parameter=by_name.get(str(extension.get("page"))),
            size_parameter=by_name.get(str(extension.get("size"))),
            whole=extension.get("whole") is True,
        )

    def _check_that_it_is_no_list(self) -> None:
        """Note a GET that lists, by its name or because its response is an array, and does not say how."""
        node = self._node
        if node.method == "get" and (
            node.data.get("x-method") == "list" or self._is_array
        ):
            self._reader.flawed(
                node.pointer,
                f"{node.title} lists, but has no x-pagination",
                "add x-pagination; an array without pages has `whole: true` and `x-evidence:`",
            )

    def _check_keys(self) -> None:
        for key in self._extension:
            if key not in _KEYS and not key.startswith("x-"):
                message = f"x-pagination has the unknown key {key!r}"
                self._flawed(key, message, f"use {', '.join(_KEYS)}")
        is_whole = self._extension.get("whole") is True
        self._require("x-evidence", "add `x-evidence:`")
        for key in _PAGED if not is_whole else ():
            self._require(key, f"add `{key}:`{_WHOLE}")
        if "whole" in self._extension and not is_whole:
            message = f"x-pagination has `whole: {self._extension['whole']}`"
            self._flawed("whole", message, "write `whole: true`, or remove it")
        elif is_whole and self._extension.keys() & set(_PAGED):
            message = "x-pagination has pages for a list that is asked for whole"
            self._flawed("whole", message, "remove `whole:`, or `page:` and `size:`")

    def _require(self, key: str, fix: str) -> None:
        if key not in self._extension:
            message = f"{self._node.title} has x-pagination without `{key}`"
            self._reader.flawed(self._place, message, fix)

    def _check_pages(self) -> None:
        """Note pages that no parameter of the query asks for."""
        parameters = [parameter.value for parameter in self._node.parameters()]
        query = [
            value.get("name") for value in parameters if value.get("in") == "query"
        ]
        for key in _PAGED:
            name = self._extension.get(key)
            if key in self._extension and name not in query:
                message = f"x-pagination names {name!r}, which is no query parameter of {self._node.title}"
                fix = meant(
                    name, map(str, query), "declare the parameter, or correct the name"
                )
                self._flawed(key, message, fix)

    def _check_total(self, known: Mapping[str, Field]) -> None:
        """Note what an array has no place for, and a total that the response does not have."""
        title, total = self._node.title, self._extension.get("total")
        if self._is_array:
            for key in self._extension.keys() & {"items", "total"}:
                message = f"x-pagination names `{key}`, but the response of {title} is an array"
                self._flawed(key, message, "remove it: an array is its own items")
        elif "total" in self._extension and total not in list(known):
            message = f"x-pagination names {total!r}, which is no property of {title}'s response"
            fix = meant(
                total, known, "add the property to the schema, or correct the name"
            )
            self._flawed("total", message, fix)

    def _identity(self, row: Mapping[str, Field]) -> Field | None:
        """Return the field that tells a row from others; note a list that has none."""
        fix = "name the property by which items differ"
        if "identity" in self._extension:
            name = self._extension["identity"]
            if name not in list(row):
                message = (
                    f"x-pagination names {name!r}, which is no property of an item"
                )
                self._flawed("identity", message, meant(name, row, fix))
            return row.get(str(name))
        for name in ROW_IDS:
            if name in row:
                return row[name]
        message = (
            f"nothing tells the items apart: they have no {' and no '.join(ROW_IDS)}"
        )
        self._reader.flawed(self._place, message, f"add `identity:` and {fix}")
        return None

    def _report_rows(self, envelope: Mapping[str, Field], *, is_list: bool) -> None:
        """Report a list whose rows cannot be read."""
        title, name = self._node.title, self._extension.get("items")
        if is_list:
            message = f"the list of {title} is not an array of objects with a schema"
            fix = "describe a row in `schemas/`, and refer to that in its `items:`"
            self._reader.wrong(self._place, message, fix)
        elif "items" not in self._extension:
            message = f"{title} has x-pagination without `items`"
            self._reader.wrong(self._place, message, "add `items:`")
        elif name not in list(envelope):
            message = f"x-pagination names {name!r}, which is no property of {title}'s response"
            fix = meant(
                name, envelope, "add the property to the schema, or correct the name"
            )
            self._reader.wrong((*self._place, "items"), message, fix)
        else:
            message = f"x-pagination names {name!r} as the items, which is no list"
            self._reader.wrong(
                (*self._place, "items"),
                message,
                "name the property that holds the list",
            )

    def _flawed(self, key: str, message: str, fix: str) -> None:
        self._reader.flawed((*self._place, key), message, fix)


def _takes_array(type_: Type) -> bool:
    return any(isinstance(variant, ListOf) for variant in variants_of(type_))
