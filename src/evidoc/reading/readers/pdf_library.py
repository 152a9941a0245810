"""The PDFium functions that reading calls, bound for speed: handles are integers, output goes to addresses.

pypdfium2 ships the library; its own bindings build an object for every handle, and let go of the interpreter
lock around every call, which costs more than most calls do. PDFium is not safe for threads: one process, one
thread. Signatures are those of PDFium's public headers (fpdfview.h, fpdf_text.h, fpdf_edit.h, ...).
"""

import ctypes
from ctypes import c_double, c_float, c_int, c_size_t, c_uint, c_ulong, c_void_p
from typing import Any

import pypdfium2_raw.bindings as raw

_ADDRESS = c_void_p
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "FPDF_GetLastError": (c_ulong, ()),
    "FPDF_LoadMemDocument64": (_ADDRESS, (_ADDRESS, c_size_t, ctypes.c_char_p)),
    "FPDF_CloseDocument": (None, (_ADDRESS,)),
    "FPDF_GetPageCount": (c_int, (_ADDRESS,)),
    "FPDF_GetFormType": (c_int, (_ADDRESS,)),
    "FPDF_GetMetaText": (c_ulong, (_ADDRESS, ctypes.c_char_p, _ADDRESS, c_ulong)),
    "FPDF_LoadPage": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDF_ClosePage": (None, (_ADDRESS,)),
    "FPDF_GetPageBoundingBox": (c_int, (_ADDRESS, _ADDRESS)),
    "FPDFPage_GetRotation": (c_int, (_ADDRESS,)),
    "FPDFText_LoadPage": (_ADDRESS, (_ADDRESS,)),
    "FPDFText_ClosePage": (None, (_ADDRESS,)),
    "FPDFText_CountChars": (c_int, (_ADDRESS,)),
    "FPDFText_GetText": (c_int, (_ADDRESS, c_int, c_int, _ADDRESS)),
    "FPDFText_GetUnicode": (c_uint, (_ADDRESS, c_int)),
    "FPDFText_GetLooseCharBox": (c_int, (_ADDRESS, c_int, _ADDRESS)),
    "FPDFText_GetCharAngle": (c_float, (_ADDRESS, c_int)),
    "FPDFText_HasUnicodeMapError": (c_int, (_ADDRESS, c_int)),
    "FPDFText_GetTextObject": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDFTextObj_GetTextRenderMode": (c_int, (_ADDRESS,)),
    "FPDFPage_CountObjects": (c_int, (_ADDRESS,)),
    "FPDFPage_GetObject": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDFPageObj_GetType": (c_int, (_ADDRESS,)),
    "FPDFPageObj_GetBounds": (c_int, (_ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)),
    "FPDFPageObj_GetMatrix": (c_int, (_ADDRESS, _ADDRESS)),
    "FPDFImageObj_GetImageFilterCount": (c_int, (_ADDRESS,)),
    "FPDFImageObj_GetImageMetadata": (c_int, (_ADDRESS, _ADDRESS, _ADDRESS)),
    "FPDFImageObj_GetImageFilter": (c_ulong, (_ADDRESS, c_int, _ADDRESS, c_ulong)),
    "FPDFFormObj_CountObjects": (c_int, (_ADDRESS,)),
    "FPDFFormObj_GetObject": (_ADDRESS, (_ADDRESS, c_ulong)),
    "FPDFPath_CountSegments": (c_int, (_ADDRESS,)),
    "FPDFPath_GetPathSegment": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDFPath_GetDrawMode": (c_int, (_ADDRESS, _ADDRESS, _ADDRESS)),
    "FPDFPathSegment_GetPoint": (c_int, (_ADDRESS, _ADDRESS, _ADDRESS)),
    "FPDFPathSegment_GetType": (c_int, (_ADDRESS,)),
    "FPDFPathSegment_GetClose": (c_int, (_ADDRESS,)),
    "FPDFPage_GetAnnotCount": (c_int, (_ADDRESS,)),
    "FPDFPage_GetAnnot": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDFPage_CloseAnnot": (None, (_ADDRESS,)),
    "FPDFPage_Flatten": (c_int, (_ADDRESS, c_int)),
    "FPDFAnnot_GetSubtype": (c_int, (_ADDRESS,)),
    "FPDFAnnot_HasKey": (c_int, (_ADDRESS, ctypes.c_char_p)),
    "FORM_OnAfterLoadPage": (None, (_ADDRESS, _ADDRESS)),
    "FORM_OnBeforeClosePage": (None, (_ADDRESS, _ADDRESS)),
    "FPDFAnnot_GetFlags": (c_int, (_ADDRESS,)),
    "FPDFAnnot_GetRect": (c_int, (_ADDRESS, _ADDRESS)),
    "FPDFAnnot_GetStringValue": (c_ulong, (_ADDRESS, ctypes.c_char_p, _ADDRESS, c_ulong)),
    "FPDFAnnot_GetFormFieldType": (c_int, (_ADDRESS, _ADDRESS)),
    "FPDFAnnot_GetFormFieldName": (c_ulong, (_ADDRESS, _ADDRESS, _ADDRESS, c_ulong)),
    "FPDFAnnot_GetFormFieldValue": (c_ulong, (_ADDRESS, _ADDRESS, _ADDRESS, c_ulong)),
    "FPDFAnnot_IsChecked": (c_int, (_ADDRESS, _ADDRESS)),
    "FPDFDOC_InitFormFillEnvironment": (_ADDRESS, (_ADDRESS, _ADDRESS)),
    "FPDFDOC_ExitFormFillEnvironment": (None, (_ADDRESS,)),
    "FPDFDoc_GetAttachmentCount": (c_int, (_ADDRESS,)),
    "FPDFDoc_GetAttachment": (_ADDRESS, (_ADDRESS, c_int)),
    "FPDFAttachment_GetName": (c_ulong, (_ADDRESS, _ADDRESS, c_ulong)),
    "FPDFAttachment_GetSubtype": (c_ulong, (_ADDRESS, _ADDRESS, c_ulong)),
    "FPDFAttachment_GetFile": (c_int, (_ADDRESS, _ADDRESS, c_ulong, _ADDRESS)),
    "FPDFBitmap_CreateEx": (_ADDRESS, (c_int, c_int, c_int, _ADDRESS, c_int)),
    "FPDFBitmap_FillRect": (c_int, (_ADDRESS, c_int, c_int, c_int, c_int, c_ulong)),
    "FPDFImageObj_GetRenderedBitmap": (_ADDRESS, (_ADDRESS, _ADDRESS, _ADDRESS)),
    "FPDFBitmap_GetFormat": (c_int, (_ADDRESS,)),
    "FPDFBitmap_GetStride": (c_int, (_ADDRESS,)),
    "FPDFBitmap_GetHeight": (c_int, (_ADDRESS,)),
    "FPDFBitmap_GetBuffer": (_ADDRESS, (_ADDRESS,)),
    "FPDFBitmap_Destroy": (None, (_ADDRESS,)),
    "FPDF_RenderPageBitmap": (None, (_ADDRESS, _ADDRESS, c_int, c_int, c_int, c_int, c_int, c_int)),
}

