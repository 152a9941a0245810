"""The OCR process: ``python -m evidoc.reading.ocr.process``. Page images come in on stdin, pages go out on stdout.

It ends when stdin does, in the middle of a page if need be: so no owner, however it died, leaves one behind.
"""

import json
import os
import sys
from queue import SimpleQueue
from threading import Thread

import cv2

from evidoc.kernel.errors import EvidocError, InternalError
from evidoc.kernel.page_codec import encode_page
from evidoc.reading.ocr.frames import Kind, receive, send
from evidoc.reading.ocr.page import PageRecogniser
from evidoc.reading.page_image import decode_page_image


def main() -> None:
    """Answer one image after another until the owner is gone."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not land among the frames
    images: SimpleQueue[bytearray] = SimpleQueue()
    Thread(target=_listen, args=(images,), daemon=True).start()
    cv2.setNumThreads(1)
    recogniser = PageRecogniser()
    while True:
        kind, body = _answer(recogniser, images.get())
        send(answers, kind, body)


def _listen(images: "SimpleQueue[bytearray]") -> None:
    while frame := receive(0):
        images.put(frame[1])
    os._exit(0)


def _answer(recogniser: PageRecogniser, data: bytearray) -> tuple[Kind, bytes]:
    try:
        return Kind.PAGE, encode_page(recogniser.recognise(decode_page_image(bytes(data))))
    except EvidocError as error:
        return Kind.ERROR, _error(error)
    except Exception as error:  # noqa: BLE001 - the process's edge: one bad page must not end it
        sys.excepthook(type(error), error, error.__traceback__)
        return Kind.ERROR, _error(InternalError())


def _error(error: EvidocError) -> bytes:
    return json.dumps([error.code, error.message]).encode()


if __name__ == "__main__":
    main()
