"""What the PDF reader promises of honest documents: their words, where those stand, and in which order."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evidoc.kernel.errors import DocumentDamaged, DocumentEncrypted
from evidoc.kernel.reading import Box, Method, Page, Reading
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import PDF, ReadLimits, Source
from evidoc.reading.readers.pdf import PdfReader
from tests.reading.build_pdf import one_page, show, stream


class Collected:
    """Keeps the promise of ``Emit`` by keeping everything."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.images: list[PageImage] = []

    def __call__(self, page: Page) -> None:
        self.pages.append(page)

    def count(self, pages: int) -> None:
        pass

    def pixels(self, image: PageImage) -> None:
        self.images.append(image)


def read(data: bytes, password: str | None = None, limits: ReadLimits | None = None) -> tuple[Collected, Reading]:
    collected = Collected()
    source = Source(data, PDF, password=password, limits=limits or ReadLimits())
    return collected, PdfReader().read(source, collected)


def read_page(data: bytes) -> Page:
    collected, _ = read(data)
    assert not collected.images
    (page,) = collected.pages
    return page


def box_of(page: Page, text: str) -> Box:
    start = page.text.index(text)
    return page.box_of(start, start + len(text))


def drawn(draw: Callable[[Canvas], object], size: tuple[float, float] = A4) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def test_words_stand_in_the_text_where_their_spans_say() -> None:
    page = read_page(one_page(show("Invoice number 4711", 72, 700) + show("Total due", 72, 650)))

    assert page.text == "Invoice number 4711\nTotal due"
    assert [page.text[word.start : word.end] for word in page.words] == ["Invoice", "number", "4711", "Total", "due"]
    assert [page.text[slice(*page.line_span(line))] for line in page.lines] == ["Invoice number 4711", "Total due"]
    assert page.method is Method.BORN_DIGITAL
    assert page.quality == 1.0


def test_boxes_are_in_points_from_the_top_left() -> None:
    page = read_page(one_page(show("Hello", 72, 700, size=20)))

    box = box_of(page, "Hello")
    assert box.x0 == pytest.approx(72, abs=0.5)
    assert box.width == pytest.approx(20 * 2.278, abs=0.5)  # Helvetica: 722 + 556 + 222 + 222 + 556 per mille
    assert box.y0 < 792 - 700 < box.y1
    assert box.height == pytest.approx(20, abs=4)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_rotated_page_is_read_as_it_is_shown(rotation: int) -> None:
    """The page is shown upright: whatever /Rotate says, its content was drawn to make up for it."""
    matrix = {0: "1 0 0 1 0 0", 90: "0 1 -1 0 612 0", 180: "-1 0 0 -1 612 792", 270: "0 -1 1 0 0 792"}[rotation]
    content = f"q {matrix} cm\n".encode() + show("First line here", 100, 300) + show("Second", 100, 280) + b"Q"

    page = read_page(one_page(content, page=b"/Rotate %d" % rotation))

    shown_height = 612 if rotation in (90, 270) else 792
    assert (page.width, page.height) == ((792, 612) if rotation in (90, 270) else (612, 792))
    assert page.rotation == rotation
    assert page.text == "First line here\nSecond"
    box = box_of(page, "First")
    assert box.x0 == pytest.approx(100, abs=1)
    assert box.y0 < shown_height - 300 < box.y1


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_text_that_runs_in_another_direction_is_whole_and_comes_last(rotation: int) -> None:
    turns = {90: "0 1 -1 0 500 100", 180: "-1 0 0 -1 500 100", 270: "0 -1 1 0 500 700"}[rotation]
    content = (
        show("Body text of the page stands upright", 72, 700)
        + f"q {turns} cm\n".encode()
        + show("Received in the mail room", 0, 0)
        + b"Q"
    )

    page = read_page(one_page(content))

    assert page.text == "Body text of the page stands upright\nReceived in the mail room"


def test_a_crop_box_moves_the_origin_and_hides_what_lies_outside() -> None:
    content = show("inside", 150, 650) + show("outside", 20, 700)

    page = read_page(one_page(content, page=b"/CropBox [100 600 400 700]"))

    assert (page.width, page.height) == (300, 100)
    assert page.text == "inside"
    assert box_of(page, "inside").x0 == pytest.approx(50, abs=1)
    assert box_of(page, "inside").y1 == pytest.approx(50, abs=5)


def test_a_label_and_its_value_stay_on_one_line() -> None:
    content = b"".join(
        show(label, 72, 700 - 20 * row) + show(value, 400, 700 - 20 * row)
        for row, (label, value) in enumerate([("Invoice No.", "A-17"), ("Date", "2031-05-06"), ("Total", "99.50")])
    )

    assert read_page(one_page(content)).text == "Invoice No. A-17\nDate 2031-05-06\nTotal 99.50"


