"""A name of beliefs means one set of numbers: confidence maps are fitted on them."""

import hashlib
from dataclasses import replace

import pytest

from agents.selection.beliefs import DEFAULT

KNOWN = {"beliefs-1": "20f15904fc6d395e"}
"""Name → digest of the numbers. Other numbers need another name."""


def digest() -> str:
    return hashlib.sha256(repr(replace(DEFAULT, name="")).encode()).hexdigest()[:16]


def test_other_numbers_have_another_name() -> None:
    assert KNOWN[DEFAULT.name] == digest()


@pytest.mark.parametrize("origin", DEFAULT.quality)
def test_a_test_is_of_one_of_three_kinds(origin: str) -> None:
    quality = DEFAULT.quality[origin]  # type: ignore[index]
    assert quality.good + quality.useless + quality.toxic == pytest.approx(1.0)
