"""Generated models that the runtime names. Type checkers read this where the runtime stands; it is not copied."""

from plexy_pay.models import CardData as CardData
from plexy_pay.models import KeyResponse as KeyResponse
