"""Whether bytes are text in some encoding, and which kind of text."""

import codecs
import csv
import re
from collections.abc import Set
from itertools import islice

from charset_normalizer import from_bytes

from evidoc.receiving.content_types import CSV, EML, HTML, MARKDOWN, TEXT, XML

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text has tabs, line ends, form feeds, now and then an escape sequence or an end-of-file mark; not the others.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b")) + b"\x7f"
_CONTROL_CHARACTERS = frozenset(map(chr, _CONTROLS))
_MOST_CONTROLS = 0.002

_COMMENTS = re.compile(r"\A(?:\s|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?[^>]*+>)*", re.DOTALL | re.I)
_HTML_START = re.compile(r"<(?:head|body|title|meta|table|div|p|h1|h2|span|style|script)\b", re.I)
_HTML_TAG = re.compile(r"<(?:html|body|table|div|p|br|h[1-6]|span|ul|ol|li|a|b|i|tr|td|img|font)\b[^<>]*>", re.I)
_HTML_DOCTYPE = re.compile(r"<!DOCTYPE\s+html\b", re.I)
_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?:\s[^<>]*)?/?>")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:\s|$)")
_MAIL_HEADERS = frozenset({"from", "to", "cc", "bcc", "subject", "date", "reply-to", "sender"})
_TECHNICAL_HEADERS = frozenset(
    {"received", "return-path", "message-id", "mime-version", "delivered-to", "content-type", "dkim-signature"}
)


def sniff_text(head: bytes, claims: Set[str], *, whole: bool) -> str | None:
    """The kind of text that ``head`` begins; None where it is no text.

    ``whole`` says that nothing follows. Plain text, CSV and Markdown cannot be told apart by looking alone:
    there ``claims`` decides.
    """
    text = _decode(head, whole=whole)
    if text is None:
        return None
    text = text.lstrip("\ufeff").lstrip()
    if _is_mail(text, claimed=EML in claims):
        return EML
    start = _after_comments(text)
    if _HTML_DOCTYPE.search(text[: len(text) - len(start)]) or start[:5].lower() == "<html":
        return HTML
    if text.startswith("<?xml"):
        return XML
    for claim in (MARKDOWN, CSV):
        if claim in claims:
            return claim
    markup = _markup(start, claims)
    if markup is not None:
        return markup
    return CSV if not claims and _is_csv(text, whole=whole) else TEXT


def _decode(head: bytes, *, whole: bool) -> str | None:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _checked(codecs.getincrementaldecoder(encoding)("replace").decode(head))
    zeros = head.count(0)
    if zeros:
        # Every second byte of Latin text in UTF-16 is zero; in a binary file they are anywhere.
        odd = head[1::2].count(0)
        if max(odd, zeros - odd) < 0.4 * len(head) / 2 or min(odd, zeros - odd) > 0.1 * zeros:
            return None
        encoding = "utf-16-le" if odd > zeros - odd else "utf-16-be"
        return _checked(codecs.getincrementaldecoder(encoding)("replace").decode(head))
    if len(head) - len(head.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        guess = from_bytes(head).best()
    if guess is not None:
        return str(guess)
    # A short line in an old 8-bit encoding is too little to guess by, but it is mostly plain letters.
    letters = sum(byte < 128 for byte in head)
    return head.decode("cp1252", "replace") if letters > 0.7 * len(head) else None


def _checked(text: str) -> str | None:
    bad = sum(character in _CONTROL_CHARACTERS or character == "\ufffd" for character in text)
    return text if bad <= _MOST_CONTROLS * len(text) else None


def _is_mail(text: str, *, claimed: bool) -> bool:
    """Header lines first. A memo may begin with From and To as well, so an unclaimed mail needs technical ones."""
    ordinary = technical = 0
    for number, line in enumerate(islice(text.splitlines(), 200)):
        if not line.strip():
            break
        if line[0] in " \t" or (number == 0 and line.startswith(("From ", ">From "))):
            continue
        header = _HEADER.match(line)
        if header is None:
            return False
        name = header[1].lower()
        ordinary += name in _MAIL_HEADERS
        technical += name in _TECHNICAL_HEADERS or name.startswith("x-")
    if claimed:
        return ordinary + technical >= 1
    return ordinary >= 2 and technical >= 1


def _after_comments(text: str) -> str:
    opening = _COMMENTS.match(text)
    return text[opening.end() :] if opening else text


def _markup(start: str, claims: Set[str]) -> str | None:
    """HTML or XML that does not say so in its first line."""
    element = _ELEMENT.match(start)
    if XML in claims and element:
        return XML
    if _HTML_START.match(start) or (HTML in claims and _HTML_TAG.search(start)):
        return HTML
    if element and ("xmlns" in element[0] or f"</{element[1]}" in start or element[0].endswith("/>")):
        return XML
    return None


def _is_csv(text: str, *, whole: bool) -> bool:
    """At least three rows of one width, and of three cells or more: less is too little to tell from prose."""
    lines = text.splitlines()
    lines = [line for line in (lines if whole else lines[:-1]) if line.strip()][:50]
    if len(lines) < 3:
        return False
    if lines[0][0] in "{[":  # JSON, one value a line
        return False
    return any(_same_width(lines, delimiter) for delimiter in ",;\t|")


def _same_width(lines: list[str], delimiter: str) -> bool:
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    except csv.Error:
        return False
    return len(widths) == 1 and min(widths) >= 3
