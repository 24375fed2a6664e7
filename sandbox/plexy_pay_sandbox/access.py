"""Keys of each family, the agent of the Gate, and the secrets that prove webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .responses import CHECKOUT, GATE
from .webhooks.signing import Secrets

DEFAULT_KEY: Final = "pr_sandbox"
DEFAULT_CHECKOUT_KEY: Final = "ck_sandbox"
DEFAULT_GATE_KEY: Final = "gk_sandbox"
DEFAULT_AGENT_ID: Final = "11111111-1111-4111-8111-111111111111"
DEFAULT_WEBHOOK_TOKEN: Final = "whk_sandbox"  # noqa: S105 (it protects nothing but a test)
DEFAULT_WEBHOOK_SECRET: Final = "whs_sandbox"  # noqa: S105 (it protects nothing but a test)

PAY: Final = "pay"


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The first key of each family, the agent of the Gate, and the secrets that prove webhooks.

    `app.state.access` has it.
    """

    key: str = DEFAULT_KEY
    checkout_key: str = DEFAULT_CHECKOUT_KEY
    gate_key: str = DEFAULT_GATE_KEY
    agent_id: str = DEFAULT_AGENT_ID
    webhook_token: str = DEFAULT_WEBHOOK_TOKEN
    webhook_secret: str = DEFAULT_WEBHOOK_SECRET
    webhook_private_key: str = DEFAULT_KEY

    def shown(self) -> dict[str, str]:
        """Return what everybody may see. A key that was given is not shown: it may be a real one by mistake."""
        defaults = Access()
        given = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value if value == getattr(defaults, name) else f"<your {name}>"
            for name, value in given.items()
        }

    @property
    def secrets(self) -> Secrets:
        """Return what proves webhooks."""
        return Secrets(
            token=self.webhook_token,
            private_key=self.webhook_private_key,
            secret=self.webhook_secret,
        )


def keys_by_family(
    keys: Sequence[str], checkout_keys: Sequence[str], gate_keys: Sequence[str]
) -> Mapping[str, Sequence[str]]:
    """Return the keys that each family accepts.

    Raises:
        ValueError: if a family has no key or an empty one, or a key that another one has.
    """
    families = {PAY: keys, CHECKOUT: checkout_keys, GATE: gate_keys}
    if not all(family and all(family) for family in families.values()):
        raise ValueError(
            "The sandbox needs at least one API key for each family, and none of them empty."
        )
    together = {*keys, *checkout_keys, *gate_keys}
    if len(together) < sum(len(set(family)) for family in families.values()):
        raise ValueError("The sandbox needs other API keys for each family.")
    return families
