from pathlib import Path

import pytest

from evidoc.storing import log_sync
from evidoc.storing.log_sync import LogSync


def test_the_name_of_a_new_log_is_made_durable_with_the_first_commit_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronised: list[Path] = []
    monkeypatch.setattr(log_sync, "sync_folder", synchronised.append)
    file = tmp_path / "some.sqlite-wal"
    log = LogSync(tmp_path / "some.sqlite")

    def commit() -> None:
        log.wait(log.committed())

    file.write_bytes(b"first log")
    commit()
    commit()
    assert synchronised == [tmp_path]
    file.rename(tmp_path / "kept so that the next one is another file")
    file.write_bytes(b"second log")
    commit()
    assert synchronised == [tmp_path, tmp_path]


def test_a_log_that_is_gone_needs_nothing(tmp_path: Path) -> None:
    log = LogSync(tmp_path / "some.sqlite")
    log.wait(log.committed())
