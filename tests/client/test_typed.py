"""Whoever checks types sees what each client gives."""

import subprocess
import sys
from pathlib import Path

SEEN = """
from evidoc_client import AsyncClient, Client, Document, Run

def blocking(client: Client) -> None:
    reveal_type(client.documents.get("doc_1"))
    reveal_type(client.documents.list())
    reveal_type(client.flows.run_and_wait("f", b"x"))
    reveal_type(client.extract("a.pdf").values)
    client.documents.get(document=1)

async def awaiting(client: AsyncClient) -> None:
    reveal_type(await client.documents.get("doc_1"))
    reveal_type(client.runs.follow("exec_1"))
    client.documents.get("doc_1").status
"""


def test_types_are_seen_from_outside(tmp_path: Path) -> None:
    source = tmp_path / "seen.py"
    source.write_text(SEEN)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-color-output", "--cache-dir", str(tmp_path), str(source)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    told = [line.partition(": ")[2] for line in done.stdout.splitlines()]
    revealed = [line.partition('"')[2].rstrip('"') for line in told if "Revealed type" in line]
    assert [
        name.replace("evidoc_client.answers.", "").replace("evidoc_client.run_answers.", "") for name in revealed
    ] == [
        "Document",
        "typing.Iterator[Document]",
        "Run",
        "Any",
        "Document",
        "typing.AsyncIterator[Run]",
    ]
    errors = [line for line in told if line.startswith("error")]
    assert len(errors) == 2, done.stdout
    assert any("document" in line for line in errors)
    assert any('has no attribute "status"' in line for line in errors)
