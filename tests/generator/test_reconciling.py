"""The table of look-ups says no more than the description knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator import loading, reconciling
from generator.normalising import normalise

GOLDEN = Path(__file__).parent / "golden" / "openapi.yaml"


def recipe(change: Any = None) -> reconciling.Recipe:
    """The recipe of the golden spec after a change."""
    data = loading.load(GOLDEN).data
    if change is not None:
        change(data)
    (found,) = reconciling.recipes(normalise(data))
    return found


def absences(found: reconciling.Recipe) -> tuple[bool, bool]:
    """Whether the single look-up, and that of the list, may say that something is absent."""
    assert found.listing is not None
    return bool(found.ones[0].absent), found.listing.absence


@pytest.mark.parametrize("word", ["documented-2023", "inferred"])
@pytest.mark.parametrize(
    ("place", "left"),
    [
        (("paths", "/v1/orders", "get", "x-evidence", "path"), (True, False)),
        (("paths", "/v1/orders", "get", "x-pagination", "x-evidence"), (True, False)),
        (("paths", "/v1/orders/{id}", "get", "x-evidence", "method"), (False, True)),
        (("components", "schemas", "value.Status", "x-evidence"), (False, True)),
        (("components", "schemas", "response.Order", "x-evidence"), (False, False)),
    ],
)
def test_a_weaker_fact_takes_the_claim_of_absence_away(
    word: str, place: tuple[str, ...], left: tuple[bool, bool]
) -> None:
    def weaken(data: Any) -> None:
        *outer, last = place
        for step in outer:
            data = data[step]
        data[last] = word

    assert absences(recipe()) == (True, True)
    assert absences(recipe(weaken)) == left


def test_a_list_whose_rows_have_no_time_does_not_prove_absence() -> None:
    def forget(data: Any) -> None:
        del data["paths"]["/v1/orders/{id}/refund"]["post"]["x-reconcile"]["look-ups"][1]["made"]

    assert absences(recipe(forget)) == (True, False)


def test_amounts_are_compared_only_in_one_known_unit() -> None:
    def same_unit(data: Any) -> None:
        data["components"]["schemas"]["response.Order"]["properties"]["amount"]["x-amount-unit"] = "major"

    assert (recipe().amount_unit, recipe().ones[0].amount) == ("major", "")
    assert recipe(same_unit).ones[0].amount == "amount"


def test_the_idempotency_key_is_a_fact_without_a_mark_of_its_own() -> None:
    header: dict[str, Any] = {"name": "Key", "in": "header"}
    assert reconciling.call_facts({}, {"x-idempotency-key": "Key", "parameters": [header]}) == {
        "idempotency_key": "$request.header.Key"
    }
    assert reconciling.call_facts({}, {"x-idempotency-key": "key"}) == {
        "idempotency_key": "$request.body#/key"
    }
