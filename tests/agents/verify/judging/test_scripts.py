import pytest

from agents.verify.judging.scripts import outputs, scripts


@pytest.mark.parametrize(
    "reply",
    [
        "```python\nprint(low(2, 1))\n```",
        "Try this:\n\n```py\nprint(low(2, 1))\n```\nCHOICE: A",
        "```\nprint(low(2, 1))\n```",
        "  ```python\n  print(low(2, 1))\n  ```",
        "```Python3\nprint(low(2, 1))",
    ],
)
def test_a_script_is_a_block_of_python_that_prints(reply: str) -> None:
    assert scripts(reply) == ("print(low(2, 1))\n",)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "print(1)",
        "```python\nassert low(2, 1) == 1\n```",
        "```python\n(imports, calls and print)\n```",
        "```python\nprint(\n```",
        "```text\nprint(1)\n```",
        "```diff\n+print(1)\n```",
        "```python\nprint('\0')\n```",
        "```python\nprint(1)\n" + "x = 1\n" * 5_000 + "```",
    ],
)
def test_what_does_not_print_is_no_script(reply: str) -> None:
    assert scripts(reply) == ()


def test_several_blocks_are_several_scripts_each_once() -> None:
    reply = "".join(f"```python\nprint({n})\n```\ntext\n" for n in (1, 2, 1))
    assert scripts(reply) == ("print(1)\n", "print(2)\n")


def test_outputs_are_cut_alike_and_silence_is_said() -> None:
    first, second, third = outputs(("x" * 9_000, "y" * 9_000, "\n"), 100)
    assert len(first) == len(second) <= 400
    assert third == "(nothing)"
