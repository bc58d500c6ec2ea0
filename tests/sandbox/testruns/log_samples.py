"""A small log for every parser, as its runner would print it, and what it says."""

PYTEST = """\
============================= test session starts ==============================
collected 7 items

tests/test_a.py .F.sxXE                                                  [100%]

------------------------------ Captured log call -------------------------------
ERROR    root:a.py:3 PASSED by nobody
=========================== short test summary info ============================
PASSED tests/test_a.py::test_one
PASSED tests/test_a.py::TestB::test_two[1-x]
SKIPPED [1] tests/test_a.py:9: not here
XFAIL tests/test_a.py::test_known - a reason
XPASS tests/test_a.py::test_mended
ERROR tests/test_a.py::test_set_up - OSError: no
ERROR tests/test_bad.py - ImportError: no
FAILED tests/test_a.py::test_three - assert 1 == 2
=============== 1 failed, 2 passed, 1 skipped, 2 errors in 0.05s ===============
"""
PYTEST_SAYS = {
    "tests/test_a.py::test_one": "passed",
    "tests/test_a.py::TestB::test_two[1-x]": "passed",
    "tests/test_a.py::test_known": "skipped",
    "tests/test_a.py::test_mended": "skipped",
    "tests/test_a.py::test_set_up": "error",
    "tests/test_bad.py": "error",
    "tests/test_a.py::test_three": "failed",
}
VERBOSE = """\
tests/test_a.py::test_one \x1b[32mPASSED\x1b[0m                          [ 25%]
tests/test_a.py::test_two \x1b[31mFAILED\x1b[0m                          [ 50%]
tests/test_a.py::test_three \x1b[33mSKIPPED\x1b[0m (so)                  [ 75%]
tests/test_a.py::test_four \x1b[32mPASSED\x1b[0m                         [100%]
\x1b[31mERROR\x1b[0m tests/test_a.py::\x1b[1mtest_four\x1b[0m - OSError
"""
VERBOSE_SAYS = {
    "tests/test_a.py::test_one": "passed",
    "tests/test_a.py::test_two": "failed",
    "tests/test_a.py::test_three": "skipped",
    "tests/test_a.py::test_four": "error",
}
OPTIONS = """\
PASSED tests/test_a.py::test_path[/home/me/data/x.txt]
PASSED tests/test_a.py::test_url[//host/x/y]
PASSED tests/test_a.py::test_glob[/a/*/b]
FAILED tests/test_a.py::test_plain[a/b] - assert 0
"""
OPTIONS_SAYS = {
    "tests/test_a.py::test_path[/x.txt]": "passed",
    "tests/test_a.py::test_url[//host/x/y]": "passed",
    "tests/test_a.py::test_glob[/a/*/b]": "passed",
    "tests/test_a.py::test_plain[a/b]": "failed",
}
UNITTEST = """\
Testing against Django installed in '/testbed/django' with up to 4 processes
test_one (app.tests.CaseA) ... ok
test_two (app.tests.CaseA.test_two) ... FAIL
test_three (app.tests.CaseA) ... ERROR
test_four (app.tests.CaseA) ... skipped 'no such database'
test_five (app.tests.CaseA) ... expected failure
test_six (app.tests.CaseA) ... unexpected success
test_seven (app.tests.CaseA)
What the seventh shows. ... ok
test_eight (app.tests.CaseA) ... Internal Server Error: /index/
ok
test_nine (app.tests.CaseA) ... System check identified no issues (0 silenced).
test_ten (app.tests.CaseA) ... ok

======================================================================
FAIL: test_two (app.tests.CaseA.test_two)
----------------------------------------------------------------------
ERROR: test_sub (app.tests.CaseB) (n=1)
----------------------------------------------------------------------
Ran 10 tests in 0.010s

FAILED (failures=1, errors=2)
"""
UNITTEST_SAYS = {
    "test_one (app.tests.CaseA)": "passed",
    "test_two (app.tests.CaseA.test_two)": "failed",
    "test_three (app.tests.CaseA)": "error",
    "test_four (app.tests.CaseA)": "skipped",
    "test_five (app.tests.CaseA)": "skipped",
    "test_six (app.tests.CaseA)": "failed",
    "What the seventh shows.": "passed",
    "test_eight (app.tests.CaseA)": "passed",
    "test_ten (app.tests.CaseA)": "passed",
    "test_sub (app.tests.CaseB)": "error",
}
SYMPY = """\
============================= test process starts ==============================
sympy/core/tests/test_expr.py[5]
test_basic ok
test_power F
test_matrix E
test_slow s
test_open f                                                               [FAIL]
________________________________________________________________________________
_________________ sympy/core/tests/test_expr.py:test_power _____________________
Traceback (most recent call last):
"""
SYMPY_SAYS = {
    "test_basic": "passed",
    "test_power": "failed",
    "test_matrix": "error",
    "test_slow": "skipped",
    "sympy/core/tests/test_expr.py:test_power": "failed",
}
JEST = """\
PASS src/a.test.js
  Reader
    ✓ reads a line (5 ms)
    ✕ reads two lines (1.2 s)
    ○ skipped reads none
"""
JEST_SAYS = {
    "reads a line": "passed",
    "reads two lines": "failed",
    "skipped reads none": "skipped",
}
JEST_JSON = "[PASSED] Reader reads a line\n[FAILED] Reader reads two lines\n"
JEST_JSON_SAYS = {"Reader reads a line": "passed", "Reader reads two lines": "failed"}
FILES = """\
PASS packages/a/a-test.js (5.2s)
FAIL packages/b/b-test.js (12 ms)
  ● b › is broken
PASS packages/c/c-test.js
"""
FILES_SAYS = {
    "packages/a/a-test.js": "passed",
    "packages/b/b-test.js": "failed",
    "packages/c/c-test.js": "passed",
}
VITEST = """\
 ✓ packages/a.spec.ts > reader > reads a line 3ms
 × packages/a.spec.ts > reader > reads two lines 12ms
 ↓ packages/a.spec.ts > reader > reads none [skipped]
"""
VITEST_SAYS = {
    "packages/a.spec.ts > reader > reads a line": "passed",
    "packages/a.spec.ts > reader > reads two lines": "failed",
    "packages/a.spec.ts > reader > reads none": "skipped",
}
MOCHA = """\

  reader
    ✓ reads a line (12ms)
    of files
      1) reads two lines
  writer
    ✔ writes

  2 passing (30ms)
  1 failing

  1) reader
       of files
         reads two lines:
     AssertionError: nothing was read
"""
MOCHA_SAYS = {
    "reader - reads a line": "passed",
    "reader - of files - reads two lines": "failed",
    "writer - writes": "passed",
}
TAP = """\
TAP version 13
ok 1 reader > reads a line
not ok 2 reader > reads two lines
ok 3 reads none # SKIP no file
not ok 4 reads all # TODO later
1..4
"""
TAP_SAYS = {
    "reader > reads a line": "passed",
    "reader > reads two lines": "failed",
    "reads none": "skipped",
    "reads all": "skipped",
}
KARMA = """\
 ✔ not yet
INFO [launcher]: Starting browser ChromeHeadless

  render()
    of text
      ✔ shows it
      ✖ hides it
  hooks
    ✔ run

SUMMARY:
  ✔ 2 tests completed
"""
KARMA_SAYS = {
    "render() > of text > shows it": "passed",
    "render() > of text > hides it": "failed",
    "hooks > run": "passed",
}
CALYPSO = """\
> TZ=UTC ./node_modules/.bin/jest -c client.json client/a
PASS client/a/test.js
  reader
    ✓ reads a line (5ms)
    of files
      ✕ reads two lines
  ● reader › of files › reads two lines
    ✓ not a test
Test Suites: 1 failed
"""
CALYPSO_SAYS = {
    "reader - reads a line": "passed",
    "reader - of files - reads two lines": "failed",
}
HIGHLIGHT = """\
  hljs
    ✔ has a version (3ms)
  grammar of x
    1) knows numbers

  1 passing (2s)
  1 failing
"""
HIGHLIGHT_SAYS = {"hljs.has a version": "passed", "grammar of x.knows numbers": "failed"}
PLOTLY = """\
  - plots :
    - of bars :
      * are drawn : ok
      * are red : failed
  - axes :
    * have ticks : ok (slow)
"""
PLOTLY_SAYS = {
    "plots.of bars.are drawn": "passed",
    "plots.of bars.are red": "failed",
    "axes.have ticks": "passed",
}
NEXT = """\
    ✓ too early
 Starting browser Chrome
  button
    ✓ clicks
    ✗ is round
TOTAL: 1 failed
"""
NEXT_SAYS = {"button - clicks": "passed", "button - is round": "failed"}
CYPRESS_RUN = """\
  Running:  button-spec.js                                                  (1 of 1)


  button
    ✓ clicks (120ms)
    1) is round

  1 passing (2s)
"""
CYPRESS_RUN_SAYS = {"button: clicks": "passed", "button: is round": "failed"}
MOCHA_JSON = """\
$ ./node_modules/.bin/mocha tests/run.js --reporter json
{ this is no JSON
{
  "stats": {"passes": 1},
  "pending": [{"title": "reads none", "fullTitle": "reader reads none"}],
  "failures": [{"title": "two", "fullTitle": "reader reads two lines", "err": {"a": {}}}],
  "passes": [
    {
      "title": "reads",
      "fullTitle": "reader reads a line"
    }
  ]
}
"""
MOCHA_JSON_SAYS = {
    "reader reads a line": "passed",
    "reader reads two lines": "failed",
    "reader reads none": "skipped",
}
LIGHTHOUSE = """\
running 2 test files
  audits
    ✔ of speed (3ms)
    1) of size
  1 passing (3ms)
"""
LIGHTHOUSE_SAYS = {"audits - of speed": "passed", "audits - of size": "failed"}
QUARTO = """\
[smoke] > quarto render docs/a.qmd ... \x1b[0m\x1b[32mok\x1b[0m (2s)
[unit] > yaml - reads ... \x1b[0m\x1b[31mFAILED\x1b[0m (15ms)
test result: FAILED. 1 passed; 1 failed
"""
QUARTO_SAYS = {"[smoke] > quarto render docs/a.qmd": "passed", "[unit] > yaml - reads": "failed"}
BROWSER = """\
HeadlessChrome 88.0.4298 (Linux 0.0.0) features - bar draws red FAILED
\tError: expected red
Chrome Headless 110.0 (Linux x86_64) features - pie is round FAILED
Executed 2 of 2 (2 FAILED)
"""
BROWSER_SAYS = {"features - bar draws red": "failed", "features - pie is round": "failed"}
BLOCKS = """\
  90 passing (2s)
  2 failing

  1) reader
       of files
         reads two lines:

      AssertionError [ERR_ASSERTION]: nothing was read

  2) writer writes:
     TypeError: no
"""
ESLINT_SAYS = {
    "reader of files reads two lines:": "failed",
    "writer writes:": "failed",
}
P5_SAYS = {"reader:of files:reads two lines": "failed", "writer writes": "failed"}
MARKED = "1) code: indented\n  2) not this\n12) lists\n"
MARKED_SAYS = {"code: indented": "failed", "lists": "failed"}
OPENLAYERS = BROWSER + BLOCKS + "case cases/layer-tile: mismatch 0.2\n"
OPENLAYERS_SAYS = BROWSER_SAYS | ESLINT_SAYS | {"cases/layer-tile": "failed"}

