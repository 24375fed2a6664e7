"""A shop that takes payments."""
