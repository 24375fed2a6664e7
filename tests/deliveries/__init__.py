"""Hostile webhook deliveries: the cases, and the page that shows what comes of each."""
