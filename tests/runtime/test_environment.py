"""What the environment says of certificates, key logs and proxies works, or is named in an error of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from helpers.calls import KEY, Flavor, capturing, reading
from helpers.tunnels import Tunnels, serving
from helpers.wire import WireServer, json_response
from plexy_pay._core.environment import proxy_for, tls_settings
from plexy_pay._core.origins import Origin
from plexy_pay.errors import ConfigurationError, Outcome, PlexyError

RESPONSE = json_response({"id": "th_1", "success": True})
SECRET = "s3cret-value"


def refused(flavor: Flavor, variable: str, value: str) -> None:
    """A call is refused with an error that names the variable and not its value; nothing is sent."""
    client = flavor.client(None)
    for request in (reading(), capturing()):
        with pytest.raises(
            ConfigurationError, match=f"{variable}.*Nothing was sent"
        ) as caught:
            flavor.call(client, request)
        assert caught.value.outcome is Outcome.NOT_SENT
        chained: BaseException | None = caught.value
        while chained is not None:
            assert value not in str(chained)
            chained = chained.__context__


# Certificates and key logs


@pytest.mark.parametrize(
    "content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"]
)
def test_a_file_of_certificates_that_cannot_be_used_is_named(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / SECRET
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    refused(flavor, "SSL_CERT_FILE", SECRET)


def test_a_directory_in_place_of_a_file_of_certificates_is_named(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    refused(flavor, "SSL_CERT_FILE", str(tmp_path))


@pytest.mark.parametrize("place", ["missing/keys.log", ""])
def test_a_key_log_that_cannot_be_written_is_named(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / place))
    refused(flavor, "SSLKEYLOGFILE", str(tmp_path))


def test_a_client_works_once_its_environment_is_mended(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with WireServer(RESPONSE, tls=serving(authority, "127.0.0.1")) as server:
        client = flavor.client(server.origin)
        with pytest.raises(ConfigurationError):
            flavor.call(client, reading())
        authority.cert_pem.write_to_path(str(path))
        assert flavor.call(client, reading()).status_code == 200


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "HTTPS_PROXY"]
)
def test_an_empty_variable_counts_as_unset(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "")
    with pytest.raises(PlexyError) as caught:
        flavor.call(flavor.client("https://127.0.0.1:9", max_retries=0), reading())
    assert not isinstance(caught.value, ConfigurationError)


def test_a_key_log_is_written(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority, log = trustme.CA(), tmp_path / "keys.log"
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    with WireServer(RESPONSE, tls=serving(authority, "127.0.0.1")) as server:
        flavor.call(flavor.client(server.origin), reading())
    assert "CLIENT_" in log.read_text()


def test_plain_http_to_this_machine_needs_no_certificates(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nope")
    with WireServer(RESPONSE) as server:
        assert flavor.call(flavor.client(server.origin), reading()).status_code == 200


# Proxies


@pytest.mark.parametrize(
    "variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
)
@pytest.mark.parametrize(
    "value",
    [
        f"socks://{SECRET}:1080/",
        f"socks4://{SECRET}:1080",
        f"ftp://{SECRET}:21",
        f"http://{SECRET}:port",
        f"http://{SECRET}:99999",
        f"http://user:{SECRET}@",
        "http://",
        f"http://[{SECRET}",
        f"htp:/{SECRET}",
        f"https//{SECRET}:x:3128",
        f"http://{SECRET}\x7f:3128",
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    refused(flavor, variable, SECRET)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_without_its_package_says_what_to_install(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://{SECRET}:1080")
    refused(flavor, "ALL_PROXY names a SOCKS proxy", SECRET)


@pytest.fixture
def reaches(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[dict[str, str]], list[str]]:
    """Makes a call to the live API in an environment; gives what the proxy was asked for."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))

    def call(environment: dict[str, str]) -> list[str]:
        with (
            WireServer(RESPONSE, tls=serving(authority, "api.plexypay.com")) as api,
            Tunnels(api.port) as proxy,
        ):
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            for name, value in environment.items():
                monkeypatch.setenv(
                    name, value.replace("PROXY", f"127.0.0.1:{proxy.port}")
                )
            assert flavor.call(flavor.client(None), reading()).parsed == {
                "id": "th_1",
                "success": True,
            }
            assert [request.values("authorization") for request in api.requests] == [
                [KEY]
            ]
        return proxy.asked

    return call