def test_values_drawn_after_all_labels_join_their_labels() -> None:
    labels = b"".join(show(label, 72, 700 - 20 * row) for row, label in enumerate(["Net", "Tax", "Total"]))
    values = b"".join(show(value, 300, 700 - 20 * row) for row, value in enumerate(["10.00", "1.90", "11.90"]))

    assert read_page(one_page(labels + values)).text == "Net 10.00\nTax 1.90\nTotal 11.90"


LEFT = [
    "The seller shall deliver the goods to",
    "the place that is named in the order,",
    "free of any charge to the buyer, and",
]
RIGHT = [
    "All notices under this agreement are",
    "to be given in writing, and they are",
    "deemed received on the third day",
]


@pytest.mark.parametrize("shift", [0, 5])
def test_columns_of_prose_are_read_one_after_the_other(shift: int) -> None:
    """Also where the lines of both columns do not stand level."""
    left, right = LEFT * 3, RIGHT * 3
    content = show("General terms and conditions of the supply of goods and services between merchants", 72, 740)
    for row in range(9):
        content += show(left[row], 72, 700 - 14 * row, 10) + show(right[row], 320, 700 - shift - 14 * row, 10)
    content += show("Both parties have signed this agreement on the day that is written first above it.", 72, 500)

    lines = read_page(one_page(content)).text.split("\n")

    assert lines[0].startswith("General terms")
    assert lines[1:10] == left
    assert lines[10:19] == right
    assert lines[19].startswith("Both parties")


def test_rows_of_a_table_are_not_taken_for_columns() -> None:
    rows = [
        ("Assembly of the shelving unit in the hall", str(n), f"{n * 3}.00", f"{n * n * 3}.00") for n in range(1, 9)
    ]
    content = b""
    for number, row in enumerate(rows):
        for x, cell in zip((72, 330, 400, 480), row, strict=True):
            content += show(cell, x, 700 - 16 * number, 10)

    assert read_page(one_page(content)).text == "\n".join(" ".join(row) for row in rows)


def test_a_hyphen_at_the_end_of_a_line_is_kept_and_both_halves_have_boxes() -> None:
    page = read_page(one_page(show("This is an agree-", 72, 700) + show("ment of two", 72, 686)))

    assert page.text == "This is an agree-\nment of two"
    assert box_of(page, "agree-").y1 < box_of(page, "ment").y1 - 10


def test_text_drawn_over_itself_counts_once() -> None:
    content = show("Grand total", 72, 700) + show("Grand total", 72.4, 700) + show("Grand total", 72, 650)

    assert read_page(one_page(content)).text == "Grand total\nGrand total"


def test_text_that_is_never_painted_is_not_read() -> None:
    content = (
        show("Shown", 72, 700) + b"3 Tr\n" + show("hidden instruction", 72, 650) + b"0 Tr\n" + show("too", 72, 600)
    )

    assert read_page(one_page(content)).text == "Shown\ntoo"


def test_ligatures_and_signs_come_as_letters() -> None:
    to_unicode = b"""<< /Length 250 >>
stream
/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <ff> endcodespacerange
4 beginbfchar <41> <FB01> <42> <0001> <43> <D83DDE00> <44> <00AD> endbfchar
endcmap end end
endstream"""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 11 0 R >>"

    page = read_page(one_page(show("Axed B C xDy", 72, 700), o6=font, o11=to_unicode))

    assert page.text == "fixed \U0001f600 x-y"
    assert box_of(page, "x-y").x1 > box_of(page, "\U0001f600").x1


def test_an_empty_page_is_a_page() -> None:
    page = read_page(one_page(b""))

    assert page.text == ""
    assert page.lines == ()


def test_a_table_comes_with_its_cells() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([72, 182, 292, 400], [600, 620, 640, 660])
        for row, cells in enumerate([("Item", "Count", "Price"), ("Bolts", "12", "3.40"), ("Nuts", "7", "1.20")]):
            for column, cell in enumerate(cells):
                canvas.drawString(80 + 110 * column, 646 - 20 * row, cell)

    page = read_page(drawn(draw))

    (table,) = page.tables
    assert table.ruled
    assert (table.rows, table.columns) == (3, 3)
    assert [page.cell_text(cell) for cell in table.cells][3:6] == ["Bolts", "12", "3.40"]


