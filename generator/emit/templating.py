"""Tells a mistake in a template: its file, its line, and the schema or operation that was being written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError, Undefined

from ..diagnostics import GenerationError, shown
from .events import EventView
from .operations import OperationView
from .recipes import RecipeView

_HERE = Path(__file__).parent


@contextmanager
def explained(
    directory: Path, about: Callable[[Mapping[str, Any]], str]
) -> Generator[None]:
    """Turn a failure of the templates that are rendered meanwhile into an error that a maintainer can act upon.

    Args:
        directory: The templates.
        about: Says of the names of a template what it was writing, in words such as "the schema Link"; nothing if they
            do not tell.

    Raises:
        GenerationError: for a failure within a template, or in what it calls. Others pass.
    """
    try:
        yield
    except GenerationError:
        raise
    except Exception as error:
        if not (text := _told(error, directory, about)):
            raise
        raise GenerationError(text) from None


def literal(value: object) -> str:
    """Return a value as Python writes it, for templates: `repr` alone would write what is not there as `Undefined`."""
    if isinstance(value, Undefined):
        str(value)  # It raises, as any other use does.
    return repr(value)


def subject(names: Mapping[str, Any]) -> str:
    """Say what a template was writing, by the views that have a name in it."""
    values = list(names.values())
    for view in values:
        if isinstance(view, OperationView):
            return f"the operation {view.id} ({view.http_method} {view.path})"
    for view in values:
        if isinstance(view, RecipeView):
            return f"the operation {view.call}"
        if isinstance(view, EventView):
            return f"the webhook {view.class_name}"
    return (
        f"the resource {names['resource']}"
        if isinstance(names.get("resource"), str)
        else ""
    )


def _told(
    error: Exception, directory: Path, about: Callable[[Mapping[str, Any]], str]
) -> str:
    frames = list(_template_frames(error.__traceback__))
    writing = next(
        (text for _, _, names in reversed(frames) if (text := about(names))), ""
    )
    while_writing = (
        f"while writing {writing}" if writing else "before anything was written with it"
    )
    kind = type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        place = _place(
            error.filename or str(directory / (error.name or "")), error.lineno
        )
        return f"{place}: {kind}: {error.message} ({while_writing}). Fix: correct the template."
    if isinstance(error, TemplateNotFound) and not frames:
        return f"{_place(str(directory / str(error.name)), 1)}: there is no such template. Fix: restore it."
    if not frames:
        return ""
    file, line, _ = frames[-1]
    return f"{_place(file, line)}: {kind}: {error} ({while_writing}{_raised(error)}). Fix: correct the template."


def _template_frames(
    trace: TracebackType | None,
) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The file, line and names of each template in a traceback, the innermost last."""
    while trace is not None:
        frame = trace.tb_frame
        # Jinja makes such frames of its own code, with the lines and names of the template.
        if "__jinja_exception__" in frame.f_globals:
            yield frame.f_code.co_filename, trace.tb_lineno, frame.f_locals
        trace = trace.tb_next


def _raised(error: Exception) -> str:
    """Where the code that the template called failed, if it is the generator's own."""
    last = extract_tb(error.__traceback__)[-1]
    is_own = (
        Path(last.filename).is_relative_to(_HERE)
        and Path(last.filename).suffix == ".py"
    )
    return f"; raised in {shown(Path(last.filename))}:{last.lineno}" if is_own else ""


def _place(file: str, line: int) -> str:
    return f"{shown(Path(file))}:{line}"
