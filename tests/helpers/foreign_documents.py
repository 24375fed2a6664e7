"""Random OpenAPI documents, as strange as OpenAPI allows, for tests of the generator."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

KEYS = (
    *(
        "Pet",
        "pet",
        "PET",
        "Pet-2",
        "pet_2",
        "List",
        "None",
        "Any",
        "Response",
        "Money",
        "class",
        "1",
        "A.B",
        "_",
        "-",
    ),
    *(
        "request.Pet",
        "response.Pet",
        "PetParams",
        "Exception",
        "Mapping",
        "KeyError",
        "Unset",
        "PetsResource",
        "a",
    ),
)
WIRES = (
    *(
        "id",
        "Id",
        "ID",
        "class",
        "None",
        "self",
        "x-y",
        "a b",
        "ß",
        "姓名",
        "1st",
        "_x",
        "__init__",
        "to_dict",
        "options",
    ),
    *(
        "type",
        'quote"s',
        "back\\slash",
        "new\nline",
        "🎉",
        "",
        "additional_properties",
        "from",
        "datetime",
        "field",
    ),
    *(
        "data",
        "model",
        "list",
        "str",
        "object",
        "property",
        "request",
        "body",
        "client",
        "password",
        "$ref-like",
        "a" * 200,
    ),
    *(
        "ﬁ",
        "MRO",
        "items",
        "get",
        "{x}",
        "'''",
        '"""',
        "%s",
        "{{ jinja }}",
        "{% raw %}",
        "\u2028",
        "\x7f",
        "name",
    ),
)
TEXTS = (
    *(
        "Plain.",
        'Has """ quotes',
        "Ends with a backslash \\",
        "",
        "Line\n\nline",
        "{{ 7 * 7 }}",
        "# comment\n",
        "🎉 ü 中文",
    ),
    *(
        "'single' and \"double\"",
        "tab\tand \x07 bell",
        "Args:\n    x: y",
        "% {braces} }",
        "\\N{BULLET} \\x00 \\u0041",
    ),
)
PATHS = (
    "/pets",
    "/pets/{id}",
    "/v1/pets/{pet-id}/tags",
    "/",
    "/a b/ü",
    "/class",
    "/pets/{id}/{x}",
    "/search:all",
)
TAGS = ("pets", "Pets", "class", "close", "a b", "models", "", "🎉", "with_raw_response", "types", "1")
IDS = (
    "listPets",
    "list_pets",
    "getPets",
    "class",
    "pets.list",
    "sync",
    "request",
    "search",
    "🎉",
    "a b",
    "id",
    "limit",
)
STATUSES = ("200", "201", "204", "2XX", "default", "404", "4XX", "500")
MEDIA = (
    *("application/json", "application/json; charset=utf-8", "application/problem+json", "*/*", "text/plain"),
    *("application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data", "image/png"),
    *("application/xml", "text/event-stream", "application/vnd.api+json"),
)

_scalars = st.sampled_from(
    [None, True, False, 0, 1, -1, 1.5, "", "a", "A", "a-b", 'q"', "\\", "🎉", "None", "x" * 50]
)


