"""What the dashboard reads, and what does its deeds."""

from __future__ import annotations

from dataclasses import dataclass

from ..access import Access
from ..control_routes import Control
from ..faults.rules import Faults
from ..request_log import RequestLog
from ..timing import Clock
from ..validation import Contract
from ..webhooks.sender import WebhookSender
from ..world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Hold the parts of a sandbox.

    Attributes:
        world: The memory.
        sender: Who delivers webhooks.
        log: The latest requests.
        access: The keys and secrets.
        faults: The faults that are set.
        contract: The document, read.
        clock: The time.
        control: What moves the clock, and forgets everything.
    """

    world: World
    sender: WebhookSender
    log: RequestLog
    access: Access
    faults: Faults
    contract: Contract
    clock: Clock
    control: Control
