"""HTML comes in, laid-out lines and tables go out. Shared by the readers of HTML, Markdown and e-mail.

Only what a browser would show as text is kept: no scripts, no styles, nothing hidden, no comments.
"""

import re
from collections.abc import Iterator

from lxml import etree, html

from evidoc.kernel.errors import DocumentDamaged
from evidoc.reading.typeset import GridCell, Typesetter

MAX_SPAN = 1000

_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section "
    "summary table tbody td tfoot th thead title tr ul".split()
)
_SPACED = frozenset("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul".split())
_SILENT = frozenset(
    "applet audio canvas embed head iframe math noembed noframes noscript object param picture script source "
    "style svg template track video".split()
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse_html(data: bytes, encoding: str | None) -> "html.HtmlElement":
    """The tree of an HTML document. Raises DocumentDamaged where there is none.

    The parser reaches no network and stops at 256 levels, deeper markup is flattened by libxml2.
    """
    parser = html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentDamaged("The document holds no HTML that can be read") from error
    return root


def title_of(root: "html.HtmlElement") -> str:
    """The document's title, or an empty string."""
    found = root.find(".//title")
    return " ".join((found.text or "").split()) if found is not None else ""


def lay_out(root: "html.HtmlElement", typesetter: Typesetter) -> None:
    """Put all that is shown onto pages. The caller finishes the typesetter."""
    _Walk(typesetter).element(root)


class _Walk:
    def __init__(self, typesetter: Typesetter) -> None:
        self._typesetter = typesetter
        self._inline: list[str] = []
        self._preformatted = 0

    def element(self, element: "html.HtmlElement") -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SILENT or _is_hidden(element):
            return
        if tag == "table" and _is_data_table(element):
            self._flush()
            self._typesetter.gap()
            self._typesetter.table(_rows(element))
            self._typesetter.gap()
            return
        block = tag in _BLOCKS
        if block:
            self._flush()
            if tag in _SPACED:
                self._typesetter.gap()
        self._preformatted += tag == "pre"
        self._inline.append(element.text or _control_text(element, tag))
        for child in element:
            self.element(child)
            self._inline.append(child.tail or "")
        if block:
            self._flush()
        self._preformatted -= tag == "pre"

    def _flush(self) -> None:
        text = "".join(self._inline)
        self._inline.clear()
        if self._preformatted:
            for line in text.split("\n"):
                if line.strip():
                    self._typesetter.line(line.rstrip())
        elif text.strip():
            self._typesetter.line(" ".join(text.split()))


def _is_hidden(element: "html.HtmlElement") -> bool:
    if element.get("hidden") is not None or element.get("type") == "hidden":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style", "")))


def _control_text(element: "html.HtmlElement", tag: str) -> str:
    """What a filled-in form control shows."""
    if tag == "input" and element.get("type", "text") not in ("checkbox", "radio", "password", "file", "image"):
        return f" {element.get('value', '')} "
    return ""


def _is_data_table(table: "html.HtmlElement") -> bool:
    """Whether a table holds rows of values, rather than laying a page out.

    A layout table nests others, has one column, or has cells as long as articles.
    """
    if table.find(".//table") is not None:
        return False
    widest, longest = 0, 0
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        widest = max(widest, sum(1 for cell in cells if _shown_text(cell).strip()))
        longest = max([longest, *(len(_shown_text(cell)) for cell in cells)])
    return widest >= 2 and longest < 2000


def _rows(table: "html.HtmlElement") -> list[list[GridCell]]:
    rows = []
    for row in table.iter("tr"):
        if _is_hidden(row):
            continue
        in_head = any(ancestor.tag == "thead" for ancestor in row.iterancestors("thead"))
        cells = [
            GridCell(
                _shown_text(cell),
                _span(cell, "colspan"),
                _span(cell, "rowspan"),
                header=in_head or cell.tag == "th",
            )
            for cell in row
            if cell.tag in ("td", "th") and not _is_hidden(cell)
        ]
        if cells:
            rows.append(cells)
    return rows


def _span(cell: "html.HtmlElement", name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _shown_text(cell: "html.HtmlElement") -> str:
    lines = "".join(_pieces(cell)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _pieces(element: "html.HtmlElement") -> Iterator[str]:
    if element.tag in _SILENT or not isinstance(element.tag, str) or _is_hidden(element):
        return
    block = element.tag in _BLOCKS
    if block:
        yield "\n"
    yield (element.text or _control_text(element, element.tag)).replace("\n", " ")
    for child in element:
        yield from _pieces(child)
        yield (child.tail or "").replace("\n", " ")
    if block:
        yield "\n"