@st.composite
def schema(draw: st.DrawFn, keys: tuple[str, ...], is_3_0: bool, depth: int = 0) -> Any:
    """A schema that may refer to the named ones."""
    # A named schema that is nothing but a reference could refer to itself, which is not valid.
    kinds = ["plain", "enum", "object", "array", "empty", *(["reference"] if depth else [])]
    if depth < 3:
        kinds += ["allOf", "oneOf", "anyOf", "object", "array", "several", "map", "not"]
    kind = draw(st.sampled_from(kinds))
    inner = schema(keys, is_3_0, depth + 1)
    made: Json = {}
    if kind == "reference" and keys:
        made = {"$ref": f"#/components/schemas/{draw(st.sampled_from(keys))}"}
        if is_3_0 or draw(st.booleans()):
            return made
    elif kind == "plain":
        made = draw(_plain(is_3_0))
    elif kind == "enum":
        made = draw(_enum(is_3_0))
    elif kind == "object":
        names = draw(st.lists(st.sampled_from(WIRES), max_size=5, unique=True))
        made = {"type": "object", "properties": {name: draw(inner) for name in names}}
        required = [name for name in names if draw(st.booleans())]
        if required:
            made["required"] = required
        if draw(st.booleans()):
            made["additionalProperties"] = draw(st.one_of(st.booleans(), inner))
        if not is_3_0 and draw(st.booleans()):
            del made["type"]
    elif kind == "array":
        made = {"type": "array", "items": draw(inner)}
        if not is_3_0 and draw(st.booleans()):
            made["prefixItems"] = [draw(inner)]
    elif kind in ("allOf", "oneOf", "anyOf"):
        made = {kind: draw(st.lists(inner, min_size=1, max_size=3))}
        if draw(st.booleans()):
            made |= {"type": "object", "properties": {draw(st.sampled_from(WIRES)): draw(inner)}}
        if kind == "oneOf" and draw(st.booleans()):
            made["discriminator"] = {"propertyName": draw(st.sampled_from(("type", "id", "x-y")))}
    elif kind == "several" and not is_3_0:
        made = {"type": draw(st.lists(st.sampled_from(("string", "integer", "null", "array", "object", "number")),
                                      min_size=1, max_size=3, unique=True))}  # fmt: skip
    elif kind == "map":
        made = {"type": "object", "additionalProperties": draw(inner)}
    elif kind == "not":
        made = {"not": draw(inner)}
    elif kind == "empty" and not is_3_0:
        return draw(st.sampled_from([True, False, {}]))
    return {**made, **draw(_told(is_3_0))}


@st.composite
def _told(draw: st.DrawFn, is_3_0: bool) -> Json:
    told: Json = {}
    for key, values in (
        ("description", TEXTS),
        ("title", ("A title", "Pet", "", "🎉")),
        ("deprecated", (True,)),
        ("readOnly", (True,)),
        ("nullable", (True, False) if is_3_0 else ()),
        ("x-class-name", ("Taken", 5)),
        ("x-evidence", ("nonsense", [1])),
        ("x-deprecated", (5, {"use": "x"})),
    ):
        if values and draw(st.integers(0, 5)) == 0:
            told[key] = draw(st.sampled_from(values))
    return told


@st.composite
def _plain(draw: st.DrawFn, is_3_0: bool) -> Json:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", *([] if is_3_0 else ["null"])]))
    made: Json = {"type": kind}
    if kind == "string":
        formats = ("date-time", "date", "uuid", "binary", "byte", "password", "email", "made-up")
        made |= draw(
            st.sampled_from([{}, *({"format": one} for one in formats), {"maxLength": 5}, {"default": '"'}])
        )
    if kind in ("integer", "number"):
        limit: Json = {"minimum": 1, "exclusiveMinimum": True} if is_3_0 else {"exclusiveMinimum": 1}
        made |= draw(st.sampled_from([{}, {"format": "int64"}, {"default": 3}, limit, {"multipleOf": 2}]))
    return made


@st.composite
def _enum(draw: st.DrawFn, is_3_0: bool) -> Json:
    values = draw(
        st.one_of(
            st.lists(
                st.sampled_from(["a", "A", "a-b", "a b", "", "1", "None", "🎉", 'q"', "mro", "\\", "x\ny"]),
                min_size=1,
            ),
            st.lists(st.integers(-3, 3), min_size=1),
            st.lists(_scalars, min_size=1, max_size=4),
        )
    )
    if not is_3_0 and draw(st.booleans()):
        return {"const": values[0]}
    made: Json = {"enum": list({repr(value): value for value in values}.values())}
    if draw(st.booleans()):
        made["type"] = draw(st.sampled_from(["string", "integer"]))
    return made


@st.composite
def _parameter(draw: st.DrawFn, keys: tuple[str, ...], is_3_0: bool) -> Json:
    where = draw(st.sampled_from(["query", "query", "query", "header", "cookie"]))
    names = WIRES if where == "query" else ("X-Tag", "x_tag", "X-Request-ID", "If-Match", "accept", "class")
    made: Json = {"name": draw(st.sampled_from(names)), "in": where, "required": draw(st.booleans())}
    if draw(st.integers(0, 6)) == 0:
        made["content"] = {"application/json": {"schema": draw(schema(keys, is_3_0, 2))}}
        return made
    # Nested ones mostly stop; they are in the bodies, too.
    made["schema"] = draw(schema(keys, is_3_0, 2)) if draw(st.integers(0, 3)) == 0 else draw(_plain(is_3_0))
    if draw(st.integers(0, 5)) == 0:
        made["deprecated"] = True
    if where == "query" and draw(st.booleans()):
        made |= {"style": draw(st.sampled_from(["form", "deepObject", "pipeDelimited", "spaceDelimited"]))}
        made |= {"explode": draw(st.booleans())}
    return made


