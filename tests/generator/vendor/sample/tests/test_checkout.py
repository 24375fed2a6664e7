"""The shop's pages, against the sandbox whose address is in SHOP_API."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import unittest

from shop._vendor.acme_pay import (
    AsyncPlexyPay,
    ConfigurationError,
    NotFoundError,
    PlexyPay,
    preload,
)
from shop.checkout import pay_page

API = os.environ["SHOP_API"]


class TestCheckout(unittest.TestCase):
    def test_a_page_is_made(self) -> None:
        with PlexyPay("pr_sandbox", base_url=API) as client:
            page = pay_page(client, "ORD-1", "22000")
        self.assertTrue(page.startswith("http"), page)

    def test_tasks_share_a_client(self) -> None:
        async def pages() -> list[object]:
            async with AsyncPlexyPay("pr_sandbox", base_url=API) as client:
                created = [
                    client.payment_links.create(amount=100, currency="KZT")
                    for _ in range(3)
                ]
                return [link.url for link in await asyncio.gather(*created)]

        self.assertEqual(len(set(asyncio.run(pages()))), 3)

    def test_a_link_that_is_not_there_is_an_error_of_this_package(self) -> None:
        with (
            PlexyPay("pr_sandbox", base_url=API) as client,
            self.assertRaises(NotFoundError) as raised,
        ):
            client.payment_links.retrieve("nobody")
        again = pickle.loads(pickle.dumps(raised.exception))
        self.assertIsInstance(again, NotFoundError)
        self.assertEqual(NotFoundError.__module__, "shop._vendor.acme_pay.errors")

    def test_responses_are_pickled_under_the_package_s_name(self) -> None:
        with PlexyPay("pr_sandbox", base_url=API) as client:
            link = client.payment_links.create(amount=100, currency="KZT")
        self.assertEqual(
            type(link).__module__, "shop._vendor.acme_pay.models.payment_link"
        )
        self.assertEqual(pickle.loads(pickle.dumps(link)), link)

    def test_the_logger_has_the_package_s_name(self) -> None:
        with (
            self.assertLogs("shop._vendor.acme_pay", logging.INFO) as logs,
            PlexyPay("pr_sandbox", base_url=API) as client,
        ):
            pay_page(client, "ORD-2", "1")
        self.assertIn("payment_links.create", logs.output[0])

    def test_the_key_is_told_as_ever(self) -> None:
        with self.assertRaises(ConfigurationError):
            PlexyPay("Bearer pr_sandbox")

    def test_every_module_can_be_imported(self) -> None:
        preload()
