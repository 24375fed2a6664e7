"""Write the first page of the reference: all operations, what the badges mean, how the examples run."""

from __future__ import annotations

from ..model.api import Api
from ..model.query import by_resource
from . import markdown

_EVIDENCE = """\
## Evidence

A badge shows the evidence level of a fact. An operation has the weaker level of its method and its path.
[Evidence](../docs/evidence.md) explains the levels, gives the figures, and describes how the client treats inferred
operations."""

_EXAMPLES = """\
## The examples

Each operation has one example in three forms: a program with the sync client, a program with the async client, and a
curl command. The values come from the examples in the OpenAPI document. Replace the ids with your own.

The programs and commands read the environment variables of [the configuration](configuration.md). For the sandbox, set:

```bash
export PLEXY_BASE_URL=http://127.0.0.1:8490
export PLEXY_API_KEY=pr_sandbox
export PLEXY_CHECKOUT_API_KEY=ck_sandbox
export PLEXY_GATE_API_KEY=gk_sandbox
```

The clients know the origins of the API. The curl commands take the origin from `PLEXY_BASE_URL` and fail without it.
Statements about retries and errors apply to the clients only: curl repeats nothing and judges no response.

The tests run every example unedited against the sandbox. They first create the objects that an example names. A gateway
between the example and the sandbox replaces the id and the encrypted card of the example with those of the sandbox."""


def page(api: Api) -> str:
    """Return the page."""
    operations = sum(1 for _ in api.operations)
    resources = by_resource(api.operations)
    rows = [
        (
            f"[`{one.call}`](operations/{name.replace('.', '_')}.md#{one.call})",
            f"`{one.http_method} {one.path}`",
            "moves money" if one.moves_money else "",
            markdown.badge(one.evidence, ""),
        )
        for name, members in resources.items()
        for one in members
    ]
    told = (
        f"The client has {operations} operations in "
        f"{sum(1 for members in resources.values() if members)} resources, and {len(api.events)} webhook events."
    )
    more = (
        "[Models](models/index.md) has what they take and return, [Events](events.md) the webhooks, "
        "[Configuration](configuration.md) keys, origins and environment variables."
    )
    table = markdown.table(("Method", "Request", "Money", "Evidence"), rows)
    parts = ("# Reference", told, more, _EVIDENCE, _EXAMPLES)
    return markdown.joined((*parts, "## All operations", table))
