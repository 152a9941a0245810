"""The page about the client says what is so: its examples run, and print what it says that they print."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

import evidoc_client
from evidoc.cli.sample_invoice import sample_invoice
from evidoc_client.client import Client
from tests.served import Served

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "client.md").read_text()
FRONT = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", PAGE, re.DOTALL)


def test_the_examples_run_and_print_what_the_page_says(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "invoice.pdf").write_bytes(sample_invoice())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVIDOC_URL", server.url)
    seen: dict[str, Any] = {}
    assert len(EXAMPLES) > 5
    for code, printed in EXAMPLES:
        written = io.StringIO()
        with contextlib.redirect_stdout(written):
            exec(compile(code, "docs/client.md", "exec"), seen)
        assert written.getvalue() == printed


def test_the_example_of_the_front_page_prints_a_value_and_its_quote(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "invoice.pdf").write_bytes(sample_invoice())
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", FRONT, re.DOTALL)
    exec(compile(code.replace("http://127.0.0.1:8000", server.url), "README.md", "exec"), {})
    assert capsys.readouterr().out == "5161.2 EUR 5,161.20\n"


def test_the_table_names_every_verb() -> None:
    rows = dict(re.findall(r"^\| `client\.(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    with Client("http://127.0.0.1:9") as client:
        parts = {name: part for name, part in vars(client).items() if not name.startswith(("_", "base", "retries"))}
        assert set(rows) == set(parts)
        for name, part in parts.items():
            verbs = {verb for verb in dir(part) if not verb.startswith("_")}
            assert verbs == set(re.findall(r"`(\w+)`", rows[name]))


def test_every_verb_and_every_class_is_explained() -> None:
    for name in evidoc_client.__all__:
        thing = getattr(evidoc_client, name)
        if isinstance(thing, type):
            assert thing.__doc__, name
            assert not thing.__doc__.startswith(f"{name}("), name
    with Client("http://127.0.0.1:9") as client:
        assert "document" in (client.documents.upload.__doc__ or "")
