"""Stub of the generated parameters that the runtime names, for type checkers. It is not copied."""

from plexy_pay.params import BrowserDetailsParams as BrowserDetailsParams
