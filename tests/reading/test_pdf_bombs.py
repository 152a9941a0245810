"""A hostile PDF ends as text or as a typed error, soon, and nobody else notices."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex, DocumentUnreadable
from evidoc.kernel.reading import Page
from evidoc.reading.read import READ_JOBS, DocumentReader
from evidoc.reading.reader import PDF, ReadLimits
from evidoc.reading.sandbox import Sandbox
from evidoc.reading.sandbox_limits import SandboxLimits
from tests.reading.bombs import BOMBS, page_tree_that_holds_itself
from tests.reading.build_pdf import one_page, show

HONEST = one_page(show("An honest document", 72, 700))

# Less CPU time than by default, so that the tests are cheap; enough clock for a busy machine.
LIMITS = SandboxLimits(cpu_seconds=2, wall_seconds=20)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    box = Sandbox(READ_JOBS, tmp_path_factory.mktemp("scratch"), LIMITS, preload=["evidoc.reading.readers.pdf"])
    yield box
    box.close()


def read(sandbox: Sandbox, data: bytes, limits: ReadLimits | None = None) -> list[Page]:
    pages: list[Page] = []
    DocumentReader(sandbox, limits=limits).read(data, PDF, on_page=pages.append)
    return pages


@pytest.mark.parametrize("build", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_ends_and_others_go_on(sandbox: Sandbox, build: Callable[[], bytes]) -> None:
    with ThreadPoolExecutor(1) as pool:
        bomb = pool.submit(read, sandbox, build())
        (page,) = read(sandbox, HONEST)
        error = bomb.exception()

    assert page.text == "An honest document"
    assert error is None or isinstance(error, DocumentUnreadable)
    assert read(sandbox, HONEST)[0].text == "An honest document"


@pytest.mark.parametrize(
    "name", ["form_that_draws_itself", "forms_that_double", "content_of_gigabytes", "attachment_of_gigabytes"]
)
def test_what_cannot_fit_is_too_complex(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(DocumentTooComplex) as caught:
        read(sandbox, BOMBS[name]())

    assert "than this server allows" in caught.value.message


def test_more_pages_than_allowed_are_refused_before_any_is_read(sandbox: Sandbox) -> None:
    with pytest.raises(DocumentTooComplex, match="4000 pages; this server allows 100"):
        read(sandbox, page_tree_that_holds_itself(), ReadLimits(pages=100))


def test_more_characters_on_a_page_than_allowed_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(DocumentTooComplex, match="characters"):
        read(sandbox, one_page(show("x" * 500, 72, 700, size=1)), ReadLimits(page_chars=400))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(5000), b"no pdf at all"])
def test_what_is_no_pdf_is_damaged(sandbox: Sandbox, data: bytes) -> None:
    with pytest.raises(DocumentDamaged):
        read(sandbox, data)
