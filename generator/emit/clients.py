"""What the templates of the clients and of the families ask: the arguments that the document gives the clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.api import Api, Family, Setting


@dataclass(frozen=True)
class Argument:
    """A keyword argument of the clients that belongs to a family.

    Attributes:
        name: Its name.
        is_key: Whether it takes a key, which no traceback may show.
        text: What it is, for the docstring.
    """

    name: str
    is_key: bool
    text: str


def arguments(api: Api) -> list[Argument]:
    """Return the arguments that families and settings bring, but for the main key, which comes first of all."""
    return [argument for family in api.families for argument in _of_family(api, family)]


def _of_family(api: Api, family: Family) -> Iterator[Argument]:
    if family.base_url is not None:
        key = (
            f"The key of the {family.name} API, else the environment variable {family.variable}. It has the forms of "
            f"`{api.main.argument}`; no family of operations uses another's key."
        )
        yield Argument(family.argument, True, key)
        yield Argument(family.base_url, False, _base_url(family))
    for setting in api.settings_of(family):
        yield Argument(setting.argument, False, _setting(setting))


def _base_url(family: Family) -> str:
    text = f"The origin of the {family.name} API; `base_url` where it is not given."
    return text if family.origins else f"{text} The spec names none."


def _setting(setting: Setting) -> str:
    if setting.variable is None:
        return setting.text
    return f"{setting.text} Without it the environment variable {setting.variable} is read."
