"""Stub of the generated `_recipes.py`, for type checkers that read runtime/ in place. It is not copied."""

from typing import TypeAlias

from ._core.recipes import Recipe

MoneyOperation: TypeAlias = str
Shown: TypeAlias = str
RECIPES: dict[str, Recipe]
