"""A config is read whole or refused with its lines; an empty one is fine."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.foreign import settings

from generator.config import Config, load
from generator.problems import SpecError


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        settings(folder, text)
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in caught.value.problems]


def test_an_empty_config_is_all_defaults(tmp_path: Path) -> None:
    found = settings(tmp_path, "")
    assert (found.client, found.skip, found.moves_money, found.evidence) == ("", (), None, "documented")
    assert found == Config(path=found.path)


def test_every_key_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "any-spec.md"
    text = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    found = settings(tmp_path, text)
    assert (found.client, found.error, found.variables, found.api) == ("Acme", "AcmeError", "ACME", "Acme")
    assert found.skip == ("POST /pets/{id}/photo", "streamEvents")
    assert found.server == {"live": "https://api.acme.com", "test": "https://sandbox.acme.com"}
    assert found.security["tokenAuth"].prefix == "Token "
    choice = found.operations["GET /pets"]
    assert (choice.resource, choice.method, choice.evidence, choice.moves_money) == (
        "pets",
        "list",
        "observed",
        False,
    )
    assert choice.pagination == {"items": "data", "page": "page", "size": "limit", "total": "total"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = 1", "acme.toml:1: a means nothing"),
        ("\n[package]\nnaem = 1", "acme.toml:3: package.naem means nothing"),
        ("[package]\nclient = 'acme'", "acme.toml:2: client = 'acme' cannot be used"),
        ("skip = 'all'", "acme.toml:1: skip is no list of texts"),
        ("skip = [1]", "acme.toml:1: skip is no list of texts"),
        ("evidence = 'sure'", "acme.toml:1: evidence = 'sure' is no word of evidence"),
        ("largest = 0", "acme.toml:1: largest is no whole number above zero"),
        ("moves_money = 'x'", "acme.toml:1: moves_money is no list of texts"),
        ("[server]\nlive = 'https://a/b'", "acme.toml:2: live = 'https://a/b' cannot be used"),
        ("[server]\nother = 'https://a'", "acme.toml:2: server.other means nothing"),
        ("security = 1", "acme.toml:1: security is no table"),
        ("[security.a]\nprefix = 1", "acme.toml:2: the prefix of a is not plain text"),
        ("[security.a]\nheader = 'a b'", "acme.toml:2: header = 'a b' cannot be used"),
        ("[operations.a]\nmoves_money = 1", "acme.toml:2: moves_money of 'a' is not true or false"),
        (
            "[operations.a]\npagination = { rows = 'x' }",
            "acme.toml:2: operations.a.pagination.rows means nothing",
        ),
        ("a = [", "acme.toml:1: the config is not TOML"),
    ],
)
def test_what_means_nothing_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = refused(tmp_path, text)
    assert found.startswith(problem)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, "a = 1\nb = 2\nevidence = 3")) == 3


def test_a_config_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"none\.toml:1: the config cannot be read: No such file"):
        load(tmp_path / "none.toml")
