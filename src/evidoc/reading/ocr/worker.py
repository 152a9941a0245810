"""The server's side of OCR: warm processes, started when a page needs one and ended when none has for a while."""

import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType

from evidoc.kernel.errors import DocumentTooComplex, ReaderCrashed, Unavailable, error_for_code
from evidoc.kernel.page_codec import decode_page
from evidoc.kernel.places import Places
from evidoc.kernel.reading import Page
from evidoc.kernel.stop import Stop
from evidoc.reading.ocr.frames import Kind, receive, send
from evidoc.reading.page_image import PageImage, encode_page_image

_COMMAND = (sys.executable, "-m", "evidoc.reading.ocr.process")
_log = logging.getLogger(__name__)


_SECONDS_A_PAGE = 1.0
_MOST_SECONDS = 60.0
"""How much later than it came a page is queued for each page of its document, at most so much: short documents come
before long ones, first pages before later ones, and nobody waits for ever."""


class _ProcessEnded(Exception):
    """The process went away before it answered."""


class _Process:
    """One OCR process and the pipes to it. Used by one thread at a time."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.idle_since = time.monotonic()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def ask(self, image: bytes, seconds: float) -> tuple[Kind, bytearray]:
        """The process's answer. Raises _ProcessEnded, or TimeoutError after ``seconds``."""
        stdin, stdout = self._popen.stdin, self._popen.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            send(stdin.fileno(), Kind.IMAGE, image)
            answer = receive(stdout.fileno(), seconds)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise _ProcessEnded from error
        if answer is None:
            raise _ProcessEnded
        return answer

    def kill(self) -> None:
        """Let whoever is asking it see it ended, from any thread."""
        self._popen.kill()

    def end(self) -> None:
        """Kill the process and wait until it is gone: it holds nothing that is worth an orderly end."""
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()


@dataclass
class OcrWorker:
    """Reads page images in processes of their own, up to ``processes`` at once (each 0.3 to 0.8 GB while it works).

    Nothing runs before the first page. A process that has had no page for ``idle_seconds`` ends, and every
    process ends with its owner, however that dies. ``page_seconds`` bounds the reading of one page.
    """

    idle_seconds: float = 300.0
    processes: int = 1
    page_seconds: float = 60.0
    _places: Places = field(init=False, repr=False)
    _free: list[_Process] = field(default_factory=list, init=False, repr=False)
    _busy: list[_Process] = field(default_factory=list, init=False, repr=False)
    _closed: bool = field(default=False, init=False, repr=False)
    _watched: bool = field(default=False, init=False, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = Places(self.processes)

    def recognise(self, image: PageImage, stop: Stop | None = None, pages: int | None = None) -> Page:
        """The page that ``image`` shows. Callers wait their turn; a process that crashes is replaced once.

        ``pages``, where it is known, is how many its document has: pages of short documents have their turn first.
        Raises ReaderCrashed when the page ends two processes, DocumentTooComplex when it takes too long,
        Unavailable when the worker was closed or no process can be started, RunCancelled once ``stop`` is set:
        the process that reads the page is then killed, and its place is free.
        """
        stop = stop or Stop()
        data = encode_page_image(image)
        rank = time.monotonic() + min(_SECONDS_A_PAGE * max(image.index, pages or 0), _MOST_SECONDS)
        with self._places.held(stop, rank):
            for attempt in (1, 2):
                try:
                    return self._ask(data, stop)
                except _ProcessEnded:
                    stop.check()
                    _log.warning("an OCR process ended while it read page %d (attempt %d)", image.index, attempt)
        raise ReaderCrashed

    def pids(self) -> tuple[int, ...]:
        """The processes that now exist, at work or warm."""
        with self._changed:
            return tuple(process.pid for process in (*self._busy, *self._free))

    def close(self) -> None:
        """End every process; pages that are being read end with ``ReaderCrashed`` or finish first."""
        with self._changed:
            self._closed = True
            free, self._free = self._free, []
            self._changed.notify_all()
        self._places.close()
        for process in free:
            process.end()

    def __enter__(self) -> "OcrWorker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, data: bytes, stop: Stop) -> Page:
        process = self._take()
        undo = stop.on_set(process.kill)
        try:
            kind, body = process.ask(data, self.page_seconds)
        except BaseException as error:
            undo()
            self._drop(process)
            if isinstance(error, TimeoutError):
                raise DocumentTooComplex("Reading the text of a page took too long") from None
            raise
        undo()  # before anybody else may have the process
        self._give_back(process)
        if kind is Kind.ERROR:
            code, message = json.loads(body)
            raise error_for_code(code)(message)
        return decode_page(bytes(body))

    def _take(self) -> _Process:
        """A process for this thread alone, which has a place for it."""
        with self._changed:
            if self._closed:
                raise Unavailable
            while self._free:
                process = self._free.pop()
                if process.alive:
                    break
                process.end()
            else:
                process = _started()
            self._busy.append(process)
            return process

    def _give_back(self, process: _Process) -> None:
        with self._changed:
            self._busy.remove(process)
            if self._closed:
                process.end()
            else:
                process.idle_since = time.monotonic()
                self._free.append(process)
                if not self._watched:
                    self._watched = True
                    threading.Thread(target=self._watch, name="ocr-idle", daemon=True).start()
            self._changed.notify_all()

    def _drop(self, process: _Process) -> None:
        with self._changed:
            self._busy.remove(process)
            self._changed.notify_all()
        process.end()

    def _watch(self) -> None:
        """End processes that had no page for a while; go when none is left to watch."""
        with self._changed:
            while True:
                due = time.monotonic() - self.idle_seconds
                for process in [process for process in self._free if process.idle_since <= due]:
                    self._free.remove(process)
                    process.end()
                if not self._free and not self._busy:
                    break
                first = min((process.idle_since for process in self._free), default=None)
                self._changed.wait(None if first is None else max(0.0, first - due))
            self._watched = False


def _started() -> _Process:
    try:
        return _Process()
    except OSError as error:
        _log.exception("no OCR process could be started")
        raise Unavailable from error
