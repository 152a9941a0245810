"""Documents read once and kept: evals look at readings many times over.

Readings are cached outside the repository (EVIDOC_EVAL_CACHE, else a folder of the system's temporary one), under a
name made from the file's bytes and from the source of the reading room, so that a changed reader reads anew.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import evidoc.reading
from evidoc.kernel.errors import EvidocError
from evidoc.kernel.page_codec import decode_frame, decode_page, encode_frame, encode_page
from evidoc.kernel.reading import Page, Reading
from evidoc.reading.ocr.worker import OcrWorker
from evidoc.reading.read import READ_JOBS, DocumentReader
from evidoc.reading.sandbox import Sandbox

PDF = "application/pdf"


def data_folder() -> Path:
    """Where the DEV data lies."""
    return Path(os.environ.get("EVIDOC_DEV_DATA", Path(__file__).parents[2] / "shared/data"))


def readings(paths: Iterable[Path], content_type: str = PDF, *, ocr: bool = False) -> Iterator[tuple[Path, Reading]]:
    """Each file with its reading, without OCR unless asked for; a file that cannot be read has no pages."""
    with ExitStack() as stack:
        reader: DocumentReader | None = None
        for path in paths:
            kept = _cache_folder() / f"{_digest(path)}{'-ocr' if ocr else ''}.reading"
            if not kept.exists():
                if reader is None:
                    scratch = stack.enter_context(tempfile.TemporaryDirectory())
                    sandbox = Sandbox(READ_JOBS, Path(scratch))
                    stack.callback(sandbox.close)
                    worker = OcrWorker() if ocr else None
                    if worker is not None:
                        stack.callback(worker.close)
                    reader = DocumentReader(sandbox, worker)
                try:
                    _keep(kept, _read(reader, path, content_type))
                except EvidocError as fault:
                    print(f"{path.name}: {fault.code}")
                    yield path, Reading(())
                    continue
            yield path, _load(kept)


def _read(reader: DocumentReader, path: Path, content_type: str) -> Reading:
    pages: list[Page] = []
    frame = reader.read(path, content_type, path.name, on_page=pages.append)
    return Reading(tuple(pages), frame.attachments, frame.form_fields, frame.faults, frame.properties)


def _keep(path: Path, reading: Reading) -> None:
    parts = [encode_frame(reading), *(encode_page(page) for page in reading.pages)]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(b"".join(len(part).to_bytes(8, "little") + part for part in parts))
    unfinished.replace(path)


def _load(path: Path) -> Reading:
    data, parts, at = path.read_bytes(), [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        parts.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    frame = decode_frame(parts[0])
    pages = tuple(decode_page(part) for part in parts[1:])
    return Reading(pages, frame.attachments, frame.form_fields, frame.faults, frame.properties)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + _reader_digest()).hexdigest()[:32]


@cache
def _reader_digest() -> bytes:
    room = Path(evidoc.reading.__file__).parent
    sources = [source.read_bytes() for source in sorted(room.rglob("*.py"))]
    return hashlib.sha256(b"".join(sources)).digest()


def _cache_folder() -> Path:
    return Path(os.environ.get("EVIDOC_EVAL_CACHE", Path(tempfile.gettempdir()) / "evidoc-eval-cache"))
