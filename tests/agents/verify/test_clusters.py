from agents.verify.clusters import cluster


def test_comments_formatting_and_docstrings_do_not_split_a_cluster() -> None:
    plain = {"a.py": b"def f(x):\n    return x+1\n"}
    dressed = {"a.py": b'def f(x):\n    """Says more."""\n    return (x + 1)  # one up\n'}
    assert cluster([plain, dressed]) == [0, 0]


def test_names_paths_and_structure_do() -> None:
    candidates: list[dict[str, bytes | None]] = [
        {"a.py": b"x = 1\n"},
        {"b.py": b"x = 1\n"},
        {"a.py": b"y = 1\n"},
        {"a.py": b"if x:\n    y()\nz()\n"},
        {"a.py": b"if x:\n    y()\n    z()\n"},
        {"a.py": None},
    ]
    assert cluster(candidates) == [0, 1, 2, 3, 4, 5]


def test_files_that_are_not_python_count_by_their_bytes() -> None:
    assert cluster([{"a.txt": b"x"}, {"a.txt": b"x "}, {"a.txt": b"\xff"}, {"a.txt": b"x"}]) == [
        0,
        1,
        2,
        0,
    ]


def test_python_that_does_not_parse_counts_by_its_bytes() -> None:
    assert cluster([{"a.py": b"x = ("}, {"a.py": b"x = ( "}]) == [0, 1]


def test_a_part_cannot_be_read_as_another() -> None:
    assert cluster([{"a": b"b", "c": b"d"}, {"a": b"bc", "": b"d"}]) == [0, 1]