GREY_BITMAP = raw.FPDFBitmap_Gray
ERROR_PASSWORD = raw.FPDF_ERR_PASSWORD
ERROR_SECURITY = raw.FPDF_ERR_SECURITY

__all__ = ["Pdfium", "c_double", "c_float", "load_pdfium"]


class Pdfium:
    """PDFium's functions under their own names. Handles and addresses are integers, 0 or None for none."""

    def __init__(self) -> None:
        library = ctypes.PyDLL(raw._libs["pdfium"]._name)
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
            setattr(self, name, function)
        raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2))

    def __getattr__(self, name: str) -> Any:
        """Only for the type checker: what is not in the table above does not exist."""
        raise AttributeError(name)


_loaded: list[Pdfium] = []


def load_pdfium() -> Pdfium:
    """The library, initialised once in this process."""
    if not _loaded:
        _loaded.append(Pdfium())
    return _loaded[0]


def read_utf16(function: Any, *arguments: Any) -> str:
    """The string of a PDFium getter that takes a buffer and its length last and tells the length it needs."""
    needed = function(*arguments, None, 0)
    if not 2 < needed < 1 << 24:
        return ""
    buffer = ctypes.create_string_buffer(needed)
    function(*arguments, ctypes.addressof(buffer), needed)
    return buffer.raw[: needed - 2].decode("utf-16-le", "replace")
