"""PDF files made object by object, for what no library would write."""

import zlib
from collections.abc import Mapping, Sequence


def build_pdf(objects: Mapping[int, bytes], root: int = 1) -> bytes:
    """A file of these numbered objects, with a right cross-reference table; object ``root`` is the catalogue."""
    parts = [b"%PDF-1.7\n"]
    offsets: dict[int, int] = {}
    for number, body in objects.items():
        offsets[number] = sum(map(len, parts))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = sum(map(len, parts))
    size = max(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    used, unused = b"%010d 00000 n \n", b"0000000000 00000 f \n"
    parts += [used % offsets[number] if number in offsets else unused for number in range(1, size)]
    parts.append(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start))
    return b"".join(parts)


def stream(content: bytes, entries: bytes = b"", filters: int = 0) -> bytes:
    """A stream object; ``filters`` counts how often it is deflated."""
    for _ in range(filters):
        content = zlib.compress(content, 9)
    names = b"/Filter [%s]" % b" ".join([b"/FlateDecode"] * filters) if filters else b""
    return b"<< /Length %d %s %s >>\nstream\n%s\nendstream" % (len(content), names, entries, content)


def one_page(content: bytes, media_box: Sequence[float] = (0, 0, 612, 792), page: bytes = b"", **more: bytes) -> bytes:
    """A file of one page: content stream 4, fonts F1 (Helvetica) and F2 (bold); ``more`` adds objects ``o10``..."""
    return build_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources 5 0 R %s >>"
            % (b" ".join(b"%g" % side for side in media_box), page),
            4: content if content.startswith(b"<<") else stream(content),
            5: b"<< /Font << /F1 6 0 R /F2 7 0 R >> /XObject << /X0 10 0 R >> >>",
            6: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            7: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            **{int(name[1:]): body for name, body in more.items()},
        }
    )


def show(text: str, x: float, y: float, size: float = 12, font: str = "F1") -> bytes:
    """The operators that show ``text`` with its base line starting at (x, y)."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET\n".encode("cp1252")
