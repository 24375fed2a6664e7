"""Sell tea, and be paid through payment links of Plexy Pay."""
