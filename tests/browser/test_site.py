"""The documentation in Chromium, on a phone and on a desk: for everybody, and from this machine alone."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.site.building import SiteError, build, run_zensical

from .tabs import Browser, Tab

WIDTHS = (360, 1280)
#: Pages of every kind, with their headings.
PAGES = {
    "": "plexy-pay",
    "docs/webhooks/": "Webhooks",
    "reference/": "Reference",
    "reference/operations/payment_links/": "Payment links",
    "reference/models/checkout/": "Models of checkout",
    "reference/events/": "Webhook events",
    "reference/python/clients/": "Clients",
    "CHANGELOG/": "Changelog",
}


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, built once. Only at a desk may Zensical be missing."""
    if importlib.util.find_spec("zensical") is None and not os.environ.get("CI"):
        pytest.skip("Zensical is not installed; `./nox -s browser` installs it")
    return build()


@pytest.fixture(scope="module")
def origin(site: Path) -> Iterator[str]:
    """Where the site is served."""
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def is_quiet(tab: Tab, origin: str) -> None:
    heard = tab.heard()
    assert heard.complaints == []
    # The workers of the search are read from the page itself.
    assert {one for one in heard.origins if one != "null"} == {origin}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_read_by_everybody(
    browser: Browser, origin: str, page: str, width: int
) -> None:
    name = page.strip("/").replace("/", "-") or "start"
    with browser.tab(f"site-{name}", width=width) as tab:
        tab.go(f"{origin}/{page}")
        tab.sees(PAGES[page], exact=False)
        is_quiet(tab, origin)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["", "reference/operations/payment_links/"])
def test_a_page_can_be_read_in_the_dark(
    browser: Browser, origin: str, page: str, width: int
) -> None:
    name = page.strip("/").replace("/", "-") or "start"
    with browser.tab(f"site-dark-{name}", width=width, dark=True) as tab:
        tab.go(f"{origin}/{page}")
        tab.sees(PAGES[page], exact=False)
        is_quiet(tab, origin)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_search_finds_the_refund(browser: Browser, origin: str, width: int) -> None:
    with browser.tab("site-search", width=width) as tab:
        tab.go(origin)
        tab.sees("plexy-pay", exact=False)
        # A phone has the first, a desk the second.
        tab.click_on("[for=__search], .md-search__button")
        tab.click_on("dialog input")
        tab.type("refund")
        assert "refund" in tab.text("dialog a:has-text('payments.refund')")
        is_quiet(tab, origin)


def test_a_link_that_leads_nowhere_stops_the_build(site: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    config = tmp_path / "mkdocs.yml"
    config.write_text("site_name: s\ndocs_dir: docs\nsite_dir: site\n", "utf-8")
    (docs / "index.md").write_text("# One\n\n[two](two.md)\n", "utf-8")
    with pytest.raises(SiteError, match=r"page does not exist[\s\S]*index\.md:3"):
        run_zensical(config)
    (docs / "two.md").write_text("# Two\n\n[one](index.md#three)\n", "utf-8")
    with pytest.raises(SiteError, match=r"anchor does not exist[\s\S]*two\.md:3"):
        run_zensical(config)
    (docs / "two.md").write_text("# Two\n\n[one](index.md#one)\n", "utf-8")
    run_zensical(config)


def test_the_site_has_the_markdown_of_each_page(site: Path) -> None:
    index = (site / "llms.txt").read_text("utf-8")
    whole = (site / "llms-full.txt").read_text("utf-8")
    pages = [one for one in site.rglob("index.html") if one.parent != site]
    assert len(pages) > 70
    for page in pages:
        path = page.parent.relative_to(site).as_posix()
        twin = site / f"{path}.md"
        if not twin.exists():
            twin = site / path / "README.md"
        if not twin.exists():
            twin = site / path / "index.md"
        name = twin.relative_to(site).as_posix()
        assert f"]({name})" in index
        assert twin.read_text("utf-8").strip() in whole


def test_two_builds_make_the_same_bytes(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    build()
    after = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert {path for path in before if before[path] != after.get(path)} == set()
    assert before.keys() == after.keys()
