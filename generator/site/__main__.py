"""`python -m generator.site`: build the documentation's site into build/site/, and serve it if asked."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ..diagnostics import SpecError
from .building import SiteError, build


def main(arguments: list[str] | None = None) -> int:
    """Build the site; 0 means that it was built, 1 that something is wrong with it."""
    parser = argparse.ArgumentParser(
        prog="python -m generator.site", description=__doc__
    )
    parser.add_argument(
        "--serve", action="store_true", help="serve the site to this machine afterwards"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="the port to serve it on"
    )
    options = parser.parse_args(arguments)
    try:
        site = build()
    except (SiteError, SpecError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The site is in {site}.")
    if options.serve:
        _serve(site, options.port)
    return 0


def _serve(site: Path, port: int) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"It is at {address}. Ctrl-C ends it.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    sys.exit(main())
