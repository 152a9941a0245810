"""Reading pixels: pages that are pictures become pages with text, in a warm process of their own."""

from evidoc.reading.ocr.worker import OcrWorker

__all__ = ["OcrWorker"]
