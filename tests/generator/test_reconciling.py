"""The table of look-ups says no more than the description knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.generation import api_of, document, operation

from generator import loader
from generator.emit.operations import views_of
from generator.emit.recipes import RecipeView
from generator.model.build import build

GOLDEN = Path(__file__).parent / "golden" / "openapi.yaml"


def recipe(change: Any = None) -> RecipeView:
    """The recipe of the golden spec after a change."""
    document = loader.load(GOLDEN)
    if change is not None:
        change(document.data)
    api = build(document)
    [found] = api.recipes
    return RecipeView(found, views_of(api))


def absences(found: RecipeView) -> tuple[bool, bool]:
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
        del data["paths"]["/v1/orders/{id}/refund"]["post"]["x-reconcile"]["look-ups"][
            1
        ]["made"]

    assert absences(recipe(forget)) == (True, False)


def test_amounts_are_compared_only_in_one_known_unit() -> None:
    def same_unit(data: Any) -> None:
        data["components"]["schemas"]["response.Order"]["properties"]["amount"][
            "x-amount-unit"
        ] = "major"

    assert (recipe().amount_unit, recipe().ones[0].amount) == ("major", "")
    assert recipe(same_unit).ones[0].amount == "amount"


def test_the_idempotency_key_is_a_fact_without_a_mark_of_its_own() -> None:
    header: dict[str, Any] = {
        "name": "Key",
        "in": "header",
        "schema": {"type": "string"},
    }
    found = {
        "Key": operation(
            "things", "make", parameters=[header], **{"x-idempotency-key": "Key"}
        ),
        "key": operation("things", "take", **{"x-idempotency-key": "key"}),
    }
    paths = {f"/{name}": {"post": made} for name, made in found.items()}
    facts = [one.facts for one in api_of(document(paths=paths)).operations]
    assert facts == [
        {"idempotency_key": "$request.header.Key"},
        {"idempotency_key": "$request.body#/key"},
    ]
