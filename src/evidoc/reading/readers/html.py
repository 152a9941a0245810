"""HTML: what a browser would show as text, with its tables."""

import re

from evidoc.kernel.reading import Method, Reading
from evidoc.reading.encoding import decode_text
from evidoc.reading.markup import lay_out, parse_html, title_of
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import Typesetter

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)


class HtmlReader:
    """Reads HTML in the encoding it declares, or the one it is found to be in."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages. Raises DocumentDamaged where there is no HTML."""
        data = bytes(source.data)
        declared = _DECLARED.search(data[:4096])
        text, encoding = decode_text(data, declared[1].decode() if declared else None)
        root = parse_html(text.encode(), "utf-8")
        typesetter = Typesetter(emit, Method.MARKUP)
        lay_out(root, typesetter)
        typesetter.finish()
        properties = {"encoding": encoding}
        if title := title_of(root):
            properties["title"] = title
        return Reading(pages=(), properties=properties)
