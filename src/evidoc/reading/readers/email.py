"""E-mail (RFC 5322): the headers people read, then the body; attachments are named, not opened."""

import email
import email.policy
from email.message import EmailMessage, MIMEPart

from evidoc.kernel.errors import DocumentDamaged
from evidoc.kernel.reading import Attachment, Method, Reading
from evidoc.reading.encoding import decode_text
from evidoc.reading.markup import lay_out, parse_html
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import Typesetter

_SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")


class EmailReader:
    """Prefers the plain body; takes the HTML body where there is no plain one."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages. Raises DocumentDamaged where there is neither a header nor a body."""
        message = email.message_from_bytes(bytes(source.data), policy=email.policy.default)
        typesetter = Typesetter(emit, Method.MARKUP)
        properties = {}
        for name in _SHOWN_HEADERS:
            if value := _header(message, name):
                properties[name.lower()] = value
                typesetter.line(f"{name}: {value}")
        body = _body(message)
        if body is None and not properties:
            raise DocumentDamaged("The file is not an e-mail message")
        typesetter.gap()
        if body is not None:
            _lay_body(body, typesetter)
        typesetter.finish()
        return Reading(pages=(), attachments=_attachments(message), properties=properties)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message[name] or "").split())
    except (ValueError, IndexError, AttributeError):
        # The standard library's header parser raises these on malformed values; the raw line is still there.
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def _body(message: EmailMessage) -> MIMEPart | None:
    try:
        return message.get_body(("plain", "html"))
    except (KeyError, AttributeError):
        return None


def _lay_body(body: MIMEPart, typesetter: Typesetter) -> None:
    payload = body.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text, _ = decode_text(data, body.get_content_charset())
    if body.get_content_type() == "text/html":
        if text.strip():
            lay_out(parse_html(text.encode("utf-8", "replace"), "utf-8"), typesetter)
        return
    for line in text.splitlines():
        if line.strip():
            typesetter.line(line.rstrip())
        else:
            typesetter.gap()


def _attachments(message: EmailMessage) -> tuple[Attachment, ...]:
    found = []
    for part in message.iter_attachments() if message.is_multipart() else ():
        payload = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        found.append(Attachment(part.get_filename() or "unnamed", part.get_content_type(), size))
    return tuple(found)
