"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The speed of the machine is never a test's subject. In CI the same examples run every time: a failure there is a
# failure here too, and a new example is found at a desk, where someone can look at it.
SLOW = [HealthCheck.too_slow]
settings.register_profile("desk", deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
