"""Markdown: read as what it renders to."""

from markdown_it import MarkdownIt

from evidoc.kernel.reading import Method, Reading
from evidoc.reading.encoding import decode_text
from evidoc.reading.markup import lay_out, parse_html
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import Typesetter


class MarkdownReader:
    """Reads CommonMark with tables and strikethrough."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages."""
        text, encoding = decode_text(bytes(source.data))
        rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
        typesetter = Typesetter(emit, Method.MARKUP)
        if rendered.strip():
            lay_out(parse_html(rendered.encode("utf-8", "replace"), "utf-8"), typesetter)
        typesetter.finish()
        return Reading(pages=(), properties={"encoding": encoding})
