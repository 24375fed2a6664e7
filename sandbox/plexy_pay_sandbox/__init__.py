"""A local stand-in for the Plexy Pay API, for development and tests.

It serves the operations of the bundled OpenAPI document with state in memory: payment links that can be paid
on a page of its own, captures, cancellations, refunds, and `transaction.*` webhooks. Start it with
`python -m plexy_pay_sandbox`, or inside a program with `RunningSandbox`.

What the public documentation says, the sandbox does. Where it says nothing, the sandbox does something
plausible, and the first lines of each module name those choices: do not take them for facts about the real
API.
"""

from __future__ import annotations

try:
    from .app import create_app
    from .serving import RunningSandbox
except ModuleNotFoundError as error:
    if error.name in ("starlette", "uvicorn", "jsonschema", "referencing"):
        raise ModuleNotFoundError(
            f"The sandbox needs {error.name}. Install it with: pip install 'plexy-pay[sandbox]'",
            name=error.name,
        ) from error
    raise

__all__ = ["RunningSandbox", "create_app"]
