"""How the keys of a document's operations are sent, and whereto; what cannot be sent stops with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import adapt, document, operation, problems

from generator.foreign.security import Family

Json = dict[str, Any]

SCHEMES: Json = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "k ey"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "key"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "oauth": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.test", "scopes": {}}}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.test"},
    "tls": {"type": "mutualTLS"},
    "odd": {"type": "apiKey", "in": "header", "name": "X Key"},
}


def asking(*security: Json, **more: Any) -> Json:
    """A document whose operation asks for this."""
    return document(
        {"/a": {"get": operation(security=list(security))}}, components={"securitySchemes": SCHEMES}, **more
    )


def families(folder: Path, data: Json, config: str = "") -> list[Family]:
    return list(adapt(folder, data, config).families)


@pytest.mark.parametrize(
    ("security", "form"),
    [
        ([{"header": []}], "X-Key: {key}"),
        ([{"query": []}], "?k%20ey={key}"),
        ([{"cookie": []}], "Cookie: key={key}"),
        ([{"bearer": []}], "Authorization: Bearer {key}"),
        ([{"basic": []}], "Authorization: Basic {base64}"),
        ([{"oauth": []}], "Authorization: Bearer {key}"),
        ([{"oidc": []}], "Authorization: Bearer {key}"),
        ([{"query": []}, {"header": []}], "X-Key: {key}"),
        ([{"digest": []}, {"query": []}], "?k%20ey={key}"),
        ([{"digest": [], "header": []}, {"bearer": []}], "Authorization: Bearer {key}"),
        ([{}, {"header": []}], "X-Key: {key}"),
        ([{}, {"digest": []}], ""),
        ([{"tls": []}], ""),
        ([{"tls": [], "header": []}], "X-Key: {key}"),
        ([], ""),
        ([{}], ""),
    ],
)
def test_what_is_sent_for_a_scheme(tmp_path: Path, security: list[Json], form: str) -> None:
    (family,) = families(tmp_path, asking(*security))
    assert family.form == form
    assert (family.argument, family.variable) == (("api_key", "ACME_API_KEY") if form else ("", ""))


@pytest.mark.parametrize(
    ("security", "why"),
    [
        ([{"digest": []}], "digest is HTTP digest, and the client sends a plain key"),
        ([{"header": [], "digest": []}], "digest is HTTP digest, and the client sends a plain key"),
        ([{"odd": []}], "no header can be named 'X Key', as odd is"),
        ([{"nowhere": []}], "nowhere is no known scheme"),
    ],
)
def test_what_cannot_be_sent_stops(tmp_path: Path, security: list[Json], why: str) -> None:
    (problem,) = problems(tmp_path, asking(*security))
    assert f"#/paths/~1a/get/security: {why}. Fix: " in problem


def test_schemes_that_are_asked_for_together_each_have_a_key(tmp_path: Path) -> None:
    first, second, third = families(tmp_path, asking({"bearer": [], "header": [], "query": []}))
    assert (first.form, first.further) == ("Authorization: Bearer {key}", (second.name, third.name))
    assert (second.form, second.argument, second.further) == ("X-Key: {key}", "header_key", ())
    assert (third.form, third.variable) == ("?k%20ey={key}", "ACME_QUERY_KEY")


def test_a_key_in_a_url_and_a_certificate_are_told_of(tmp_path: Path) -> None:
    assert list(adapt(tmp_path, asking({"query": []})).notes) == [
        "a key goes into the query, where servers and proxies log it"
    ]
    assert list(adapt(tmp_path, asking({"tls": []})).notes) == [
        "mutual TLS is up to an `http_client` with the certificate, which you pass"
    ]


def test_the_config_says_how_a_key_is_sent(tmp_path: Path) -> None:
    config = '[security.digest]\nprefix = "Token "\nargument = "login"\nvariable = "ACME_LOGIN"'
    (family,) = families(tmp_path, asking({"digest": []}), config)
    assert (family.form, family.argument, family.variable) == (
        "Authorization: Token {key}",
        *("login", "ACME_LOGIN"),
    )
    (family,) = families(
        tmp_path, asking({"query": [], "header": []}), '[security.query]\nheader = "X-Other"'
    )
    assert family.form == "X-Other: {key}"


def test_a_document_without_schemes_gets_one_from_the_config(tmp_path: Path) -> None:
    data = document({"/a": {"get": operation()}, "/b": {"get": operation(security=[])}})
    found = families(tmp_path, data, '[security.default]\nheader = "X-Key"')
    assert [(family.name, family.form) for family in found] == [("default", "X-Key: {key}"), ("open", "")]


def test_a_scheme_that_the_config_invents_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, asking(), "\n[security.other]\n")
    assert (
        problem == "acme.toml:2: security.other names no security scheme. Fix: correct it, or write `default`"
    )


def test_operations_without_their_own_security_have_the_document_s(tmp_path: Path) -> None:
    data = document(
        {"/a": {"get": operation()}}, components={"securitySchemes": SCHEMES}, security=[{"header": []}]
    )
    assert families(tmp_path, data)[0].form == "X-Key: {key}"


def test_several_schemes_have_keys_of_their_own_and_the_most_used_one_is_plain(tmp_path: Path) -> None:
    paths = {
        "/a": {"get": operation(security=[{"bearer": []}]), "post": operation(security=[{"bearer": []}])},
        "/b": {"get": operation(security=[{"header": []}]), "put": operation(security=[])},
    }
    found = families(tmp_path, document(paths, components={"securitySchemes": SCHEMES}))
    assert [(family.name, family.argument, family.variable) for family in found] == [
        ("bearer", "api_key", "ACME_API_KEY"),
        ("header", "header_key", "ACME_HEADER_KEY"),
        ("open", "", ""),
    ]


def test_a_scheme_that_is_named_api_key_has_that_argument(tmp_path: Path) -> None:
    schemes = {"petAuth": SCHEMES["oauth"], "api_key": SCHEMES["header"]}
    paths = {
        "/a": {"get": operation(security=[{"petAuth": []}]), "put": operation(security=[{"api_key": []}])}
    }
    found = families(tmp_path, document(paths, components={"securitySchemes": schemes}))
    assert {family.name: family.argument for family in found} == {
        "pet_auth": "pet_auth_key",
        "api_key": "api_key",
    }


@pytest.mark.parametrize(
    ("servers", "live", "path"),
    [
        ([], "", "/a"),
        ([{"url": "/"}], "", "/a"),
        ([{"url": "/base/"}], "", "/base/a"),
        ([{"url": "https://a.test"}], "https://a.test", "/a"),
        ([{"url": "https://a.test:8443/v1/"}, {"url": "https://b.test"}], "https://a.test:8443", "/v1/a"),
        ([{"url": "http://a.test/v1"}], "", "/v1/a"),
        ([{"url": "http://localhost:80/v1"}], "http://localhost:80", "/v1/a"),
        (
            [{"url": "https://{a}.test/{b}", "variables": {"a": {"default": "eu"}, "b": {"default": "v2"}}}],
            "https://eu.test",
            "/v2/a",
        ),
    ],
)  # fmt: skip
def test_the_origin_and_path_of_a_server(tmp_path: Path, servers: list[Json], live: str, path: str) -> None:
    made = adapt(tmp_path, document({"/a": {"get": operation()}}, servers=servers))
    assert made.families[0].live == live
    assert made.document.data["paths"]["/a"]["get"]["x-path"] == path


@pytest.mark.parametrize(
    "url", ["https://{x}.test", "ftp://a.test", "https://a.test?b=c", "https://u@a.test", "https://a:b"]
)
def test_a_server_that_cannot_be_called_stops(tmp_path: Path, url: str) -> None:
    (problem,) = problems(tmp_path, document({"/a": {"get": operation()}}, servers=[{"url": url}]))
    assert f"#/servers/0/url: the client cannot call {url!r}" in problem


def test_operations_at_another_origin_are_a_family_with_the_same_key(tmp_path: Path) -> None:
    other = operation(security=[{"bearer": []}], servers=[{"url": "https://upload.test/x"}])
    paths = {
        "/a": {"get": operation(security=[{"bearer": []}]), "post": operation(security=[{"bearer": []}])},
        "/b": {"put": other},
    }
    first, second = families(tmp_path, document(paths, components={"securitySchemes": SCHEMES}))
    assert (first.argument, first.base_url, first.live) == ("api_key", "", "https://api.acme.test")
    assert (second.argument, second.base_url, second.live) == (
        "api_key",
        "bearer_2_base_url",
        "https://upload.test",
    )


def test_the_config_s_origins_stand_for_the_document_s(tmp_path: Path) -> None:
    config = '[server]\nlive = "https://live.test/"\ntest = "https://test.test"'
    (family,) = families(tmp_path, asking(), config)
    assert (family.live, family.test) == ("https://live.test", "https://test.test")
