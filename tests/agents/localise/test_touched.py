from agents.domain import Localisation, Place
from agents.localise.touched import touches

SHOP = "def parse(text):\n    return int(text)\n\n\ndef price(text):\n    return parse(text)\n"
SOURCES = {"shop.py": SHOP, "other.py": "def far():\n    return 1\n"}
WHERE = Localisation(
    files=(Place(path="shop.py", start=1, end=7),),
    functions=(Place(path="shop.py", name="price", start=5, end=6),),
)


def test_a_function_that_is_pointed_at_counts_once_its_body_runs() -> None:
    assert touches(WHERE, SOURCES, {"shop.py": {6: 1}}, ())
    assert not touches(WHERE, SOURCES, {"shop.py": {1: 1, 5: 1}}, ())


def test_other_code_does_not_count() -> None:
    assert not touches(WHERE, SOURCES, {"shop.py": {2: 1}, "other.py": {2: 1}}, ())
    assert not touches(WHERE, SOURCES, {"gone.py": {6: 1}}, [("other.py", 2)])
    assert not touches(WHERE, SOURCES, {}, ())


def test_an_error_out_of_a_file_that_is_pointed_at_counts() -> None:
    assert touches(WHERE, SOURCES, {}, [("shop.py", 1)])


def test_where_nothing_points_anywhere_nobody_can_tell() -> None:
    assert touches(Localisation(), SOURCES, {}, ())
