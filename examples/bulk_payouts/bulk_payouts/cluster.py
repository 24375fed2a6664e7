"""Pay on a Dask cluster. Only this module needs Dask, whose functions have few types."""

# mypy: allow-untyped-calls
# pyright: basic

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import contextmanager

from distributed import Client, LocalCluster


@contextmanager
def on_dask(where: str) -> Generator[Executor]:
    """Give the executor of a cluster: of the one at an address, or of a `local` one that ends with it.

    Its workers need this program, and PLEXY_API_KEY in their environment: no key travels.
    """
    with _cluster(where) as dask:
        # Each call is work of its own, though its arguments are those of the others.
        yield dask.get_executor(pure=False)


@contextmanager
def _cluster(where: str) -> Generator[Client]:
    if where != "local":
        with Client(where) as dask:
            yield dask
        return
    workers = LocalCluster(n_workers=2, threads_per_worker=4, dashboard_address=":0")
    with workers, Client(workers) as dask:
        yield dask
