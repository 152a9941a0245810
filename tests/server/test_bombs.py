"""Documents that were made to hurt, through a running server: each fails with its reason, and nobody else notices."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

import httpx
import pytest

from tests.reading.bombs import (
    attachment_of_gigabytes,
    content_of_gigabytes,
    form_that_draws_itself,
    million_text_operators,
)
from tests.receiving.build import huge_png, overlapping_zip
from tests.served import Served, serving, until_final


def entity_bomb() -> bytes:
    """A DOCX whose one paragraph is an entity of ten to the tenth words."""
    entities = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{namespace}"><w:body><w:p><w:r><w:t>&e10;</w:t></w:r></w:p></w:body></w:document>'
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<!DOCTYPE w:document [{entities}]>{body}")
    return buffer.getvalue()


# What the message must say; which of a PDF's limits is met first is not promised.
BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a form that draws itself": ("form.pdf", form_that_draws_itself, "than this server allows"),
    "nested streams of gigabytes": ("streams.pdf", content_of_gigabytes, "than this server allows"),
    "an attachment of gigabytes": ("attached.pdf", attachment_of_gigabytes, "than this server allows"),
    "a million text operators": ("operators.pdf", million_text_operators, "than this server allows"),
    "a picture of gigapixels": ("wide.png", lambda: huge_png(60_000, 60_000), "60000 x 60000 pixels"),
    "a package of overlapping parts": ("zip.docx", lambda: overlapping_zip(250, 10_000), "overlap"),
    "entities of entities": ("entities.docx", entity_bomb, "entities that unfold without end"),
}


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("bombed") / "data") as served:
        yield served


@pytest.mark.parametrize(("name", "build", "reason"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_a_failed_document_that_says_why_while_others_are_served(
    bombed: Served, name: str, build: Callable[[], bytes], reason: str
) -> None:
    with bombed.client() as client:
        bomb = _upload(client, name, build())
        honest = _upload(client, "note.txt", b"Dated 3 May 2026")
        assert client.get("/health").json()["status"] == "healthy"
        assert until_final(client, f"/v1/documents/{honest}")["status"] == "processed"
        ended = until_final(client, f"/v1/documents/{bomb}")
        assert ended["status"] == "failed"
        assert reason in ended["error"]["message"]
        assert "processing_results" not in ended


def _upload(client: httpx.Client, name: str, data: bytes) -> str:
    answer = client.post("/v1/documents", files={"file": (name, data)}).raise_for_status()
    document_id: str = answer.json()["document_id"]
    return document_id
