"""What the helpers are told: the Jinja templates of this folder."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  (prompts are no HTML)
)


def render(name: str, **values: object) -> str:
    """The template ``NAME.md.j2`` with its values, ending in one newline."""
    return _TEMPLATES.get_template(f"{name}.md.j2").render(**values).strip() + "\n"
