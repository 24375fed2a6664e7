"""Compare operations: their names, their place, their parameters, responses and promises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..identifiers import snake
from ..model import query
from ..model.api import (
    EVIDENCE,
    Body,
    Family,
    Operation,
    Origin,
    Pagination,
    Parameter,
    Response,
)
from ..model.types import ANYTHING, Type
from ..openapi import template_names
from . import matches, schemas, values
from .alignment import is_reordered, keyed
from .difference import Difference
from .findings import Findings, Place, brief, novelty
from .promises import compare_facts, compare_pagination, compare_recipes
from .side import REQUEST, RESPONSE, Side

_NAME = re.compile(r"\{[^}]*\}")
#: Client errors that prove by HTTP alone that a call was not carried out, and those that never do.
#: They are those of `proof.py` of the runtime.
PROVED_BY_HTTP = frozenset(
    {
        400,
        401,
        402,
        403,
        404,
        405,
        410,
        411,
        413,
        414,
        415,
        417,
        421,
        422,
        426,
        428,
        429,
        431,
        451,
    }
)
PROVED_BY_NOTHING = frozenset({408, 425, 444, 460, 499})


def compare(found: Findings) -> None:
    """Compare all operations."""
    old, new = found.old.api.operations, found.new.api.operations
    pairs = matches.operations(old, new)
    before = keyed(found.old.api.recipes, lambda one: one.operation)
    after = keyed(found.new.api.recipes, lambda one: one.operation)
    for operation in old:
        if operation not in pairs:
            found.breaks("operation-removed", _place(operation), "was removed.")
            continue
        other = pairs[operation]
        place = replace(_place(operation), pointer=other.origin.pointer)
        _OperationDifference(found, place, operation, other).compare()
        compare_recipes(found, place, before.get(operation), after.get(other))
    for operation in new:
        if operation not in pairs.values():
            text = novelty(operation.summary)
            found.adds("operation-added", _place(operation), text)
    _compare_order(found, [operation for operation in old if operation in pairs], pairs)
    _compare_resources(found)


def _place(operation: Operation) -> Place:
    call = f"client.{operation.call}"
    function = f"api.{operation.resource.replace('.', '_')}.{operation.id}"
    return Place(call, operation.origin.pointer, symbols=(call, function))


def _compare_order(
    found: Findings, old: Sequence[Operation], pairs: Mapping[Operation, Operation]
) -> None:
    """Report that operations stand in another order, in which the docs show them."""
    positions = [
        pairs[operation].position
        for operation in sorted(old, key=lambda one: one.position)
    ]
    if positions != sorted(positions):
        found.docs(
            Place("openapi.json", ("paths",)),
            "the order of the operations",
            "order-changed",
        )


def _compare_resources(found: Findings) -> None:
    """Report a resource whose last operation went, or that has its first."""
    before = query.by_resource(found.old.api.operations)
    after = query.by_resource(found.new.api.operations)
    for name in before:
        if name not in after:
            found.breaks(
                "resource-removed",
                _resource(name),
                "was removed with its last operation.",
            )
    for name in after:
        if name not in before:
            found.adds("resource-added", _resource(name), "is new.")


def _resource(name: str) -> Place:
    return Place(f"client.{name}", ("paths",), symbols=(f"client.{name}",))


class _OperationDifference(Difference[Operation]):
    told_elsewhere = frozenset({"resource", "method"})

    def compare(self) -> None:
        self._call()
        super().compare()
        self._response()
        self._evidence()

    # -- names and address -----------------------------------------------------------------------------------

    def _call(self) -> None:
        if self.old.call != self.new.call:
            text = (
                f"is now called `client.{self.new.call}`. Rename it where you call it."
            )
            self.breaks("operation-renamed", text)

    def on_id(self, old: str, new: str) -> None:
        text = f"now has its functions in `{new}` instead of `{old}`."
        self.breaks("function-renamed", text)

    def on_wire_id(self, old: str, new: str) -> None:
        if self.old.id == self.new.id:
            self.docs("the operationId")

    def on_path(self, old: str, new: str) -> None:
        if _NAME.sub("{}", old) != _NAME.sub("{}", new):
            text = f"now calls `{new}` instead of `{old}`. Update mocks and proxies that know the path."
            self.breaks("path-changed", text)
        else:
            self.docs("the name of a parameter in the path")
        before = map(snake, template_names(old))
        after = [snake(name) for name in template_names(new)]
        # Arguments for the path are positional, in the order of the path.
        if is_reordered(before, after):
            order = ", ".join(after)
            text = f"now takes its positional arguments in the order {order}."
            self.breaks("positions-changed", text)

    def on_http_method(self, old: str, new: str) -> None:
        self.breaks("method-changed", f"is now sent as {new} instead of {old}.")

    def on_family(self, old: Family, new: Family) -> None:
        # A family that has another name is told with its key.
        if old.origin.pointer != new.origin.pointer and old.name != new.name:
            text = (
                f"belongs to another family, `{new.name}` instead of `{old.name}`: it uses another key and another "
                "origin."
            )
            self.breaks("family-changed", text)

    # -- parameters and bodies -------------------------------------------------------------------------------

    def on_parameters(
        self, old: tuple[Parameter, ...], new: tuple[Parameter, ...]
    ) -> None:
        before, after = keyed(old, _key), keyed(new, _key)
        come = [parameter for key, parameter in after.items() if key not in before]
        for key, parameter in before.items():
            # The same name in Python: it is only sent in another way.
            same = _named(come, parameter.name)
            if key in after:
                self._compared(parameter, after[key])
            elif same is None:
                _remove(self.found, self._parameter(parameter), parameter)
            else:
                come.remove(same)
                self._moved(parameter, same)
        for parameter in come:
            _add(self.found, self._parameter(parameter), parameter)
        if is_reordered(before, after):
            self.docs("the order of the parameters", "order-changed")

    def _parameter(self, parameter: Parameter) -> Place:
        return Place(
            self.place.where,
            parameter.origin.pointer,
            f"parameter `{parameter.name}`",
            REQUEST,
            (f"client.{self.old.call}({parameter.name})",),
        )

    def _compared(self, old: Parameter, new: Parameter) -> None:
        _ParameterDifference(self.found, self._parameter(new), old, new).compare()

    def _moved(self, old: Parameter, new: Parameter) -> None:
        text = (
            f"is now sent as the {new.place} parameter `{new.wire_name}` instead of the {old.place} parameter "
            f"`{old.wire_name}`."
        )
        self.found.breaks("parameter-moved", self._parameter(new), text)
        self._compared(old, new)

    def on_body(self, old: Body | None, new: Body | None) -> None:
        place = replace(self.place, directions=REQUEST)
        if new is None:
            self.found.breaks("body-removed", place, "no longer takes a body.")
        elif old is not None:
            _BodyDifference(self.found, place.at(new), old, new).compare()
        elif new.required:
            text = "now requires a body."
            self.found.breaks("body-added-required", place.at(new), text)
        else:
            self.found.adds("body-added", place.at(new), "now accepts a body.")

    # -- responses -------------------------------------------------------------------------------------------

    def on_responses(
        self, old: tuple[Response, ...], new: tuple[Response, ...]
    ) -> None:
        before = keyed(old, lambda one: one.status)
        after = keyed(new, lambda one: one.status)
        for status, response in before.items():
            if status not in after:
                self.found.docs(
                    self._status(response),
                    f"the removed response {status}",
                )
                self._report_refusal(response, refuses=False)
        for status, response in after.items():
            if status in before:
                _ResponseDifference(
                    self.found, self._status(response), before[status], response
                ).compare()
            else:
                self.found.docs(self._status(response), f"the new response {status}")
                self._report_refusal(response, refuses=True)
        if is_reordered(before, after):
            self.docs("the order of the responses", "order-changed")

    def _status(self, response: Response) -> Place:
        return replace(self.place.at(response), directions=RESPONSE)

    def _report_refusal(self, response: Response, *, refuses: bool) -> None:
        if response.refuses:
            place = self._status(response).about(f"the response {response.status}")
            _report_refusal(self.found, place, response, refuses=refuses)

    def _response(self) -> None:
        """Report that a call gives something else: it follows from the first success that has content."""
        after = _gives(self.found.new, self.new.success, self.new.result)
        # A class that has another name is told by itself.
        result = (
            None
            if self.old.result is None
            else values.in_new_keys(self.found, self.old.result)
        )
        if _gives(self.found.new, self.old.success, result) != after:
            before = _gives(self.found.old, self.old.success, self.old.result)
            text = f"now returns `{after}` instead of `{before}`."
            self.breaks("response-type-changed", text)

    # -- what a call promises --------------------------------------------------------------------------------

    def on_moves_money(self, old: bool, new: bool) -> None:
        if new:
            text = (
                "now moves money. It waits longer, and raises `OutcomeUnknownError` instead of a timeout or a server "
                "error. Handle that error."
            )
        else:
            text = "no longer moves money. It raises plain errors instead of `OutcomeUnknownError`."
        self.breaks("moves-money-changed", text)

    def on_idempotency_key(self, old: str, new: str) -> None:
        if not new:
            text = f"is no longer idempotent by {brief(old)}: the client does not retry it, and you must not either."
            self.breaks("idempotency-key-removed", text)
        elif old:
            text = f"is now idempotent by {brief(new)} instead of {brief(old)}."
            self.breaks("idempotency-key-changed", text)
        elif self.new.key_repeats:
            text = f"is idempotent by {brief(new)}: with this key the client retries it by itself."
            self.adds("idempotency-key-added", text)
        else:
            text = f"sends its key as {brief(new)}; the client retries nothing because of it."
            self.adds("idempotency-key-added", text)

    def on_key_repeats(self, old: bool, new: bool) -> None:
        if not (self.old.idempotency_key and self.new.idempotency_key):
            return  # It is told with the key that comes or goes.
        if new:
            text = "is now retried by the client itself, because of its key."
        else:
            text = "is no longer retried because of its key: you have to resolve an unknown outcome."
        self.breaks("idempotency-repeats-changed", text)

    def on_origin(self, old: Origin, new: Origin) -> None:
        """Report other sources. The evidence is that of the method and of the path."""
        if old.sources != new.sources:
            self.docs("the source")

    def _evidence(self) -> None:
        was = self.old.evidence == EVIDENCE[-1]
        now = self.new.evidence == EVIDENCE[-1]
        if was and not now:
            self._is_known()
        elif now and not was:
            self._becomes_inferred()
        elif _evidence_of(self.old) != _evidence_of(self.new):
            self.docs("the evidence", "evidence-changed")

    def _is_known(self) -> None:
        now = (
            "it can be called without `allow_inferred=True`"
            if self.new.moves_money
            else "it no longer warns"
        )
        self.adds("operation-is-known", f"is no longer only inferred: {now}.")

    def _becomes_inferred(self) -> None:
        if self.new.moves_money:
            text = "is now only inferred: it raises `InferredOperationError` without `allow_inferred=True`."
            self.breaks("operation-becomes-inferred", text)
        else:
            text = (
                "is now only inferred: it warns once, with `InferredOperationWarning`."
            )
            self.adds("operation-warns", text)

    def on_pagination(self, old: Pagination | None, new: Pagination | None) -> None:
        compare_pagination(self.found, self.place, old, new)

    def on_facts(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        compare_facts(self.found, self.place, old, new)


def _evidence_of(operation: Operation) -> tuple[str, str]:
    return operation.method_evidence, operation.path_evidence


def _key(parameter: Parameter) -> tuple[str, str]:
    return parameter.place, parameter.wire_name


def _named(parameters: list[Parameter], name: str) -> Parameter | None:
    for parameter in parameters:
        if parameter.name == name:
            return parameter
    return None


def _remove(found: Findings, place: Place, parameter: Parameter) -> None:
    if not parameter.setting:
        found.breaks("parameter-removed", place, "was removed. Do not pass it.")
    elif parameter.required:
        text = f"no longer needs the client's `{parameter.setting}`."
        found.adds("setting-removed", place.about(""), text)
    else:
        text = f"no longer sends the client's `{parameter.setting}`."
        found.breaks("setting-not-sent", place.about(""), text)


def _add(found: Findings, place: Place, parameter: Parameter) -> None:
    if parameter.setting and parameter.required:
        text = f"now needs the client's `{parameter.setting}`."
        found.breaks("setting-added", place.about(""), text)
    elif parameter.setting:
        text = f"now sends the client's `{parameter.setting}`, if it is set."
        found.adds("setting-sent", place.about(""), text)
    elif parameter.required:
        found.breaks("parameter-added-required", place, "is new and required. Pass it.")
    else:
        found.adds("parameter-added", place, "is new.")


class _ParameterDifference(schemas.ValueDifference[Parameter]):
    told_elsewhere = frozenset({"wire_name", "place"})

    def on_required(self, old: bool, new: bool) -> None:
        if new:
            self.breaks("parameter-becomes-required", "is now required. Pass it.")
        else:
            self.adds("parameter-becomes-optional", "is no longer required.")

    def on_setting(self, old: str, new: str) -> None:
        if new:
            text = (
                f"is no longer a parameter: the client's setting {brief(new)} fills it."
            )
        else:
            text = "is now a parameter of the method: the client's setting does not fill it."
        self.breaks("setting-changed", text)

    def on_is_own_text(self, old: bool, new: bool) -> None:
        text = (
            "now accepts a `/`, because it is your own text."
            if new
            else "no longer accepts a `/`, because it is an id of the API."
        )
        self.breaks("parameter-sent-otherwise", text)

    def on_is_joined(self, old: bool, new: bool) -> None:
        form = (
            "one value, with commas between the items"
            if new
            else "one value for each item"
        )
        self.breaks("parameter-sent-otherwise", f"is sent in another form: {form}.")

    def on_is_hidden(self, old: bool, new: bool) -> None:
        schemas.hiding(self.found, self.place, is_hidden=new)


class _BodyDifference(Difference[Body]):
    def on_type(self, old: Type, new: Type) -> None:
        values.compare(self.found, self.place.about("the body"), old, new)

    def on_required(self, old: bool, new: bool) -> None:
        if new:
            self.breaks("body-becomes-required", "now requires its body.")
        else:
            self.adds("body-becomes-optional", "no longer requires its body.")


class _ResponseDifference(Difference[Response]):
    told_elsewhere = frozenset({"content"})

    def __init__(
        self, found: Findings, place: Place, old: Response, new: Response
    ) -> None:
        super().__init__(found, place.about(f"the response {new.status}"), old, new)

    def on_type(self, old: Type | None, new: Type | None) -> None:
        """Report another type, but of a success: what the call gives is told by itself."""
        if self.new.status.startswith("2"):
            return
        old, new = old or ANYTHING, new or ANYTHING
        if values.in_new_keys(self.found, old) != new:
            was = values.names_of(self.found.old, old)
            now = values.names_of(self.found.new, new)
            what = f"the type (`{values.told(now)}` instead of `{values.told(was)}`)"
            self.docs(what)

    def on_refuses(self, old: bool, new: bool) -> None:
        _report_refusal(self.found, self.place, self.new, refuses=new)


def _report_refusal(
    found: Findings, place: Place, response: Response, *, refuses: bool
) -> None:
    """Report that a status now proves, or no longer proves, that a call was not executed."""
    if int(response.status) in PROVED_BY_HTTP | PROVED_BY_NOTHING:
        return
    now = (
        "proves that the call was not executed"
        if refuses
        else "leaves the outcome unknown"
    )
    found.breaks("refusal-changed", place, f"now {now}.")


def _gives(side: Side, success: Response | None, result: Type | None) -> str:
    """Return what a success of a call gives, as an annotation in the names of one side."""
    if success is None or result is None:
        return "None"
    if success.content == "json":
        return values.told(values.names_of(side, result))
    return "str" if success.content == "text" else "bytes"
