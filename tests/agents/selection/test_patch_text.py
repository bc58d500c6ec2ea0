from agents.selection.patch_text import changed_lines, source_of

PATCH = """\
diff --git a/x.py b/x.py
index 1111111..2222222 100644
--- a/x.py
+++ b/x.py
@@ -3,4 +3,4 @@ def before():
 kept

--- a removed line that looks like a name
-gone
+++ an added one
+come
diff --git a/y.py b/y.py
--- a/y.py
+++ b/y.py
@@ -1 +1 @@
-one
+two
"""


def test_lines_are_counted_in_hunks_alone() -> None:
    assert changed_lines(PATCH) == 6
    assert changed_lines("") == 0


def test_a_patch_without_a_last_line_end_is_counted_alike() -> None:
    mark = "\\ No newline at end of file"
    text = f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n{mark}\n+b\n{mark}"
    assert changed_lines(text) == 2


def test_object_names_and_headings_do_not_make_another_source() -> None:
    other = PATCH.replace("1111111..2222222", "3333333..4444444").replace("def before():", "")
    timed = other.replace("+++ b/x.py", "+++ b/x.py\t2026-01-01 00:00:00")
    assert source_of(PATCH) == source_of(other) == source_of(timed)


def test_paths_indentation_places_and_text_do() -> None:
    changes = [("b/y.py", "b/z.py"), ("+two", "+  two"), ("-3,4 +3,4", "-4,4 +4,4"), ("two", "2")]
    sources = {source_of(PATCH.replace(old, new)) for old, new in changes}
    assert len(sources | {source_of(PATCH)}) == 5


def test_a_line_like_an_index_line_counts_inside_a_hunk() -> None:
    inside = PATCH.replace("+two", "+index two")
    assert source_of(inside) != source_of(inside.replace("index two", "index three"))
