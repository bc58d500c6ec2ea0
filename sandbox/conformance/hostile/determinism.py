"""Clock, randomness and order: the same run twice is the same run."""

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect

_OBSERVED = """
import json, locale, os, sys, time
print(json.dumps({
    'hash': hash('text'), 'set': list({'a', 'b', 'c', 'd', 'e', 'f'}), 'zone': time.tzname,
    'offset': time.timezone, 'locale': locale.getlocale(), 'encoding': sys.getfilesystemencoding(),
    'listing': [[f, d, n] for f, d, n in os.walk('.')], 'path': sys.path, 'flags': list(sys.flags),
    'host': os.uname().nodename, 'user': os.environ['HOME'], 'umask': os.umask(0), 'env': sorted(
        name for name in os.environ),
}))
"""


def _observe(target: Target) -> str:
    result = target.python(_OBSERVED)
    expect(result.outcome == "ok", result)
    return result.stdout.text


@hostile(19)
def the_same_run_twice_sees_the_same(target: Target) -> None:
    first = _observe(target)
    expect('["UTC", "UTC"]' in first, first)
    expect(_observe(target) == first, "the second run sees something else")


@hostile(19)
def what_a_run_did_to_files_does_not_change_the_order_of_the_next(target: Target) -> None:
    first = _observe(target)
    churn = """
import os, shutil
for name in sorted(os.listdir('.'), reverse=True):
    shutil.move(name, 'x' + name)
    shutil.move('x' + name, name)
shutil.rmtree('names')
for number in range(200): open(f'pkg/{number}', 'w')
"""
    expect(target.python(churn).outcome == "ok", "the churn failed")
    expect(_observe(target) == first, "the order of the folders has changed")


@hostile(19)
def the_clock_cannot_be_set_and_goes_on(target: Target) -> None:
    code = """
import time
for act in (lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
            lambda: time.clock_settime_ns(time.CLOCK_REALTIME, 10 ** 18)):
    try: act()
    except OSError: continue
    print('set the clock')
begun = time.time(), time.monotonic()
time.sleep(0.05)
assert 0.04 < time.time() - begun[0] < 5 and 0.04 < time.monotonic() - begun[1] < 5
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(19)
def pins_hold_unless_a_run_asks_otherwise(target: Target) -> None:
    code = "import os, time; print(time.tzname[0], os.environ['PYTHONHASHSEED'])"
    other = target.python(code, env={"TZ": "XYZ5", "PYTHONHASHSEED": "7"})
    expect(other.stdout.text == "XYZ 7\n", other)
    expect(target.python(code).stdout.text == "UTC 0\n", "a pin was lost")


@hostile(19)
def chance_is_not_repeated(target: Target) -> None:
    code = "import os, random, uuid; print(os.urandom(8), random.random(), uuid.uuid4())"
    said = {target.python(code).stdout.text for _ in range(3)}
    expect(len(said) == 3, said)
