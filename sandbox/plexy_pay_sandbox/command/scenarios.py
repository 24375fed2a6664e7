"""Show the test scenarios, and run them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from plexy_pay import PlexyError

from ..scenarios import SCENARIOS, Keys, Scenario, run
from ..suggestions import meant
from .errors import CommandError
from .output import show, show_json, show_table
from .running import DEFAULT_URL, AsJson, Url, call

scenarios = typer.Typer(
    help="Show the vendor's test cards and values, and run them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@scenarios.command("list")
def list_scenarios(as_json: AsJson = False) -> None:
    """Show each test value with what it leads to, and how well that is known."""
    rows = [scenario.show() for scenario in SCENARIOS.values()]
    if as_json:
        show_json({"scenarios": rows})
        return
    titles = ("name", "api", "what", "expected", "evidence")
    show_table(titles, ([row[title] for title in titles] for row in rows))


@scenarios.command("run")
def run_scenarios(
    names: Annotated[
        list[str],
        typer.Argument(help="Names of the list, or `all`.", metavar="NAME..."),
    ],
    page: Annotated[
        bool,
        typer.Option(
            "--page", help="Pay on the payment page, as a payer, and not host to host."
        ),
    ] = False,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Run scenarios at a running sandbox: host to host with the real client, or on the payment page."""
    chosen = _chosen(names)
    if page and names == ["all"]:
        chosen = [scenario for scenario in chosen if scenario.has_page]
    keys = _keys(call(url, "GET", "/_sandbox/about")["access"])
    rows: list[dict[str, Any]] = []
    for scenario in chosen:
        try:
            result = run(scenario, url.rstrip("/"), keys, page=page)
        except PlexyError as error:
            raise CommandError(f"{scenario.name}: {error.message}") from None
        except ValueError as error:
            raise CommandError(f"{error}.") from None
        row = {
            "name": scenario.name,
            "expected": scenario.expected,
            "outcome": result.outcome,
            "ok": result.ok,
            "detail": result.detail,
        }
        rows.append(row)
        if not as_json:
            sign = " ok  " if result.ok else "FAIL "
            show(f"{sign}  {scenario.name}: {result.outcome} ({result.detail})")
    if as_json:
        show_json({"results": rows})
    failed = [row["name"] for row in rows if not row["ok"]]
    if failed:
        raise CommandError(f"Not as expected: {', '.join(failed)}.")


def _chosen(names: list[str]) -> list[Scenario]:
    if names == ["all"]:
        return list(SCENARIOS.values())
    for name in names:
        if name not in SCENARIOS:
            raise CommandError(
                f"There is no scenario {name!r}{meant(name, SCENARIOS)}."
            )
    return [SCENARIOS[name] for name in names]


def _keys(access: Mapping[str, str]) -> Keys:
    """Return the keys of the sandbox. Those that somebody gave it are not shown: they come from the environment."""
    return Keys(
        os.environ.get("PLEXY_API_KEY") or access["key"],
        os.environ.get("PLEXY_CHECKOUT_API_KEY") or access["checkout_key"],
    )
