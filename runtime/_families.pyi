"""What the generated `_families.py` holds. Type checkers read this where the runtime stands; it is not copied."""

from ._core.family import Family, Setting

MAIN: str
FAMILIES: dict[str, Family]
SETTINGS: dict[str, Setting]
