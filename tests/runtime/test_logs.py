"""What the logger says of a call, how it is turned on, and that it can neither fail a call nor show a secret."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plexy_pay
import pytest
from helpers.calls import (
    KEY,
    OTHER_KEY,
    Flavor,
    Recording,
    capturing,
    creating,
    deleting,
    listing,
    reading,
)
from helpers.wire import Then, WireServer, http, json_response
from plexy_pay._core.logs import LOGGER
from plexy_pay.errors import (
    AuthenticationError,
    DecodingError,
    NotFoundError,
    PlexyError,
)

ATTRIBUTES = {
    *(
        "plexy_event",
        "plexy_operation",
        "plexy_method",
        "plexy_path",
        "plexy_attempt",
        "plexy_status",
    ),
    *(
        "plexy_failure",
        "plexy_sent",
        "plexy_request_id",
        "plexy_duration",
        "plexy_pause",
        "plexy_parameters",
    ),
    *("plexy_ids", "plexy_headers", "plexy_body"),
}


class Collecting(logging.Handler):
    """Keeps the records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """The records of our logger, which is at info."""
    handler = Collecting()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    yield handler.records
    LOGGER.setLevel(logging.NOTSET)
    LOGGER.removeHandler(handler)


def events(records: list[logging.LogRecord]) -> list[str]:
    return [vars(record)["plexy_event"] for record in records]


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """The structured attributes that say something."""
    found = {
        name: value for name, value in vars(record).items() if name.startswith("plexy_")
    }
    assert found.keys() == ATTRIBUTES
    return {
        name.removeprefix("plexy_"): value
        for name, value in found.items()
        if value is not None
    }


# At info


