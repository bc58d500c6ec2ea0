"""Part of the fork server: pytest, which rewrites asserts of some of what is imported."""

# ruff: noqa: PLC0415, SLF001

from __future__ import annotations

import functools
import sys

from sandbox.zygote.modules import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

REWRITER = "AssertionRewritingHook"


def prepare_rewriting(offer: Callable[[str], Any]) -> list[str]:
    """Have pytest rewrite what it would rewrite in a run; what its plugins consist of.

    In a run, its hook comes before our finder: it shall ask `offer` for hidden modules.
    """
    try:
        from importlib.metadata import distributions

        from _pytest.assertion import install_importhook
        from _pytest.assertion.rewrite import AssertionRewritingHook
        from _pytest.config import get_config
    except ImportError:
        return []
    config: Any = get_config()
    for name in ("inicfg", "_inicfg"):  # in most versions, only parsing makes it
        config.__dict__.setdefault(name, {})
    hook = install_importhook(config)
    extend(AssertionRewritingHook, offer)
    mark: Any = config._mark_plugins_for_rewrite
    mark(*(hook, False)[: mark.__func__.__code__.co_argcount - 1])
    points = (point for found in distributions() for point in found.entry_points)
    plugins = [p.value.partition(":")[0].strip() for p in points if p.group == "pytest11"]
    return [*plugins, *sorted(getattr(hook, "_must_rewrite", ()))]


def extend(kind: Any, offer: Callable[[str], Any]) -> None:
    """Put hidden modules into what this kind of hook finds."""
    own = kind.find_spec
    if hasattr(own, "__wrapped__"):
        return

    @functools.wraps(own)
    def find_spec(hook: Any, name: str, path: Any = None, target: Any = None) -> Any:
        spec = own(hook, name, path, target)
        return (offer(name) if spec and importing() else None) or spec

    kind.find_spec = find_spec


def rewritten_alike(names: Iterable[str]) -> bool:
    """Whether pytest would now rewrite those of these modules that it had rewritten."""
    hooks = [finder for finder in sys.meta_path if type(finder).__name__ == REWRITER]
    for name in names:
        module = modules.hidden.get(name)
        before = type(getattr(module, "__loader__", None)).__name__ == REWRITER
        exempt = module is None or name.partition(".")[0] in modules.compiled
        if exempt or not (hooks or before):
            continue
        path = modules.package(name).get("__path__")
        if before != any(hook.find_spec(name, path) is not None for hook in hooks):
            return False
    return True


def importing() -> bool:
    """Whether the finder that calls this is asked by an import, not only for a specification."""
    return sys._getframe(3).f_code.co_name == "_find_and_load_unlocked"
