"""What the shop makes of events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from shop._vendor.acme_pay import webhooks
from shop.hooks import told

TOKEN = "shop-token"


def delivery(name: str) -> bytes:
    data = {
        "id": "t1",
        "merchantReference": "ORD-1",
        "status": "charged",
        "updatedAt": "2025-01-01T00:00:00Z",
    }
    return json.dumps({"id": "e1", "name": name, "data": data}).encode()


class TestHooks(unittest.TestCase):
    def test_a_charged_transaction_is_a_paid_order(self) -> None:
        body = delivery("transaction.charged")
        headers = webhooks.sign(body, secret=webhooks.TokenSecret(TOKEN))
        self.assertEqual(told(body, headers, TOKEN), "ORD-1 is paid")

    def test_an_event_that_nobody_knows_is_told(self) -> None:
        body = delivery("transaction.danced")
        headers = webhooks.sign(body, secret=webhooks.TokenSecret(TOKEN))
        self.assertEqual(told(body, headers, TOKEN), "nobody knows transaction.danced")

    def test_another_token_is_refused(self) -> None:
        body = delivery("transaction.charged")
        headers = webhooks.sign(body, secret=webhooks.TokenSecret("another"))
        with self.assertRaises(webhooks.WebhookVerificationError):
            told(body, headers, TOKEN)

    def test_a_saved_delivery_is_verified_by_the_package_as_a_program(self) -> None:
        body = delivery("transaction.charged")
        with tempfile.TemporaryDirectory() as directory:
            saved = Path(directory, "delivery.http")
            saved.write_bytes(f"Authorization: Bearer {TOKEN}\r\n\r\n".encode() + body)
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "shop._vendor.acme_pay.webhooks",
                    str(saved),
                    "--scheme",
                    "token",
                ],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "PLEXY_WEBHOOK_SECRET": TOKEN},
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("TransactionCharged", done.stdout)
