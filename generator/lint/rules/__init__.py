"""Check the project's own rules, which go beyond OpenAPI and judge the model of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...diagnostics import Diagnostic
from ...document import Document
from ...model.api import Api
from . import (
    amounts,
    claims,
    examples,
    families,
    known_words,
    logs,
    names,
    next_actions,
    operations,
    reconciliation,
    required,
    schemas,
    webhooks,
)

Rule = Callable[[Api], Iterator[Diagnostic]]
DocumentRule = Callable[[Document], Iterator[Diagnostic]]

#: The rules; each yields what breaks it. The reader of the model notes what has another form than the one it reads.
RULES: tuple[Rule, ...] = (
    operations.operation_id_is_unique,
    operations.call_is_unique,
    operations.operation_lists_its_errors,
    operations.path_and_parameters_agree,
    amounts.amount_fits_its_unit,
    amounts.main_amount_is_one_of_known_unit,
    claims.claim_has_a_source,
    schemas.schema_is_used_or_marked,
    next_actions.next_action_names_what_exists,
    required.required_is_known_both_ways,
    names.keywords_are_unique,
    names.properties_are_unique,
    names.money_properties_are_free,
    families.header_of_a_setting_may_be_left_out,
    reconciliation.absence_is_known,
    reconciliation.look_ups_end_with_their_list,
    webhooks.webhook_can_be_told_from_its_likes,
    logs.field_is_shown_or_masked,
    logs.shown_names_exist,
)

#: The rules about what no model has; the module of each says why.
DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    known_words.format_is_known,
    known_words.extension_is_known,
    examples.example_fits_its_schema,
)


def check(document: Document, api: Api) -> Iterator[Diagnostic]:
    """Yield everything that breaks one of our rules.

    Args:
        document: The document.
        api: The API that was read from it, as far as it could be.
    """
    for rule in RULES:
        yield from rule(api)
    for document_rule in DOCUMENT_RULES:
        yield from document_rule(document)
