"""Logs of JavaScript's test runners."""

from sandbox.testruns.logs.grammar import (
    TIME,
    LogParser,
    blocks,
    marks,
    mocha_json,
    outline,
    table,
    words,
)

_WORD = words({"PASS": "passed", "FAIL": "failed", "PASSED": "passed", "FAILED": "failed"})
_FAILED = words({"FAILED": "failed", "mismatch": "failed"})

_jest = table(rf"\s*(?P<status>[✓✕○]) (?P<id>.+?){TIME}$", marks)
_jest_json = table(r"\s*\[(?P<status>PASSED|FAILED)\] (?P<id>.+)$", _WORD)
_files = table(rf"(?P<status>PASS|FAIL) +(?P<id>.+?){TIME}$", _WORD)
_browser = table(
    r".{0,40}?(?:PhantomJS|Chrome)[\w .]* \([^()]*\)\.? (?P<id>.*?) *(?P<status>FAILED)$", _FAILED
)
_errors = blocks(" ", r".*Error")
_mocha = outline(" - ", end=r"\s*\d+ (?:passing|failing)")
_cypress = outline(": ", begin=r"\s*Running:", depth=1, end=r"\s*\d+ (?:passing|failing)")
_plotly = outline(
    ".",
    test=r"(?P<indent>\s+)\*\s+(?P<id>.*?) +: *(?P<status>.*)$",
    heading=r"(?P<indent>\s+)-\s+(?P<id>.*?) +:",
    meaning=lambda said: "passed" if "ok" in said and "failed" not in said else "failed",
)
_next = outline(
    " - ",
    test=rf"(?P<indent>\s*).*?(?P<status>[✓✗])\s*(?P<id>.+?){TIME}$",
    begin=".*Starting browser Chrome",
    end="TOTAL",
)
_deno = table(
    r"(?=.*\[(?:smoke|unit)\])(?>(?P<id>.*?)\.\.\.).*?\b(?P<status>ok|FAILED)\b",
    words({"ok": "passed", "FAILED": "failed"}),
)

PARSERS = {
    "jest": LogParser((_jest,)),
    "jest_json": LogParser((_jest_json,)),
    "immutable_js": LogParser((_jest, _jest_json)),
    "vitest": LogParser(
        (table(rf"\s*(?P<status>[✓×↓]) (?P<id>.+?)(?: \[skipped\])?{TIME}$", marks),)
    ),
    "mocha": LogParser((_mocha,)),
    "tap": LogParser(
        (
            table(
                r"\s*(?P<status>ok|not ok) \d+ (?P<id>.+?)(?P<skip> # (?:SKIP|TODO|skip|todo)\b.*)?$",
                words({"ok": "passed", "not ok": "failed"}),
            ),
        )
    ),
    "karma": LogParser((outline(" > ", begin=".*Starting browser", end="SUMMARY:"),)),
    "calypso": LogParser(
        (outline(" - ", begin=r".* \./node_modules/\.bin/jest ", end="Test Suites|  ● "),)
    ),
    "highlightjs": LogParser((outline(".", depth=1, end=r"\s*\d+ passing"),)),
    "plotly_js": LogParser((_plotly,)),
    **dict.fromkeys(("next", "next_v1", "next_v2"), LogParser((_next, _cypress))),
    **dict.fromkeys(
        ("carbon", "emotion", "grommet", "lighthouse_jest", "prettier", "react_pdf"),
        LogParser((_files,)),
    ),
    "scratch_gui": LogParser((_files,)),
    **dict.fromkeys(("cypress", "prismjs"), LogParser((mocha_json,))),
    "lighthouse_mocha": LogParser(
        (outline(" - ", begin=r"running \d+ test files", end=r"\s*\d+ passing"),)
    ),
    "lighthouse": LogParser(
        (
            _files,
            mocha_json,
            outline(" - ", begin=r"running \d+ test files", end=r"\s*\d+ passing"),
        )
    ),
    "quarto_cli": LogParser((_deno,)),
    **dict.fromkeys(("bpmn_js", "chart_js"), LogParser((_browser,), complete=False)),
    "eslint": LogParser((_errors,), complete=False),
    "marked": LogParser((table(r"(?P<status>\d+\)) (?P<id>.+)$", marks),), complete=False),
    "openlayers": LogParser(
        (_browser, _errors, table(r"case (?P<id>.*): (?P<status>mismatch)", _FAILED)),
        complete=False,
    ),
    "p5js": LogParser((blocks(":", r"(?P<last>.*):$"),), complete=False),
}
