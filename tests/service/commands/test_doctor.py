"""`doctor` says what works, and how to get what does not."""

import re

from service.commands.failures import DONE, NO_SANDBOX, USAGE
from tests.needs import needs
from tests.service.commands.cli import Cli
from tests.service.commands.conftest import Disk

CHECKS = ["python", "git", "bubblewrap", "docker", "cache", "database", "queue", "model", "sandbox"]


def test_everything_is_listed_and_one_sandbox_is_enough(cli: Cli) -> None:
    ended = cli("doctor")
    assert ended.code == DONE
    assert [line.split()[1] for line in ended.out.splitlines()] == CHECKS
    assert "✓ bubblewrap" in ended.out
    assert ended.err == ""


def test_json_says_the_same(cli: Cli) -> None:
    checks = cli("doctor", "--json").document
    assert [check["name"] for check in checks] == CHECKS  # type: ignore[index]
    assert {check["ok"] for check in checks if check["name"] == "sandbox"} == {True}  # type: ignore[index]


def test_without_a_sandbox_the_code_says_so_and_each_has_its_remedy(
    cli: Cli, jail: tuple[str, ...]
) -> None:
    ended = cli("doctor", before=jail, BUDWOOD_SANDBOX="bubblewrap,docker")
    assert ended.code == NO_SANDBOX
    assert "✗ bubblewrap" in ended.out
    assert "allow user namespaces" in ended.told
    assert "✗ docker" in ended.out
    assert "✗ sandbox none of BUDWOOD_SANDBOX=bubblewrap,docker works" in ended.told


def test_a_sandbox_that_works_but_was_not_chosen_does_not_count(cli: Cli) -> None:
    ended = cli("doctor", BUDWOOD_SANDBOX="chroot")
    assert ended.code == NO_SANDBOX
    assert "✓ bubblewrap" in ended.out
    assert "none of BUDWOOD_SANDBOX=chroot works" in ended.told


def test_one_thing_that_is_broken_does_not_hide_the_others(cli: Cli) -> None:
    (cli.home / "file").touch()
    ended = cli(
        "doctor",
        BUDWOOD_DATA_DIR=str(cli.home / "file" / "data"),
        BUDWOOD_BROKER_URL="redis://127.0.0.1:9/0",
    )
    assert ended.code == DONE
    assert [line.split()[1] for line in ended.out.splitlines()] == CHECKS
    assert "✗ database" in ended.out
    assert "BUDWOOD_DATA_DIR" in ended.told
    assert "✗ queue" in ended.out


def test_a_database_address_that_is_none_is_told_as_such(cli: Cli) -> None:
    ended = cli("doctor", BUDWOOD_DATABASE_URL="nonsense")
    assert "✗ database the database cannot be used" in ended.told


def test_a_setting_that_holds_nonsense_is_named(cli: Cli) -> None:
    ended = cli("doctor", BUDWOOD_PORT="abc", BUDWOOD_LOG_LEVEL="LOUD")
    assert (ended.code, ended.out) == (USAGE, "")
    assert "BUDWOOD_PORT: Input should be a valid integer" in ended.told
    assert "BUDWOOD_LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'" in ended.told


def test_settings_that_contradict_each_other_are_named(cli: Cli) -> None:
    ended = cli("doctor", BUDWOOD_LEASE_S="1")
    assert ended.code == USAGE
    assert "budwood: BUDWOOD_LEASE_S must be at least twice BUDWOOD_HEARTBEAT_S" in ended.err


def test_what_is_kept_is_counted_with_the_room_left(cli: Cli) -> None:
    assert cli("images", "build").code == DONE
    line = next(line for line in cli("doctor").out.splitlines() if "cache" in line.split()[1])
    assert re.search(
        r"✓ cache +\d+ environments? \d+\.\d\d GB, \d+ bases? \d+\.\d\d GB, .*image.* \(cap 20 GB\);"
        rf" [\d.]+ GB free at {cli.cache}/budwood/sandbox$",
        line,
    )


def test_a_full_disk_is_told_with_what_helps(cli: Cli, disk: Disk) -> None:
    ended = cli("doctor", BUDWOOD_CACHE_DIR=str(disk(4096)))
    assert "✗ cache" in ended.out
    assert "budwood images prune --keep-gb" in ended.told


def test_docker_says_which_server_and_how_it_is_secured(cli: Cli) -> None:
    needs("docker")
    line = next(line for line in cli("doctor").out.splitlines() if "docker" in line.split()[1])
    assert re.search(
        r"isolates .*; limits .*; server \d.*; runtime \S+ \(also .*\); security .+", line
    )
