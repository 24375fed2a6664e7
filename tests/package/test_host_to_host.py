"""A host-to-host payment with an encrypted card through 3-D Secure: client, bank and shop over real HTTP."""

from __future__ import annotations

import asyncio
import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from helpers.wire import WireServer, http
from plexy_pay import (
    AsyncPlexyPay,
    DeclinedError,
    Finished,
    Money,
    PlexyPay,
    ShowChallenge,
    UnprocessableEntityError,
    cards,
)
from plexy_pay.models import BrowserDetails, CardData
from plexy_pay_sandbox import RunningSandbox, answer_challenge, create_app

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")

NUMBER = "4111111111111111"
YEAR = datetime.now(UTC).year + 3
PRICE = Money("22000", "KZT")
BROWSER = cards.browser_details(
    user_agent="Mozilla/5.0",
    accept_header="text/html",
    language="en-US",
    color_depth="24",
    screen_height="1440",
    screen_width="900",
    time_zone="-360",
    java_enabled="false",
)


def card(number: str = NUMBER, cvv: str = "987") -> cards.Card:
    return cards.Card(
        number=number, expiry_month=7, expiry_year=YEAR, cvv=cvv, holder="ALIYA SAMPLE"
    )


class Payer:
    """One way to call the client: the calls of a payment, one after the other, as a shop makes them."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.client = PlexyPay(sandbox.key, base_url=sandbox.base_url)

    def call(self, make: Callable[[Any], Any]) -> Any:
        return make(self.client)

    def close(self) -> None:
        self.client.close()

    def pay(
        self,
        url: str,
        made: cards.Card,
        *,
        padding: cards.Padding = cards.Padding.OAEP_SHA256,
        **more: Any,
    ) -> Any:
        key = self.call(lambda client: client.direct_payments.keys())
        return self.call(
            lambda client: client.direct_payments.create(
                **{
                    "transaction_type": "sale",
                    "payment_method": "card",
                    "order_details": {"amount": PRICE, "order_reference": "ORD-1"},
                    "card_data": made.encrypt(key, padding=padding),
                    "browser_details": BROWSER,
                    "three_ds_notification_url": url,
                    **more,
                }
            )
        )

    def finish(self, callback: cards.ThreeDSCallback) -> Any:
        return self.call(
            lambda client: client.direct_payments.continue_three_ds(
                **callback._asdict()
            )
        )

    def status(self, transaction_id: str) -> str:
        found = self.call(lambda client: client.transactions.retrieve(transaction_id))
        return str(found.status.canonical)


class AsyncPayer(Payer):
    """The same with the async client."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.runner = asyncio.Runner()
        self.async_client = AsyncPlexyPay(sandbox.key, base_url=sandbox.base_url)

    def call(self, make: Callable[[Any], Any]) -> Any:
        return self.runner.run(make(self.async_client))

    def close(self) -> None:
        self.runner.run(self.async_client.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture(params=[Payer, AsyncPayer], ids=["sync", "async"])
def payer(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Iterator[Payer]:
    made: Payer = request.param(sandbox)
    yield made
    made.close()


@pytest.fixture
def shop() -> Iterator[WireServer]:
    """The shop's server, which the bank has the payer's browser post to."""
    with WireServer(http(200, b"Thank you")) as server:
        yield server


def posted_to(shop: WireServer) -> dict[str, list[str]]:
    """The form of the latest request to the shop."""
    return parse_qs(shop.requests[-1].body.decode())


def confirm(
    challenge: ShowChallenge, shop: WireServer, otp: str = "555"
) -> cards.ThreeDSCallback:
    """What the payer's browser does: to the bank, and back to the shop with the bank's form."""
    form = answer_challenge(f"<!doctype html><body>{challenge.form()}</body>", otp)
    httpx.post(f"{shop.origin}/3ds?order=1", data=form).raise_for_status()
    return cards.read_three_ds_callback(posted_to(shop))


@pytest.mark.parametrize("padding", cards.Padding)
def test_a_payment_goes_through_the_bank_to_its_end(
    payer: Payer, shop: WireServer, padding: cards.Padding
) -> None:
    payment = payer.pay(f"{shop.origin}/3ds?order=1", card(), padding=padding)
    challenge = payment.next_action
    assert isinstance(challenge, ShowChallenge)
    assert payer.status(payment.id) == "3d"

    callback = confirm(challenge, shop)
    assert callback.transaction_id == payment.id == challenge.transaction_id
    done = payer.finish(callback)

    assert done.next_action == Finished(payment.id)
    assert done.money == PRICE
    assert (done.card_mask, done.card_scheme, done.cardholder_name) == (
        "******1111",
        "visa",
        "ALIYA SAMPLE",
    )
    assert done.card_expiry_date == f"07/{YEAR % 100:02}"
    assert payer.status(payment.id) == "charged"


def test_a_payer_who_does_not_confirm_is_a_decline(
    payer: Payer, shop: WireServer
) -> None:
    payment = payer.pay(shop.origin, card())
    callback = confirm(payment.next_action, shop, otp="111")

    with pytest.raises(DeclinedError) as caught:
        payer.finish(callback)

    assert payer.status(payment.id) == "rejected"
    assert not isinstance(caught.value.response.next_action, Finished)


def test_a_bank_that_answers_with_an_error_is_a_decline(
    payer: Payer, shop: WireServer
) -> None:
    payment = payer.pay(shop.origin, card("5168159443230322"))
    callback = confirm(payment.next_action, shop)
    with pytest.raises(DeclinedError):
        payer.finish(callback)
    assert payer.status(payment.id) == "rejected"


def test_the_page_of_the_api_leads_to_the_bank_as_the_form_does(
    payer: Payer, shop: WireServer
) -> None:
    payment = payer.pay(shop.origin, card())
    page = payment.next_action.html
    assert answer_challenge(page) == answer_challenge(payment.next_action.form())


def test_a_bank_that_loses_its_response_posts_nothing(
    payer: Payer, shop: WireServer
) -> None:
    payment = payer.pay(shop.origin, card("5440382741349178"))
    with pytest.raises(cards.ThreeDSCallbackError):
        cards.read_three_ds_callback(answer_challenge(payment.next_action.form()))
    assert payer.status(payment.id) == "3d"


@pytest.mark.parametrize("more", [{}, {"moto": True}, {"skip_three_ds": True}], ids=str)
def test_a_card_that_the_bank_trusts_or_an_exemption_is_finished_at_once(
    payer: Payer, shop: WireServer, more: dict[str, Any]
) -> None:
    payment = payer.pay(shop.origin, card("4907639999909022"), **more)
    assert payment.next_action == Finished(payment.id)
    assert payer.status(payment.id) == "charged"


@pytest.mark.parametrize(
    "made",
    [card("4907639999990022"), card("5283901901266672"), card(cvv="444")],
    ids=["R", "N", "CVV"],
)
def test_a_card_that_the_bank_refuses_is_a_decline(
    payer: Payer, shop: WireServer, made: cards.Card
) -> None:
    with pytest.raises(DeclinedError):
        payer.pay(shop.origin, made)


def test_the_response_about_another_payment_moves_nothing(
    payer: Payer, shop: WireServer
) -> None:
    mine, other = payer.pay(shop.origin, card()), payer.pay(shop.origin, card())
    callback = confirm(other.next_action, shop)

    with pytest.raises(UnprocessableEntityError):
        payer.finish(callback._replace(transaction_id=mine.id))

    assert (payer.status(mine.id), payer.status(other.id)) == ("3d", "3d")


def test_a_wrong_padding_is_an_error_before_any_payment_is_made(
    shop: WireServer,
) -> None:
    with RunningSandbox(create_app(card_padding="pkcs1-v1_5")) as sandbox:
        payer = Payer(sandbox)
        with pytest.raises(
            UnprocessableEntityError, match="encryptedCardNumber"
        ) as caught:
            payer.pay(shop.origin, card(), padding=cards.Padding.OAEP_SHA1)
        assert NUMBER not in f"{caught.value!r}{caught.value.body!r}"
        assert payer.client.transactions.list().total() == 0
        payer.close()


def test_card_data_and_browser_details_are_what_the_parameters_take() -> None:
    # That they are also of the right types is for pyright and mypy to find, in tests/docs.
    parameters = inspect.signature(BrowserDetails).parameters
    assert BROWSER.keys() == parameters.keys() - {"additional_properties"}
    assert CardData.from_params({"token_id": "t"}).to_dict() == {"tokenId": "t"}


PROGRAM = f"""
import asyncio, warnings
from plexy_pay import AsyncPlexyPay, DeclinedError, InferredOperationWarning, PlexyPay, cards
from plexy_pay_sandbox import RunningSandbox, answer_challenge

warnings.simplefilter("ignore", InferredOperationWarning)
made = cards.Card(number="{NUMBER}", expiry_month=7, expiry_year={YEAR}, cvv="987", holder="ALIYA SAMPLE")
secrets = []

def order(key):
    data = made.encrypt(key, padding=cards.Padding.PKCS1_V1_5)
    secrets.extend(data.to_dict().values())
    return dict(
        transaction_type="sale", payment_method="card", card_data=data, three_ds_notification_url="https://shop.example/3ds",
        order_details={{"amount": 22000, "currency": "KZT"}},
    )

def answered(payment):
    challenge = payment.next_action
    callback = cards.read_three_ds_callback(answer_challenge(challenge.form()))
    secrets.extend([challenge.creq, challenge.session_data, challenge.html, callback.cres])
    print(challenge, callback, payment, made)
    return callback._asdict()

async def asynchronously(base_url):
    async with AsyncPlexyPay("pr_sandbox", base_url=base_url) as client:
        payment = await client.direct_payments.create(**order(await client.direct_payments.keys()))
        print(await client.direct_payments.continue_three_ds(**answered(payment)))

with RunningSandbox() as sandbox, PlexyPay("pr_sandbox", base_url=sandbox.base_url) as client:
    payment = client.direct_payments.create(**order(client.direct_payments.keys()))
    print(client.direct_payments.continue_three_ds(**answered(payment)))
    asyncio.run(asynchronously(sandbox.base_url))
open(__import__("sys").argv[1], "w").write("\\0".join(secrets))
"""


def test_a_payment_that_is_logged_in_full_shows_no_part_of_the_card(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path / "secrets")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ
        | {"PLEXY_LOG": "debug", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    secrets = [
        text for text in (tmp_path / "secrets").read_text("utf-8").split("\0") if text
    ]
    assert len(secrets) == 18
    shown = done.stdout + done.stderr
    for secret in (
        *secrets,
        NUMBER,
        "ALIYA",
        '"987"',
        f"07/{YEAR % 100}",
        "******1111",
    ):
        assert secret not in shown, secret
    assert done.stderr.count('"encryptedCardNumber": "********"') == 2
    assert done.stderr.count('"cres": "********"') == 2
    assert "Card(********)" in done.stdout
