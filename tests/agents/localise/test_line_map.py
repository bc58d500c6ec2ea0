from hypothesis import given
from hypothesis import strategies as st

from agents.localise.line_map import hunks, map_lines

lines = st.lists(st.sampled_from(["a", "b", "c", "", "  d"]), max_size=12)


def test_an_unchanged_file_keeps_its_weights() -> None:
    assert map_lines("a\nb\nc\n", "a\nb\nc\n", {2: 0.5}) == {2: 0.5}


def test_lines_below_an_insertion_move_down() -> None:
    assert map_lines("a\nb\nc", "a\nb\nnew\nc", {3: 0.5}) == {3: 0.5, 4: 0.5}


def test_an_inserted_line_gets_the_larger_of_its_neighbours() -> None:
    assert map_lines("a\nb", "a\nnew\nb", {1: 0.2, 2: 0.9})[2] == 0.9


def test_rewritten_lines_take_over_one_to_one_where_their_number_fits() -> None:
    assert map_lines("a\nb\nc\nd", "a\nB\nC\nd", {2: 0.1, 3: 0.7}) == {2: 0.1, 3: 0.7}


def test_rewritten_lines_get_the_maximum_where_it_does_not_fit() -> None:
    assert map_lines("a\nb\nc\nd", "a\nX\nY\nZ\nd", {2: 0.1, 3: 0.7}) == {2: 0.7, 3: 0.7, 4: 0.7}


def test_around_a_deletion_the_weight_of_what_is_gone_stays() -> None:
    assert map_lines("a\nb\nc", "a\nc", {2: 0.8, 3: 0.1}) == {1: 0.8, 2: 0.8}


@given(lines, lines)
def test_hunks_rebuild_the_changed_file(base: list[str], changed: list[str]) -> None:
    built: list[str] = []
    for tag, i1, i2, j1, j2 in hunks(base, changed):
        built += base[i1:i2] if tag == "equal" else changed[j1:j2]
    assert built == changed


@given(lines, lines, st.dictionaries(st.integers(1, 12), st.floats(0, 1)))
def test_weights_stay_on_lines_of_the_changed_file_and_in_their_range(
    base: list[str], changed: list[str], weights: dict[int, float]
) -> None:
    weights = {line: weight for line, weight in weights.items() if line <= max(1, len(base))}
    mapped = map_lines("\n".join(base), "\n".join(changed), weights)
    assert all(0 < weight <= max(weights.values()) for weight in mapped.values())
    if base == changed:
        assert mapped == {line: weight for line, weight in weights.items() if weight > 0}
