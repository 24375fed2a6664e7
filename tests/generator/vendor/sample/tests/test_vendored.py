"""Verify that nobody edited the vendored package."""

from __future__ import annotations

import hashlib
import json
import unittest
from pathlib import Path

from shop._vendor import acme_pay


class TestVendored(unittest.TestCase):
    def test_nobody_edited_it(self) -> None:
        directory = Path(acme_pay.__file__).parent
        lock = json.loads((directory / "plexy-vendor.lock.json").read_text("utf-8"))
        for name, wanted in lock["files"].items():
            content = (directory / name).read_bytes().replace(b"\r\n", b"\n")
            self.assertEqual(
                "sha256:" + hashlib.sha256(content).hexdigest(), wanted, name
            )
