"""The e-invoices of a reading: attached to a PDF, or the document itself where that is an XML file."""

from collections.abc import Iterator

from evidoc.kernel.reading import Attachment, Reading
from evidoc.understanding.einvoice.facts import EInvoice
from evidoc.understanding.einvoice.hostile_xml import MAX_BYTES, XmlRefused
from evidoc.understanding.einvoice.read import read_einvoice

USUAL_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "order-x.xml")
"""The names that the standards give the attachment, in lower case; looked at before any other XML."""

_DECLARATION_END = "?>"


def einvoices(reading: Reading) -> Iterator[EInvoice]:
    """What can be read as an e-invoice, attachments by their usual names first.

    XML that is refused (entities, too deep, of another kind) is passed over: the pages still say what they say.
    """
    for attachment in sorted(reading.attachments, key=_rank):
        if attachment.data and attachment.data.lstrip()[:1] in (b"<", b"\xef", b"\xff", b"\xfe"):
            try:
                yield read_einvoice(attachment.name, attachment.data)
            except XmlRefused:
                continue
    yield from _document_itself(reading)


def _rank(attachment: Attachment) -> int:
    name = attachment.name.lower()
    return USUAL_NAMES.index(name) if name in USUAL_NAMES else len(USUAL_NAMES)


def _document_itself(reading: Reading) -> Iterator[EInvoice]:
    if not reading.pages:
        return
    start = reading.pages[0].text[:2000].lstrip("\ufeff \n\t")
    if not start.startswith("<") or "html" in start[:200].lower():
        return
    pieces, size = [], 0
    for page in reading.pages:
        pieces.append(page.text)
        size += len(page.text)
        if size > MAX_BYTES:
            return
    text = "\n".join(pieces).lstrip("\ufeff \n\t")
    if text.startswith("<?xml"):
        text = text.partition(_DECLARATION_END)[2]
    try:
        yield read_einvoice("", text.encode("utf-8", "replace"))
    except XmlRefused:
        return
