from agents.localise.frames import frame_weights


def test_the_innermost_frame_weighs_most() -> None:
    found = frame_weights([[("a.py", 1), ("b.py", 2), ("b.py", 9)]])
    assert found == {"a.py": {1: 1 / 3}, "b.py": {2: 1 / 2, 9: 1.0}}


def test_of_several_tracebacks_and_of_a_recursion_the_largest_weight_counts() -> None:
    again = [("a.py", 1), ("a.py", 1), ("a.py", 2)]
    assert frame_weights([again, [("a.py", 2), ("a.py", 1)]]) == {"a.py": {1: 1.0, 2: 1.0}}


def test_frames_far_out_still_say_a_little() -> None:
    found = frame_weights([[("a.py", n) for n in range(40, 0, -1)]])
    assert found["a.py"][9] == 1 / 9
    assert found["a.py"][40] == found["a.py"][10] == 0.1


def test_without_tracebacks_nothing_is_said() -> None:
    assert frame_weights([[], []]) == {}
