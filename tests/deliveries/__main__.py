"""Send every hostile delivery and write docs/webhook-deliveries.md: `./nox -s deliveries`."""

import sys

from .page import main

sys.exit(main())
