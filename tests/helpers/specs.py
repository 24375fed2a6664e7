"""Small OpenAPI documents for tests, written as the files that people write."""

from __future__ import annotations

import copy
import textwrap
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from generator.document import mapping, sequence

#: A small document in which everything is right; tests change one thing in it.
BASE: dict[str, str] = {
    "openapi.yaml": """\
        openapi: 3.1.0
        info:
          title: Links
          version: 1.0.0
          license:
            name: MIT
            identifier: MIT
        servers:
          - url: https://api.links.kz
            x-environment: live
        security:
          - apiKey: []
        tags:
          - name: Links
            description: Pages to pay on.
        paths:
          /v1/links:
            $ref: paths/links.yaml#/~1v1~1links
          /v1/links/{id}:
            $ref: paths/links.yaml#/~1v1~1links~1{id}
        webhooks:
          link.paid:
            post:
              operationId: onLinkPaid
              summary: A link was paid
              tags:
                - Links
              x-dedup:
                prefix: link
                pointers:
                  - /id
                  - /status
              x-evidence: inferred
              security:
                - webhookToken: []
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      $ref: schemas/links.yaml#/response.Link
                    example:
                      id: L1
                      status: paid
              responses:
                "200":
                  description: Taken.
        components:
          securitySchemes:
            apiKey:
              type: apiKey
              in: header
              name: Authorization
              x-family: pay
              x-client-setting: api_key
              x-environment-variable: PLEXY_API_KEY
            webhookToken:
              type: http
              scheme: bearer
              x-webhook-secret: TokenSecret
          responses:
            Unauthorized:
              description: The key is missing or wrong.
              content:
                application/json:
                  schema:
                    $ref: schemas/errors.yaml#/response.Error
                  example:
                    code: "1"
            ServerError:
              description: The API broke.
              content:
                application/json:
                  schema:
                    $ref: schemas/errors.yaml#/response.Error
                  example:
                    code: "2"
        """,
    "paths/links.yaml": """\
        /v1/links:
          get:
            operationId: listLinks
            summary: List links
            tags:
              - Links
            x-resource: links
            x-method: list
            x-family: pay
            x-moves-money: false
            x-evidence:
              method: documented
              path: inferred
            x-source:
              - https://docs.links.kz/list
            x-pagination:
              items: data
              page: page
              size: size
              total: total
              x-evidence: inferred
            parameters:
              - name: page
                in: query
                schema:
                  type: integer
                example: 1
                x-evidence: inferred
              - name: size
                in: query
                schema:
                  type: integer
                example: 50
                x-evidence: inferred
            responses:
              "200":
                description: One page.
                content:
                  application/json:
                    schema:
                      $ref: ../schemas/links.yaml#/response.Links
                    example:
                      data:
                        - id: L1
                      total: 1
              "401":
                $ref: ../openapi.yaml#/components/responses/Unauthorized
              "500":
                $ref: ../openapi.yaml#/components/responses/ServerError
          post:
            operationId: createLink
            summary: Create a link
            tags:
              - Links
            x-resource: links
            x-method: create
            x-family: pay
            x-moves-money: true
            x-idempotency-key: requestId
            x-reconcile:
              none: The list shows no key.
              check: Look at the list.
            x-evidence:
              method: documented
              path: documented
            x-source:
              - https://docs.links.kz/create
            requestBody:
              required: true
              content:
                application/json:
                  schema:
                    $ref: ../schemas/links.yaml#/request.CreateLink
                  example:
                    amount: 2200000
                    requestId: R1
            responses:
              "201":
                description: The link.
                content:
                  application/json:
                    schema:
                      $ref: ../schemas/links.yaml#/response.Link
                    example:
                      id: L1
                      balance: 22000
                      status: active
              "401":
                $ref: ../openapi.yaml#/components/responses/Unauthorized
              "500":
                $ref: ../openapi.yaml#/components/responses/ServerError

        /v1/links/{id}:
          parameters:
            - name: id
              in: path
              required: true
              schema:
                type: string
              example: L1
          get:
            operationId: retrieveLink
            summary: Retrieve a link
            tags:
              - Links
            x-resource: links
            x-method: retrieve
            x-family: pay
            x-moves-money: false
            x-evidence:
              method: inferred
              path: inferred
            responses:
              "200":
                description: The link.
                content:
                  application/json:
                    schema:
                      $ref: ../schemas/links.yaml#/response.Link
                    example:
                      id: L1
              "401":
                $ref: ../openapi.yaml#/components/responses/Unauthorized
              "500":
                $ref: ../openapi.yaml#/components/responses/ServerError
        """,
    "schemas/links.yaml": """\
        request.CreateLink:
          type: object
          x-evidence: documented
          x-source:
            - https://docs.links.kz/create
          required:
            - amount
          properties:
            amount:
              type: integer
              x-amount-unit: minor
              x-amount-unit-evidence: observed
            requestId:
              type: string
              examples:
                - R1
          additionalProperties: false

        response.Link:
          type: object
          x-evidence: inferred
          required:
            - id
          properties:
            id:
              type: string
            balance:
              type: number
              x-amount-unit: major
              x-amount-unit-evidence: inferred
            status:
              $ref: "#/LinkStatus"

        response.Links:
          type: object
          x-evidence: inferred
          properties:
            data:
              type: array
              items:
                $ref: "#/response.Link"
            total:
              type: integer

        LinkStatus:
          type: string
          x-evidence: inferred
          enum:
            - active
            - paid
        """,
    "schemas/errors.yaml": """\
        response.Error:
          type: object
          x-evidence: inferred
          properties:
            code:
              type: string

        Forgotten:
          type: object
          x-evidence: inferred
          x-unused: true
          properties:
            note:
              type: string
        """,
}


def write_spec(directory: Path, files: dict[str, str]) -> Path:
    """Write files, given by their path in the directory, and return the root file of the document.

    Texts may be indented as a whole. The root is `openapi.yaml`, or the only file.
    """
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8", newline="")
    return directory / (
        "openapi.yaml" if "openapi.yaml" in files else next(iter(files))
    )


def edited(files: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """The same files with one text in one of them replaced; the text must be there exactly once.

    The texts begin at the left, as they do in the written file.
    """
    text = textwrap.dedent(files[file])
    if text.count(old) != 1:
        raise ValueError(f"{old!r} is {text.count(old)} times in {file}, not once")
    return {**files, file: text.replace(old, new)}


#: What does not belong in most places of a document.
JUNK: list[Any] = [
    *(None, True, 0, -1.5, "", "x", [], {}, [1], [None], [[]], [{}]),
    *({"$ref": 1}, {"$ref": "#/nowhere"}, {"$ref": "#"}, {"$ref": "x.yaml"}, {"a": {}}),
]


@st.composite
def broken(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a document with something that does not belong there in one or a few places."""
    copied = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        *outer, last = draw(st.sampled_from(places(copied)[1:]))
        holder: Any = copied
        for token in outer:
            holder = holder[token]
        holder[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return copied


def places(
    value: object, at: tuple[str | int, ...] = ()
) -> list[tuple[str | int, ...]]:
    """Every place in a value, the value itself first."""
    items: list[tuple[str | int, Any]] = [
        *mapping(value).items(),
        *enumerate(sequence(value)),
    ]
    return [at, *(place for key, item in items for place in places(item, (*at, key)))]
