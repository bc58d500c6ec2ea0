"""The settings, read from an environment."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.config import Settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("BUDWOOD_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = Settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/budwood/budwood.db"
    assert settings.broker_url is None
    assert settings.sandbox == ("bubblewrap", "docker")
    settings.check_exposure()


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDWOOD_SANDBOX", "docker, bubblewrap,")
    assert Settings().sandbox == ("docker", "bubblewrap")


def test_model_falls_back_on_the_usual_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "usual")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://usual/v1")
    monkeypatch.setenv("BUDWOOD_MODEL_BASE_URL", "http://own/v1")
    settings = Settings()
    assert settings.model_api_key is not None
    assert settings.model_api_key.get_secret_value() == "usual"
    assert settings.model_base_url == "http://own/v1"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDWOOD_API_KEY", "hush")
    monkeypatch.setenv("BUDWOOD_MODEL_API_KEY", "hush")
    assert "hush" not in repr(Settings())


def test_empty_variables_are_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDWOOD_BROKER_URL", "")
    assert Settings().broker_url is None


def test_lease_that_ends_between_heartbeats_is_refused() -> None:
    with pytest.raises(ValidationError, match="BUDWOOD_LEASE_S"):
        Settings(lease_s=5, heartbeat_s=4)
