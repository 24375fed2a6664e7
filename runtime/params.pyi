"""Generated parameters that the runtime names. Type checkers read this where the runtime stands; it is not copied."""

from plexy_pay.params import BrowserDetailsParams as BrowserDetailsParams
