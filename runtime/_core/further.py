# plexy-pay runtime, written by hand in runtime/_core/further.py; the generator copies it unchanged.
"""Make the further fields of a model: the fields that the spec does not know.

attrs copies the annotation of a converter to the constructor of each model. Its names must not be resolved in the
module of that model. So this module does not postpone the evaluation of annotations.
"""

from collections.abc import Mapping
from typing import Any


def no_fields() -> dict[str, Any]:
    """Return an empty dictionary of further fields, for a new model."""
    return {}


def own_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of further fields, so that a changed copy of a model does not share them with the original."""
    return dict(given)