def test_lines_inside_a_form_object_rule_a_table_too() -> None:
    lines = b" ".join(b"0 %d m 300 %d l S %d 0 m %d 60 l S" % (20 * n, 20 * n, 100 * n, 100 * n) for n in range(4))
    form = stream(lines, b"/Type /XObject /Subtype /Form /BBox [-5 -5 305 65] /Matrix [1 0 0 1 10 0]")
    texts = b"".join(
        show(f"cell{row}{column}", 90 + 100 * column, 645 - 20 * row, 10) for row in range(3) for column in range(3)
    )

    page = read_page(one_page(b"q 1 0 0 1 72 600 cm /X0 Do Q\n" + texts, o10=form))

    (table,) = page.tables
    assert (table.rows, table.columns, table.ruled) == (3, 3, True)
    assert table.box.x0 == pytest.approx(82, abs=2)


def encrypted(user: str, owner: str = "owner") -> bytes:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show("Secret text", 72, 700)))) as document:
        document.save(saved, encryption=pikepdf.Encryption(user=user, owner=owner))
    return saved.getvalue()


def test_an_empty_password_is_no_hindrance() -> None:
    assert read_page(encrypted("")).text == "Secret text"


@pytest.mark.parametrize("password", ["sesame", "owner", "sésame"])
def test_a_given_password_opens(password: str) -> None:
    collected, _ = read(encrypted(password if password != "owner" else "other"), password=password)

    assert collected.pages[0].text == "Secret text"


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_without_the_password_a_document_is_encrypted_not_damaged(password: str | None) -> None:
    with pytest.raises(DocumentEncrypted):
        read(encrypted("sesame"), password=password)


def filled_form() -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 706, "Name")
        canvas.acroForm.textfield(name="applicant.name", value="Ada Quill", x=150, y=700, width=200, height=20)
        canvas.acroForm.checkbox(name="applicant.adult", checked=True, x=150, y=660)
        canvas.acroForm.checkbox(name="applicant.member", checked=False, x=150, y=630)
        canvas.acroForm.textfield(name="applicant.note", value="", x=150, y=600, width=200, height=20)

    return drawn(draw)


def test_form_values_stand_in_the_text_where_they_are_shown() -> None:
    collected, reading = read(filled_form())
    (page,) = collected.pages

    assert "Name Ada Quill" in page.text
    assert Box(150, A4[1] - 722, 352, A4[1] - 698).covers(box_of(page, "Ada Quill"))
    name, adult = reading.form_fields
    assert (name.name, name.value, name.page_index) == ("applicant.name", "Ada Quill", 0)
    assert name.span is not None
    assert page.text[slice(*name.span)] == "Ada Quill"
    assert adult.name == "applicant.adult"


def test_a_form_value_without_an_appearance_is_laid_out_in_its_field() -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(filled_form())) as document:
        for annotation in document.pages[0].Annots:
            del annotation.AP
        document.save(saved)

    collected, reading = read(saved.getvalue())

    page = collected.pages[0]
    assert "Name Ada Quill" in page.text
    assert Box(150, A4[1] - 722, 352, A4[1] - 698).covers(box_of(page, "Ada Quill"))
    assert reading.form_fields[0].span is not None


def test_xml_attachments_come_whole_and_others_by_name() -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show("Invoice", 72, 700)))) as document:
        document.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(document, b"<a>1</a>", mime_type="text/xml")
        document.attachments["photo.png"] = pikepdf.AttachedFileSpec(document, b"\x89PNG....", mime_type="image/png")
        document.save(saved)

    _, reading = read(saved.getvalue())

    found = {item.name: (item.content_type, item.size, item.data) for item in reading.attachments}
    assert found == {
        "factur-x.xml": ("application/xml", 8, b"<a>1</a>"),
        "photo.png": ("image/png", 8, b""),
    }


def scan(canvas: Canvas) -> None:
    picture = Image.new("L", (850, 1200), 255)
    ImageDraw.Draw(picture).text((100, 100), "only pixels", fill=0)
    canvas.drawInlineImage(picture, 0, 0, *canvas._pagesize)


def test_a_scanned_page_goes_on_as_pixels() -> None:
    collected, _ = read(drawn(scan))

    (image,) = collected.images
    assert not collected.pages
    assert image.dpi == pytest.approx(200)
    assert (image.columns, image.rows) == pytest.approx((A4[0] / 72 * 200, A4[1] / 72 * 200), abs=1)
    assert image.channels == 1
    assert min(image.pixels) < 64  # type: ignore[type-var]
    assert max(image.pixels) == 255  # type: ignore[type-var]
    assert image.born_digital is None


