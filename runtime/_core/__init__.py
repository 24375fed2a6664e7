# plexy-pay runtime, written by hand in runtime/_core/__init__.py; the generator copies it unchanged.
"""Hold the hand-written core of the package. Nothing in it is public: import from the package itself."""

from __future__ import annotations

#: The name of the package. A vendored copy has another name.
PACKAGE = __name__.rpartition(".")[0]
