"""What the generated `_version.py` holds. Type checkers read this where the runtime stands; it is not copied."""

__version__: str
