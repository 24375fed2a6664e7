"""Copies the package into another repository, under any name and with chosen parts, and keeps the copy honest."""
