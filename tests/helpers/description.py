"""Where the document is that the package was made of."""

from __future__ import annotations

from pathlib import Path

import plexy_pay_sandbox

DESCRIPTION = Path(plexy_pay_sandbox.__file__).with_name("openapi.json")
