"""Write the first page of the reference: all operations, what the badges mean, how the examples run."""

from __future__ import annotations

from ..model.api import Api
from ..model.query import by_resource
from . import markdown

_EVIDENCE = """\
## Evidence

A badge says how well a fact is known. Only what is documented is the vendor's word. An operation has the weaker badge
of its method and its path.

| Badge | Meaning |
| --- | --- |
| documented | A page or code of the vendor says it. |
| documented in 2023 | A page or code of the vendor said it in 2023, and nothing has since. |
| seen in use | Public code of merchants does it. |
| inferred | It is the likeliest reading of what is known. |

An operation that is only inferred and can move money raises `InferredOperationError` before anything is sent, unless
the client was made with `allow_inferred=True`. [The README](../README.md#what-is-documented-and-what-is-not) has the
figures, [spec/README.md](../spec/README.md) the rules."""

_EXAMPLES = """\
## The examples

Each operation has one example, as a program with the sync client, as one with the async client, and as a command of
curl. The values are those of the examples in the OpenAPI document. Replace their ids with yours.

The programs and commands read the variables of [the configuration](configuration.md). `plexy-sandbox` prints keys for
the sandbox, and its address:

```bash
export PLEXY_BASE_URL=http://127.0.0.1:8490
export PLEXY_API_KEY=pr_sandbox
export PLEXY_CHECKOUT_API_KEY=ck_sandbox
export PLEXY_GATE_API_KEY=gk_sandbox
```

The clients know the origins of the API. curl does not: `PLEXY_BASE_URL` names it, and without it the command fails.
curl repeats nothing and judges no response. What a page says of repeated calls and of errors is about the clients.

The tests run every example as it stands here, against the sandbox. They make what an example names first, and a
gateway between the two replaces the id and the encrypted card of the example with those of the sandbox."""


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
