"""What changed in operations and webhooks: their names, where they go, what they take, answer and promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..document import is_mapping, mapping, reference_of, sequence
from ..naming import snake
from ..reading import EVIDENCE
from . import schemas
from .change import Level
from .findings import MISSING, Findings, Handler, Missing, Place, about, brief, changed, same
from .side import ANSWER, JSON_TYPE, REQUEST, Json, Operation, Side

BREAKING, ADDITIVE, DOCS = Level.BREAKING, Level.ADDITIVE, Level.DOCS

_PARAMETERS_OF_PATH = re.compile(r"\{[^}]*\}")


def compare(found: Findings) -> None:
    """Compare all operations, then all webhooks."""
    for old, new in _matched(found.old.operations, found.new.operations):
        _compare_or_report(found, old, new, _Operation, "operation")
    for old, new in _matched(found.old.events, found.new.events):
        _compare_or_report(found, old, new, _Event, "event")
    _resources(found)


def _compare_or_report(
    found: Findings, old: Operation | None, new: Operation | None, pair: type[_Pair], kind: str
) -> None:
    if old is not None and new is not None:
        pair(found, old, new).compare()
    elif old is not None:
        text = "is gone." if kind == "operation" else "is gone: such a delivery is an `UnknownEvent`."
        found.add(f"{kind}-removed", BREAKING, _place(old), text)
    elif new is not None:
        summary = " ".join(str(new.data.get("summary", "")).split()).rstrip(".")
        found.add(f"{kind}-added", ADDITIVE, _place(new), f"is new{f': {summary}' if summary else ''}.")


def _matched(old: list[Operation], new: list[Operation]) -> list[tuple[Operation | None, Operation | None]]:
    """Which operation is which: the one of the same id, else of the same method and path, else of the same name."""
    waiting, left = list(old), list(new)
    pairs: dict[Operation, Operation] = {}
    keys: tuple[Callable[[Operation], object], ...] = (
        lambda op: (op.id, op.http_method, op.path),
        lambda op: op.id,
        lambda op: (op.http_method, op.path),
        lambda op: op.call,
    )
    for key in keys:
        known = {key(operation): operation for operation in reversed(left)}
        for operation in list(waiting):
            if (match := known.pop(key(operation), None)) is not None:
                pairs[operation] = match
                waiting.remove(operation)
                left.remove(match)
    return [*((operation, pairs.get(operation)) for operation in old), *((None, op) for op in left)]


def _place(operation: Operation) -> Place:
    symbols = (operation.call, f"api.{operation.resource.replace('.', '_')}.{operation.function}")
    return Place(operation.call, "", operation.pointer, symbols=symbols)


def _resources(found: Findings) -> None:
    """A resource whose last operation went, or that has its first."""
    before, after = _groups(found.old), _groups(found.new)
    for name in sorted(before - after):
        found.add("resource-removed", BREAKING, _resource(name), "is gone with its last operation.")
    for name in sorted(after - before):
        found.add("resource-added", ADDITIVE, _resource(name), "is new.")


def _groups(side: Side) -> set[str]:
    parts = [operation.resource.split(".") for operation in side.operations]
    return {".".join(names[: depth + 1]) for names in parts for depth in range(len(names))}


def _resource(name: str) -> Place:
    return Place(f"client.{name}", "", ("paths",), symbols=(f"client.{name}",))


class _Pair:
    """Two operations, or two webhooks, that are compared."""

    def __init__(self, found: Findings, old: Operation, new: Operation) -> None:
        self.found, self.old, self.new = found, old, new
        self.place = replace(_place(old), pointer=new.pointer)
        text = found.documentation
        self.common: dict[str, Handler] = {
            **{key: text(f"the {key}") for key in ("summary", "description", "tags")},
            **{"externalDocs": text("the link to the docs"), "x-source": text("the source")},
            "responses": self.responses,
            "requestBody": self.body,
            "deprecated": self.deprecated,
            "x-deprecated": schemas.deprecation_advice(found, old.data, new.data),
        }

    def keys(self, handlers: Mapping[str, Handler]) -> None:
        """Compare the two key by key."""
        self.found.keys({**self.common, **handlers}, self.place, self.old.data, self.new.data)

    def compare(self) -> None:
        """Compare the two."""
        raise NotImplementedError

    def deprecated(self, place: Place, old: object, new: object) -> None:
        schemas.deprecation(self.found, place, new, self.new.data)

    def add(self, kind: str, level: Level, place: Place, text: str) -> None:
        """Report a change of the operation."""
        self.found.add(kind, level, place, about(place, text))

    # -- bodies ----------------------------------------------------------------------------------------------

    def body(self, place: Place, old: object, new: object) -> None:
        there = replace(place, directions=ANSWER if self.old.is_event else REQUEST)
        before, after = self._resolved(old, new)
        if new is MISSING:
            self.add("body-removed", BREAKING, there, "takes no body any more.")
        elif old is MISSING:
            needed = after.get("required") is True
            text = f"takes a body now{', which is required' if needed else ''}."
            kind = "body-added-required" if needed else "body-added"
            self.add(kind, BREAKING if needed else ADDITIVE, there, text)
        else:
            self._holder(there, before, after, what="the body")

    def _resolved(self, old: object, new: object) -> tuple[Json, Json]:
        return self.found.old.resolve(old), self.found.new.resolve(new)

    def _holder(self, place: Place, old: Json, new: Json, *, what: str) -> None:
        if same(old, new):
            self.found.docs(place, f"the way in which {what} is written")
        holder(self.found, place, old, new, what=what)

    # -- answers ---------------------------------------------------------------------------------------------

    def responses(self, place: Place, old: object, new: object) -> None:
        self._answer(place)
        before, after = mapping(old), mapping(new)
        for status in dict.fromkeys((*before, *after)):
            left, right = before.get(status, MISSING), after.get(status, MISSING)
            there = replace(place.at(status), directions=ANSWER)
            if same(left, right):
                continue
            if left is MISSING or right is MISSING:
                became = "is not described any more" if right is MISSING else "is new"
                self.found.docs(there, f"the answer {status}, which {became}")
            else:
                self.found.settle(there, left, right, self._response)
        self.found.order(place, before, after)

    def _response(self, place: Place, old: object, new: object) -> None:
        before, after = self._resolved(old, new)
        self._holder(place, before, after, what=f"the answer {place.pointer[-1]}")

    def _answer(self, place: Place) -> None:
        """What a call gives: it follows from the first success that has JSON."""
        before, after = _gives(self.found.old, self.old), _gives(self.found.new, self.new)
        was, now = (
            " | ".join(sorted(schemas.annotation(side, schema))) if schema is not None else "None"
            for side, schema in ((self.found.old, before), (self.found.new, after))
        )
        renamed = {
            self.found.old.classes[old]: self.found.new.classes[new] for old, new in self.found.pairs()
        }
        if re.sub(r"\w+", lambda match: renamed.get(match[0], match[0]), was) != now:
            self.add("answer-type-changed", BREAKING, place, f"gives `{now}` now; it gave `{was}`.")


def _gives(side: Side, operation: Operation) -> Json | None:
    for status, reference in mapping(operation.data.get("responses")).items():
        content = mapping(side.resolve(reference).get("content"))
        if str(status).startswith("2") and JSON_TYPE in content:
            return mapping(mapping(content[JSON_TYPE]).get("schema"))
    return None


def holder(found: Findings, place: Place, old: Json, new: Json, *, what: str) -> None:
    """Compare two request bodies or two answers, in all they say."""

    def required(there: Place, _: object, after: object) -> None:
        needed = after is True
        text = "needs its body now." if needed else "does not need its body any more."
        kind = "body-becomes-required" if needed else "body-becomes-optional"
        found.add(kind, BREAKING if needed else ADDITIVE, there, about(there, text))

    def content(there: Place, before: object, after: object) -> None:
        left, right = mapping(before), mapping(after)
        for name in dict.fromkeys((*left, *right)):
            one, other = left.get(name, MISSING), right.get(name, MISSING)
            if same(one, other):
                continue
            if (one is MISSING or other is MISSING) and name != JSON_TYPE:
                found.docs(there.at(name), f"{what} as `{name}`, which the client does not speak")
            elif one is MISSING or other is MISSING:
                # An answer without JSON gives None, which is reported as another type.
                text = f"{what} has {'JSON now' if one is MISSING else 'no JSON any more'}."
                level = BREAKING if what == "the body" else DOCS
                found.add("content-changed", level, there.at(name), about(there, text))
            else:
                found.settle(there.at(name), one, other, media)
        found.order(there, left, right)

    def media(there: Place, before: object, after: object) -> None:
        examples = {key: found.documentation(f"the {key} of {what}") for key in ("example", "examples")}
        found.keys({**examples, "schema": schema}, there, before, after)

    def schema(there: Place, before: object, after: object) -> None:
        schemas.compare(found, replace(there, subject=what), before, after)

    def refuses(there: Place, before: object, after: object) -> None:
        left = (
            "says that the call was not carried out" if after is not False else "leaves the outcome unknown"
        )
        found.add("refusal-changed", BREAKING, there, about(there, f"{what} {left} now."))

    docs = {
        key: found.documentation(f"the {key} of {what}")
        for key in ("description", "x-advice", "x-evidence", "x-source")
    }
    docs |= {key: found.documentation(f"the {key} that {what} names") for key in ("headers", "links")}
    found.keys({**docs, "required": required, "content": content, "x-refuses": refuses}, place, old, new)


class _Event(_Pair):
    def compare(self) -> None:
        """Compare two webhooks."""
        if self.old.path != self.new.path:
            self.found.docs(self.place, f"the key of the webhook, which is `{self.new.path}` now,")
        if self.old.call != self.new.call:
            text = f"is called `{self.new.call}` now. Rename it in your `match`."
            self.add("event-renamed", BREAKING, self.place, text)
        if self.old.http_method != self.new.http_method:
            self.add(
                "event-method-changed", BREAKING, self.place, f"comes by {self.new.http_method.upper()} now."
            )
        docs = self.found.documentation
        self.keys(
            {
                "operationId": self._renamed,
                "x-event": self._named,
                "x-dedup": self._dedup,
                "x-evidence": docs("the evidence"),
                "security": self._proof,
            }
        )

    def _renamed(self, place: Place, old: object, new: object) -> None:
        if self.old.call != self.new.call:
            self.found.explained()
        else:
            self.found.docs(place, "the operationId")

    def _named(self, place: Place, old: object, new: object) -> None:
        text = f"has another name in the body, which {changed(old, new)}: by the old name it is an `UnknownEvent`."
        self.add("event-name-changed", BREAKING, place, text)

    def _dedup(self, place: Place, old: object, new: object) -> None:
        text = (
            "has another `dedup_id`: an event that was handled before the update is taken for a new one when it is "
            "delivered again. Update while none is under way, or compare ids of your own."
        )
        self.add("dedup-changed", BREAKING, place, text)

    def _proof(self, place: Place, old: object, new: object) -> None:
        text = f"is proved by another secret: `security` {changed(old, new)}."
        self.add("event-proof-changed", BREAKING, place, text)


class _Operation(_Pair):
    def compare(self) -> None:
        """Compare two operations."""
        self._names()
        self._address()
        parameters = self._from_path("parameters", self._parameters)
        servers_ = self._from_path("servers", self._servers)
        self.keys(
            {
                "operationId": self._function,
                **{"x-resource": self._renamed, "x-method": self._renamed, "tags": self._tags},
                **{"parameters": parameters, "servers": servers_, "security": self._security},
                **{"x-family": self._family, "x-moves-money": self._moves_money},
                **{"x-idempotency-key": self._idempotency_key, "x-evidence": self._evidence},
                "x-idempotency-repeats": self._idempotency_repeats,
                "x-pagination": self._pagination,
                **{"x-call-facts": self._facts, "x-reconcile": self._reconcile},
            }
        )

    def _from_path(self, key: str, compare_effective: Callable[[], None]) -> Handler:
        """Compare what may stand on the path too; the handler is for what is left, which is where it stands."""
        settled = self.found.settled
        compare_effective()
        if self.found.settled > settled:
            self.found.settled_on_paths.add((self.new.path, key))
            return self.found.explained
        return self.found.documentation(f"the way in which the {key} are written")

    def _servers(self) -> None:
        left, right = _servers(self.old), _servers(self.new)
        if not same(left, right):
            place = self.place.at("servers")
            self.found.settle(place, left, right, lambda p, b, a: servers(self.found, p, b, a))

    # -- names and address -----------------------------------------------------------------------------------

    def _names(self) -> None:
        if self.old.call != self.new.call:
            text = f"is called `{self.new.call}` now. Rename it where you call it."
            self.add("operation-renamed", BREAKING, self.place, text)
        if self.old.function != self.new.function:
            text = f"has its functions in `{self.new.function}` now; they were in `{self.old.function}`."
            self.add("function-renamed", BREAKING, self.place.at("operationId"), text)

    def _function(self, place: Place, old: object, new: object) -> None:
        if self.old.function != self.new.function:
            self.found.explained()
        else:
            self.found.docs(place, "the operationId")

    def _renamed(self, place: Place, old: object, new: object) -> None:
        if self.old.call != self.new.call:
            self.found.explained()
        else:
            self.found.docs(place, f"the mark `{place.pointer[-1]}`")

    def _tags(self, place: Place, old: object, new: object) -> None:
        if self.old.resource != self.new.resource:
            self.found.explained()
        else:
            self.found.docs(place, "the group in the docs")

    def _address(self) -> None:
        old, new = self.old, self.new
        if _PARAMETERS_OF_PATH.sub("{}", old.path) != _PARAMETERS_OF_PATH.sub("{}", new.path):
            text = f"asks `{new.path}` now; it asked `{old.path}`. Mocks and proxies that know the path must follow."
            self.add("path-changed", BREAKING, self.place, text)
        elif old.path != new.path:
            self.found.docs(self.place, "the name of a parameter in the path")
        if old.http_method != new.http_method:
            was, now = old.http_method.upper(), new.http_method.upper()
            self.add("method-changed", BREAKING, self.place, f"is sent as {now} now; it was {was}.")

    def _family(self, place: Place, old: object, new: object) -> None:
        text = f"belongs to another family, which {changed(old, new)}: it goes with another key to another origin."
        self.add("family-changed", BREAKING, place, text)

    def _security(self, place: Place, old: object, new: object) -> None:
        text = f"is sent with another key: `security` {changed(old, new)}."
        self.add("security-changed", BREAKING, place, text)

    # -- parameters ------------------------------------------------------------------------------------------

    def _parameters(self) -> None:
        before, after = _parameters(self.found.old, self.old), _parameters(self.found.new, self.new)
        gone = [key for key in before if key not in after]
        come = [key for key in after if key not in before]
        for key in before:
            if key in after:
                self._compared(before[key], after[key])
        for key in list(gone):
            # The same name in Python: it is only sent in another way.
            other = next((new for new in come if snake(new[1]) == snake(key[1])), None)
            if other is None:
                self._parameter_removed(before[key])
                continue
            come.remove(other)
            place = self._parameter_place(after[other])
            text = f"is sent as the {other[0]} parameter `{other[1]}` now; it was the {key[0]} parameter `{key[1]}`."
            self.add("parameter-moved", BREAKING, place, text)
            self._compared(before[key], after[other], moved=True)
        for key in come:
            self._parameter_added(after[key])
        self._positions()

    def _positions(self) -> None:
        """Arguments for the path are positional, in the order of the path."""
        before, now = (
            [snake(name) for name in re.findall(r"\{([^}]*)\}", operation.path)]
            for operation in (self.old, self.new)
        )
        if [name for name in before if name in now] != [name for name in now if name in before]:
            text = f"takes its positional arguments in the order {', '.join(now)} now."
            self.add("positions-changed", BREAKING, self.place, text)

    def _parameter_place(self, parameter: _Parameter) -> Place:
        name = snake(parameter.name)
        symbols = (f"{self.old.call}({name})",)
        return Place(self.place.where, f"parameter `{name}`", parameter.pointer, REQUEST, symbols)

    def _parameter_removed(self, parameter: _Parameter) -> None:
        place = self._parameter_place(parameter)
        if parameter.setting and parameter.is_required:
            text = f"no longer needs the client's `{parameter.setting}`."
            self.found.add("setting-removed", ADDITIVE, replace(place, subject=""), text)
            return
        if parameter.setting:
            text = f"no longer sends the client's `{parameter.setting}`."
            self.found.add("setting-not-sent", BREAKING, replace(place, subject=""), text)
            return
        self.add("parameter-removed", BREAKING, place, "is gone. Do not pass it.")

    def _parameter_added(self, parameter: _Parameter) -> None:
        place = self._parameter_place(parameter)
        if parameter.setting and parameter.is_required:
            text = f"needs the client's `{parameter.setting}` now."
            self.found.add("setting-added", BREAKING, replace(place, subject=""), text)
        elif parameter.setting:
            text = f"sends the client's `{parameter.setting}` now, if it has one."
            self.found.add("setting-sent", ADDITIVE, replace(place, subject=""), text)
        elif parameter.is_required:
            self.add("parameter-added-required", BREAKING, place, "is new and required. Pass it.")
        else:
            self.add("parameter-added", ADDITIVE, place, "is new.")

    def _compared(self, old: _Parameter, new: _Parameter, *, moved: bool = False) -> None:
        shared = old.reference and old.reference == new.reference
        if (shared and not moved) or same(old.data, new.data):
            return
        place = self._parameter_place(new)
        rest = ("name", "in") if moved else ()
        left, right = (
            {key: value for key, value in parameter.data.items() if key not in rest}
            for parameter in (old, new)
        )
        parameter(self.found, place, left, right)

    # -- what a call promises --------------------------------------------------------------------------------

    def _moves_money(self, place: Place, old: object, new: object) -> None:
        if new is True:
            text = (
                "is a call that moves money now. It waits longer, and raises `OutcomeUnknownError` where it raised a "
                "timeout or a server error. Handle that error."
            )
        else:
            text = "moves no money any more. It raises plain errors where it raised `OutcomeUnknownError`."
        self.add("moves-money-changed", BREAKING, place, text)

    def _idempotency_key(self, place: Place, old: object, new: object) -> None:
        if old is MISSING and self.new.data.get("x-idempotency-repeats") is False:
            text = f"sends its key as {brief(new)}; the client repeats nothing because of it."
            self.add("idempotency-key-added", ADDITIVE, place, text)
        elif old is MISSING:
            text = f"is idempotent by {brief(new)}: with that, the client repeats it by itself."
            self.add("idempotency-key-added", ADDITIVE, place, text)
        elif new is MISSING:
            text = f"is not idempotent by {brief(old)} any more: the client does not repeat it, and you must not."
            self.add("idempotency-key-removed", BREAKING, place, text)
        else:
            text = f"is idempotent by {brief(new)} now; it was by {brief(old)}."
            self.add("idempotency-key-changed", BREAKING, place, text)

    def _idempotency_repeats(self, place: Place, old: object, new: object) -> None:
        had_key, has_key = ("x-idempotency-key" in side.data for side in (self.old, self.new))
        if not (had_key and has_key):
            self.found.explained()
        elif new is False:
            text = "is not repeated because of its key any more: an unclear end is yours to resolve."
            self.add("idempotency-repeats-changed", BREAKING, place, text)
        else:
            text = "is repeated by the client itself now, because of its key."
            self.add("idempotency-repeats-changed", BREAKING, place, text)

    def _evidence(self, place: Place, old: object, new: object) -> None:
        """The weaker word of method and path decides whether the call is made at all."""
        was, now = (_weakest(value) == EVIDENCE[-1] for value in (old, new))
        money = self.new.data.get("x-moves-money") is True
        if was == now:
            self.found.docs(place, "the evidence", "evidence-changed")
        elif was:
            text = "is no longer only inferred: " + (
                "it is called without `allow_inferred=True`." if money else "it does not warn any more."
            )
            self.add("operation-is-known", ADDITIVE, place, text)
        elif money:
            text = "is only inferred now: it raises `InferredOperationError` without `allow_inferred=True`."
            self.add("operation-becomes-inferred", BREAKING, place, text)
        else:
            text = "is only inferred now: it warns once, with `InferredOperationWarning`."
            self.add("operation-warns", ADDITIVE, place, text)

    def _pagination(self, place: Place, old: object, new: object) -> None:
        strip = ("x-evidence", "x-source")
        before, after = (
            {key: value for key, value in mapping(mark).items() if key not in strip} for mark in (old, new)
        )
        if isinstance(old, Missing):
            self.add("pagination-added", BREAKING, place, "gives a pager now: iterate over it.")
        elif isinstance(new, Missing):
            self.add("pagination-removed", BREAKING, place, "gives the answer itself now, and no pager.")
        elif before == after:
            self.found.docs(place, "the evidence of how the list is paged")
        else:
            for key in sorted(before.keys() | after.keys()):
                left, right = before.get(key, MISSING), after.get(key, MISSING)
                if not same(left, right):
                    text = (
                        f"is paged in another way: `{key}` {changed(left, right)}. A loop may see other rows."
                    )
                    self.add("pagination-changed", BREAKING, place, text)

    def _facts(self, place: Place, old: object, new: object) -> None:
        before, after = mapping(old), mapping(new)
        for name in dict.fromkeys((*before, *after)):
            left, right = before.get(name, MISSING), after.get(name, MISSING)
            if same(left, right):
                continue
            if left is MISSING:
                text = f"says its `{name}` in `save_call` and errors."
                self.add("fact-added", ADDITIVE, place.at(name), text)
            else:
                text = f"takes its `{name}` for `save_call` and errors from elsewhere: it {changed(left, right)}."
                self.add("fact-changed", BREAKING, place.at(name), text)

    def _reconcile(self, place: Place, old: object, new: object) -> None:
        before, after = mapping(old), mapping(new)
        words = {"check": "what a person can check", "none": "why nothing can be looked up"}
        if old is MISSING:
            self.add("reconcile-added", ADDITIVE, place, "can be reconciled after an unknown outcome.")
            return
        if new is MISSING:
            self.add(
                "reconcile-removed",
                BREAKING,
                place,
                "cannot be reconciled any more after an unknown outcome.",
            )
            return
        left, right = before.get("look-ups", MISSING), after.get("look-ups", MISSING)
        if not same(left, right):
            if right is MISSING:
                text = "is always `Undetermined` after an unknown outcome: nothing looks it up any more."
                self.add("reconcile-removed", BREAKING, place, text)
            elif left is MISSING:
                self.add("reconcile-added", ADDITIVE, place, "is looked up after an unknown outcome.")
            else:
                text = "is looked up in another way after an unknown outcome: `NotExecuted` rests on other facts."
                self.add("reconcile-changed", BREAKING, place.at("look-ups"), text)
        for key, what in words.items():
            if not same(before.get(key, MISSING), after.get(key, MISSING)):
                self.found.docs(place.at(key), what)
        for key in sorted((before.keys() | after.keys()) - words.keys() - {"look-ups"}):
            left, right = before.get(key, MISSING), after.get(key, MISSING)
            if not same(left, right):
                self.found.unclassified(place.at(key), left, right)
        self.found.order(place, before, after)


class _Parameter:
    """A parameter of an operation, wherever it is written."""

    def __init__(self, side: Side, pointer: tuple[str | int, ...], written: object) -> None:
        self.reference = reference_of(written) or ""
        self.pointer = pointer
        self.data = side.resolve(written)
        self.name = str(self.data.get("name"))
        self.key = (str(self.data.get("in")), self.name)
        self.setting = str(self.data.get("x-client-setting", ""))
        self.is_required = self.data.get("required") is True


def _parameters(side: Side, operation: Operation) -> dict[tuple[str, str], _Parameter]:
    """The parameters of an operation, those of its path included; an own one replaces one of the path."""
    found: dict[tuple[str, str], _Parameter] = {}
    for pointer, node in ((operation.pointer[:-1], operation.item), (operation.pointer, operation.data)):
        for index, written in enumerate(sequence(node.get("parameters"))):
            parameter = _Parameter(side, (*pointer, "parameters", index), written)
            found[parameter.key] = parameter
    return found


def parameter(found: Findings, place: Place, old: Json, new: Json) -> None:
    """Compare two parameters, in all they say."""

    def required(there: Place, _: object, after: object) -> None:
        if after is True:
            found.add(
                "parameter-becomes-required", BREAKING, there, about(there, "is required now. Pass it.")
            )
        else:
            text = "need not be passed any more."
            found.add("parameter-becomes-optional", ADDITIVE, there, about(there, text))

    def setting(there: Place, before: object, after: object) -> None:
        if after is MISSING:
            text = "is a parameter of the method now: the client's own setting does not fill it."
        else:
            text = f"is no parameter any more: the client's setting {brief(after)} fills it."
        found.add("setting-changed", BREAKING, there, about(there, text))

    def variable(there: Place, before: object, after: object) -> None:
        text = f"is told to the client by another environment variable: {changed(before, after)}."
        found.add("setting-renamed", BREAKING, there, about(there, text))

    def schema(there: Place, before: object, after: object) -> None:
        schemas.compare(found, there, before, after)

    def deprecated(there: Place, before: object, after: object) -> None:
        schemas.deprecation(found, there, after, new)

    def sent(there: Place, before: object, after: object) -> None:
        text = f"is sent in another form: `{there.pointer[-1]}` {changed(before, after)}."
        found.add("parameter-sent-otherwise", BREAKING, there, about(there, text))

    def sensitive(there: Place, before: object, after: object) -> None:
        schemas.sensitivity(found, there, after)

    def free_text(there: Place, before: object, after: object) -> None:
        schemas.free_text(found, there, after)

    docs = {key: found.documentation(f"the {key}") for key in ("description", "example", "examples")}
    handlers: dict[str, Handler] = {
        **docs,
        **{"x-evidence": found.documentation("the evidence"), "x-source": found.documentation("the source")},
        **{"required": required, "schema": schema, "x-client-setting": setting},
        "x-environment-variable": variable,
        **{"deprecated": deprecated, "x-deprecated": schemas.deprecation_advice(found, old, new)},
        **dict.fromkeys(("style", "explode", "allowReserved", "allowEmptyValue", "name", "in"), sent),
        **{"x-sensitive": sensitive, "x-free-text": free_text},
    }
    found.keys(handlers, place, old, new)


def servers(found: Findings, place: Place, old: object, new: object) -> None:
    """Compare two lists of servers: where the requests of an environment go."""
    before, after = _by_environment(old), _by_environment(new)
    if list(before) != list(after) and before.keys() == after.keys():
        found.docs(place, "the order of the servers", "order-changed")
    for name in dict.fromkeys((*before, *after)):
        left, right = before.get(name), after.get(name)
        if left is None and right is not None:
            found.add(
                "server-added", ADDITIVE, place, f"has an origin for {name}: {brief(right.get('url'))}."
            )
        elif right is None and left is not None:
            found.add("server-removed", BREAKING, place, f"has no origin for {name} any more.")
        elif left is not None and right is not None and not same(left, right):
            docs = {
                **{"description": found.documentation("the description of a server")},
                **{"x-evidence": found.documentation("the evidence of a server")},
                **{"x-source": found.documentation("the source of a server")},
            }

            def url(there: Place, was: object, now: object, name: str = name) -> None:
                text = f"goes to another origin for {name}, which {changed(was, now)}."
                found.add("server-changed", BREAKING, there, text)

            found.keys({**docs, "url": url}, place, left, right)


def _by_environment(value: object) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for server in sequence(value):
        if is_mapping(server):
            name = (
                f'`environment="{server["x-environment"]}"`'
                if "x-environment" in server
                else "every environment"
            )
            while name in found:
                name += " "
            found[name] = server
    return found


def _servers(operation: Operation) -> Any:
    for node in (operation.data, operation.item):
        if "servers" in node:
            return node["servers"]
    return MISSING


def _weakest(value: object) -> str:
    words = {str(mapping(value).get(part, EVIDENCE[-1])) for part in ("method", "path")}
    return max(words, key=lambda word: EVIDENCE.index(word) if word in EVIDENCE else len(EVIDENCE))
