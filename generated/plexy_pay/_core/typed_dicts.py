# plexy-pay runtime, written by hand in runtime/_core/typed_dicts.py; the generator copies it unchanged.
"""Import the TypedDict that other tools can read: before Python 3.12, pydantic accepts only typing_extensions' one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from typing import TypedDict as TypedDict
else:
    try:
        # pydantic installs it; without pydantic it is not needed.
        from typing_extensions import TypedDict as TypedDict
    except ImportError:
        from typing import TypedDict as TypedDict
