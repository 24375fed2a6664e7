# plexy-pay runtime, written by hand in runtime/_core/__init__.py; the generator copies it unchanged.
"""The hand-written core of the package. Nothing in it is public: import from the package itself."""

from __future__ import annotations

#: The name of the package; a vendored copy has another one.
PACKAGE = __name__.rpartition(".")[0]
