"""Which image a SWE-bench row runs in."""

from collections.abc import Mapping

FIELDS = ("image", "image_name", "docker_image")
"""Fields of a row that name an image, the most trusted first."""

_REGISTRY = "swebench/sweb.eval.x86_64."


def image_of(row: Mapping[str, object]) -> str:
    """The image that a row names, else the one that its instance's name leads to.

    Raises: ValueError for a row with neither.
    """
    for field in FIELDS:
        named = row.get(field)
        if isinstance(named, str) and named.strip():
            return named.strip()
    instance = row.get("instance_id")
    if not isinstance(instance, str) or not instance.strip():
        raise ValueError(f"a row without instance_id must name its image: {', '.join(FIELDS)}")
    return derived(instance.strip())


def derived(instance: str) -> str:
    """The published image of an instance: its name in lower case, with ``__`` as ``_1776_``."""
    return f"{_REGISTRY}{instance.lower().replace('__', '_1776_')}:latest"
