"""From the XML of an e-invoice to its facts, whichever standard it follows."""

from evidoc.understanding.einvoice import cross_industry, universal_business
from evidoc.understanding.einvoice.facts import EInvoice, Vocabulary, facts_of, lines_of
from evidoc.understanding.einvoice.hostile_xml import XmlRefused, local_name, parse
from evidoc.understanding.einvoice.paths import Place


def read_einvoice(name: str, data: bytes) -> EInvoice:
    """What the XML ``data`` (of the attachment ``name``) says. Raises XmlRefused where it is no safe e-invoice."""
    root = parse(data)
    kind = local_name(root)
    vocabulary = _vocabulary(root.tag, kind)
    place = Place(root, f"/{kind}")
    lines = lines_of(place, vocabulary)
    return EInvoice(name, facts_of(place, vocabulary), lines, f"{place.path}/{vocabulary.line}", kind)


def _vocabulary(tag: str, kind: str) -> Vocabulary:
    if kind in cross_industry.ROOTS:
        return cross_industry.VOCABULARY
    if kind in universal_business.ROOTS and universal_business.NAMESPACE in tag:
        return universal_business.VOCABULARY
    raise XmlRefused(f"XML of another kind: {kind}")
