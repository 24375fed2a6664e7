"""Stub of the generated `_currencies.py`, for type checkers that read runtime/ in place. It is not copied."""

EXPONENTS: dict[str, int]
DISPUTED: frozenset[str]
