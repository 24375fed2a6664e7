"""Stub of the generated `_version.py`, for type checkers that read runtime/ in place. It is not copied."""

__version__: str
