"""Code of the likeliest places, for prompts that are written before there is a position. Pure."""

from collections.abc import Mapping, Sequence

from agents.domain import Place
from agents.llm.protocol import estimate_tokens
from agents.localise.rerank import head

LEAST_ROOM = 60
"""Tokens; with less left, nothing else is shown."""


def excerpts(
    places: Sequence[Place], sources: Mapping[str, str], folders: Sequence[str], tokens: int
) -> str:
    """The places in their order, each under its path, first line and module, of about `tokens`
    together: whole ones while there is room, and the first lines of the first that is too long.

    `folders`: what modules are imported from.
    """
    shown: list[str] = []
    for place in places:
        if tokens < LEAST_ROOM:
            break
        lines = sources.get(place.path, "").split("\n")[place.start - 1 : place.end]
        module = module_of(place.path, folders)
        imported = f" (module {module})" if module else ""
        text = f"# {place.path}, line {place.start}{imported}: {place.name}\n" + "\n".join(lines)
        shown.append(head(text, tokens))
        tokens -= estimate_tokens(text)
    return "\n\n".join(shown)


def module_of(path: str, folders: Sequence[str]) -> str | None:
    """The name by which a Python file is imported from one of `folders`; None where there is none,
    as for another language's."""
    if not path.endswith(".py"):
        return None
    inside = next((f"{f}/" for f in folders if f != "." and path.startswith(f"{f}/")), "")
    parts = path[len(inside) : -len(".py")].split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None
