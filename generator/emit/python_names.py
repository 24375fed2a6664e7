"""Turn names of the wire that a text quotes into the names that they have in Python.

The document describes the wire, and its texts quote the names there: `orderReference`. A reader of docstrings writes
Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..model import query
from ..model.api import Api

#: A quoted name, or a path of names with dots between them, perhaps with a value: `autoClearing: false`.
_QUOTED = re.compile(r"(?<!`)`([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)(:[^`]*)?`(?!`)")

Renaming = Callable[[str], str]


def in_python(api: Api) -> Renaming:
    """Return the function that turns the names of an API, where a text quotes them, into those of Python.

    Headers keep their names: callers meet them in logs and at HTTP. So does what is also a value or a schema.
    """
    names = {field.wire_name: field.name for field in query.fields_of(api)}
    for operation in api.operations:
        for parameter in operation.parameters:
            if parameter.place != "header":
                names[parameter.wire_name] = parameter.name
    kept = {schema.key for schema in query.schemas_of(api)}
    for enum in api.enums.values():
        kept.update(str(member.value) for member in enum.members)
    names = {wire: name for wire, name in names.items() if wire not in kept}
    return lambda text: _QUOTED.sub(lambda found: _renamed(found, names, kept), text)


def _renamed(found: re.Match[str], names: Mapping[str, str], kept: set[str]) -> str:
    path, behind = found[1], found[2] or ""
    steps = path.split(".")
    # Of `screen.colorDepth` the first is no name of the API: it speaks of something else.
    if path in kept or steps[0] not in names:
        return found[0]
    renamed = ".".join(names.get(step, step) for step in steps)
    return f"`{renamed}{behind}`"
