"""Calls to the sandbox that are short enough to read, and a receiver of webhooks."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from plexy_pay_sandbox import wire
from plexy_pay_sandbox.validation import Contract

KEY = "pr_test"
CHECKOUT_KEY = "ck_test"
GATE_KEY = "gk_test"
AGENT = "22222222-2222-4222-8222-222222222222"
TOKEN = "whk_test"
SECRET = "whs_test"


@dataclass(frozen=True)
class Api:
    """Calls to the sandbox, short enough to read."""

    http: httpx.Client

    @property
    def origin(self) -> str:
        """Where the sandbox is, whatever the paths of the client begin with."""
        return str(self.http.base_url.copy_with(path="/")).rstrip("/")

    def create_link(self, **fields: Any) -> Any:
        """A new link for 22 000 KZT."""
        body = {"amount": 2_200_000, "currency": "KZT"} | fields
        response = self.http.post("/v1/payment-links", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    def pay(self, link: Any) -> Any:
        """Have a link paid; the transaction of it."""
        response = self.http.post(f"{link['url']}/pay")
        assert response.status_code in (200, 303), response.text
        return self.transaction_of(link)

    def paid(self, **fields: Any) -> Any:
        """The transaction of a new link that has been paid."""
        return self.pay(self.create_link(**fields))

    def transaction_of(self, link: Any) -> Any:
        """The transaction of a link."""
        return exact(self.http.get(f"/v1/transactions/by-payment-link/{link['id']}"))

    def post(self, path: str, body: Any = None) -> httpx.Response:
        """A POST with an exact JSON body, or none."""
        if body is None:
            return self.http.post(path)
        return self.http.post(
            path, content=wire.dumps(body), headers={"Content-Type": "application/json"}
        )

    def charged(self, amount: int = 2_200_000, **fields: Any) -> Any:
        """The transaction of a new link that has been paid and captured; the merchant has the money."""
        transaction = self.paid(amount=amount, **fields)
        assert self.move(transaction, "capture").status_code == 200
        return transaction

    def get(self, path: str) -> Any:
        """What a GET answers, numbers exact."""
        return exact(self.http.get(path))

    def made(self, path: str, **body: Any) -> Any:
        """Return the response to a POST that succeeds, numbers exact."""
        return exact(self.post(path, body))

    def beneficiary(self, **fields: Any) -> Any:
        """A new beneficiary with a bank account."""
        body = {"name": "Sample Seller LLP", "iban": "KZ000000000000000000"} | fields
        return self.made("/v1/merchants/payment-beneficiaries", **body)

    def move(self, transaction: Any, action: str, **fields: Any) -> httpx.Response:
        """Capture, cancel or refund."""
        body = None if action == "cancel" else fields
        return self.post(f"/v1/payments/{transaction['paymentId']}/{action}", body)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock."""
        assert (
            self.http.post(
                f"{self.origin}/_sandbox/advance", json={"seconds": seconds}
            ).status_code
            == 200
        )


@dataclass
class Receiver:
    """An HTTP server that keeps what is posted to it and answers as it is told.

    `statuses` are the responses to the next requests; after them each one gets 200. While `gate` is not set, a
    response waits.
    """

    statuses: list[int] = field(default_factory=list[int])
    requests: queue.Queue[tuple[dict[str, str], bytes]] = field(
        default_factory=queue.Queue[tuple[dict[str, str], bytes]]
    )
    gate: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Receiver:
        self.gate.set()
        receiver = self

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.put((dict(self.headers), content))
                receiver.gate.wait(30)
                self.send_response(
                    receiver.statuses.pop(0) if receiver.statuses else 200
                )
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def next(self) -> Any:
        """The body of the next request."""
        return self.next_request()[1]

    def next_request(self) -> tuple[dict[str, str], Any]:
        """The headers and the body of the next request."""
        headers, content = self.next_raw()
        return headers, wire.loads(content)

    def next_raw(self) -> tuple[dict[str, str], bytes]:
        """The headers and the body of the next request, byte by byte."""
        return self.requests.get(timeout=30)


def exact(response: httpx.Response) -> Any:
    """The body of a response, numbers exact."""
    assert response.status_code < 300, response.text
    return wire.loads(response.content)


def fits_the_document(contract: Contract, response: httpx.Response) -> None:
    """Fail if a response of the API is not what the document says about its operation and status."""
    response.read()
    raw_path = response.request.url.raw_path.decode().split("?")[0]
    for operation, _ in contract.match(raw_path):
        if operation.method != response.request.method:
            continue
        responses = contract.at(f"{operation.pointer}/responses")
        status = str(response.status_code)
        assert status in responses, f"{operation.pointer} describes no {status}"
        described, pointer = contract.follow(
            responses[status], f"{operation.pointer}/responses/{status}"
        )
        if "content" in described:
            contract.check(
                f"{pointer}/content/application~1json/schema",
                wire.loads(response.content),
                "response",
            )
        else:
            assert response.content == b""
