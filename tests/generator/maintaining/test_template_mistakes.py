"""A mistake in a template, or a tool that breaks, is named with its place and what was being written."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.maintainers import Maintainer
from helpers.specs import BASE, write_spec
from helpers.tools import before_parameters

from generator import pipeline
from generator.diagnostics import GenerationError
from generator.emit import opc

OPC = "generator/emit/templates/opc"
OURS = "generator/emit/templates/ours"

#: The template, a text that is in it once, what replaces it, and what is said: the mistake, and what was being written.
MISTAKES = {
    "syntax, models": (
        f"{OPC}/model.py.jinja",
        "{% for f in m.fields %}\n    {{ f.name }}",
        "{% for in f %}",
        "",
        "",
    ),
    "a filter that raises, models": (
        f"{OPC}/model.py.jinja",
        '"""{{ m.name }}: the',
        '"""{{ m.name | round }}: the',
        "TypeError",
        "the schema ",
    ),
    "a macro that raises, functions": (
        f"{OPC}/endpoint_module.py.jinja",
        "{% macro signature(client_type) %}",
        "{% macro signature(client_type) %}\n{{ 1 // 0 }}",
        "ZeroDivisionError",
        "the operation list_links (GET /v1/links)",
    ),
    "an enumeration": (
        f"{OPC}/str_enum.py.jinja",
        "class {{ ",
        "{{ nowhere.to }}\nclass {{ ",
        "'nowhere' is undefined",
        "the schema LinkStatus",
    ),
    "undefined, resources": (
        f"{OURS}/resource.py.jinja",
        '"""The resource `{{ resource }}`',
        '"""The resource `{{ resourse }}`',
        "'resourse' is undefined",
        "the resource links",
    ),
    "syntax, resources": (
        f"{OURS}/resource.py.jinja",
        "{% macro signature(op) %}",
        "{% macro (op) %}",
        "",
        "",
    ),
    "an include that is not there": (
        f"{OURS}/client.py.jinja",
        "from __future__ import annotations",
        '{% include "nowhere.jinja" %}\nfrom __future__ import annotations',
        "nowhere.jinja",
        "",
    ),
    "an event": (
        f"{OURS}/events.py.jinja",
        "def {{ event.loader }}()",
        "def {{ event.lader }}()",
        "lader",
        "the webhook LinkPaid",
    ),
    "a recipe": (
        f"{OURS}/recipes.py.jinja",
        "family={{ recipe.family | literal }}",
        "family={{ recipe.famly | literal }}",
        "famly",
        "the operation links.create",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_template_is_named_with_its_line_and_what_was_written(
    here: Maintainer, mistake: str
) -> None:
    template, old, new, text, subject = MISTAKES[mistake]
    before = here.tree()
    with here.edited(template, old, new) as line:
        status, said = here.run("generate")
    assert here.tree() == before
    assert status == 1, said
    assert "Traceback" not in said
    assert (
        f"{template}:{line + new.count(chr(10)) - old.count(chr(10))}: " in said
        or f"{template}:{line}: " in said
    )
    assert text in said
    assert subject in said
    assert "Nothing was changed." in said


def test_a_tool_that_breaks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **named: object) -> object:
        raise KeyError("no such thing")

    monkeypatch.setattr(opc.GeneratorData, "from_dict", broken)
    spec, out = write_spec(tmp_path / "spec", BASE), tmp_path / "plexy_pay"
    with pytest.raises(GenerationError) as raised:
        pipeline.generate(spec, out)
    said = str(raised.value)
    assert "openapi-python-client" in said
    assert "KeyError: 'no such thing'" in said
    assert not out.exists()


def test_a_tool_that_breaks_on_the_parameters_of_a_call_is_named_with_their_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "if 'CreateLinkParams' in document: raise KeyError('no such thing')"
    before_parameters(broken, tmp_path, monkeypatch)
    spec, out = write_spec(tmp_path / "spec", BASE), tmp_path / "plexy_pay"
    with pytest.raises(GenerationError) as raised:
        pipeline.generate(spec, out)
    said = str(raised.value)
    assert "datamodel-code-generator" in said
    assert "KeyError: 'no such thing'" in said
    assert "the schema request.CreateLink" in said
    assert not out.exists()
