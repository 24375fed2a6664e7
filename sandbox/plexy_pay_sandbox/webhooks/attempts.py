"""One try to deliver an event: what was sent, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import wire


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """Represent one try to deliver.

    Attributes:
        at: The real time, which the signature of v2 contains.
        seen_at: The same moment in the time of the sandbox.
        headers: The headers that were sent with the body, with the token or the signature.
        status: The status of the response, if one came.
        error: The name of the error that came in its place.
        excerpt: The beginning of the body of the response.
    """

    at: datetime
    seen_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    status: int | None = None
    error: str | None = None
    excerpt: bytes = field(default=b"", repr=False)

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> DeliveryAttempt:
        """Return the attempt that `kept` gave; its headers are gone."""
        return cls(
            at=datetime.fromisoformat(kept["at"]),
            seen_at=datetime.fromisoformat(kept["seen_at"]),
            status=kept["status"],
            error=kept["error"],
            excerpt=kept["excerpt"].encode("latin-1"),
        )

    def kept(self) -> dict[str, Any]:
        """Return the attempt in JSON, without the headers, which have the token or the signature."""
        return {
            "at": self.at.isoformat(),
            "seen_at": self.seen_at.isoformat(),
            "status": self.status,
            "error": self.error,
            "excerpt": self.excerpt.decode("latin-1"),
        }

    def show(self) -> dict[str, Any]:
        """Return the attempt as `GET /_sandbox/webhooks` lists it."""
        shown: dict[str, Any] = {"at": wire.to_microseconds(self.at)}
        if self.status is not None:
            shown["status"] = self.status
        if self.error is not None:
            shown["error"] = self.error
        return shown
