"""The page for newcomers works: its files are saved and its commands typed, unedited and in their order."""

from __future__ import annotations

from pathlib import Path

import httpx
from helpers.pages import PROGRAMS, ROOT, blocks
from helpers.terminal import Terminal, terminal

PAGE = ROOT / "docs/start.md"
SERVERS = {"plexy-sandbox --webhook-url": 8490, "uvicorn": 8000}


def type_in(opened: Terminal, command: str) -> str:
    """Type one command of the page; a server goes on in the background."""
    if command.startswith("pip install "):
        return (
            ""  # tests/release installs what is built into environments of their own.
        )
    if command.startswith("export "):
        return opened.export(command)
    for server, port in SERVERS.items():
        if command.startswith(server):
            opened.serve(command, port)
            return ""
    return opened.run(command)


def deliveries() -> list[str]:
    """Return the state of each delivery; those that `doctor` forged are given up."""
    listed = httpx.get("http://127.0.0.1:8490/_sandbox/webhooks").json()["deliveries"]
    return [one["state"] for one in listed]


def test_a_newcomer_gets_to_a_verified_webhook(tmp_path: Path) -> None:
    with terminal(tmp_path) as opened:
        for program in PROGRAMS.values():
            if program.page == PAGE and program.file is not None:
                (tmp_path / program.file).write_text(program.text, "utf-8")
        printed = ""
        for block in blocks(PAGE):
            if block.words[0] != "console":
                continue
            for line in block.text.splitlines():
                if line.startswith("$ "):
                    printed = type_in(opened, line.removeprefix("$ "))
                else:
                    assert line in printed
        while "pending" in deliveries():
            pass
        assert "paid: ORD-1001" in opened.output()