@st.composite
def _operation(draw: st.DrawFn, path: str, keys: tuple[str, ...], is_3_0: bool, method: str) -> Json:
    named = [
        part[1:-1] for part in path.replace("}", "}\0").replace("{", "\0{").split("\0") if part[:1] == "{"
    ]
    parameters: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": draw(
                st.sampled_from(
                    [{"type": "string"}, {"type": "integer"}, {"type": "array", "items": {"type": "number"}}]
                )
            ),
            "style": draw(st.sampled_from(["simple", "label", "matrix"])),
            "explode": draw(st.booleans()),
        }
        for name in named
    ]
    more = draw(
        st.lists(_parameter(keys, is_3_0), max_size=3, unique_by=lambda one: (one["name"], one["in"]))
    )
    made: Json = {"parameters": parameters + more, "responses": {}}
    for status in draw(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3, unique=True)):
        answer: Json = {"description": draw(st.sampled_from(TEXTS))}
        if draw(st.booleans()):
            answer["content"] = draw(_content(keys, is_3_0))
        made["responses"][status] = answer
    if method != "get" and draw(st.booleans()):
        made["requestBody"] = {"content": draw(_content(keys, is_3_0)), "required": draw(st.booleans())}
    if draw(st.booleans()):
        made["tags"] = [draw(st.sampled_from(TAGS))]
    for key in ("summary", "description"):
        if draw(st.booleans()):
            made[key] = draw(st.sampled_from(TEXTS))
    if draw(st.integers(0, 4)) == 0:
        made["security"] = draw(
            st.sampled_from(
                [
                    *([], [{}], [{"key": []}], [{"bearer": []}, {}], [{"query": []}], [{"tls": []}]),
                    *([{"cookie": [], "basic": []}], [{"bearer": [], "query": [], "key": []}]),
                ]
            )
        )
    if draw(st.integers(0, 6)) == 0:
        made["deprecated"] = True
    return made


@st.composite
def _content(draw: st.DrawFn, keys: tuple[str, ...], is_3_0: bool) -> Json:
    medias = draw(st.lists(st.sampled_from(MEDIA), min_size=1, max_size=2, unique=True))
    return {
        media: {"schema": draw(schema(keys, is_3_0, 1))} if draw(st.integers(0, 5)) else {}
        for media in medias
    }


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """An OpenAPI 3.0 or 3.1 document. Most of them are valid."""
    is_3_0 = draw(st.booleans())
    keys = tuple(draw(st.lists(st.sampled_from(KEYS), max_size=6, unique=True)))
    paths: Json = {}
    ids = set[str]()
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True)):
        item: Json = {}
        for method in draw(
            st.lists(
                st.sampled_from(["get", "post", "put", "delete", "head"]), min_size=1, max_size=2, unique=True
            )
        ):
            item[method] = draw(_operation(path, keys, is_3_0, method))
            if draw(st.booleans()):
                identity = draw(st.sampled_from(IDS))
                if identity not in ids:
                    ids.add(identity)
                    item[method]["operationId"] = identity
        paths[path] = item
    servers = [
        [],
        [{"url": "https://api.example.com/v2"}],
        [{"url": "/base"}],
        [{"url": "http://localhost:8080"}],
    ]
    return {
        "openapi": "3.0.3" if is_3_0 else "3.1.0",
        "info": {
            "title": draw(st.sampled_from([*TEXTS, "An API"])),
            "version": draw(st.sampled_from(["1", "v1 beta", "🎉"])),
        },
        "servers": draw(st.sampled_from(servers)),
        "paths": paths,
        "components": {
            "schemas": {key: draw(schema(keys, is_3_0)) for key in keys},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "key"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
                "basic": {"type": "http", "scheme": "basic"},
                "tls": {"type": "http", "scheme": "digest"} if is_3_0 else {"type": "mutualTLS"},
            },
        },
    }
