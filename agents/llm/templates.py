"""Prompts out of Jinja templates that lie beside the code that fills them."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def templates(folder: Path) -> Callable[..., str]:
    """What fills the template ``NAME.md.j2`` of a folder: ``render(name, **values)``, the text ending
    in one newline. A value that is missing raises `jinja2.UndefinedError`."""
    found = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  (prompts are no HTML)
    )

    def render(name: str, **values: object) -> str:
        return found.get_template(f"{name}.md.j2").render(**values).strip() + "\n"

    return render
