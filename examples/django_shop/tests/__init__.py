"""Test the shop."""