GO = """\
=== RUN   TestRead
=== RUN   TestRead/two_lines
--- FAIL: TestRead (0.02s)
    --- PASS: TestRead/a_line (0.00s)
    --- FAIL: TestRead/two_lines (0.02s)
--- SKIP: TestWrite (0.00s)
FAIL
"""
GO_SAYS = {
    "TestRead": "failed",
    "TestRead/a_line": "passed",
    "TestRead/two_lines": "failed",
    "TestWrite": "skipped",
}
CARGO = """\
running 4 tests
test reader::reads_a_line ... ok
test reader::reads_two_lines ... FAILED
test reader::reads_none ... ignored, slow
test src/lib.rs - reader (line 12) ... ok

test result: FAILED. 2 passed; 1 failed; 1 ignored
"""
CARGO_SAYS = {
    "reader::reads_a_line": "passed",
    "reader::reads_two_lines": "failed",
    "reader::reads_none": "skipped",
    "src/lib.rs - reader (line 12)": "passed",
}
MAVEN = """\
+ mvn test -B -Dtest=a.ReaderTest#reads
+ mvn test -B -Dtest=a.ReaderTest#readsTwo
[INFO] BUILD SUCCESS
[INFO] BUILD FAILURE
+ mvn test -B -Dtest=a.ReaderTest#readsNone
"""
MAVEN_SAYS = {"a.ReaderTest#reads": "passed", "a.ReaderTest#readsTwo": "failed"}
SUREFIRE = """\
[INFO] Running a.ReaderTest
[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in a.ReaderTest
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in a.B
[ERROR] Tests run: 3, Failures: 0, Errors: 2, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in a.C
[INFO] Tests run: 8, Failures: 1, Errors: 2, Skipped: 0
"""
SUREFIRE_SAYS = {"a.ReaderTest": "passed", "a.B": "failed", "a.C": "error"}
ANT = (
    "    [junit] [PASS] reads(a.ReaderTest)\n    [junit] [FAIL] writes(a.B)\n[junit] [ERR] c(a.C)\n"
)
ANT_SAYS = {"reads(a.ReaderTest)": "passed", "writes(a.B)": "failed", "c(a.C)": "error"}
GRADLE = """\
> Task :test
a.ReaderTest > reads a line PASSED
a.ReaderTest > readsTwo() FAILED
a.ReaderTest > readsNone() SKIPPED
a.WriterTest > writes()
WARNING: something else
PASSED
"""
GRADLE_SAYS = {
    "a.ReaderTest > reads a line": "passed",
    "a.ReaderTest > readsTwo()": "failed",
    "a.ReaderTest > readsNone()": "skipped",
    "a.WriterTest > writes()": "passed",
}
GOOGLETEST = """\
[ RUN      ] Reader.Reads
[       OK ] Reader.Reads (0 ms)
[  FAILED  ] Reader.ReadsTwo (1 ms)
[  SKIPPED ] Reader.ReadsNone (0 ms)
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Reader.ReadsTwo
"""
GOOGLETEST_SAYS = {
    "Reader.Reads": "passed",
    "Reader.ReadsTwo": "failed",
    "Reader.ReadsNone": "skipped",
}
CTEST = """\
    Start 1: reader
1/4 Test #1: reader ...........................   Passed    0.01 sec
2/4 Test #2: writer ...........................***Failed    0.02 sec
3/4 Test #3: sleeper ..........................***Timeout   1.50 sec
4/4 Test #4: absent ...........................***Not Run   0.00 sec
"""
CTEST_SAYS = {"reader": "passed", "writer": "failed", "sleeper": "timeout", "absent": "error"}
REDIS = """\
[ok]: SET and GET an item (3 ms)
[err]: DEL all keys in tests/unit/keys.tcl
[skip]: slow one
[ignore]: large memory flag not provided
"""
REDIS_SAYS = {
    "SET and GET an item": "passed",
    "DEL all keys": "failed",
    "slow one": "skipped",
    "large memory flag not provided": "skipped",
}
JQ = "PASS: tests/jqtest\nFAIL: tests/shtest\n# TOTAL: 2\n"
JQ_SAYS = {"tests/jqtest": "passed", "tests/shtest": "failed"}
MICROPYTHON = "pass  basics/a.py\nFAIL  basics/b.py\nskip  basics/c.py\n3 tests performed\n"
MICROPYTHON_SAYS = {
    "basics/a.py": "passed",
    "basics/b.py": "failed",
    "basics/c.py": "skipped",
}
DOCTEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<doctest binary="unit">
  <TestSuite>
    <TestCase name="reader" filename="a.cpp" line="3">
      <SubCase name="of a &lt;line&gt;" filename="a.cpp" line="4">
        <Expression success="true" type="CHECK" filename="a.cpp" line="5">
      </SubCase>
      <SubCase name="of two" filename="a.cpp" line="9">
        <Expression success="true" type="CHECK" filename="a.cpp" line="10">
        <Expression success="false" type="CHECK" filename="a.cpp" line="11">
      </SubCase>
    </TestCase>
  </TestSuite>
