"""The fields of one run as a table with targets, and as JSON."""

import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sandbox.timing import Field


@dataclass(frozen=True, slots=True)
class Target:
    """What a field's median has to be."""

    bound: float
    at_least: bool = False

    def verdict(self, value: float) -> str:
        """Met or missed, and by which factor where there is one."""
        met = value >= self.bound if self.at_least else value <= self.bound
        word = "met" if met else "missed"
        large, small = max(value, self.bound), min(value, self.bound)
        return f"{word} ×{large / small:.1f}" if small > 0 else word

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


TARGETS = {
    "command_overhead_ms": Target(3),
    "exec_ratio": Target(15, at_least=True),
    "deadline_ms": Target(250),
    "bwrap_deadline_ms": Target(250),
    "restore_portable_ms": Target(30),
    "restore_local_ms": Target(8),
    "open_ms": Target(10),
    "node_overhead_ms": Target(10),
    "throughput_ratio": Target(10, at_least=True),
    "throughput_errors": Target(0),
    "bwrap_overhead_ms": Target(10),
    "forkserver_speedup": Target(3, at_least=True),
    "forkserver_different": Target(0),
    "leaked": Target(0),
}


def rows(fields: Mapping[str, Field]) -> Iterator[tuple[str, ...]]:
    """Name, p50, p90, n, target, verdict of every field, and of the peers inside of a field."""
    for name, found in fields.items():
        if "p50" not in found:
            yield from rows({f"{name}: {peer}": times for peer, times in found.items()})
            continue
        target = TARGETS.get(name)
        judged = (str(target), target.verdict(found["p50"])) if target else ("", "")
        yield (name, f"{found['p50']:g}", f"{found['p90']:g}", str(found["n"]), *judged)


def table(fields: Mapping[str, Field]) -> str:
    """Markdown, aligned for reading as it is."""
    head = ("field", "p50", "p90", "n", "target", "verdict")
    lines = [head, *rows(fields)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def write(path: Path, fields: Mapping[str, Field], about: Mapping[str, Any]) -> None:
    """All fields at the top, beside ``about``: the machine, and what was left out and why."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**fields, "about": about}, indent=2) + "\n")


def machine(docker: Mapping[str, Any]) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "docker": docker["ServerVersion"],
        "storage": docker["Driver"],
        "cgroups": docker["CgroupVersion"],
    }
