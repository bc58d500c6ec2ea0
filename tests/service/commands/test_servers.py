"""`serve`, `worker` and `migrate` before they serve anybody; and the help of every command."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands.failures import DONE, NOT_READY, USAGE
from service.kit.database import Database
from service.kit.migrate import check
from tests.service.commands.cli import Cli

COMMANDS = ["demo", "solve", "resume", "serve", "worker", "migrate", "doctor", "images"]


def test_beyond_this_machine_nothing_is_served_without_a_key(cli: Cli) -> None:
    ended = cli("serve", "--host", "0.0.0.0")
    assert ended.code == USAGE
    assert "refusing to serve on 0.0.0.0 without a key: set BUDWOOD_API_KEY" in ended.told


def test_a_worker_needs_a_queue(cli: Cli) -> None:
    ended = cli("worker")
    assert ended.code == USAGE
    assert "set BUDWOOD_BROKER_URL=redis://HOST/0" in ended.told


def test_migrate_makes_the_file_and_may_be_repeated(cli: Cli) -> None:
    assert cli("migrate").code == DONE
    assert "the database is up to date" in cli("migrate").err
    database = Database(f"sqlite:///{cli.database}")
    check(database)
    database.close()


def test_migrate_says_when_the_server_does_not_answer(cli: Cli) -> None:
    ended = cli("migrate", BUDWOOD_DATABASE_URL="postgresql+psycopg://u:secret@127.0.0.1:9/x")
    assert ended.code == NOT_READY
    assert "the database cannot be used" in ended.told
    assert "secret" not in ended.told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    found = CliRunner().invoke(app, [command, "--help"])
    assert found.exit_code == DONE
    assert "Usage:" in found.output


def test_the_help_lists_the_commands_and_the_exit_codes() -> None:
    found = CliRunner().invoke(app, ["--help"])
    told = " ".join(found.output.replace("│", " ").split())
    assert [command for command in COMMANDS if f" {command} " not in told] == []
    assert "Exit codes: 0 done, 2 usage, 3 abstained, 4 issue or repository" in told


def test_an_unforeseen_error_shows_no_local_variables() -> None:
    script = (
        "import service.commands.doctor as doctor\n"
        "from service import cli\n"
        "def probes(settings):\n"
        "    key = 'very' + 'secret'\n"
        "    raise RuntimeError('a bug')\n"
        "doctor.probes = probes\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "doctor"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "RuntimeError: a bug" in done.stderr
    assert "verysecret" not in done.stderr + done.stdout
