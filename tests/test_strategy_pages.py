"""Every strategy has a page, and the page says what the code says."""

import pytest

from agents.registry import StrategyInfo, described
from benchmarks.strategy_tables import FOLDER, with_table


@pytest.mark.parametrize("info", described(), ids=lambda info: info.name)
def test_the_page_lists_the_present_parameters_and_shows_a_tree(info: StrategyInfo) -> None:
    page = (FOLDER / f"{info.name}.md").read_text()
    assert with_table(page, info) == page, "run: python -m benchmarks.strategy_tables"
    assert f"`{info.name}`" in (FOLDER / "README.md").read_text()
    assert (FOLDER / f"{info.name}.svg").is_file()
