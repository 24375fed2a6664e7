"""The HTTP library whose clients and transports the tests hand over: httpx, or httpx2 where the variable says so."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

VARIABLE = "PLEXY_TESTS_HTTP_LIBRARY"
NAME = os.environ.get(VARIABLE, "httpx")
CORE = NAME.replace("httpx", "httpcore")
"""The library beneath it, which logs under its own name."""

if TYPE_CHECKING:
    # httpx2 has the same parts.
    import httpx as httpx
else:
    httpx = import_module(NAME)
