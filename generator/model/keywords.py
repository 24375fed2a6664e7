"""Name the keywords of the document: those that the model reads, and those that are for people alone."""

from __future__ import annotations

#: Every extension of ours that something reads. A misspelt one would be ignored in silence.
EXTENSIONS = frozenset(
    {
        "x-advice",
        "x-amount-unit",
        "x-amount-unit-evidence",
        "x-call-facts",
        "x-class-name",
        "x-client-setting",
        "x-currencies-without-decimals",
        "x-dedup",
        "x-deprecated",
        "x-enum-meanings",
        "x-enum-same",
        "x-enum-varnames",
        "x-environment",
        "x-environment-variable",
        "x-event",
        "x-evidence",
        "x-family",
        "x-format",
        "x-free-text",
        "x-idempotency-key",
        "x-idempotency-repeats",
        "x-main-amount",
        "x-method",
        "x-moves-money",
        "x-next-action",
        "x-pagination",
        "x-reconcile",
        "x-refuses",
        "x-required-evidence",
        "x-resource",
        "x-sensitive",
        "x-shown-in-logs",
        "x-source",
        "x-unused",
        "x-webhook-secret",
        "x-wrapped",
    }
)

#: The keywords that each node of the model holds the value of.
OF_EVERY_NODE = frozenset({"description", "summary", "tags", "x-evidence", "x-source"})

#: The keywords that tell people something, and the package nothing.
FOR_PEOPLE = frozenset(
    {
        "$comment",
        "bearerFormat",
        "callbacks",
        "example",
        "examples",
        "externalDocs",
        "headers",
        "info",
        "links",
        "openapi",
        "title",
    }
)

#: The other keywords of OpenAPI and of JSON Schema that the model reads.
KEYWORDS = frozenset(
    {
        # of the document
        "components",
        "get",
        "delete",
        "head",
        "options",
        "patch",
        "paths",
        "post",
        "put",
        "schemas",
        "security",
        "securitySchemes",
        "servers",
        "trace",
        "webhooks",
        # of operations, parameters, bodies and responses
        "content",
        "explode",
        "in",
        "name",
        "operationId",
        "parameters",
        "requestBodies",
        "requestBody",
        "responses",
        "schema",
        "scheme",
        "style",
        "url",
        # of schemas
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "default",
        "deprecated",
        "discriminator",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "mapping",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "nullable",
        "oneOf",
        "pattern",
        "properties",
        "propertyName",
        "readOnly",
        "required",
        "type",
        "uniqueItems",
        "writeOnly",
    }
)
