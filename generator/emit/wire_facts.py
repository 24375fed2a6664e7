"""Write what the runtime's models say of a field beside its annotation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.types import Discriminator, ListOf, ModelRef, Type, Union, variants_of


class Expression(str):
    """A text that is Python already."""

    __slots__ = ()


def wire_call(facts: Mapping[str, object]) -> str:
    """Return the expression of the metadata of a field; the name on the wire is its one positional argument."""
    texts = [
        _literal(value) if fact == "name" else f"{fact}={_literal(value)}"
        for fact, value in facts.items()
    ]
    return f"wire({', '.join(texts)})"


def discriminators(type_: Type) -> Expression | None:
    """Return the expression of what tells the models in a type apart; None where their own fields do."""
    texts = [_expression(union, how) for union, how in _discriminated(type_)]
    if not texts:
        return None
    return Expression(f"({', '.join(dict.fromkeys(texts))},)")


def _literal(value: object) -> str:
    return value if isinstance(value, Expression) else repr(value)


def _discriminated(type_: Type) -> Iterator[tuple[Union, Discriminator]]:
    if isinstance(type_, Union) and type_.discriminator is not None:
        yield type_, type_.discriminator
    for variant in variants_of(type_):
        if isinstance(variant, ListOf):
            yield from _discriminated(variant.item)


def _expression(union: Union, how: Discriminator) -> str:
    models = [one.model for one in union.variants if isinstance(one, ModelRef)]
    names = {model.key: model.name for model in models}
    values = tuple((value, names[key]) for value, key in how.keys if key in names)
    otherwise = f", {names[how.otherwise]!r}" if how.otherwise else ""
    return f"Discriminator({how.wire_name!r}, {values!r}{otherwise})"
