"""A zip of XML parts (an office document) comes in, parsed parts go out, within limits."""

import zipfile
import zlib
from typing import BinaryIO

from lxml import etree

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex

_UNFOLDING = (etree.ErrorTypes.ERR_ENTITY_LOOP, etree.ErrorTypes.ERR_RESOURCE_LIMIT)


class ZipParts:
    """The parts of an office package. ``max_part_bytes`` bounds what one part may unpack to."""

    def __init__(self, source: BinaryIO, max_part_bytes: int) -> None:
        self._max = max_part_bytes
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise DocumentDamaged("The file is not a whole office package") from error

    def names(self) -> list[str]:
        """The part names as the package lists them."""
        return self._zip.namelist()

    def data(self, name: str) -> bytes:
        """The bytes of a part; an empty string where there is no such part."""
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            return b""
        try:
            with self._zip.open(info) as part:
                # The size in the directory is a claim; only reading tells.
                data = part.read(self._max + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
            raise DocumentDamaged(f"The part {name} cannot be unpacked") from error
        if len(data) > self._max:
            raise DocumentTooComplex(f"The part {name} unpacks to more than {self._max} bytes")
        return data

    def tree(self, name: str) -> "etree._Element | None":
        """The parsed XML of a part, None where there is no such part."""
        data = self.data(name)
        return parse_xml(data, name) if data else None


def parse_xml(data: bytes, name: str) -> "etree._Element":
    """The root of an XML document that comes from outside.

    Entities are not expanded, nothing is fetched, and a document type declaration is refused: office
    packages have none, bombs do. Raises DocumentDamaged, DocumentTooComplex.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if error.code in _UNFOLDING:  # type: ignore[attr-defined] # the stubs do not know it
            raise DocumentTooComplex(f"The part {name} declares entities that unfold without end") from error
        raise DocumentDamaged(f"The part {name} is not well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentDamaged(f"The part {name} declares a document type, which office documents never do")
    return root
