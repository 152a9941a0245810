"""The rules of the house that no other tool checks. Each says which fault it prevents."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    ).stdout.split("\0")
    files = [ROOT / name for name in listed if name]
    if not files:
        pytest.skip("not a git checkout")
    return [file for file in files if file.is_file()]


def test_no_file_is_one_that_a_reader_dreads() -> None:
    budget = dict.fromkeys(SOURCES, 400) | dict.fromkeys(TESTS, 600)
    too_long = {
        str(file.relative_to(ROOT)): lines
        for file, limit in budget.items()
        if (lines := len(file.read_text().splitlines())) > limit
    }
    assert not too_long


def test_nothing_is_named_for_holding_everything() -> None:
    banned = re.compile(r"^(utils?|helpers?|common|misc|managers?|base)$|_v\d+$")
    assert not [str(file.relative_to(ROOT)) for file in SOURCES for part in file.parts if banned.match(Path(part).stem)]


def test_the_locks_pin_with_hashes_and_name_no_host() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://", text)


def test_no_committed_file_names_a_registry_host() -> None:
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\." + "npmjs")))
    found = [str(f.relative_to(ROOT)) for f in _committed() if hosts.search(f.read_bytes().decode("latin-1"))]
    assert not found


def test_every_room_says_what_comes_in_and_what_goes_out() -> None:
    packages = [file for file in SOURCES if file.name == "__init__.py"]
    assert packages
    assert not [str(f.relative_to(ROOT)) for f in packages if not f.read_text().lstrip().startswith('"""')]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(file.name[:4]) for file in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_words_are_written_down() -> None:
    words = (ROOT / "docs" / "words.md").read_text()
    for word in ("document", "reading", "feature", "candidate", "evidence", "finding", "decision", "flow", "run"):
        assert f"| {word} |" in words


def test_requests_leave_the_house_through_one_door_only() -> None:
    """The command line asks its own server; everything else that leaves goes through the room that is for it."""
    ways = re.compile(r"urllib\.request|http\.client|create_connection|AF_INET|smtplib|ftplib|import httpx|httpcore")
    found = {str(file.relative_to(ROOT / "src")) for file in SOURCES if ways.search(file.read_text())}
    apart = ("evidoc/cli/", "evidoc/reaching/", "evidoc_client/")
    # It makes the socket that the server listens on.
    assert {name for name in found if not name.startswith(apart)} == {"evidoc/server/serve.py"}
