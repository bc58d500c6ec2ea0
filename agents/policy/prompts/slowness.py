"""How a workload is slow, in words. Pure."""

from agents.workload import HotFunction, Slowness

ROWS = 6


def said(slowness: Slowness) -> str:
    """The workload itself, what one run takes, and where a profile of it says that the time goes."""
    rows = "\n".join(f"- {_row(row)}" for row in slowness.hot[:ROWS])
    spent = f"\n\nWhere the time goes:\n{rows}" if rows else ""
    return (
        f"This takes {slowness.seconds:.3g} s:\n```python\n{slowness.workload.script.strip()}\n```"
        f"{spent}"
    )


def _row(row: HotFunction) -> str:
    calls = "1 call" if row.calls == 1 else f"{row.calls} calls"
    return f"{row.share:.0%} in `{row.name}` ({row.path}:{row.line}), {calls}"
