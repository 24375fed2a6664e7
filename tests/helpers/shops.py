"""A small description whose package is made quickly: it only reads, so there are no parameters of bodies to make."""

from __future__ import annotations

import re
import textwrap

from helpers.specs import BASE, edited

_LINKS = textwrap.dedent(BASE["paths/links.yaml"])
_SHOPS = """\
/v1/shops/{id}:
  parameters:
    - name: id
      in: path
      required: true
      schema:
        type: string
      example: S1
  get:
    operationId: retrieveShop
    summary: Retrieve a shop
    tags:
      - Links
    x-resource: shops
    x-method: retrieve
    x-family: pay
    x-moves-money: false
    x-evidence:
      method: documented
      path: documented
    x-source:
      - https://docs.links.kz/shop
    responses:
      "200":
        description: The shop.
        content:
          application/json:
            schema:
              $ref: ../schemas/shops.yaml#/response.Shop
            example:
              id: S1
      "401":
        $ref: ../openapi.yaml#/components/responses/Unauthorized
      "500":
        $ref: ../openapi.yaml#/components/responses/ServerError
"""
_SHOP = """\
response.Shop:
  type: object
  x-evidence: inferred
  required:
    - id
  properties:
    id:
      type: string
"""

#: The files of a description with the resources `links` and `shops` and one webhook.
SHOPS = {
    **BASE,
    "paths/links.yaml": re.sub(r"(?s)  post:\n.*?(?=\n/v1/links/\{id\}:)", "", _LINKS),
    "paths/shops.yaml": _SHOPS,
    "schemas/shops.yaml": _SHOP,
}
SHOPS = edited(
    SHOPS,
    "schemas/links.yaml",
    "request.CreateLink:\n  type: object\n",
    "request.CreateLink:\n  type: object\n  x-unused: true\n",
)
SHOPS = edited(
    SHOPS,
    "openapi.yaml",
    "\nwebhooks:\n",
    "\n  /v1/shops/{id}:\n    $ref: paths/shops.yaml#/~1v1~1shops~1{id}\nwebhooks:\n",
)
