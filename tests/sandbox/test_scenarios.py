"""The test cards and values of the vendor's documentation, each carried out with the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.cards import TEST_CARDS
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.scenarios import SCENARIOS, Keys, run


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_leads_to_what_the_documentation_says(
    name: str, sandbox: RunningSandbox
) -> None:
    keys = Keys(sandbox.key, sandbox.checkout_key)
    result = run(SCENARIOS[name], sandbox.base_url, keys)
    assert result.outcome == SCENARIOS[name].expected, result.detail


@pytest.mark.parametrize(
    "name", [one.name for one in SCENARIOS.values() if one.has_page]
)
def test_each_leads_to_the_same_on_the_payment_page(
    name: str, sandbox: RunningSandbox
) -> None:
    keys = Keys(sandbox.key, sandbox.checkout_key)
    result = run(SCENARIOS[name], sandbox.base_url, keys, page=True)
    assert result.ok, (result.outcome, result.detail)


def test_what_only_a_server_sends_has_no_page(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["scenarios", "run", "moto", "--page", "--url", sandbox.base_url]
    assert main(given) == 1
    assert "only a server sends" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "code"), [("amount-20050", "05"), ("amount-20510", "51")]
)
def test_the_documented_response_code_is_told(
    name: str, code: str, sandbox: RunningSandbox
) -> None:
    keys = Keys(sandbox.key, sandbox.checkout_key)
    assert (
        f"response code {code}" in run(SCENARIOS[name], sandbox.base_url, keys).detail
    )


def test_every_documented_test_card_of_v1_is_in_the_table() -> None:
    assert {scenario.number for scenario in SCENARIOS.values()} >= TEST_CARDS.keys()


def test_every_row_says_how_well_it_is_known() -> None:
    evidence = {name: one.evidence for name, one in SCENARIOS.items()}
    assert {name for name, word in evidence.items() if word == "stand-in"} == {
        "challenge-cancelled",
        "v2-blocked",
        "v2-lost",
        "v2-postal-code-00000",
        "v2-review",
        "v2-security-code-000",
        "v2-stolen",
    }
    assert {*evidence.values()} == {"documented", "documented-2023", "stand-in"}
    assert all(scenario.source for scenario in SCENARIOS.values())


def test_the_command_runs_scenarios(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["frictionless", "v2-insufficient-funds"]
    given = ["scenarios", "run", *names, "--json", "--url", sandbox.base_url]
    assert main(given) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [row["outcome"] for row in results] == ["charged", "insufficient_funds"]
    assert main(["scenarios", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["scenarios"]
    assert [row["name"] for row in listed] == list(SCENARIOS)


def test_a_misspelt_scenario_is_the_one_that_was_meant(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenarios", "run", "frictionles", "--url", sandbox.base_url]) == 1
    assert "did you mean 'frictionless'?" in capsys.readouterr().err
