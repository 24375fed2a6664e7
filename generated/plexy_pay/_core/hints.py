# plexy-pay runtime, written by hand in runtime/_core/hints.py; the generator copies it unchanged.
"""Resolve the names in annotations of start-up modules lazily, when a tool first reads an annotation.

Making a client imports only the modules that it needs. So `base_client`, the clients and the resources write
`_hints.Response`. Type checkers see the imports here, `typing.get_type_hints` and similar tools get the real objects,
and other programs do not pay for the imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable as Callable
    from collections.abc import Collection as Collection
    from collections.abc import Iterable as Iterable
    from collections.abc import Mapping as Mapping
    from datetime import datetime as datetime
    from typing import Any as Any
    from typing import ClassVar as ClassVar
    from typing import Self as Self
    from typing import Unpack as Unpack

    from .. import models as models
    from .. import params as params
    from .._recipes import MoneyOperation as MoneyOperation
    from .._recipes import Shown as Shown
    from .base_client import AsyncClient as AsyncClient
    from .base_client import SyncClient as SyncClient
    from .http_libraries import AsyncGivenClient as AsyncGivenClient
    from .http_libraries import GivenClient as GivenClient
    from .money import Money as Money
    from .operation import Request as Request
    from .recipes import Recipe as Recipe
    from .reconciliation import Progress as Progress
    from .reconciliation import Reconciliation as Reconciliation
    from .saved_calls import CallFacts as CallFacts
    from .transport import AsyncTransport as AsyncTransport
    from .transport import SyncTransport as SyncTransport
    from .types import ApiKeySource as ApiKeySource
    from .types import AsyncApiKeySource as AsyncApiKeySource
    from .types import RequestOptions as RequestOptions
    from .types import Response as Response
    from .types import T as T
    from .types import Timeout as Timeout
    from .types import Timeouts as Timeouts
else:
    _MODULES = {
        "Any": "typing",
        "ApiKeySource": ".types",
        "AsyncApiKeySource": ".types",
        "AsyncClient": ".base_client",
        "AsyncGivenClient": ".http_libraries",
        "AsyncTransport": ".transport",
        "CallFacts": ".saved_calls",
        "Callable": "collections.abc",
        "ClassVar": "typing",
        "Collection": "collections.abc",
        "GivenClient": ".http_libraries",
        "Iterable": "collections.abc",
        "Mapping": "collections.abc",
        "Money": ".money",
        "MoneyOperation": ".._recipes",
        "Progress": ".reconciliation",
        "Recipe": ".recipes",
        "Reconciliation": ".reconciliation",
        "Request": ".operation",
        "RequestOptions": ".types",
        "Response": ".types",
        "Self": "typing",
        "Shown": ".._recipes",
        "SyncClient": ".base_client",
        "SyncTransport": ".transport",
        "T": ".types",
        "Timeout": ".types",
        "Timeouts": ".types",
        "Unpack": "typing",
        "datetime": "datetime",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in ("models", "params"):
            return import_module(f"..{name}", __package__)
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name], __package__), name)
        globals()[name] = value
        return value
