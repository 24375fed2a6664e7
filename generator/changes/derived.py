"""What a change elsewhere does to the package: names and types that the generator derives from several facts.

A second amount in an answer takes `.money` away from it; an amount whose unit becomes known lets `Money` bring its
currency. No key of the document says so. Both documents are read as the generator reads them, and what it makes of them
is compared.
"""

from __future__ import annotations

import re
from typing import Any

from ..emit.clients import arguments as client_arguments
from ..emit.operations import OperationView
from ..model import money, query
from ..model.api import Model
from ..model.build import build
from .change import Level
from .findings import Findings, Place
from .side import Side

BREAKING, ADDITIVE = Level.BREAKING, Level.ADDITIVE
_DOCUMENT = Place("openapi.json", "", ())


class _Package:
    """What the generator makes of a document."""

    def __init__(self, side: Side) -> None:
        api = build(side.document)
        views = [OperationView(operation) for operation in api.operations]
        self.operations = {f"client.{view.call}": view for view in views}
        self.client_arguments = [family.argument for family in api.families]
        self.client_arguments += [one.name for one in client_arguments(api) if not one.is_key]
        sent, received = query.sent(api), query.received(api)
        self.params = {f"{model.name}Params" for model in sent.values()}
        read_models = [model for key, model in api.models.items() if key in received or key not in sent]
        self.moneys = {model.name: _money_names(model) for model in read_models}


def _money_names(model: Model) -> dict[str, str]:
    return {name: field.name for name, field in money.money_properties(model).items()}


def compare(found: Findings) -> None:
    """Report what follows from the changes so far and was not reported with them."""
    packages: list[_Package] = []
    for side, name in ((found.old, "old"), (found.new, "new")):
        try:
            packages.append(_Package(side))
        except Exception as error:  # A document that is broken in any way; the generator will say where.
            text = f"the generator makes no package of the {name} description: {error}."
            # An old one may be of another time, with rules of its own. Nobody can use the new one.
            level = Level.DOCS if side is found.old else BREAKING
            found.add("not-generated", level, _DOCUMENT, text)
    if len(packages) == 2:
        old, new = packages
        _moneys(found, old, new)
        _client_arguments(found, old, new)
        _params(found, old, new)
        _arguments(found, old, new)


def _moneys(found: Findings, old: _Package, new: _Package) -> None:
    for old_key, new_key in found.pairs():
        before = old.moneys.get(found.old.classes[old_key], {})
        name = found.new.classes[new_key]
        after = new.moneys.get(name, {})
        for given in dict.fromkeys((*before, *after)):
            symbol = f"models.{name}.{given}"
            place = Place(
                f"models.{name}", "", ("components", "schemas", new_key), symbols=(symbol, f"{symbol}_in")
            )
            if given not in after:
                found.add(
                    "money-changed",
                    BREAKING,
                    place,
                    f"`.{given}` is gone; it was `{before[given]}` as Money.",
                )
            elif given not in before:
                found.add("money-added", ADDITIVE, place, f"`.{given}` gives `{after[given]}` as Money.")
            elif before[given] != after[given]:
                text = f"`.{given}` stands for `{after[given]}` now; it stood for `{before[given]}`."
                found.add("money-changed", BREAKING, place, text)


def _params(found: Findings, old: _Package, new: _Package) -> None:
    known = {symbol for change in found.changes for symbol in change.symbols}
    for name in sorted(old.params - new.params):
        if f"params.{name}" not in known:
            place = Place(f"params.{name}", "", ("paths",), symbols=(f"params.{name}",))
            found.add("params-removed", BREAKING, place, "is gone: no call sends it.")
    for name in sorted(new.params - old.params):
        if f"params.{name}" not in known:
            found.add("params-added", ADDITIVE, Place(f"params.{name}", "", ("paths",)), "is new.")


def _client_arguments(found: Findings, old: _Package, new: _Package) -> None:
    """Arguments of the clients that came or went with the last operation that needs them, or with a key."""
    before, after = old.client_arguments, new.client_arguments
    for name in dict.fromkeys((*before, *after)):
        place = Place("client", "", ("components",), symbols=(f"client.__init__({name})",))
        if name not in after:
            found.add("client-argument-removed", BREAKING, place, f"takes no `{name}` any more.")
        elif name not in before:
            found.add("client-argument-added", ADDITIVE, place, f"takes `{name}` now.")


def _arguments(found: Findings, old: _Package, new: _Package) -> None:
    """Arguments of the methods that came, went or became required by what is beside them."""
    known = {symbol for change in found.changes for symbol in change.symbols}
    for call in old.operations.keys() & new.operations.keys():
        before, after = _signature(old.operations[call]), _signature(new.operations[call])
        for name in dict.fromkeys((*before, *after)):
            symbol = f"{call}({name})"
            if symbol in known or before.get(name) == after.get(name):
                continue
            place = Place(call, f"parameter `{name}`", ("paths",), symbols=(symbol,))
            if name not in after:
                found.add("argument-removed", BREAKING, place, f"parameter `{name}` is gone.")
            elif name not in before:
                level = BREAKING if after[name] else ADDITIVE
                found.add("argument-added", level, place, f"parameter `{name}` is new.")
            elif after[name]:
                text = f"parameter `{name}` is required now. Pass it."
                found.add("argument-becomes-required", BREAKING, place, text)
            else:
                text = f"parameter `{name}` need not be passed any more."
                found.add("argument-becomes-optional", ADDITIVE, place, text)
        was, now = old.operations[call].answer.type, new.operations[call].answer.type
        renamed = {found.old.classes[one]: found.new.classes[two] for one, two in found.pairs()}
        if _with(renamed, was) != now and call not in known:
            place = Place(call, "", ("paths",), symbols=(call,))
            found.add("answer-type-changed", BREAKING, place, f"gives `{now}` now; it gave `{was}`.")


def _with(renamed: dict[str, str], text: str) -> str:
    return re.sub(r"\w+", lambda match: renamed.get(match[0], match[0]), text)


def _signature(view: OperationView) -> dict[str, Any]:
    """Whether each argument of a method is required."""
    return {parameter.name: parameter.required for parameter in (*view.path_parameters, *view.arguments)}
