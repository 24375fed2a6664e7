"""What the generated `_currencies.py` holds. Type checkers read this where the runtime stands; it is not copied."""

EXPONENTS: dict[str, int]
DISPUTED: frozenset[str]
