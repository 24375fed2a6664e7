"""Install the archives as a user does, with every Python at hand, and make a payment with what was installed."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from .archives import Both
from .distributions import CLIENT, SANDBOX
from .project import Project, Refused
from .running import output_of

#: Run from an empty directory with what a plain install brings, in which nothing is of the sandbox.
FIRST_LOOK = """
import importlib.metadata, importlib.resources, importlib.util, json, sys
import plexy_pay
from plexy_pay import AsyncPlexyPay, Money, PlexyPay
with PlexyPay("pr_never_sent", base_url="http://127.0.0.1:9") as client:
    assert "pr_never_sent" not in repr(client)
    assert callable(client.payment_links.create)
of_the_sandbox = [point.name for point in importlib.metadata.distribution("plexy-pay").entry_points]
if importlib.util.find_spec("plexy_pay_sandbox"):
    of_the_sandbox.append("plexy_pay_sandbox")
if importlib.resources.files("plexy_pay").joinpath("openapi.json").is_file():
    of_the_sandbox.append("openapi.json")
print(json.dumps({
    "version": plexy_pay.__version__,
    "file": plexy_pay.__file__,
    "of_the_sandbox": of_the_sandbox,
    "packages": sorted(found.name for found in importlib.metadata.distributions()),
}))
"""
#: What `pip install plexy-pay` may bring; every further package is a risk that a user takes over from us.
BRINGS = {
    "anyio",
    "attrs",
    "certifi",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "plexy-pay",
    "typing_extensions",
}
#: The last line of the quickstart says what became of the money.
LAST_LINE = "Done: 22 000.00 KZT held, 15 000.00 KZT captured, 5 000.00 KZT refunded, 10 000.00 KZT kept."


def try_everywhere(
    project: Project, made: Both, pythons: list[str], scratch: Path
) -> list[str]:
    """Install the sdists, and the wheels, into fresh environments of each Python, and return what went wrong.

    Each environment makes a client with a plain install, in which nothing is of the sandbox, and then takes a payment
    from link to refund against the sandbox of the extra.
    """
    kinds = list(zip(*made, strict=True))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as executor:
        tries = [
            executor.submit(_try, project, python, *kind, scratch / str(number))
            for number, (python, kind) in enumerate(product(pythons, kinds))
        ]
        return [problem for future in tries if (problem := future.result())]


def _try(
    project: Project, python: str, client: Path, sandbox: Path, directory: Path
) -> str:
    """Install the client, then the sandbox with it; return what went wrong, or nothing."""
    environment, empty = directory / "environment", directory / "elsewhere"
    empty.mkdir(parents=True)
    installed = environment / "bin" / "python"
    pip = [
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        str(installed),
        "--constraint",
        "constraints.txt",
    ]
    # -I: neither the directory nor the caller's variables can bring another plexy_pay in.
    isolated = [str(installed), "-I"]
    try:
        _run(
            ["uv", "venv", "--quiet", "--python", python, str(environment)],
            project.root,
        )
        # Compiled when it is installed, as pip does it.
        _run([*pip, "--compile-bytecode", str(client)], project.root)
        said = json.loads(_run([*isolated, "-c", FIRST_LOOK], empty))
        if said["version"] != project.version:
            raise Refused([f"it says that it is {said['version']}"])
        if not Path(said["file"]).resolve().is_relative_to(environment.resolve()):
            raise Refused([f"plexy_pay came from {said['file']}"])
        if more := set(said["packages"]) - BRINGS:
            raise Refused([f"a plain install also brought {', '.join(sorted(more))}"])
        if more := said["of_the_sandbox"]:
            raise Refused([f"a plain install also brought {', '.join(more)}"])
        extra = f"{CLIENT.name}[sandbox] @ {client.as_uri()}"
        _run([*pip, extra, f"{SANDBOX.name} @ {sandbox.as_uri()}"], project.root)
        _run(
            ["uv", "pip", "check", "--quiet", "--python", str(installed)], project.root
        )
        paid = _run([*isolated, "-m", "plexy_pay_sandbox.quickstart"], empty)
        if paid.strip().splitlines()[-1] != LAST_LINE:
            raise Refused([f"the payment ended otherwise:\n{paid}"])
    except Refused as error:
        return f"{client.name} on {python}: {'; '.join(error.reasons)}"
    return ""


def _run(command: list[str], directory: Path) -> str:
    """What a command prints.

    Raises:
        Refused: with all that it said, if it fails.
    """
    env = {**os.environ, "UV_BUILD_CONSTRAINT": "constraints.txt"}
    # Its own sandbox is on this machine; a key of the caller has no place here.
    env = {name: value for name, value in env.items() if not name.startswith("PLEXY_")}
    return output_of(command, directory, env)
