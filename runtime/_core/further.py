# plexy-pay runtime, written by hand in runtime/_core/further.py; the generator copies it unchanged.
"""The further fields of a model: those that the spec does not know.

attrs copies the annotation of a converter to the constructor of each model. The names in it must not be resolved in the
module of that model, so annotations are evaluated here.
"""

from collections.abc import Mapping
from typing import Any


def no_fields() -> dict[str, Any]:
    """Return no further fields, typed; a model starts with them."""
    return {}


def own_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dictionary of the model's own: a changed copy of a model shares no further fields with the first."""
    return dict(given)
