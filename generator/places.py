"""Name the places of things in this repository."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parent.parent
SPEC = PROJECT / "spec" / "openapi.yaml"
PACKAGE = PROJECT / "generated" / "plexy_pay"
RUNTIME = PROJECT / "runtime"
#: What the package is made of, in one file; the sandbox carries it.
DESCRIPTION = PROJECT / "sandbox" / "plexy_pay_sandbox" / "openapi.json"
