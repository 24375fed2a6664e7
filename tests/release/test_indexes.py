"""What the name of an index stands for, and how an index is asked."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from helpers.wire import Recorded, WireServer, http, json_answer

from generator.releasing import indexes
from generator.releasing.project import Refused

NOWHERE = "https://index.shop.example"


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "publisher")
    monkeypatch.setenv("TWINE_PASSWORD", "not-a-secret-7Jq")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def config(folder: Path, *lines: str) -> str:
    file = folder / "pypirc"
    file.write_text("\n".join(["[distutils]", "index-servers = shop", "[shop]", *lines]), "utf-8")
    return str(file)


def index_at(origin: str) -> indexes.Index:
    return indexes.find("shop", repository_url=origin)


def refusal(*lines: str, folder: Path) -> str:
    with pytest.raises(Refused) as refused:
        indexes.find("shop", config=config(folder, *lines))
    return str(refused.value)


@pytest.mark.parametrize(
    ("upload", "lists"),
    [
        (f"{NOWHERE}/legacy/", f"{NOWHERE}/simple/"),
        ("https://upload.shop.example/legacy/", "https://shop.example/simple/"),
        (f"{NOWHERE}/", f"{NOWHERE}/simple/"),
        (NOWHERE, f"{NOWHERE}/simple/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/simple/"),
        ("http://[::1]:8080/", "http://[::1]:8080/simple/"),
        ("http://localhost:8080", "http://localhost:8080/simple/"),
    ],
)
def test_where_an_index_lists_its_files_is_told_from_where_it_takes_them(
    upload: str, lists: str, tmp_path: Path
) -> None:
    found = indexes.find("shop", config=config(tmp_path, f"repository = {upload}"))
    assert (found.upload, found.check) == (upload, lists)


def test_the_public_indexes_need_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("pypi", "testpypi"):
        found = indexes.find(name)
        assert found.check.endswith(".org/simple/")
        assert "upload." not in found.check


def test_where_files_are_listed_can_be_said(tmp_path: Path) -> None:
    lines = [f"repository = {NOWHERE}/api/up", f"check-url = {NOWHERE}/api/list"]
    assert indexes.find("shop", config=config(tmp_path, *lines)).check == f"{NOWHERE}/api/list/"
    given = indexes.find("shop", repository_url=f"{NOWHERE}/up", check_url=f"{NOWHERE}/down")
    assert given.check == f"{NOWHERE}/down/"


def test_an_index_that_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    said = refusal(f"repository = {NOWHERE}/api/up", folder=tmp_path)
    assert "It is not known where the index 'shop' lists its files" in said
    assert "check-url" in said


@pytest.mark.parametrize(
    "address",
    [
        "http://index.shop.example/legacy/",
        "http://127.0.0.1.shop.example/",
        "ftp://127.0.0.1/",
        "https:///legacy/",
        "https://index.shop.example:0/",
        "https://index.shop.example:port/",
        "https://index.shop.example/legacy/?to=elsewhere",
        "index.shop.example",
        "https://[::1/",
    ],
)
def test_an_address_that_must_not_be_used_is_refused(address: str, tmp_path: Path) -> None:
    assert refusal(f"repository = {address}", folder=tmp_path).startswith("- The upload address ")
    lines = [f"repository = {NOWHERE}/legacy/", f"check-url = {address}"]
    assert refusal(*lines, folder=tmp_path).startswith("- The check-url ")


def test_a_password_has_no_place_in_a_file_or_an_address(tmp_path: Path) -> None:
    in_file = refusal(f"repository = {NOWHERE}/", "username = me", "password = s3cret-kQ", folder=tmp_path)
    in_address = refusal("repository = https://me:s3cret-kQ@index.shop.example/", folder=tmp_path)
    broken = refusal("repository", "password = s3cret-kQ", "password = s3cret-kQ", folder=tmp_path)
    assert "in plain text" in in_file
    assert "has a login in it" in in_address
    assert "cannot be read" in broken
    assert "s3cret-kQ" not in in_file + in_address + broken


def test_only_files_of_the_version_count_and_hashes_are_kept() -> None:
    page = """<a href="../../f/plexy_pay-1.2.0.tar.gz#sha256=aa">x</a>
        <a href="https://files.shop.example/plexy_pay-1.2-py3-none-any.whl#md5=bb">x</a>
        <a href="plexy_pay-1.2.0rc1.tar.gz">x</a> <a href="plexy_pay-1.2.0.tar.gz.asc">x</a>
        <a href="/">home</a> <a>nothing</a>"""
    with WireServer(http(200, page.encode(), {"Content-Type": "text/html"})) as server:
        found = indexes.files(index_at(server.origin), "plexy-pay", "1.2.0")
    assert found == {"plexy_pay-1.2.0.tar.gz": "aa", "plexy_pay-1.2-py3-none-any.whl": ""}


def test_an_index_may_answer_json() -> None:
    files = [
        {"filename": "plexy_pay-1.2.0.tar.gz", "hashes": {"sha256": "aa"}, "yanked": True},
        {"filename": "plexy_pay-1.2.0-py3-none-any.whl", "hashes": {}},
        {"filename": "plexy_pay-1.1.0.tar.gz", "hashes": {"sha256": "cc"}},
    ]
    answer = json_answer({"files": files}, headers={"Content-Type": "application/vnd.pypi.simple.v1+json"})
    with WireServer(answer) as server:
        found = indexes.files(index_at(server.origin), "plexy-pay", "1.2.0")
    assert found == {"plexy_pay-1.2.0.tar.gz": "aa", "plexy_pay-1.2.0-py3-none-any.whl": ""}


def test_an_index_that_does_not_know_the_package_has_no_version_of_it() -> None:
    with WireServer(http(404)) as server:
        assert not indexes.files(index_at(server.origin), "plexy-pay", "1.2.0")


@pytest.mark.parametrize(
    "answer",
    [
        http(500),
        http(403),
        http(204),
        json_answer([1]),
        json_answer({"files": [1]}),
        json_answer({}),
        b"no http\r\n\r\n",
    ],
)
def test_an_answer_that_says_nothing_of_versions_is_no_permission(answer: bytes) -> None:
    with WireServer(answer) as server, pytest.raises(Refused, match=r"Nothing was sent\."):
        indexes.files(index_at(server.origin), "plexy-pay", "1.2.0")


def test_the_login_is_given_only_when_asked_for_and_only_to_the_index() -> None:
    listed = http(200, json.dumps({"files": []}).encode(), {"Content-Type": "application/json"})

    def private(request: Recorded) -> bytes:
        if not request.values("authorization"):
            return http(401)
        return http(302, headers={"Location": f"{elsewhere.origin}/simple/plexy-pay/"})

    with WireServer(listed) as elsewhere, WireServer(private) as server:
        assert not indexes.files(index_at(server.origin), "plexy-pay", "1.2.0")
    login = base64.b64encode(b"publisher:not-a-secret-7Jq").decode()
    assert [request.values("authorization") for request in server.requests] == [[], [f"Basic {login}"]]
    assert [request.values("authorization") for request in elsewhere.requests] == [[]]
