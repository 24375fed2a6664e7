"""What constraints.txt says of every package that an environment may get."""

from __future__ import annotations

import re

from helpers.clones import HERE
from helpers.pythons import bootstrap

TEXT = (HERE.root / "constraints.txt").read_text("utf-8")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def test_every_version_has_hashes_and_no_address() -> None:
    pins = re.split(r"^(?=[a-z0-9])", TEXT, flags=re.MULTILINE)[1:]
    assert len(pins) > 100
    assert not [pin.splitlines()[0] for pin in pins if not HASH.search(pin)]
    assert "://" not in TEXT


def test_the_first_environment_gets_uv_by_its_hash() -> None:
    version, *hashes = bootstrap().pinned("uv").replace(" \\\n", "\n").splitlines()
    assert re.fullmatch(r"uv==[0-9.]+", version)
    assert hashes
    assert all(HASH.fullmatch(line) for line in hashes)
