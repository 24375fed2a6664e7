"""Write the pages of the reference from the model: operations, models, events, settings and Python's public names.

A page is Markdown for the site. Nothing here reads another file than the model; the same model makes the same bytes.
"""

from __future__ import annotations

from ..model.api import Api
from . import events, models, operations, overview, python_names, settings


def pages(api: Api) -> dict[str, str]:
    """Return the text of each page by its path below the site, in the order of the navigation."""
    placed = models.places(api)
    return {
        "reference/index.md": overview.page(api),
        **operations.pages(api, placed),
        **models.pages(api, placed),
        "reference/events.md": events.page(api, placed),
        "reference/configuration.md": settings.page(api),
        **python_names.pages(),
    }
