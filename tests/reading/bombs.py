"""Documents that were made to hurt their reader."""

import zlib

from tests.reading.build_pdf import build_pdf, one_page, show, stream


def zeros_deflated(size: int) -> bytes:
    """A zlib stream that unpacks to ``size`` zeros (a multiple of 16 MiB), made without unpacking it anywhere."""
    block = 16 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush every block stands for itself, so one can be repeated.
    piece = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + piece * (size // block) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def packed(content: bytes, already: int, entries: bytes = b"") -> bytes:
    """A stream object whose content was deflated ``already`` times and is once more here."""
    return b"<< /Length %d /Filter [%s] %s >>\nstream\n%s\nendstream" % (
        len(again := zlib.compress(content, 9)),
        b"/FlateDecode " * (already + 1),
        entries,
        again,
    )


def form_that_draws_itself() -> bytes:
    form = stream(
        b"/X0 Do /X0 Do " + show("again", 72, 700),
        b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
        b"/Resources << /XObject << /X0 10 0 R >> /Font << /F1 6 0 R >> >>",
    )
    return one_page(b"/X0 Do", o10=form)


def forms_that_double() -> bytes:
    """Thirty forms, each of which draws the next twice: a billion words in three kilobytes."""
    forms = {}
    for number in range(10, 40):
        inner = b"/X0 Do 1 0 0 1 1 1 cm /X0 Do" if number < 39 else show("word", 72, 500)
        forms[f"o{number}"] = stream(
            inner,
            b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
            b"/Resources << /XObject << /X0 %d 0 R >> /Font << /F1 6 0 R >> >>" % (number + 1),
        )
    return one_page(b"/X0 Do", **forms)


def content_of_gigabytes() -> bytes:
    return one_page(packed(zeros_deflated(4 << 30), already=1))


def attachment_of_gigabytes() -> bytes:
    return build_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 8 0 R] >> >> >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
            8: b"<< /Type /Filespec /F (factur-x.xml) /EF << /F 9 0 R >> >>",
            9: packed(zeros_deflated(4 << 30), already=1, entries=b"/Type /EmbeddedFile"),
        }
    )


def million_text_operators() -> bytes:
    row = b"(ab ) Tj 0.6 0 Td " * 1000 + b"-600 0.7 Td "
    content = b"BT /F1 0.6 Tf 1 0 0 1 5 5 Tm " + row * 1000 + b"ET"
    return one_page(stream(content, filters=1))


def million_lines() -> bytes:
    return one_page(stream(b"0 0 m 500 500 l S " * 1_000_000, filters=1))


def endless_page() -> bytes:
    return one_page(show("Far away", 72, 700), media_box=(0, 0, 1e9, 1e9))


def page_tree_that_holds_itself() -> bytes:
    return build_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [2 0 R 2 0 R 3 0 R 2 0 R] /Count 4000 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        }
    )


def page_count_that_lies() -> bytes:
    return build_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        }
    )


def objects_nested_deeply() -> bytes:
    return one_page(show("text", 72, 700), page=b"/Deep " + b"[" * 200_000 + b"]" * 200_000)


def image_of_gigapixels() -> bytes:
    image = packed(
        zeros_deflated(3600 << 20),
        already=1,
        entries=b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 "
        b"/BitsPerComponent 8 /ColorSpace /DeviceGray",
    )
    return one_page(b"612 0 0 792 0 0 cm /X0 Do", o10=image)


BOMBS = {
    function.__name__: function
    for function in (
        form_that_draws_itself,
        forms_that_double,
        content_of_gigabytes,
        attachment_of_gigabytes,
        million_text_operators,
        million_lines,
        endless_page,
        page_tree_that_holds_itself,
        page_count_that_lies,
        objects_nested_deeply,
        image_of_gigapixels,
    )
}
