"""The client as a whole, against the sandbox: the same resources and methods, sync and async, raw or parsed."""

from __future__ import annotations

import ast
import asyncio
import inspect
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from plexy_pay import (
    UNSET,
    AsyncPager,
    AsyncPlexyPay,
    Money,
    Pager,
    PlexyPay,
    Response,
    Unset,
)
from plexy_pay._operations import OPERATIONS
from plexy_pay.models import CreatePaymentLink, CreatePaymentLinkMetadata, PaymentLink
from plexy_pay_sandbox.serving import RunningSandbox

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    with PlexyPay("pr_sandbox", base_url=sandbox.base_url) as made:
        yield made


def resource_of(client: Any, call: str) -> Any:
    *resources, method = call.split(".")
    for name in resources:
        client = getattr(client, name)
    return getattr(client, method)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_every_operation_has_the_same_method_sync_async_and_raw(operation: Any) -> None:
    sync_client, async_client = PlexyPay("pr_x"), AsyncPlexyPay("pr_x")
    sync_method = resource_of(sync_client, operation.call)
    async_method = resource_of(async_client, operation.call)
    signature, twin = inspect.signature(sync_method), inspect.signature(async_method)
    assert signature.parameters == twin.parameters
    for client in (sync_client, async_client):
        raw = inspect.signature(resource_of(client.with_raw_response, operation.call))
        assert raw.parameters == signature.parameters
        assert raw.return_annotation.startswith("Response[")
    pages = signature.return_annotation.startswith("Pager[")
    assert (
        twin.return_annotation
        == ("Async" if pages else "") + signature.return_annotation
    )
    assert inspect.iscoroutinefunction(async_method) != pages
    for part in ("Evidence:", "Example:", "Args:", "Returns:", "Raises:"):
        assert part in (sync_method.__doc__ or ""), part
    apart, async_apart = (
        [part.strip() for part in (method.__doc__ or "").split("```")]
        for method in (sync_method, async_method)
    )
    # Beside the program they say the same.
    assert [apart[0], *apart[2:]] == [async_apart[0], *async_apart[2:]]
    awaiting = async_apart[1].replace("async for", "for").replace("await ", "")
    programs = [text.removeprefix("python") for text in (apart[1], awaiting)]
    assert len({ast.dump(ast.parse(inspect.cleandoc(text))) for text in programs}) == 1


def test_no_positional_arguments_but_path_parameters() -> None:
    client = PlexyPay("pr_x")
    for operation in OPERATIONS:
        for name, parameter in inspect.signature(
            resource_of(client, operation.call)
        ).parameters.items():
            in_path = "{" + name + "}" in operation.path
            assert (parameter.kind is parameter.POSITIONAL_OR_KEYWORD) == in_path, (
                f"{operation.call}: {name}"
            )


def test_a_link_comes_back_as_a_model(client: PlexyPay) -> None:
    link = client.payment_links.create(
        amount=Money("22000", "KZT"),
        order_reference="ORD-model",
        metadata={"success_url": "https://shop.kz/ok", "club_id": 7},
    )
    assert isinstance(link, PaymentLink)
    assert (link.amount, link.currency, link.order_reference) == (
        2_200_000,
        "KZT",
        "ORD-model",
    )
    assert link.created_at is not UNSET
    assert client.payment_links.retrieve(link.id) == link
    assert client.payment_links.retrieve_by_order_reference("ORD-model") == link


def test_a_nested_model_instance_works_like_the_mapping(client: PlexyPay) -> None:
    metadata = CreatePaymentLinkMetadata(success_url="https://shop.kz/ok")
    link = client.payment_links.create(
        amount=100, currency="KZT", order_reference="ORD-nested", metadata=metadata
    )
    assert link.metadata is not UNSET


def test_with_raw_response_gives_the_whole_response(client: PlexyPay) -> None:
    response = client.with_raw_response.payment_links.create(
        amount=100, currency="KZT", order_reference="ORD-raw"
    )
    assert isinstance(response, Response)
    assert response.status_code == 201
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.request_id
    assert response.attempts == 1
    assert response.elapsed > 0
    assert isinstance(response.parsed, PaymentLink)


def test_lists_are_pagers_and_their_raw_form_is_one_page(client: PlexyPay) -> None:
    for number in range(5):
        client.payment_links.create(
            amount=100, currency="KZT", order_reference=f"ORD-list-{number}"
        )
    pager = client.payment_links.list(size=2)
    assert isinstance(pager, Pager)
    references = [link.order_reference for link in pager]
    assert len(references) == len(set(references)) >= 5
    page = client.with_raw_response.payment_links.list(page=1, size=2)
    assert not isinstance(page.parsed.data, Unset)
    assert len(page.parsed.data) == 2


def test_the_async_client_does_the_same(sandbox: RunningSandbox) -> None:
    async def program() -> None:
        async with AsyncPlexyPay("pr_sandbox", base_url=sandbox.base_url) as client:
            link = await client.payment_links.create(
                amount=Money(1, "KZT"), order_reference="ORD-async"
            )
            raw = await client.with_raw_response.payment_links.retrieve(link.id)
            assert raw.parsed == link
            pager = client.payment_links.list(size=2)
            assert isinstance(pager, AsyncPager)
            assert link.id in [found.id async for found in pager]

    asyncio.run(program())


def test_the_functional_layer_does_the_same(
    client: PlexyPay, sandbox: RunningSandbox
) -> None:
    from plexy_pay.api.payment_links import (
        cancel_payment_link,
        create_payment_link,
        retrieve_payment_link,
    )

    body = CreatePaymentLink(
        amount=100, currency="KZT", order_reference="ORD-functions"
    )
    detailed = create_payment_link.sync_detailed(client=client, body=body)
    assert detailed.status_code == 201
    link = retrieve_payment_link.sync(detailed.parsed.id, client=client)
    assert link == detailed.parsed

    async def program() -> None:
        async with AsyncPlexyPay("pr_sandbox", base_url=sandbox.base_url) as other:
            assert await retrieve_payment_link.asyncio(link.id, client=other) == link
            assert (
                await retrieve_payment_link.asyncio_detailed(link.id, client=other)
            ).parsed == link
            assert await cancel_payment_link.asyncio(link.id, client=other) is None

    asyncio.run(program())


def test_a_key_given_for_one_call_shows_in_no_frame_of_the_package(
    client: PlexyPay, sandbox: RunningSandbox
) -> None:
    from plexy_pay import AuthenticationError
    from plexy_pay.api.payment_links import retrieve_payment_link

    secret = "pr_" + "feedface" * 4

    def by_method() -> object:
        return client.payment_links.retrieve(
            "pl_1", options={"api_key": "pr_" + "feedface" * 4}
        )

    def by_function() -> object:
        return retrieve_payment_link.sync(
            "pl_1", client=client, options={"api_key": "pr_" + "feedface" * 4}
        )

    async def by_task() -> object:
        async with AsyncPlexyPay("pr_sandbox", base_url=sandbox.base_url) as other:
            return await other.payment_links.retrieve(
                "pl_1", options={"api_key": "pr_" + "feedface" * 4}
            )

    for call in (by_method, by_function, lambda: asyncio.run(by_task())):
        with pytest.raises(AuthenticationError) as caught:
            call()
        for frame, _ in traceback.walk_tb(caught.value.__traceback__):
            if "plexy_pay" in frame.f_code.co_filename:
                assert secret not in repr(frame.f_locals), frame.f_code.co_qualname
