"""Rows of every generation lead to their image."""

import pytest

from sandbox.images.swebench import image_of

ID = "Django__django-11099"
DERIVED = "swebench/sweb.eval.x86_64.django_1776_django-11099:latest"


@pytest.mark.parametrize(
    ("row", "image"),
    [
        ({"image": "a", "image_name": "b", "docker_image": "c"}, "a"),
        ({"image": "", "image_name": "b", "docker_image": "c"}, "b"),
        ({"image": None, "image_name": " ", "docker_image": " c:1 "}, "c:1"),
        ({"image": 3}, DERIVED),
        ({}, DERIVED),
    ],
)
def test_the_first_field_that_names_an_image_wins(row: dict[str, object], image: str) -> None:
    assert image_of({"instance_id": ID, **row}) == image


@pytest.mark.parametrize("row", [{}, {"instance_id": " "}, {"instance_id": 3}])
def test_a_row_that_names_nothing_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="image_name"):
        image_of(row)
