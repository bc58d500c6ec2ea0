"""The parameter tables in docs/strategies, out of the code.

python -m benchmarks.strategy_tables
"""

import re
from pathlib import Path

from agents.registry import StrategyInfo, described

FOLDER = Path(__file__).parents[1] / "docs" / "strategies"
PART = re.compile(r"<!-- parameters -->\n.*<!-- /parameters -->", re.DOTALL)


def main() -> None:
    for info in described():
        page = FOLDER / f"{info.name}.md"
        page.write_text(with_table(page.read_text(), info))


def with_table(page: str, info: StrategyInfo) -> str:
    """The page with the present table of parameters in it."""
    rows = [
        f"| `{p.name}` | {'none' if p.default is None else p.default} | {p.help} |"
        for p in info.parameters
    ]
    lines = ["| parameter | default | meaning |", "|---|--:|---|", *rows]
    return PART.sub("\n".join(["<!-- parameters -->", *lines, "<!-- /parameters -->"]), page)


if __name__ == "__main__":
    main()
