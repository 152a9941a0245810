"""Plain text in any encoding, and XML shown as it is written."""

from evidoc.kernel.reading import Attachment, Method, Reading
from evidoc.reading.encoding import decode_text
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import Typesetter

_PLAIN_WRAP = 160


class TextReader:
    """Keeps the lines as they are (only very long ones wrap); a form feed begins a page."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages."""
        text, encoding = decode_text(bytes(source.data))
        typesetter = Typesetter(emit, Method.PLAIN)
        for index, sheet in enumerate(text.split("\f")):
            if index:
                typesetter.page_break()
            for line in sheet.splitlines():
                if line.strip():
                    typesetter.line(line.rstrip(), _PLAIN_WRAP)
                else:
                    typesetter.gap()
        typesetter.finish()
        return Reading(pages=(), attachments=_itself(source), properties={"encoding": encoding})


def _itself(source: Source) -> tuple[Attachment, ...]:
    """An XML document is also its own attachment, so that an e-invoice that is nothing but XML is read exactly."""
    size = len(source.data)
    if not source.content_type.endswith("/xml") or size > source.limits.attachment_bytes:
        return ()
    return (Attachment(source.filename or "document.xml", source.content_type, size, bytes(source.data)),)