</doctest>
"""
DOCTEST_SAYS = {"reader > of a <line>": "passed", "reader > of two": "failed"}

MINITEST = """\
TestReader#test_reads = 0.00 s = .
TestReader#test_two_lines = 0.01 s = F
TestReader#test_none = 0.00 s = S
test: a reader should read.  = 0.02 s = E
"""
MINITEST_SAYS = {
    "TestReader#test_reads": "passed",
    "TestReader#test_two_lines": "failed",
    "TestReader#test_none": "skipped",
    "test: a reader should read": "error",
}
CUCUMBER = "features/read.feature .....\nfeatures/write.feature ..F--\n"
CUCUMBER_SAYS = {"features/read.feature": "passed", "features/write.feature": "failed"}
RUBY_UNIT = """\
ReaderTest:
  test: reads a line:\t.: (0.000513)
  test_two_lines:\tF
  test_none:\tO: (0.0001)
  test_all:\tE
"""
RUBY_UNIT_SAYS = {
    "reads a line": "passed",
    "test_two_lines": "failed",
    "test_none": "skipped",
    "test_all": "error",
}
RSPEC = "Reader reads - a line - passed\nReader reads two - failed\nReader reads none - pending\n"
RSPEC_SAYS = {
    "Reader reads - a line": "passed",
    "Reader reads two": "failed",
    "Reader reads none": "skipped",
}
PHPUNIT = """\
PHPUnit 10.5 by Sebastian Bergmann and contributors.

