"""What the generated `_recipes.py` holds. Type checkers read this where the runtime stands; it is not copied."""

from typing import TypeAlias

from ._core.recipes import Recipe

MoneyOperation: TypeAlias = str
Shown: TypeAlias = str
RECIPES: dict[str, Recipe]