# As desktops, Docker, Kubernetes and companies write them.
NO_PROXY = "localhost,127.0.0.1,::1,[::1],10.0.0.0/8,fd00::/8,fe80::/10,.svc,.cluster.local,*.corp,[fd00::1]:443"


@pytest.mark.parametrize(
    "environment",
    [
        {"HTTPS_PROXY": "http://PROXY"},
        {"HTTPS_PROXY": "PROXY"},
        {"HTTPS_PROXY": " http://PROXY/ \n"},
        {"HTTPS_PROXY": "HTTP://PROXY"},
        {"HTTPS_PROXY": "http://user:p%40ss@PROXY"},
        {"https_proxy": "http://PROXY", "HTTPS_PROXY": "http://127.0.0.1:9"},
        {"ALL_PROXY": "http://PROXY", "HTTPS_PROXY": ""},
        # GNOME sets all of them, and SOCKS in a form of its own.
        {
            "HTTPS_PROXY": "http://PROXY",
            "HTTP_PROXY": "http://PROXY",
            "ALL_PROXY": "socks://127.0.0.1:9/",
        },
        {"HTTPS_PROXY": "http://PROXY", "HTTP_PROXY": "socks4://127.0.0.1:9"},
        {"HTTPS_PROXY": "http://PROXY", "FTP_PROXY": "nonsense:x:y"},
        {"HTTPS_PROXY": "http://PROXY", "NO_PROXY": NO_PROXY},
        {"HTTPS_PROXY": "http://PROXY", "NO_PROXY": " localhost , 10.0.0.0/8 ,, "},
        {
            "HTTPS_PROXY": "http://PROXY",
            "NO_PROXY": "http://intranet:8080/x,a b c,*.,/,::/,1.2.3.4/99",
        },
    ],
    ids=str,
)
def test_a_proxy_as_machines_have_it_is_used(
    reaches: Callable[[dict[str, str]], list[str]], environment: dict[str, str]
) -> None:
    assert reaches(environment) == ["CONNECT api.plexypay.com:443 HTTP/1.1"]


@pytest.mark.parametrize(
    ("host", "exceptions"),
    [
        ("api.plexypay.com", "api.plexypay.com"),
        ("api.plexypay.com", "API.plexypay.com:443"),
        ("api.plexypay.com", "localhost, .plexypay.com"),
        ("api.plexypay.com", "plexypay.com"),
        ("api.plexypay.com", "*.plexypay.com"),
        ("api.plexypay.com", "*"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3"),
        ("[fd00::7]", "localhost,fd00::/8"),
        ("[fd00::7]", "[fd00::7]"),
    ],
)
def test_no_proxy_is_asked_for_what_no_proxy_names(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, host: str, exceptions: str
) -> None:
    origin = Origin(f"https://{host}")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert proxy_for(origin, tls_settings(origin)) is not None
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert proxy_for(origin, tls_settings(origin)) is None


@pytest.mark.parametrize(
    "exceptions",
    [
        "other.example",
        "plexypay.com.evil.example",
        "pi.plexypay.com",
        "10.0.0.0/8",
        "0.0.0.0/0",
    ],
)
def test_a_proxy_is_asked_for_what_no_proxy_does_not_name(
    reaches: Callable[[dict[str, str]], list[str]], exceptions: str
) -> None:
    assert reaches({"HTTPS_PROXY": "http://PROXY", "NO_PROXY": exceptions})


def test_a_proxy_that_speaks_tls_is_believed_by_the_same_certificates(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with WireServer(RESPONSE, tls=serving(authority, "api.plexypay.com")) as api:
        with Tunnels(api.port, tls=serving(authority, "127.0.0.1")) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
            assert flavor.call(flavor.client(None), reading()).status_code == 200
    assert proxy.asked == ["CONNECT api.plexypay.com:443 HTTP/1.1"]


def test_the_environment_is_not_read_for_an_http_client_of_the_users(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    injected = flavor.http_client(trust_env=False)
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    monkeypatch.setenv("HTTPS_PROXY", "nonsense:x:y")
    with WireServer(RESPONSE) as server:
        client: Any = flavor.client(server.origin, http_client=injected)
        assert flavor.call(client, reading()).status_code == 200
