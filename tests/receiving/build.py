"""Files of every kind, made as small as they can be."""

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

from PIL import Image

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLIDES_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def image(kind: str, size: tuple[int, int] = (8, 5), **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("L", size).save(stream, kind, **options)
    return stream.getvalue()


def images_in_tiff(sizes: list[tuple[int, int]], **options: object) -> bytes:
    first, *rest = (Image.new("L", size) for size in sizes)
    stream = io.BytesIO()
    first.save(stream, "TIFF", save_all=True, append_images=rest, **options)
    return stream.getvalue()


def huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def pdf(before: bytes = b"") -> bytes:
    return before + b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def office(main: str, extra: dict[str, bytes] | None = None) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "main.xml": b"<x/>"} | (extra or {}))


def overlapping_zip(copies: int, size: int) -> bytes:
    """Many names in the directory for the one entry that there is, as in a zip bomb."""
    plain = office(WORD_MAIN, {"bomb.xml": bytes(size)})
    end = plain.rindex(b"PK\x05\x06")
    count, directory_bytes, directory_start = struct.unpack_from("<2xH2I", plain, end + 8)
    directory = plain[directory_start : directory_start + directory_bytes]
    bomb = directory[directory.rindex(b"PK\x01\x02") :]
    more = b"".join(bomb.replace(b"bomb.xml", b"b%03d.xml" % number) for number in range(copies))
    ending = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count + copies, count + copies, directory_bytes + len(more), directory_start, 0
    )
    return plain[:directory_start] + directory + more + ending


def compound(*names: str) -> bytes:
    """A compound file of one allocation sector and as many directory sectors as the streams need."""
    entries = [_entry("Root Entry", 5), *(_entry(name, 2) for name in names)]
    entries += [bytes(128)] * (-len(entries) % 4)
    sectors = len(entries) // 4
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *([0xFFFFFFFF] * (128 - len(chain))))
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    return bytes(header) + table + b"".join(entries)


def _entry(name: str, kind: int) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = bytearray(128)
    entry[: len(encoded)] = encoded
    struct.pack_into("<HB", entry, 64, len(encoded) + 2, kind)
    return bytes(entry)


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message["To"] = "b@example.org"
    message["Subject"] = "Your order"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("It is on its way.")
    return message.as_bytes()


def write(folder: Path, data: bytes, name: str = "upload") -> Path:
    file = folder / name
    file.write_bytes(data)
    return file
