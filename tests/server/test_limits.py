"""Every limit on documents is a setting, holds over HTTP, and lets pass what keeps to it."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

import httpx
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.contracts.clary.wire import refused
from tests.receiving.build import image, images_in_tiff
from tests.served import serving, until_final

LIMITS = {"max_upload_bytes": "64KB", "max_pages": "2", "max_pixels": "100K", "max_unpacked_bytes": "100KB"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("strict") / "data", **LIMITS) as served, served.client() as client:
        yield client


def pdf(pages: int) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream)
    for number in range(pages):
        canvas.drawString(72, 700, f"This is page {number}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def docx(size: int) -> bytes:
    stream = BytesIO()
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f"<w:p><w:r><w:t>{'word ' * (size // 5)}</w:t></w:r></w:p>"
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{text}</w:body></w:document>')
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "within", "beyond", "reason"),
    [
        ("a.pdf", lambda: pdf(2), lambda: pdf(3), "3 pages; this server allows 2"),
        ("a.tiff", lambda: images_in_tiff([(9, 9)] * 2), lambda: images_in_tiff([(9, 9)] * 3), "more than 2 pages"),
        ("a.png", lambda: image("PNG", (320, 320)), lambda: image("PNG", (320, 321)), "320 x 321 pixels"),
        ("a.docx", lambda: docx(90_000), lambda: docx(110_000), "unpacks to"),
    ],
    ids=["pages of a PDF", "pages of a TIFF", "pixels", "unpacked bytes"],
)
def test_a_document_beyond_a_limit_fails_and_one_within_does_not(
    strict: httpx.Client, name: str, within: Callable[[], bytes], beyond: Callable[[], bytes], reason: str
) -> None:
    honest, excessive = (_upload(strict, name, build()) for build in (within, beyond))
    assert until_final(strict, honest)["status"] == "processed"
    ended = until_final(strict, excessive)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "document_too_complex")
    assert reason in ended["error"]["message"]


def test_a_file_beyond_the_bytes_allowed_is_not_taken(strict: httpx.Client) -> None:
    assert until_final(strict, _upload(strict, "a.txt", b"x " * (32 << 10)))["status"] == "processed"
    answer = strict.post("/v1/documents", files={"file": ("a.txt", b"x " * (32 << 10) + b"x")})
    assert refused(answer, 413)["code"] == "request_too_large"


def _upload(client: httpx.Client, name: str, data: bytes) -> str:
    answer = client.post("/v1/documents", files={"file": (name, data)}).raise_for_status()
    return f"/v1/documents/{answer.json()['document_id']}"