def test_info_tells_of_one_attempt_what_an_operator_needs(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    with WireServer(json_response({}, 201, {"X-Request-Id": "rq_7"})) as server:
        flavor.call(flavor.client(server.origin, pace=Recording()), capturing())
    (record,) = records
    assert record.name == "plexy_pay"
    assert record.levelname == "INFO"
    assert record.getMessage() == (
        "payments.capture (POST /v1/payments/{id}/capture): 201, in 0.000 s, attempt 1, id 'tx_1', "
        "order_reference 'ORD-1', request id rq_7"
    )
    assert facts(record) == {
        "event": "attempt",
        "operation": "payments.capture",
        "method": "POST",
        "path": "/v1/payments/{id}/capture",
        "attempt": 1,
        "status": 201,
        "sent": True,
        "duration": 0.0,
        "ids": {"id": "tx_1", "order_reference": "ORD-1"},
        "request_id": "rq_7",
    }


def test_info_says_why_a_call_is_sent_again_and_after_which_pause(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    responses = (
        http(503, headers={"Retry-After": "7"}),
        Then(close=True),
        json_response({}),
    )
    with WireServer(*responses) as server:
        flavor.call(flavor.client(server.origin, pace=Recording()), reading())
    assert events(records) == ["attempt", "retry", "attempt", "retry", "attempt"]
    assert [record.getMessage().partition(": ")[2] for record in records] == [
        "503, in 0.000 s, attempt 1, id 'th_1'",
        "sending again in 7.000 s after 503, attempt 1",
        "no response (connection, something may have left), in 0.000 s, attempt 2, id 'th_1'",
        "sending again in 1.000 s after no response (connection, something may have left), attempt 2",
        "200, in 0.000 s, attempt 3, id 'th_1'",
    ]
    assert facts(records[1])["pause"] == 7.0
    assert facts(records[3])["failure"] == "connection"


def test_info_says_that_the_next_key_is_tried(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    with WireServer(http(401), json_response({})) as server:
        flavor.call(flavor.client(server.origin, [KEY, OTHER_KEY]), reading())
    assert events(records) == ["attempt", "retry", "attempt"]
    assert "at once with the next API key after 401" in records[1].getMessage()
    assert facts(records[1])["pause"] == 0.0


def test_info_says_that_nothing_left(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    with WireServer() as server:
        pass
    with pytest.raises(PlexyError):
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    (record,) = records
    assert "no response (connection, nothing left)" in record.getMessage()
    assert facts(record)["sent"] is False


def test_info_says_that_the_body_of_a_response_did_not_come_whole(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    half = Then(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", close=True)
    with WireServer(half) as server, pytest.raises(PlexyError):
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    assert "200, but its body failed (connection), in " in records[0].getMessage()


def test_a_call_shows_no_value_at_info_but_what_it_is_about(
    flavor: Flavor, records: list[logging.LogRecord]
) -> None:
    with WireServer(json_response({"id": "answered-value"})) as server:
        client = flavor.client(server.origin)
        flavor.call(
            client,
            capturing(
                {
                    "description": "own-value",
                    "orderReference": "ORD-1",
                    "id": "body-value",
                }
            ),
        )
        flavor.call(client, listing({"page": "query-value"}))
        flavor.call(
            client,
            creating({"id": "body-value"}),
            {"extra_headers": {"accept": "header-value"}},
        )
    assert len(records) == 3
    for record in records:
        assert "value" not in f"{vars(record)}"
    assert facts(records[0])["ids"] == {"id": "tx_1", "order_reference": "ORD-1"}


@pytest.mark.parametrize(
    "secret", ["4111 1111 1111 1111", "a.b@shop.kz", "+7 701 123 45 67", "x" * 501]
)
def test_what_looks_like_a_secret_in_an_id_or_a_reference_is_masked_at_info_too(
    flavor: Flavor, records: list[logging.LogRecord], secret: str
) -> None:
    path = "/v1/orders/{order_reference}/things/{email}/{hunter}"
    order = f"ORD-1 {secret}"
    changes: Any = {"path": path, "own_texts": ("order_reference", "email", "hunter")}
    request = reading(**changes)
    request.path_params = {
        "order_reference": order,
        "email": "word-1",
        "hunter": "word-2",
    }
    with WireServer(json_response({})) as server:
        flavor.call(flavor.client(server.origin), request)
    shown = f"{[vars(record) for record in records]}"
    assert secret not in shown
    assert "word-" not in shown
    assert facts(records[0])["ids"]["order_reference"].startswith(
        "ORD-" if len(secret) < 500 else "****"
    )


def test_the_documentation_names_every_attribute_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "logging.md").read_text("utf-8")
    rows = [
        line.split("|")[1] for line in page.splitlines() if line.startswith("| `plexy_")
    ]
    assert set(re.findall(r"plexy_\w+", " ".join(rows))) == ATTRIBUTES


# At debug


@pytest.fixture
def debug(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    """The records of our logger, which is at debug."""
    LOGGER.setLevel(logging.DEBUG)
    return records


def test_debug_shows_request_and_response_with_what_is_harmless(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    response = json_response(
        {"id": "tx_1", "status": "charged", "phone": "hidden"},
        headers={"Set-Cookie": "s"},
    )
    with WireServer(response) as server:
        body = {
            "amount": 5641,
            "reference": "Тапсырыс",
            "email": "hidden",
            "more": "hidden",
        }
        body |= {"description": "hidden: for Aigul"}
        options: Any = {"extra_headers": {"X-Tenant": "hidden"}}
        flavor.call(flavor.client(server.origin), capturing(body), options)
    assert events(debug) == ["request", "attempt", "response"]
    request, _, answered = (facts(record) for record in debug)
    assert request["parameters"] == {"id": "tx_1"}
    shown = '{"amount": 5641, "reference": "Тапсырыс", "email": "********", "(undeclared)": "********", '
    shown += '"description": "********"}'
    assert request["body"] == shown
    assert request["headers"]["accept"] == "application/json"
    assert (
        request["headers"]["x-tenant"]
        == request["headers"]["Authorization"]
        == "********"
    )
    assert json.loads(answered["body"]) == {
        "id": "tx_1",
        "status": "charged",
        "phone": "********",
    }
    assert answered["headers"]["content-type"] == "application/json"
    assert answered["headers"]["set-cookie"] == "********"
    assert shown in debug[0].getMessage()
    assert "hidden" not in f"{[vars(record) for record in debug]}"


def test_a_value_that_the_request_hid_is_hidden_where_the_response_quotes_it(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    said = {"message": "AIGUL SEITOVA of tenant-77 has no card", "status": "declined"}
    with WireServer(json_response(said, 404)) as server, pytest.raises(NotFoundError):
        body = {"cardholderName": "Aigul Seitova", "reference": "for Aigul Seitova"}
        options: Any = {"extra_headers": {"X-Tenant": "tenant-77"}}
        flavor.call(flavor.client(server.origin), creating(body), options)
    assert json.loads(facts(debug[0])["body"])["reference"] == "for ********"
    assert json.loads(facts(debug[2])["body"]) == {
        "message": "******** of ******** has no card",
        "status": "declined",
    }


def test_a_description_that_is_the_reference_does_not_hide_it(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    with WireServer(
        json_response({"orderReference": "ORD-1001", "description": "ORD-1001"})
    ) as server:
        body = {"orderReference": "ORD-1001", "description": "ORD-1001"}
        flavor.call(flavor.client(server.origin), creating(body))
    for record in (debug[0], debug[2]):
        assert json.loads(facts(record)["body"]) == {
            "orderReference": "ORD-1001",
            "description": "********",
        }


def test_a_key_that_the_api_quotes_is_masked_with_those_of_the_other_families(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    def echo(_: Any) -> bytes:
        said = {"message": f"no key {KEY.upper()}, nor {OTHER_KEY}"}
        return json_response(
            said, 401, {"X-Request-Id": f"rq-{KEY}", "Server": OTHER_KEY}
        )

    with WireServer(echo) as server, pytest.raises(AuthenticationError):
        client = flavor.client(server.origin, checkout_api_key=OTHER_KEY)
        flavor.call(client, creating({"id": KEY}), {"extra_headers": {"X-Own": "1"}})
    text = f"{[vars(record) for record in debug]}".lower()
    assert KEY.lower() not in text
    assert OTHER_KEY.lower() not in text
    assert facts(debug[1])["request_id"] == "rq-********"
    assert json.loads(facts(debug[2])["body"]) == {
        "message": "no key ********, nor ********"
    }


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        (http(200, b"<html>4111</html>"), "******** (17 bytes)"),
        (http(200, b"\xff\xfe\x00"), "******** (3 bytes)"),
        (http(200, b'"hunter2"'), '"********"'),
        (http(200, b"[" * 5000 + b"]" * 5000), "******** (10000 bytes)"),
        (http(200, b"9" * 5000), "******** (5000 bytes)"),
        (http(200, b'{"id": "' + b"a" * 300_000 + b'"}'), "******** (300010 bytes)"),
        (json_response({"id": "x" * 501}), '{"id": "******** (501 characters)"}'),
        (http(200), None),
    ],
)
def test_a_body_that_is_odd_or_large_is_not_shown(
    flavor: Flavor, debug: list[logging.LogRecord], response: bytes, shown: str | None
) -> None:
    with WireServer(response) as server:
        with contextlib.suppress(DecodingError):
            flavor.call(flavor.client(server.origin, max_retries=0), deleting())
    assert vars(debug[-1])["plexy_event"] == "response"
    assert vars(debug[-1])["plexy_body"] == shown


def test_of_a_long_body_the_beginning_is_shown(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    with WireServer(
        json_response({"items": [{"id": "x" * 100, "email": "hidden"}] * 1000})
    ) as server:
        flavor.call(flavor.client(server.origin), reading())
    body = facts(debug[-1])["body"]
    assert len(body) < 10_100
    assert "hidden" not in body
    assert body.endswith(" bytes)")


def test_a_line_of_the_log_stays_one_line(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    with WireServer(
        json_response({"message": "a\r\n2026 plexy_pay INFO forged\u2028\ud800"})
    ) as server:
        flavor.call(flavor.client(server.origin), reading("a\nb"))
    for record in debug:
        assert record.getMessage().isprintable()
        record.getMessage().encode()


# It can fail nothing


class Failing(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        raise RuntimeError("the program's own filter is broken")


def test_a_broken_filter_of_the_program_fails_no_call(
    flavor: Flavor, debug: list[logging.LogRecord]
) -> None:
    broken = Failing()
    LOGGER.addFilter(broken)
    try:
        with WireServer(http(500), json_response({"id": "x"})) as server:
            response = flavor.call(
                flavor.client(server.origin, pace=Recording()), reading()
            )
    finally:
        LOGGER.removeFilter(broken)
    assert response.parsed == {"id": "x"}
    assert debug == []


def test_an_error_of_the_log_itself_is_a_record_and_fails_no_call(
    flavor: Flavor, debug: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("plexy_pay._core.log_masks.Masker.headers", fail)
    with WireServer(json_response({"id": "x"})) as server:
        assert flavor.call(flavor.client(server.origin), reading()).parsed == {
            "id": "x"
        }
    assert [record.levelname for record in debug] == ["WARNING", "INFO", "WARNING"]
    assert debug[0].getMessage() == "a log record could not be made (RuntimeError)"
    assert facts(debug[0]) == {}


def test_a_logger_that_is_off_costs_one_question_a_call(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def is_enabled_for(level: int) -> bool:
        asked.append(level)
        return False

    monkeypatch.setattr(LOGGER, "isEnabledFor", is_enabled_for)
    with WireServer(http(500), json_response({})) as server:
        flavor.call(flavor.client(server.origin, pace=Recording()), reading())
    assert asked == [logging.INFO]


# PLEXY_LOG

PROGRAM = """
from plexy_pay import PlexyPay
from plexy_pay_sandbox.serving import RunningSandbox
with RunningSandbox() as sandbox, PlexyPay("pr_sandbox", base_url=sandbox.base_url) as client:
    PlexyPay("pr_sandbox").close()
    client.payment_links.create(amount=1, currency="KZT", order_reference="ORD-1")
"""


def run(program: str, word: str | None, *options: str) -> str:
    """What a fresh interpreter prints to stderr."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PLEXY_LOG"
    }
    environment |= {} if word is None else {"PLEXY_LOG": word}
    command = [sys.executable, *options, "-c", program]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment
    )
    return done.stderr


@pytest.mark.parametrize("word", [None, ""])
def test_nothing_is_printed_without_plexy_log(word: str | None) -> None:
    assert run(PROGRAM, word) == ""


def test_plexy_log_prints_each_line_once_for_a_program_that_sets_nothing_up() -> None:
    (line,) = run(PROGRAM, "info").splitlines()
    assert (
        " plexy_pay INFO payment_links.create (POST /v1/payment-links): 201, in "
        in line
    )
    lines = run(PROGRAM, " DEBUG ").splitlines()
    assert [line.split()[3] for line in lines] == ["DEBUG", "INFO", "DEBUG"]
    assert "pr_sandbox" not in "".join(lines)
    assert '"orderReference": "ORD-1"' in lines[0]


def test_plexy_log_leaves_the_printing_to_a_program_that_has_handlers() -> None:
    (line,) = run(
        "import logging; logging.basicConfig(format='own %(message)s')" + PROGRAM,
        "info",
    ).splitlines()
    assert line.startswith("own payment_links.create")
    own = "import logging, sys; logging.getLogger('plexy_pay').addHandler(logging.StreamHandler())"
    (line,) = run(own + PROGRAM, "info").splitlines()
    assert line.startswith("payment_links.create")


def test_plexy_log_prints_the_warnings_of_the_drift_logger_which_are_silent_without_it() -> (
    None
):
    drift = (
        "import logging; logging.getLogger('plexy_pay.drift').warning('a new field')"
    )
    assert run(PROGRAM + drift, None) == ""
    assert (
        run(PROGRAM + drift, "info")
        .splitlines()[-1]
        .endswith(" plexy_pay.drift WARNING a new field")
    )


def test_what_a_process_that_only_receives_refuses_is_printed_once() -> None:
    program = (
        "from plexy_pay import webhooks; secret = webhooks.TokenSecret('whk_0a1B'); "
    )
    receiver = (
        f"{program} webhooks.Receiver(print, secret=secret).receive(b'hunter2', {{}})"
    )
    (line,) = run(receiver, None).splitlines()
    assert line.startswith("a webhook was refused (missing_header): ")
    assert "hunter2" not in line
    own = "import logging; logging.getLogger('plexy_pay.webhooks').addHandler(logging.StreamHandler()); "
    for word in (None, "info"):
        (line,) = run(own + receiver, word).splitlines()
        assert line.startswith("a webhook was refused (missing_header): ")


def test_plexy_log_is_read_where_a_delivery_is_only_proved() -> None:
    program = "from plexy_pay import webhooks; secret = webhooks.TokenSecret('whk_0a1B'); body = b'{}'; "
    program += (
        "webhooks.unwrap(body, webhooks.sign(body, secret=secret), secret=secret); "
    )
    program += (
        "import logging; logging.getLogger('plexy_pay.drift').warning('a new field')"
    )
    assert run(program, None) == ""
    assert run(program, "info").endswith(" plexy_pay.drift WARNING a new field\n")


def test_another_word_in_plexy_log_is_a_warning_that_does_not_show_it() -> None:
    printed = run(PROGRAM, "pr_0a1B2c3D")
    assert (
        "UserWarning: PLEXY_LOG is neither debug nor info, so it turns no log on."
        in printed
    )
    assert "pr_0a1B2c3D" not in printed
    assert "INFO" not in printed


def test_a_vendored_copy_logs_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").touch()
    (tmp_path / "acme" / "vendored").symlink_to(Path(plexy_pay.__file__).parent)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})" + PROGRAM.replace(
        "from plexy_pay import", "from acme.vendored import"
    )
    (line,) = run(program, "info").splitlines()
    assert " acme.vendored INFO payment_links.create " in line


def test_only_plexy_log_makes_a_client_import_logging() -> None:
    program = "import sys; from plexy_pay import PlexyPay; PlexyPay('pr_a')"
    program += "; print('logging' in sys.modules, file=sys.stderr)"
    # -S: the machine's own site packages may import logging at the start.
    directory = str(Path(plexy_pay.__file__).parents[1])
    program = f"import sys; sys.path.insert(0, {directory!r}); {program}"
    assert run(program, None, "-S", "-E") == "False\n"
    assert run(program, "info", "-S", "-E") == "True\n"


@pytest.mark.parametrize(("word", "loaded"), [(None, "False"), ("info", "True")])
def test_only_a_log_loads_the_lists_of_names(word: str | None, loaded: str) -> None:
    program = (
        PROGRAM
        + "\nimport sys; print('plexy_pay._log_allowlist' in sys.modules, file=sys.stderr)"
    )
    assert run(program, word).splitlines()[-1] == loaded
