"""Writes the files of the package from the model."""
