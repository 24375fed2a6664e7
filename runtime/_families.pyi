"""Stub of the generated `_families.py`, for type checkers that read runtime/ in place. It is not copied."""

from ._core.family import Family, Setting

MAIN: str
FAMILIES: dict[str, Family]
SETTINGS: dict[str, Setting]
