"""Stub of the generated `_log_allowlist.py`, for type checkers that read runtime/ in place. It is not copied."""

VALUES: frozenset[str]
OBJECTS: frozenset[str]
MAPS: dict[str, frozenset[str]]
HIDDEN: frozenset[str]
NAMES: frozenset[str]
