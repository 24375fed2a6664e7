"""What a response wants next: a challenge is never missed, and what is not known never passes for paid."""

from __future__ import annotations

import copy
import pickle
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import Finished, ShowChallenge, UnknownAction
from plexy_pay.models import AuthorizePayment, ContinueThreeDS

ID = "d9ed7581-048d-434c-9a63-7bbd361c0dec"
# As the sample of the docs.
THREE_DS: dict[str, Any] = {
    "html": "<!doctype html><html></html>",
    "status": "C",
    "type": "challengeflow",
    "creq": "eyJtZXNzYWdlVHlwZSI6IkNSZXEifQ",
    "threeDSSessionData": "eyJ0cmFuc2FjdGlvbklkIjoiZDllZDc1ODEifQ",
    "action": "https://acs.bank.example/challenge?a=1&b=2",
}
ASKING: dict[str, Any] = {
    "id": ID,
    "success": True,
    "captured": True,
    "threeDS": THREE_DS,
    "action": "3ds-required",
}
MODELS = pytest.mark.parametrize("model", [AuthorizePayment, ContinueThreeDS])


def read(model: Any = AuthorizePayment, **response: Any) -> Any:
    return model.from_dict({"id": ID, **response}).next_action


def asking(**change: Any) -> Any:
    return read(**{**ASKING, "threeDS": {**THREE_DS, **change}})


@MODELS
@pytest.mark.parametrize(
    "action",
    [{}, {"action": None}, {"action": "3ds-skipped"}, {"action": "3ds-completed"}],
    ids=str,
)
def test_a_payment_that_succeeded_and_asks_for_nothing_is_finished(
    model: Any, action: dict[str, Any]
) -> None:
    assert read(model, success=True, **action) == Finished(ID)
    assert read(model, success=True, threeDS={"status": "Y"}, **action) == Finished(ID)


@MODELS
def test_the_sample_of_the_docs_is_a_challenge(model: Any) -> None:
    match model.from_dict(ASKING).next_action:
        case ShowChallenge() as challenge:
            assert challenge.transaction_id == ID
            assert challenge.action == THREE_DS["action"]
            assert challenge.creq == THREE_DS["creq"]
            assert challenge.session_data == THREE_DS["threeDSSessionData"]
            assert challenge.html == THREE_DS["html"]
        case other:
            pytest.fail(repr(other))


@pytest.mark.parametrize("action", [None, "3ds-skipped", "3ds-completed"])
def test_the_status_that_means_a_challenge_counts_whatever_the_action_says(
    action: str | None,
) -> None:
    assert isinstance(read(**{**ASKING, "action": action}), ShowChallenge)


@MODELS
@pytest.mark.parametrize(
    "action",
    ["3ds-fingerprint", "redirect", "3DS-REQUIRED", " ", 7, ["3ds-required"], {}, True],
)
def test_an_action_that_is_not_known_is_never_finished(model: Any, action: Any) -> None:
    found = read(model, success=True, action=action)
    assert isinstance(found, UnknownAction)
    assert found.transaction_id == ID
    assert found.name == (action if isinstance(action, str) else "")


@MODELS
@pytest.mark.parametrize(
    "success",
    [{}, {"success": None}, {"success": "true"}, {"success": 1}, {"success": False}],
    ids=str,
)
@pytest.mark.parametrize(
    "action",
    [{}, {"action": "3ds-completed"}, {"action": "3ds-required", "threeDS": THREE_DS}],
)
def test_what_does_not_say_that_it_succeeded_is_never_finished(
    model: Any, success: dict[str, Any], action: dict[str, Any]
) -> None:
    assert isinstance(read(model, **success, **action), UnknownAction)


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"creq": None},
            {"creq": ""},
            {"creq": 7},
            {"action": None},
            {"action": ""},
            {"action": {}},
        ),
        *(
            {"action": "javascript:alert(1)"},
            {"action": "data:text/html,x"},
            {"action": "/relative"},
        ),
        *(
            {"action": "http://acs.bank.example/"},
            {"action": "https://"},
            {"action": "https://[bad"},
        ),
        *(
            {"action": "https://acs.bank.example/ x"},
            {"action": "https://acs.bank.example/\n"},
        ),
        *(
            {"action": "//acs.bank.example/"},
            {"action": "http://127.0.0.1.evil.example/"},
        ),
    ],
    ids=str,
)
def test_a_challenge_that_cannot_be_shown_is_never_finished(
    change: dict[str, Any],
) -> None:
    found = asking(**change)
    assert isinstance(found, UnknownAction)
    assert found.name == "3ds-required"
    assert "evil" not in found.reason


