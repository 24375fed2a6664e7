"""Our own rules: what this project asks of its document beyond OpenAPI itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...document import Document
from ...model.api import Api
from ...problems import Problem
from . import (
    amounts,
    claims,
    examples,
    families,
    logs,
    names,
    next_actions,
    operations,
    reconciling,
    required,
    schemas,
    webhooks,
)

Rule = Callable[[Document], Iterator[Problem]]
ModelRule = Callable[[Api], Iterator[Problem]]

#: The rules about the document; each yields what breaks it.
RULES: tuple[Rule, ...] = (
    reconciling.money_operation_is_reconciled,
    next_actions.next_action_names_what_exists,
    schemas.schema_is_used_or_marked,
    schemas.object_has_a_name,
    schemas.format_is_known,
    schemas.extension_is_known,
    required.required_is_known_both_ways,
    examples.example_fits_its_schema,
)

#: The rules about what the document says.
MODEL_RULES: tuple[ModelRule, ...] = (
    operations.operation_id_is_unique,
    operations.call_is_unique,
    operations.operation_lists_its_errors,
    operations.path_and_parameters_agree,
    amounts.amount_fits_its_unit,
    amounts.main_amount_is_one_of_known_unit,
    claims.claim_has_a_source,
    names.keywords_are_unique,
    names.properties_are_unique,
    names.money_properties_are_free,
    families.header_of_a_setting_may_be_left_out,
    reconciling.look_ups_end_with_their_list,
    webhooks.webhook_can_be_told_from_its_likes,
    logs.field_is_shown_or_masked,
    logs.shown_names_exist,
)


def check(document: Document, api: Api) -> Iterator[Problem]:
    """Yield everything that breaks one of our rules.

    Args:
        document: The document.
        api: The API that was read from it, as far as it could be.
    """
    for rule in RULES:
        yield from rule(document)
    for model_rule in MODEL_RULES:
        yield from model_rule(api)
