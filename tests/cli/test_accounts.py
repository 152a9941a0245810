"""`evidoc keys`, `orgs` and `credits`: what an operator types and reads."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidoc.kernel import clock
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope, side_of
from evidoc.operations.keys import KeyOperations
from evidoc.storing.store import Store
from tests.cli.conftest import Call


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVIDOC_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def opened(data: Path) -> Store:
    return Store.open(data, exclusive=False)


def test_a_key_is_made_shown_once_listed_and_revoked(call: Call, data: Path) -> None:
    made = call("keys", "create", "laptop")
    secret = made.stdout.strip()
    assert re.fullmatch(r"sk_live_[A-Za-z0-9]{48}", secret)
    assert secret not in made.stderr
    listed = call("keys", "list").stdout
    assert "laptop" in listed
    assert "never used" in listed
    assert secret[:12] in listed
    assert secret[12:] not in listed
    assert "laptop" in call("keys", "revoke", secret[:12] + "...").stdout
    assert "revoked" in call("keys", "list").stdout


def test_a_key_is_made_as_it_is_wanted(call: Call, data: Path) -> None:
    scopes = [argument for scope in Scope for argument in ("--scope", scope.value)]
    secret = call("keys", "create", "ci", "--env", "test", "--style", "dc", "--expires", "30d", *scopes).stdout.strip()
    assert re.fullmatch(r"dc_test_[A-Za-z0-9]{48}", secret)
    store = opened(data)
    who = KeyOperations(store).authenticate(secret)
    assert who.org_id == side_of(DEFAULT_ORG, Environment.TEST)
    assert who.scopes == frozenset(Scope)
    (record,) = store.keys.list(DEFAULT_ORG)
    store.close()
    assert record.expires_at is not None
    assert abs(record.expires_at - clock.now() - timedelta(days=30)) < timedelta(minutes=5)
    assert "active until" in call("keys", "list").stdout


@pytest.mark.parametrize("option", ["8w", "2099-01-31"])
def test_a_key_ends_after_weeks_or_with_a_day(call: Call, data: Path, option: str) -> None:
    assert call("keys", "create", "ci", "--expires", option).returncode == 0
    store = opened(data)
    (record,) = store.keys.list(DEFAULT_ORG)
    store.close()
    expected = clock.now() + timedelta(weeks=8) if option == "8w" else datetime(2099, 2, 1, tzinfo=UTC)
    assert record.expires_at is not None
    assert abs(record.expires_at - expected) < timedelta(minutes=5)


@pytest.mark.parametrize("option", ["30", "d", "-1d", "2027-13-01", "soon", "9999-12-31", "99999999d", ""])
def test_an_end_that_is_not_understood_is_refused(call: Call, data: Path, option: str) -> None:
    done = call("keys", "create", "ci", "--expires", option)
    assert done.returncode == 2
    assert "30d" in done.stderr
    assert not data.exists()


@pytest.mark.parametrize("option", ["0d", "2001-01-01"])
def test_an_end_that_lies_behind_is_refused(call: Call, data: Path, option: str) -> None:
    done = call("keys", "create", "ci", "--expires", option)
    assert (done.returncode, done.stdout) == (1, "")
    assert "future" in done.stderr


def test_a_list_says_whose_keys_are_missing(call: Call, data: Path) -> None:
    assert "this machine only" in call("keys", "list").stdout
    call("keys", "create", "laptop")
    org = call("orgs", "create", "Acme").stdout.strip()
    assert call("keys", "list", "--org", org).stdout == f"{org} has no keys.\n"
    assert call("keys", "list", "--org", "org_nobody").returncode == 1


def test_a_folder_that_was_not_there_is_told_once(call: Call, data: Path) -> None:
    assert f"Made the data folder {data}" in call("orgs", "list").stderr
    assert call("orgs", "list").stderr == ""


def test_a_key_for_nobody_is_refused_with_what_to_do(call: Call, data: Path) -> None:
    done = call("keys", "create", "ci", "--org", "org_acme")
    assert (done.returncode, done.stdout) == (1, "")
    assert "evidoc orgs create" in done.stderr
    assert call("orgs", "create", "Acme Ltd", "--id", "org_acme").stdout == "org_acme\n"
    assert call("keys", "create", "ci", "--org", "org_acme").stdout.startswith("sk_live_")


def test_organisations_are_made_listed_shown_renamed_and_limited(call: Call, data: Path) -> None:
    org = call("orgs", "create", "Acme Ltd").stdout.strip()
    assert org.startswith("org_")
    listed = call("orgs", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [DEFAULT_ORG, org]
    assert "Acme & Co" in call("orgs", "rename", org, "Acme & Co").stdout
    assert "requests a minute: 500" in call("orgs", "limit", org, "500").stdout
    shown = call("orgs", "show", org).stdout
    assert "Acme & Co" in shown
    assert "500" in shown
    assert "unlimited" in shown
    assert "setting" in call("orgs", "limit", org, "--default").stdout


@pytest.mark.parametrize("arguments", [(), ("5", "--default"), ("many",), ("-5",)])
def test_a_limit_is_a_number_or_the_default(call: Call, data: Path, arguments: tuple[str, ...]) -> None:
    assert call("orgs", "limit", DEFAULT_ORG, *arguments).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("orgs", "show", "org_nobody"),
        ("orgs", "rename", "org_nobody", "x"),
        ("orgs", "limit", "org_nobody", "5"),
        ("credits", "show", "org_nobody"),
        ("credits", "grant", "org_nobody", "5"),
        ("credits", "limit", "org_nobody"),
        ("credits", "entries", "org_nobody"),
        ("orgs", "create", "Again", "--id", DEFAULT_ORG),
        ("orgs", "create", "Bad", "--id", "org_a.test"),
        ("orgs", "limit", DEFAULT_ORG, "0"),
        ("credits", "grant", DEFAULT_ORG, "0"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(call: Call, data: Path, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_credits_are_granted_limited_spent_and_listed(call: Call, data: Path) -> None:
    assert "unlimited" in call("credits", "show", DEFAULT_ORG).stdout
    assert call("credits", "entries", DEFAULT_ORG).stdout == "There are no entries.\n"
    assert "0 credits" in call("credits", "limit", DEFAULT_ORG).stdout
    assert "100 credits" in call("credits", "grant", DEFAULT_ORG, "100", "--note", "for March").stdout
    assert "80 credits" in call("credits", "grant", DEFAULT_ORG, "-20").stdout
    store = opened(data)
    store.credits.hold(DEFAULT_ORG, "run_1", 7)
    assert "80 credits, 7 of them held" in call("credits", "show", DEFAULT_ORG).stdout
    store.credits.settle(DEFAULT_ORG, "run_1", 5)
    store.close()
    assert "75 credits, 0 of them held" in call("credits", "show", DEFAULT_ORG).stdout
    lines = call("credits", "entries", DEFAULT_ORG).stdout.splitlines()
    assert len(lines) == 3
    assert any("charge" in line and "-5" in line and "balance 75" in line and "run_1" in line for line in lines)
    assert any("grant" in line and "+100" in line and "for March" in line for line in lines)
    assert len(call("credits", "entries", DEFAULT_ORG, "--limit", "1", "--offset", "2").stdout.splitlines()) == 1
    assert "unlimited" in call("credits", "unlimited", DEFAULT_ORG).stdout
