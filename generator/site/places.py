"""Name the places of the site's files in this repository."""

from __future__ import annotations

from ..places import PROJECT

CONFIG = PROJECT / "mkdocs.yml"
THEME = PROJECT / "generator" / "site" / "theme"
#: The pages, put together.
STAGED = PROJECT / "build" / "docs"
SITE = PROJECT / "build" / "site"
#: The hand-written pages, as patterns below the project.
PAGES = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "benchmarks/README.md",
    "docs/**/*.md",
    "examples/**/*.md",
    "sandbox/README.md",
    "spec/*.md",
)
#: What pages link to beside other pages.
FILES = ("LICENSE", "docs/images/*", "examples/**/*")
