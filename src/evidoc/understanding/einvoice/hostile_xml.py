"""XML from strangers to elements, or a refusal: no document type, no entities, bounded size, depth and count."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MAX_BYTES = 16 << 20
MAX_DEPTH = 48
MAX_ELEMENTS = 400_000


class XmlRefused(ValueError):
    """The XML is broken, larger or deeper than an invoice ever is, or declares a document type."""


def parse(data: bytes) -> Element:
    """The root element, namespaces in Clark notation. Raises XmlRefused.

    A document type declaration is refused as soon as it begins, so that no entity is ever declared, let alone
    expanded or fetched.
    """
    if len(data) > MAX_BYTES:
        raise XmlRefused(f"XML of {len(data)} bytes; at most {MAX_BYTES} are read")
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(data)
        return parser.close()
    except DefusedXmlException as refusal:
        raise XmlRefused("XML with a document type declaration or an entity") from refusal
    except (ParseError, LookupError, ValueError) as fault:
        raise XmlRefused(f"broken XML: {fault}") from fault


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


class _BoundedBuilder(TreeBuilder):
    """A tree builder that stops at a depth and a number of elements."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise XmlRefused(f"XML deeper than {MAX_DEPTH} or with more than {MAX_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
