"""What the generated `_log_allowlist.py` holds. Type checkers read this where the runtime stands; it is not copied."""

VALUES: frozenset[str]
OBJECTS: frozenset[str]
MAPS: dict[str, frozenset[str]]
HIDDEN: frozenset[str]
NAMES: frozenset[str]
