"""Settings are known, typed, and say where they came from."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from advocacy import practice_modes, reach, settings, vault
from advocacy.settings import SettingsError


def problems_of(environment: dict[str, str], **changes: object) -> str:
    with pytest.raises(SettingsError) as raised:
        settings.load(environment, **changes).keys()
    return str(raised.value)


def test_the_defaults_stand_alone() -> None:
    made = settings.load({})
    assert made.base_url == "http://127.0.0.1:8000" and made.mode == "production"
    assert made.database_url.startswith("sqlite:////")
    assert made.sources["web.port"].endswith("default.toml")


def test_each_practised_network_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice_modes, "NAMES", dict.fromkeys(practice_modes.PLACES, ""))
    made = settings.load({"ADVOCACY_PRACTICE__PORT": "9100", "ADVOCACY_PRACTICE__X_PORT": "9500"})
    assert made.practice_urls == {
        "mastodon": "http://127.0.0.1:9100",
        "linkedin": "http://127.0.0.1:9101",
        "x": "http://127.0.0.1:9500",
        "bluesky": "http://127.0.0.1:9103",
    }


def test_a_file_changes_defaults_and_the_environment_changes_both(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[web]\nport = 9000\nbase_url = "https://a.example/"\n[outbound]\nallow = ["10.0.0.1"]\n')
    made = settings.load({"ADVOCACY_SETTINGS": str(file), "ADVOCACY_WEB__PORT": "9001"})
    assert (made.web.port, made.base_url, made.outbound.allow) == (9001, "https://a.example", ["10.0.0.1"])
    assert made.sources["web.port"] == "ADVOCACY_WEB__PORT" and made.sources["web.base_url"] == str(file)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ADVOCACY_PRACTICE__ENABLED", "yes", True),
        ("ADVOCACY_PRACTICE__ENABLED", "0", False),
        ("ADVOCACY_OUTBOUND__ALLOW", "a.example, 10.0.0.0/8", ["a.example", "10.0.0.0/8"]),
        ("ADVOCACY_WORKER__POOL", "3", 3),
    ],
)
def test_the_environment_speaks_in_texts(name: str, text: str, value: object) -> None:
    made = settings.load({name: text})
    table, key = name.removeprefix("ADVOCACY_").lower().split("__")
    assert getattr(getattr(made, table), key) == value


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    made = settings.load({"ADVOCACY_MAIL__PASSWORD_FILE": str(tmp_path / "password")})
    assert made.mail.password == "s3cret" and made.sources["mail.password"] == "ADVOCACY_MAIL__PASSWORD_FILE"


def test_every_mistake_is_told_at_once_and_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'surprise = 1\n[web]\nport = "x"\nthreads = true\n[outbound]\nallow = [1]\n[nothing]\nat = "all"\n'
    )
    told = problems_of({"ADVOCACY_SETTINGS": str(bad), "ADVOCACY_MAIL__PASSWORD_FILE": "/nowhere"})
    for named in (
        "surprise",
        "web.port",
        "web.threads",
        "outbound.allow",
        "nothing.at",
        "ADVOCACY_MAIL__PASSWORD_FILE",
    ):
        assert named in told


def test_what_kubernetes_injects_is_ignored() -> None:
    environment = {
        "ADVOCACY_PORT": "tcp://10.0.0.1:80",
        "ADVOCACY_SERVICE_HOST": "10.0.0.1",
        "ADVOCACY_PORT_80_TCP": "x",
    }
    assert settings.load(environment).web.port == 8000


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"ADVOCACY_MODE": "holiday"}, "mode"),
        ({"ADVOCACY_MODE": "demo", "ADVOCACY_WEB__HOST": "0.0.0.0"}, "web.host"),
        ({"ADVOCACY_MODE": "demo", "ADVOCACY_PRACTICE__HOST": "192.168.1.2"}, "practice.host"),
        ({"ADVOCACY_WEB__HOST": "0.0.0.0"}, "web.base_url"),
        ({"ADVOCACY_WEB__BASE_URL": "advocacy.example"}, "web.base_url"),
        ({"ADVOCACY_WEB__BASE_URL": "https://a.example/path"}, "web.base_url"),
        ({"ADVOCACY_MAIL__WAY": "pigeon"}, "mail.way"),
        ({"ADVOCACY_LINKEDIN__VERSION": "202607"}, "linkedin.version_ends"),
        ({"ADVOCACY_LINKEDIN__VERSION": "202613"}, "linkedin.version must"),
        ({"ADVOCACY_LINKEDIN__VERSION_ENDS": "next year"}, "linkedin.version_ends must"),
        ({"ADVOCACY_LINKEDIN__VERSION_ENDS": "2027-02-30"}, "linkedin.version_ends must"),
        ({"ADVOCACY_MAIL__ENCRYPTION": "rot13"}, "mail.encryption"),
        ({"ADVOCACY_SETTINGS": "/nowhere.toml"}, "ADVOCACY_SETTINGS"),
        ({"ADVOCACY_WEB__PORT": "99999"}, "web.port"),
        ({"ADVOCACY_WEB__THREADS": "0"}, "web.threads"),
        ({"ADVOCACY_WEB__TRUSTED_PROXIES": "-1"}, "web.trusted_proxies"),
        ({"ADVOCACY_LIMITS__SIGN_IN_PER_ADDRESS": "banana"}, "limits.sign_in_per_address"),
        ({"ADVOCACY_DATABASE__URL": "mysql://somewhere/x"}, "database.url"),
        ({"ADVOCACY_MAIL__SENDER": "Advocacy"}, "mail.sender"),
        ({"ADVOCACY_SHARING__QUIET_FROM": "9pm"}, "sharing.quiet_from"),
        ({"ADVOCACY_OUTBOUND__ALLOW": "http://inside/path"}, "outbound.allow"),
        ({"ADVOCACY_LIMITS__STORAGE": "nonsense"}, "limits.storage"),
        ({"ADVOCACY_MAIL__WAY": "smtp", "ADVOCACY_MAIL__USERNAME": "advocacy"}, "mail.password"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(environment: dict[str, str], named: str) -> None:
    assert named in problems_of(environment)


@pytest.mark.parametrize(
    "typed",
    [
        "10.0.0.0/99",
        "[1,2",
        '["a.example"]',
        "10.0.0.999",
        "10.0.0",
        "a.example:0",
        "a.example:99999",
        "*.example",
        "10.0.0.0/8:80",
        "a.example/8",
        "ada@a.example",
        "a b",
        "fd00::g",
        "[fd00::1",
        "-a.example",
        "a..example",
    ],
)
def test_what_no_guard_could_let_out_is_refused_by_name(typed: str) -> None:
    assert "outbound.allow holds" in problems_of({"ADVOCACY_OUTBOUND__ALLOW": typed})


@pytest.mark.parametrize(
    "typed",
    [
        "localhost",
        "a.example.",
        "a_b.example:8080",
        "bücher.example",
        "3com.example",
        "10.0.0.1",
        "10.0.0.1:80",
        "10.0.0.1/8",
        "fd00::1",
        "fd00::/8",
        "[fd00::1]",
        "[fd00::1]:8080",
    ],
)
def test_what_may_be_let_out_is_what_the_guard_reads(typed: str) -> None:
    made = settings.load({"ADVOCACY_OUTBOUND__ALLOW": typed})
    assert made.outbound.allow == [typed]
    assert reach.Guard(made.outbound.allow).rules


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[web\n")
    assert str(bad) in problems_of({"ADVOCACY_SETTINGS": str(bad)})


def test_the_key_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = settings.load({}, **{"data.folder": str(tmp_path / "var")})
    keys = made.keys()
    file = tmp_path / "var" / "keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and keys == made.keys()


def test_a_store_that_is_not_installed_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy.bounds.find_spec", lambda name: None)
    assert "advocacy[scale]" in problems_of({"ADVOCACY_LIMITS__STORAGE": "redis://127.0.0.1/0"})
    assert settings.load({}).limits.storage == "memory://"


def test_celery_needs_a_broker_and_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    celery = {"ADVOCACY_WORKER__ENGINE": "celery"}
    assert "worker.broker must begin with amqp://" in problems_of(celery)
    named = celery | {"ADVOCACY_WORKER__BROKER": "redis://127.0.0.1/0"}
    assert settings.load(named).worker.engine == "celery"
    assert "worker.queue_prefix" in problems_of({"ADVOCACY_WORKER__QUEUE_PREFIX": "Ours!"})
    monkeypatch.setattr("advocacy.bounds.find_spec", lambda name: None)
    assert "advocacy[scale]" in problems_of(named)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    made = settings.load({}, **{"data.folder": str(tmp_path)})
    made.keys()
    made.key_file.chmod(0o644)
    with pytest.raises(settings.SettingsError, match="chmod 600"):
        made.keys()


def test_a_table_that_is_none_is_named(tmp_path: Path) -> None:
    odd = tmp_path / "odd.toml"
    odd.write_text("[nope]\n")
    assert "[nope] is no table" in problems_of({"ADVOCACY_SETTINGS": str(odd)})


@pytest.mark.parametrize("keys", ["", "short", "A" * 43 + "=", "ä" * 20])
def test_production_refuses_a_missing_or_weak_key_in_words(tmp_path: Path, keys: str) -> None:
    told = problems_of(
        {"ADVOCACY_VAULT__KEYS": keys, "ADVOCACY_VAULT__MAKE_KEY_FILE": "no"},
        **{"data.folder": str(tmp_path)},
    )
    assert "advocacy key new" in told


def test_several_keys_are_taken_in_their_order() -> None:
    first, second = vault.new_key(), vault.new_key()
    assert settings.load({"ADVOCACY_VAULT__KEYS": f"{first}, {second}"}).keys() == [first, second]


def test_a_secret_of_the_wrong_kind_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[vault]\nkeys = ["a-secret"]\n')
    told = problems_of({"ADVOCACY_SETTINGS": str(file)})
    assert "vault.keys must be a text" in told and "a-secret" not in told
