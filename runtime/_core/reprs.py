# plexy-pay runtime, written by hand in runtime/_core/reprs.py; the generator copies it unchanged.
"""Write the repr of models: the fields that are set, in order, with personal and secret values masked.

Ids, references and free text are shown, because a `repr` is for the developer's own eyes. Logs mask them.
"""

from __future__ import annotations

from typing import Any

from .encoding import is_array, is_object
from .keys import MASK
from .schema import schema_of
from .types import UNSET
from .wire_types import Array


def represent(model: Any) -> str:
    """Return the readable repr of a generated model."""
    kind: type[Any] = model.__class__
    shown: list[str] = []
    for field in schema_of(kind).fields:
        # A debugger must be able to show a model while unpickling or copying has not filled it yet.
        value = getattr(model, field.name, UNSET)
        if value is UNSET:
            continue
        is_list = any(isinstance(part, Array) for part in field.type.parts)
        masked = field.wire.sensitive and value is not None
        text = MASK if masked else _shown(value, is_list=is_list)
        shown.append(f"{field.name}={text}")
    further: dict[str, Any] = getattr(model, "additional_properties", {})
    if further:
        # A field that the spec does not know may hold a card number, so only the names are shown.
        shown.append(f"additional_properties=<{', '.join(sorted(further))}>")
    return f"{kind.__name__}({', '.join(shown)})"


def _shown(value: Any, *, is_list: bool = False) -> str:
    # A value that differs from the spec may hold anything, so it is not shown either.
    if is_object(value):
        return "<object>"
    if is_array(value):
        return f"[{', '.join(map(_shown, value))}]" if is_list else "<array>"
    if type(value) is not str:
        return repr(value)
    # Imported late: its patterns take milliseconds to compile, and few programs show a model.
    from .redaction import without_personal

    # A shop may put personal data into a reference.
    return repr(without_personal(value))
