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
from .running import DEFAULT_URL, AsJson, Url, call, unreachable

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
        except (ValueError, RuntimeError) as error:
            raise CommandError(f"{scenario.name}: {error}") from None
        except OSError as error:
            raise unreachable(url, error) from None
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
        _key(access["key"], "PLEXY_API_KEY"),
        _key(access["checkout_key"], "PLEXY_CHECKOUT_API_KEY"),
    )


def _key(shown: str, variable: str) -> str:
    """Return the key that the sandbox shows. The environment, which may have a real one, is asked only without it."""
    if not shown.startswith("<"):
        return shown
    if variable not in os.environ:
        raise CommandError(f"The sandbox has a key of yours: set {variable} to it.")
    return os.environ[variable]
