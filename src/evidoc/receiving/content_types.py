"""Which content types Evidoc reads, what others are called, and what names and declarations claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from filetype import types as known_types

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
WEBP = "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
HTML = "text/html"
EML = "message/rfc822"
CSV = "text/csv"
MARKDOWN = "text/markdown"
XML = "application/xml"
XHTML = "application/xhtml+xml"
TEXT = "text/plain"

DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
WORD_MACROS = "application/vnd.ms-word.document.macroenabled.12"
BINARY = "application/octet-stream"

SUPPORTED: Mapping[str, str] = MappingProxyType(
    {
        PDF: "PDF",
        PNG: "PNG",
        JPEG: "JPEG",
        TIFF: "TIFF",
        WEBP: "WebP",
        DOCX: "Word (.docx)",
        XLSX: "Excel (.xlsx)",
        HTML: "HTML",
        EML: "e-mail (.eml)",
        CSV: "CSV",
        MARKDOWN: "Markdown",
        XML: "XML",
        TEXT: "plain text",
    }
)
"""What can be read, and what people call it."""

_UNSUPPORTED: Mapping[str, str] = MappingProxyType(
    {
        DOC: "an old Word document (.doc); save it as .docx or PDF",
        XLS: "an old Excel workbook (.xls); save it as .xlsx or PDF",
        PPT: "an old PowerPoint presentation (.ppt); save it as PDF",
        PPTX: "a PowerPoint presentation (.pptx); save it as PDF",
        WORD_MACROS: "a Word document with macros or a template; save it as .docx or PDF",
        MSG: "an Outlook message (.msg); save it as .eml",
        RTF: "an RTF document; save it as .docx or PDF",
        ODT: "an OpenDocument text (.odt); save it as .docx or PDF",
        "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet (.ods); save it as .xlsx or PDF",
        "application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation (.odp); save it as PDF",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12": "a binary Excel workbook (.xlsb); save it as .xlsx",
        "application/epub+zip": "an e-book (EPUB)",
        ZIP: "a ZIP archive; upload the documents in it one by one",
        "application/java-archive": "a Java program",
        OLE: "a compound file of an unknown program",
        "application/x-msdownload": "a Windows program",
        "application/x-executable": "a program",
        "application/x-mach-binary": "a program",
        "application/wasm": "a program",
        "image/gif": "a GIF image; save it as PNG",
        "image/bmp": "a BMP image; save it as PNG",
        "image/heic": "a HEIC image; save it as JPEG",
        "image/avif": "an AVIF image; save it as JPEG",
        "application/postscript": "a PostScript file; save it as PDF",
        XHTML: "XHTML",
        BINARY: "a file of no known type",
    }
)

_NO_CLAIM = frozenset(
    {"", "*/*", BINARY, "binary/octet-stream", "application/x-download", "application/force-download",
     "application/download", "application/unknown", "unknown/unknown", "application/x-unknown"}
)  # fmt: skip

_TELLING_FAMILIES = frozenset({"image", "audio", "video", "font", "message"})

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "application/x-pdf": PDF,
        "application/acrobat": PDF,
        "text/pdf": PDF,
        "image/x-png": PNG,
        "image/apng": PNG,
        "image/jpg": JPEG,
        "image/pjpeg": JPEG,
        "image/tif": TIFF,
        "image/x-tiff": TIFF,
        "application/vnd.ms-excel.sheet.macroenabled.12": XLSX,
        "application/vnd.ms-excel.template.macroenabled.12": XLSX,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template": XLSX,
        "application/x-zip": ZIP,
        "application/x-zip-compressed": ZIP,
        "text/xml": XML,
        "application/csv": CSV,
        "text/x-csv": CSV,
        "text/comma-separated-values": CSV,
        "text/tab-separated-values": CSV,
        "text/x-markdown": MARKDOWN,
        "text/rtf": RTF,
        "application/json": TEXT,
        "application/x-ndjson": TEXT,
        "application/yaml": TEXT,
        "application/x-yaml": TEXT,
        "application/x-tex": TEXT,
        "application/javascript": TEXT,
    }
)

_ADMITS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        TEXT: frozenset({TEXT, CSV, HTML, MARKDOWN, XML, EML}),
        CSV: frozenset({CSV, TEXT}),
        MARKDOWN: frozenset({MARKDOWN, TEXT, HTML}),
        XML: frozenset({XML, HTML}),
        XHTML: frozenset({XML, HTML}),
        ZIP: frozenset({ZIP, DOCX, XLSX}),
        # Browsers name the program that a file opens with.
        DOC: frozenset({DOC, DOCX}),
        XLS: frozenset({XLS, XLSX, CSV, TEXT}),
    }
)
"""Which content types a claimed one may turn out to be, where it is not only itself."""

_EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "pdf": PDF, "png": PNG, "apng": PNG, "jpg": JPEG, "jpeg": JPEG, "jpe": JPEG, "jfif": JPEG,
        "tif": TIFF, "tiff": TIFF, "webp": WEBP, "docx": DOCX, "xlsx": XLSX, "xlsm": XLSX, "xltx": XLSX,
        "html": HTML, "htm": HTML, "xhtml": XHTML, "eml": EML, "csv": CSV, "tsv": CSV, "tab": CSV,
        "md": MARKDOWN, "markdown": MARKDOWN, "xml": XML, "txt": TEXT, "text": TEXT, "log": TEXT, "rst": TEXT,
        "json": TEXT, "jsonl": TEXT, "ndjson": TEXT, "yaml": TEXT, "yml": TEXT, "ini": TEXT, "tex": TEXT,
        "msg": MSG, "docm": WORD_MACROS, "dotx": WORD_MACROS, "exe": "application/x-msdownload",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """What a name or a sender says that a file is, and which content types that admits."""

    content_type: str
    admits: frozenset[str]


def claim_of_type(declared: str | None) -> Claim | None:
    """What a declared content type claims; None where it claims nothing."""
    content_type = (declared or "").partition(";")[0].strip().lower()
    content_type = _ALIASES.get(content_type, content_type)
    if content_type in _NO_CLAIM:
        return None
    known = content_type in SUPPORTED or content_type in _UNSUPPORTED or content_type in _extension_types().values()
    family = content_type.partition("/")[0]
    if not known and family == "text":
        content_type = TEXT
    elif not known and family not in _TELLING_FAMILIES:
        return None
    return Claim(content_type, _ADMITS.get(content_type, frozenset({content_type})))


def claim_of_name(filename: str) -> Claim | None:
    """What a file name's extension claims; None where it claims nothing."""
    _, dot, extension = filename.rpartition(".")
    extension = extension.lower() if dot else ""
    return claim_of_type(_EXTENSIONS.get(extension) or _extension_types().get(extension))


def call(content_type: str) -> str:
    """What people call a content type."""
    if content_type in SUPPORTED:
        return SUPPORTED[content_type]
    return _UNSUPPORTED.get(content_type, f"a file of type {content_type}")


def _extension_types() -> dict[str, str]:
    return {kind.extension.lower(): kind.mime for kind in known_types}
