"""The check of the built site finds what must not be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.site.html_check import problems

GOOD = '<h2 id="here">H</h2><p><code>- no list</code></p>'
CASES = {
    '<a href="nothing/">x</a>': "the link nothing/ leads nowhere",
    '<a href="other/#gone">x</a>': "the link other/#gone leads to no section",
    '<a href="#gone">x</a>': "the link #gone leads to no section",
    '<script src="https://cdn.example/x.js"></script>': "is loaded from elsewhere",
    '<link rel="stylesheet" href="//fonts.example/x.css">': "is loaded from elsewhere",
    '<img src="missing.png">': "missing.png is not there",
    "<p>text\n- item</p>": "Markdown is left",
    "<p>```python continues</p>": "Markdown is left",
    "<p>::: plexy_pay.Money</p>": "Markdown is left",
    "<p>[text](page.md)</p>": "Markdown is left",
}


def site(tmp_path: Path, body: str) -> Path:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_text(GOOD, "utf-8")
    (tmp_path / "index.html").write_text(body, "utf-8")
    return tmp_path


@pytest.mark.parametrize(("body", "expected"), CASES.items(), ids=CASES.values())
def test_a_fault_is_found(tmp_path: Path, body: str, expected: str) -> None:
    [found] = problems(site(tmp_path, body))
    assert found.startswith("index.html: ")
    assert expected in found


def test_a_page_without_faults_passes(tmp_path: Path) -> None:
    links = ("other/", "other/#here", "other/index.html", "https://plexy.example/", "")
    body = "".join(f'<a href="{link}">x</a>' for link in links)
    assert problems(site(tmp_path, body)) == []