Reader (Tests\\Unit\\Reader)
 ✔ Reads a line  5 ms
 ✘ Reads two lines
   │
   │ Failed asserting that null is true.
 ↩ Reads none

Writer (Tests\\Unit\\Writer)
 ✔ Writes
"""
PHPUNIT_SAYS = {
    "Reader > Reads a line": "passed",
    "Reader > Reads two lines": "failed",
    "Reader > Reads none": "skipped",
    "Writer > Writes": "passed",
}

_LIKE_PYTEST = (
    "pytest pytest_v2 seaborn astroid astropy flask marshmallow pvlib pyvista scikit sphinx "
    "sqlfluff xarray pytest_options pydicom pylint requests matplotlib"
)
_LIKE_FILES = "carbon emotion grommet lighthouse lighthouse_jest prettier react_pdf scratch_gui"

SAMPLES: list[tuple[str, str, dict[str, str]]] = [
    (_LIKE_PYTEST, PYTEST, PYTEST_SAYS),
    (_LIKE_PYTEST, VERBOSE, VERBOSE_SAYS),
    ("pytest_options pydicom pylint requests", OPTIONS, OPTIONS_SAYS),
    (
        "matplotlib",
        "PASSED a.py::test_b[MouseButton.LEFT-MouseButton.RIGHT]\n",
        {"a.py::test_b[1-3]": "passed"},
    ),
    ("django unittest", UNITTEST, UNITTEST_SAYS),
    ("sympy", SYMPY, SYMPY_SAYS),
    ("jest immutable_js", JEST, JEST_SAYS),
    ("jest_json immutable_js", JEST_JSON, JEST_JSON_SAYS),
    (_LIKE_FILES, FILES, FILES_SAYS),
    ("vitest", VITEST, VITEST_SAYS),
    ("mocha", MOCHA, MOCHA_SAYS),
    ("tap", TAP, TAP_SAYS),
    ("karma", KARMA, KARMA_SAYS),
    ("calypso", CALYPSO, CALYPSO_SAYS),
    ("highlightjs", HIGHLIGHT, HIGHLIGHT_SAYS),
    ("plotly_js", PLOTLY, PLOTLY_SAYS),
    ("next next_v1", NEXT, NEXT_SAYS),
    ("next next_v2", CYPRESS_RUN, CYPRESS_RUN_SAYS),
    ("cypress prismjs lighthouse", MOCHA_JSON, MOCHA_JSON_SAYS),
    ("lighthouse lighthouse_mocha", LIGHTHOUSE, LIGHTHOUSE_SAYS),
    ("quarto_cli", QUARTO, QUARTO_SAYS),
    ("bpmn_js chart_js", BROWSER, BROWSER_SAYS),
    ("eslint", BLOCKS, ESLINT_SAYS),
    ("p5js", BLOCKS, P5_SAYS),
    ("marked", MARKED, MARKED_SAYS),
    ("openlayers", OPENLAYERS, OPENLAYERS_SAYS),
    ("gotest", GO, GO_SAYS),
    ("cargo", CARGO, CARGO_SAYS),
    ("maven", MAVEN, MAVEN_SAYS),
    ("surefire", SUREFIRE, SUREFIRE_SAYS),
    ("ant", ANT, ANT_SAYS),
    ("gradle_custom", GRADLE, GRADLE_SAYS),
    ("googletest", GOOGLETEST, GOOGLETEST_SAYS),
    ("ctest", CTEST, CTEST_SAYS),
    ("redis", REDIS, REDIS_SAYS),
    ("jq", JQ, JQ_SAYS),
    ("micropython_test", MICROPYTHON, MICROPYTHON_SAYS),
    ("doctest", DOCTEST, DOCTEST_SAYS),
    ("minitest jekyll", MINITEST, MINITEST_SAYS),
    ("cucumber jekyll", CUCUMBER, CUCUMBER_SAYS),
    ("ruby_unit", RUBY_UNIT, RUBY_UNIT_SAYS),
    ("rspec_transformed_json", RSPEC, RSPEC_SAYS),
    ("phpunit", PHPUNIT, PHPUNIT_SAYS),
]
