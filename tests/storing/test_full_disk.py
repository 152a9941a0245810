"""No space left, by the system's own doing: a process whose files may not grow beyond a limit."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import resource, sys
from pathlib import Path
from evidoc.kernel.errors import StorageFull
from evidoc.storing.store import Store
from tests.storing.records import ORG, document

folder, small, large = map(Path, sys.argv[1:])
store = Store.open(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

def refused(action):
    try:
        action()
    except StorageFull:
        return True
    return False

def receive(record, source):
    store.contents.put_file(ORG, record.document_id, "original", source)
    store.documents.add(record)

kept = document()
receive(kept, small)
assert refused(lambda: receive(document(), large)), "the large file was taken"
assert [file.name for file in (folder / "blobs" / "incoming").iterdir()] == []
assert store.documents.list(ORG, 10, 0).total == 1

added = 0
while not refused(lambda: store.documents.add(document(metadata={"note": "x" * 50_000}))):
    added += 1
    assert added < 100, "the database grew without end"
assert store.documents.list(ORG, 1, 0).total == 1 + added
assert b"".join(store.contents.open_file(ORG, kept.document_id, "original")) == small.read_bytes()
store.close()
print("said so", added)
"""


def test_a_process_that_may_write_no_more_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"s" * 1000)
    (tmp_path / "large").write_bytes(b"l" * 3_000_000)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path / "data", tmp_path / "small", tmp_path / "large"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("said so")
