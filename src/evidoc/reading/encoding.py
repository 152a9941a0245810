"""Bytes of text come in, the text and the name of its encoding go out."""

import codecs

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65536


def decode_text(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and the encoding that was used.

    A byte order mark wins, then UTF-8 where the bytes are valid, then ``declared``, then a guess from the first
    64 KiB; what is left undecodable becomes U+FFFD.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), name
    for named in ("utf-8", declared):
        if named:
            try:
                return data.decode(named), named
            except (UnicodeDecodeError, LookupError):
                continue
    unmarked = _unmarked_utf16(data)
    if unmarked:
        return data.decode(unmarked, "replace"), unmarked
    guess = from_bytes(data[:_SAMPLE]).best()
    name = guess.encoding if guess else "cp1252"
    return data.decode(name, "replace"), name


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every second byte of Latin text."""
    sample = data[:2048]
    if len(sample) < 8:
        return None
    if sample[1::2].count(0) > len(sample) * 0.4:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > len(sample) * 0.4 else None
