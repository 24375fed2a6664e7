"""Stub of the generated models that the runtime names, for type checkers. It is not copied."""

from plexy_pay.models import CardData as CardData
from plexy_pay.models import KeyResponse as KeyResponse
