"""Run `plexy-sandbox` as `python -m plexy_pay_sandbox`."""

from __future__ import annotations

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
