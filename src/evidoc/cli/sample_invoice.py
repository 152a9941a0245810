"""The project's own sample: a one-page invoice of companies that do not exist, drawn with a text layer."""

from io import BytesIO

from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0

_INK = HexColor("#1c2833")
_FAINT = HexColor("#5d6d7e")
_BRAND = HexColor("#0b6e6e")
_RULE = HexColor("#d5d8dc")

SELLER = ("Larkspur Instruments Ltd", "18 Tannery Lane", "Bristol BS1 6XN", "United Kingdom", "VAT no. GB 284 7316 05")
BUYER = ("Halden & Voss Research B.V.", "Accounts Payable", "Keizersgracht 402", "1016 GC Amsterdam", "Netherlands")
FACTS = (
    ("Invoice number", "LI-2026-0417"),
    ("Invoice date", "12 March 2026"),
    ("Due date", "11 April 2026"),
    ("Purchase order", "HV-88213"),
)
LINES = (
    ("Benchtop centrifuge, model C-200", "2", "1,480.00", "2,960.00"),
    ("Rotor set, 24 x 1.5 ml", "4", "215.50", "862.00"),
    ("Calibration and certificate", "2", "95.00", "190.00"),
    ("Sterile tubes, box of 500", "12", "18.75", "225.00"),
    ("Insured delivery to Amsterdam", "1", "64.00", "64.00"),
)
TOTALS = (("Subtotal", "4,301.00"), ("VAT 20 %", "860.20"))
TOTAL = ("Total due", "EUR 5,161.20")
FOOTER = (
    "Please pay within 30 days to IBAN GB33 BUKB 2020 1555 5555 55, quoting the invoice number.",
    "Larkspur Instruments Ltd, registered in England and Wales. Questions: accounts@larkspur-instruments.example",
)


def sample_invoice() -> bytes:
    """The PDF; the same bytes every time."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.setTitle("Invoice LI-2026-0417")
    canvas.setAuthor(SELLER[0])
    _letterhead(canvas)
    _parties(canvas)
    bottom = _table(canvas, HEIGHT - 330)
    _totals(canvas, bottom - 26)
    for index, line in enumerate(FOOTER):
        _write(canvas, 50, 62 - 13 * index, line, size=8, ink=_FAINT)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _letterhead(canvas: Canvas) -> None:
    canvas.setFillColor(_BRAND)
    canvas.rect(0, HEIGHT - 12, WIDTH, 12, stroke=0, fill=1)
    canvas.circle(70, HEIGHT - 66, 20, stroke=0, fill=1)
    canvas.setFillColor(white)
    petal = canvas.beginPath()
    petal.moveTo(70, HEIGHT - 80)
    petal.curveTo(56, HEIGHT - 62, 66, HEIGHT - 54, 70, HEIGHT - 50)
    petal.curveTo(74, HEIGHT - 54, 84, HEIGHT - 62, 70, HEIGHT - 80)
    canvas.drawPath(petal, stroke=0, fill=1)
    _write(canvas, 100, HEIGHT - 64, SELLER[0], size=15, bold=True)
    _write(canvas, 100, HEIGHT - 79, "Laboratory equipment since 1987", size=8.5, ink=_FAINT)
    _write(canvas, WIDTH - 50, HEIGHT - 72, "INVOICE", size=26, bold=True, ink=_BRAND, right=True)


def _parties(canvas: Canvas) -> None:
    top = HEIGHT - 130
    _write(canvas, 50, top, "From", size=8, ink=_FAINT)
    for index, line in enumerate(SELLER):
        _write(canvas, 50, top - 15 - 13 * index, line, bold=index == 0)
    _write(canvas, 50, top - 95, "Bill to", size=8, ink=_FAINT)
    for index, line in enumerate(BUYER):
        _write(canvas, 50, top - 110 - 13 * index, line, bold=index == 0)
    for index, (label, value) in enumerate(FACTS):
        _write(canvas, 350, top - 15 - 20 * index, label, size=9, ink=_FAINT)
        _write(canvas, WIDTH - 50, top - 15 - 20 * index, value, bold=True, right=True)


def _table(canvas: Canvas, top: float) -> float:
    canvas.setFillColor(_BRAND)
    canvas.rect(50, top - 8, WIDTH - 100, 22, stroke=0, fill=1)
    columns = ((58.0, False), (370.0, True), (455.0, True), (WIDTH - 58, True))
    headings = ("Description", "Quantity", "Unit price", "Amount")
    for (x, right), heading in zip(columns, headings, strict=True):
        _write(canvas, x, top, heading, size=9, bold=True, ink=white, right=right)
    y = top
    for row in LINES:
        y -= 25
        for (x, right), text in zip(columns, row, strict=True):
            _write(canvas, x, y, text, right=right)
        canvas.setStrokeColor(_RULE)
        canvas.line(50, y - 8, WIDTH - 50, y - 8)
    return y - 8


def _totals(canvas: Canvas, y: float) -> None:
    for label, amount in TOTALS:
        _write(canvas, 370, y, label, ink=_FAINT)
        _write(canvas, WIDTH - 58, y, amount, right=True)
        y -= 20
    canvas.setStrokeColor(_BRAND)
    canvas.line(360, y + 12, WIDTH - 50, y + 12)
    _write(canvas, 370, y - 5, TOTAL[0], size=12, bold=True)
    _write(canvas, WIDTH - 58, y - 5, TOTAL[1], size=12, bold=True, right=True)


def _write(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    ink: Color = _INK,
    right: bool = False,
) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.setFillColor(ink)
    (canvas.drawRightString if right else canvas.drawString)(x, y, text)