def test_the_stamp_on_a_scan_is_kept_beside_the_pixels() -> None:
    def draw(canvas: Canvas) -> None:
        scan(canvas)
        canvas.drawString(72, 20, "Filed as exhibit 12 page 1")

    collected, _ = read(drawn(draw))

    assert collected.images[0].born_digital is not None
    assert collected.images[0].born_digital.text == "Filed as exhibit 12 page 1"


def test_an_invisible_layer_over_a_scan_is_not_trusted() -> None:
    def draw(canvas: Canvas) -> None:
        scan(canvas)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)
        text.textLine("what another program believed to see " * 2)
        canvas.drawText(text)

    collected, _ = read(drawn(draw))

    assert collected.images[0].born_digital is None


@pytest.mark.parametrize("meaning", [b"<0003>", b"<FFFD>", b"<E014>"])
def test_a_page_whose_characters_mean_nothing_goes_on_as_pixels(meaning: bytes) -> None:
    to_unicode = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <ff> endcodespacerange
3 beginbfchar <41> %s <42> %s <43> %s endbfchar
endcmap end end""" % (meaning, meaning, meaning)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 11 0 R >>"

    collected, _ = read(one_page(show("ABC CAB", 72, 700), o6=font, o11=stream(to_unicode)))

    assert collected.images[0].born_digital is None


def test_text_below_the_picture_of_a_page_is_not_trusted() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "what another program believed to see " * 2)
        picture = io.BytesIO()
        Image.new("L", (600, 800), 255).save(picture, "JPEG")
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.drawString(72, 20, "Made available by the library")

    collected, _ = read(drawn(draw))

    assert collected.images[0].born_digital is not None
    assert collected.images[0].born_digital.text == "Made available by the library"


def test_text_below_a_watermark_is_born_digital() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(20):
            canvas.drawString(72, 650 - 14 * row, "Dear reader, this letter says nothing at all.")
        picture = io.BytesIO()
        Image.new("RGBA", (600, 800), (255, 0, 0, 40)).save(picture, "PNG")
        canvas.drawImage(ImageReader(picture), 0, 0, *A4, mask="auto")

    collected, _ = read(drawn(draw))

    assert len(collected.pages[0].lines) == 20


def test_a_line_that_runs_to_the_left_is_read_so() -> None:
    """Its words and their letters stand from right to left; the numbers between them as ever."""
    to_unicode = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfrange <41> <5a> <05d0> endbfrange
endcmap end end"""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 11 0 R >>"
    content = show("AB", 400, 700) + show("12", 340, 700) + show("34", 365, 700) + show("CD", 300, 700)

    page = read_page(one_page(content, o6=font, o11=stream(to_unicode)))

    assert page.text.split() == ["\u05d1\u05d0", "12", "34", "\u05d3\u05d2"]


def test_a_letter_with_a_logo_is_born_digital() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(Image.new("RGB", (300, 100), "navy"), 400, 740, 150, 50)
        for row in range(20):
            canvas.drawString(72, 650 - 14 * row, "Dear reader, this letter says nothing at all.")

    collected, _ = read(drawn(draw))

    assert not collected.images
    assert len(collected.pages[0].lines) == 20


def test_pixels_are_bounded_whatever_the_page_measures() -> None:
    collected, _ = read(drawn(scan, size=(14_000, 14_000)), limits=ReadLimits(page_pixels=1_000_000))

    (image,) = collected.images
    assert image.columns * image.rows <= 1_000_000
    assert (image.width, image.height) == (14_000, 14_000)


def test_many_pages_come_in_order() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(30):
            canvas.drawString(72, 700, f"This is page number {number} of the document")
            canvas.showPage()

    collected, reading = read(drawn(draw))

    assert [page.index for page in collected.pages] == list(range(30))
    assert collected.pages[29].text == "This is page number 29 of the document"
    assert reading.pages == ()


def test_document_properties_are_told() -> None:
    _, reading = read(
        drawn(lambda canvas: (canvas.setTitle("An offer"), canvas.drawString(72, 700, "An offer for you")))
    )

    assert reading.properties["Title"] == "An offer"


@pytest.mark.parametrize("keep", [0.0, 0.02, 0.5])
def test_a_truncated_file_is_read_or_damaged(keep: float) -> None:
    whole = drawn(lambda canvas: [canvas.drawString(72, 700, "x"), canvas.showPage()] * 20)

    with pytest.raises(DocumentDamaged):
        read(whole[: int(len(whole) * keep)][:-1] if keep < 0.1 else whole[100 : int(len(whole) * keep)])


def test_a_file_without_its_cross_reference_table_is_repaired() -> None:
    whole = one_page(show("Still here", 72, 700))

    assert read_page(whole[: whole.index(b"xref\n")]).text == "Still here"
