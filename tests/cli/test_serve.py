from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.served import Served


def test_without_keys_it_listens_to_this_machine_only(call: Call, tmp_path: Path) -> None:
    refused = call("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "no API keys" in refused.stderr
    assert "evidoc keys create" in refused.stderr


@pytest.mark.parametrize(
    ("settings", "code", "sentence"),
    [
        ({"port": "{port}", "data": "{fresh}"}, 1, "port {port}: Address already in use"),
        ({"port": "0", "data": "{data}"}, 1, "Another server (process {pid}) is using the data folder {data}"),
        ({"port": "0", "data": "/proc/nowhere"}, 1, "The data folder /proc/nowhere cannot be used"),
        ({"host": "no-such-host.invalid"}, 1, "The address no-such-host.invalid is not known here"),
        ({"max_pages": "none"}, 2, "EVIDOC_MAX_PAGES"),
        ({"port": "99999"}, 2, "port must be at most 65535"),
    ],
)
def test_it_says_in_a_sentence_why_it_cannot_start(
    call: Call, tmp_path: Path, server: Served, settings: dict[str, str], code: int, sentence: str
) -> None:
    facts = {
        "port": server.url.rpartition(":")[2],
        "fresh": str(tmp_path / "data"),
        "data": str(server.data),
        "pid": str(server.process.pid),
    }
    refused = call("serve", **{name: value.format(**facts) for name, value in settings.items()})
    assert refused.returncode == code
    assert sentence.format(**facts) in refused.stderr
