# plexy-pay runtime, written by hand in runtime/_core/typed_dicts.py; the generator copies it unchanged.
"""The TypedDict that other tools read: before Python 3.12 pydantic takes that of typing_extensions only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from typing import TypedDict as TypedDict
else:
    try:
        # pydantic brings it along; nobody needs it without pydantic.
        from typing_extensions import TypedDict as TypedDict
    except ImportError:
        from typing import TypedDict as TypedDict
