"""Compare the clients: their keys, origins and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..emit.clients import arguments
from ..model.api import Api, Family, Node, SecurityScheme, Setting
from .alignment import differences, keyed, keys_of_both
from .difference import Difference
from .findings import Findings, Place, brief, changed


def compare(found: Findings) -> None:
    """Compare all that a client is made with."""
    _compare_schemes(found)
    old, new = found.old.api, found.new.api
    families = keyed(old.families, lambda one: one.origin.pointer)
    for family in new.families:
        pointer = family.origin.pointer
        if pointer in families:
            place = Place("client", pointer, _scheme(family))
            _FamilyDifference(found, place, families[pointer], family).compare()
    settings = keyed(old.settings, lambda one: one.argument)
    for setting in new.settings:
        name = setting.argument
        if name in settings:
            place = Place("client", setting.origin.pointer, f"the setting `{name}`")
            _SettingDifference(found, place, settings[name], setting).compare()
    _compare_arguments(found, _arguments(old), _arguments(new))
    _compare_currencies(found, old, new)


def _scheme(node: Family | SecurityScheme) -> str:
    return f"the key `{node.origin.pointer[-1]}`"


def _compare_schemes(found: Findings) -> None:
    before = keyed(found.old.api.security_schemes, lambda one: one.name)
    after = keyed(found.new.api.security_schemes, lambda one: one.name)
    for name, scheme in before.items():
        if name not in after:
            place = Place("client", scheme.origin.pointer, _scheme(scheme))
            found.breaks("security-scheme-removed", place, "was removed.")
    for name, scheme in after.items():
        if name not in before:
            place = Place("client", scheme.origin.pointer, _scheme(scheme))
            found.adds("security-scheme-added", place, "is new.")


class _FamilyDifference(Difference[Family]):
    def on_name(self, old: str, new: str) -> None:
        text = f"belongs to another family: {brief(new)} instead of {brief(old)}."
        self.breaks("security-scheme-renamed", text)

    def on_argument(self, old: str, new: str) -> None:
        text = f"is now passed as {brief(new)} instead of {brief(old)}."
        self.breaks("security-scheme-renamed", text)

    def on_variable(self, old: str, new: str) -> None:
        text = f"is now read from {brief(new)} instead of {brief(old)}."
        self.breaks("security-scheme-renamed", text)

    def on_header(self, old: str, new: str) -> None:
        text = f"is now sent in the header {brief(new)} instead of {brief(old)}."
        self.breaks("security-scheme-changed", text)

    def on_origins(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        place = self.place.about("")
        for name, was, now in differences(old, new):
            environment = f'`environment="{name}"`'
            if was is None:
                text = f"now has an origin for {environment}: {brief(now)}."
                self.found.adds("server-added", place, text)
            elif now is None:
                text = f"no longer has an origin for {environment}."
                self.found.breaks("server-removed", place, text)
            else:
                text = f"uses another origin for {environment}: {brief(now)} instead of {brief(was)}."
                self.found.breaks("server-changed", place, text)


class _SettingDifference(Difference[Setting]):
    told_elsewhere = frozenset({"argument"})

    def on_variable(self, old: str | None, new: str | None) -> None:
        if old is None:
            text = f"is now read from the environment variable {brief(new)}."
        elif new is None:
            text = f"is no longer read from the environment variable {brief(old)}."
        else:
            text = f"is now read from {brief(new)} instead of {brief(old)}."
        self.breaks("setting-renamed", text)

    def on_is_date(self, old: bool, new: bool) -> None:
        text = "is now a date." if new else "is no longer a date."
        self.breaks("type-changed", text)

    def on_family(self, old: str, new: str) -> None:
        text = f"belongs to another family: it {changed(old, new)}."
        self.breaks("setting-changed", text)


def _arguments(api: Api) -> list[str]:
    """Return the arguments of the clients; a key whose argument has another name is told as that."""
    names = [family.argument for family in api.families]
    names += [argument.name for argument in arguments(api) if not argument.is_key]
    return names


def _compare_arguments(found: Findings, old: list[str], new: list[str]) -> None:
    """Report arguments of the clients that came or went with the last operation that needs them, or with a key."""
    for name in keys_of_both(old, new):
        place = Place("client", ("components",), symbols=(f"client.__init__({name})",))
        if name not in new:
            found.breaks("client-argument-removed", place, f"no longer takes `{name}`.")
        elif name not in old:
            found.adds("client-argument-added", place, f"now takes `{name}`.")


def _compare_currencies(found: Findings, old: Api, new: Api) -> None:
    if old.disputed_currencies == new.disputed_currencies:
        return
    text = (
        "refuses `Money` in minor units for other currencies, because the API's list and ISO 4217 disagree about them: "
        f"the list {changed(_names(old.disputed_currencies), _names(new.disputed_currencies))}."
    )
    found.breaks(
        "amount-decimals-changed", Place("client", ("components", "schemas")), text
    )


def _names(currencies: Iterable[str]) -> str | None:
    return ", ".join(currencies) or None


def compare_shared(found: Findings) -> None:
    """Compare how well the shared parts are known, to which operations and schemas refer."""
    before = {
        (type(node), node.origin.pointer): node for node in _shared(found.old.api)
    }
    for node in _shared(found.new.api):
        other = before.get((type(node), node.origin.pointer))
        if other is not None:
            name = "/".join(map(str, node.origin.pointer[1:]))
            place = Place("openapi.json", node.origin.pointer, f"`{name}`")
            _SharedDifference(found, place, other, node).compare()


class _SharedDifference(Difference[Node]):
    told_elsewhere = frozenset({"name"})


def _shared(api: Api) -> Iterable[Node]:
    yield from api.servers
    yield from api.security_schemes
    yield from api.shared_responses
    yield from api.shared_amounts
    yield from api.wrappers
    yield from api.aliases.values()