def test_a_challenge_without_any_details_is_never_finished() -> None:
    for details in ({}, {"threeDS": None}, {"threeDS": "html"}, {"threeDS": []}):
        assert isinstance(
            read(success=True, action="3ds-required", **details), UnknownAction
        )


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8490/x", "http://localhost/x", "http://[::1]:8490/x"]
)
def test_on_this_machine_the_bank_needs_no_tls(address: str) -> None:
    assert asking(action=address).action == address


def test_what_is_optional_may_be_missing() -> None:
    found = asking(html=None, threeDSSessionData=None)
    assert (found.html, found.session_data) == (None, None)
    assert "threeDSSessionData" not in found.form()


class Page(HTMLParser):
    """The elements of a page, as a browser sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def test_the_form_posts_to_the_bank_and_sends_itself() -> None:
    page = Page(asking().form(label="Weiter & zurück", nonce="n0nce"))
    assert page.elements == [
        ("form", {"id": "plexy-3ds", "method": "post", "action": THREE_DS["action"]}),
        ("input", {"type": "hidden", "name": "creq", "value": THREE_DS["creq"]}),
        (
            "input",
            {
                "type": "hidden",
                "name": "threeDSSessionData",
                "value": THREE_DS["threeDSSessionData"],
            },
        ),
        ("button", {}),
        ("script", {"nonce": "n0nce"}),
    ]
    assert "Weiter &amp; zurück" in asking().form(label="Weiter & zurück")
    assert "nonce" not in asking().form()


EVIL = st.text(st.sampled_from("\"'<>&/= abcx\x00"), max_size=30)


@given(EVIL, EVIL, EVIL, EVIL)
def test_nothing_that_the_api_or_the_shop_says_leaves_its_place_in_the_form(
    creq: str, session: str, label: str, path: str
) -> None:
    made = ShowChallenge(ID, f"https://acs.bank.example/{path}", creq, session)
    elements = Page(made.form(label=label, nonce=path)).elements
    assert [tag for tag, _ in elements] == [
        "form",
        "input",
        "input",
        "button",
        "script",
    ]
    assert set(elements[0][1]) == {"id", "method", "action"}
    assert all(
        set(attributes) == {"type", "name", "value"} for _, attributes in elements[1:3]
    )
    assert set(elements[4][1]) <= {"nonce"}


def test_a_challenge_shows_none_of_its_secrets_and_can_be_kept_in_a_session() -> None:
    found = asking()
    for secret in ("html", "creq", "threeDSSessionData"):
        assert THREE_DS[secret] not in repr(found)
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=10),
        st.sampled_from(["C", "3ds-required"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from([*THREE_DS]), inner, max_size=6),
    ),
    max_leaves=8,
)


@given(success=JSON, action=JSON, three_ds=JSON)
def test_whatever_comes_only_a_plain_success_is_finished(
    success: Any, action: Any, three_ds: Any
) -> None:
    for model in (AuthorizePayment, ContinueThreeDS):
        found = read(model, success=success, action=action, threeDS=three_ds)
        if isinstance(found, Finished):
            assert success is True
            assert action in (None, "", "3ds-skipped", "3ds-completed")
            assert not isinstance(three_ds, dict) or three_ds.get("status") != "C"
