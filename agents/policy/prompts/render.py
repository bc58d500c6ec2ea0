"""Filling the templates of this folder, and cutting texts to a number of tokens."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agents.llm.protocol import estimate_tokens

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


def clip(text: str, tokens: int) -> str:
    """`text` cut in the middle to about `tokens`; two thirds of what stays are its head."""
    estimate = estimate_tokens(text)
    if estimate <= tokens:
        return text
    keep = max(0, len(text) * tokens // estimate - 7)
    tail = keep // 3
    return f"{text[: keep - tail]}\n[...]\n{text[len(text) - tail :]}"
