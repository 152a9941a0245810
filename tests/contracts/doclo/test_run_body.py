import base64
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.contracts.doclo.base64_file import Base64File
from evidoc.contracts.doclo.body_scan import BodyScan
from evidoc.kernel.errors import DocumentDamaged, InvalidRequest, RequestTooLarge

PATH = ("input", "document", "base64")


def in_pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    yield from (data[start:end] for start, end in pairwise(edges) if start < end)


def scanned(data: bytes, cuts: list[int], most: int = 1 << 20) -> tuple[BodyScan, bytes]:
    scan = BodyScan(PATH, most)
    aside = [part for piece in in_pieces(data, cuts) for part in scan.feed(piece)]
    return scan, b"".join(aside)


def decoded(folder: Path, texts: list[bytes], most: int = 1 << 20) -> tuple[bytes, Base64File]:
    path = folder / "file"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    try:
        file = Base64File(descriptor, most)
        for text in texts:
            file.write([text])
        file.finish()
    finally:
        os.close(descriptor)
    return path.read_bytes(), file


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(
    before=st.dictionaries(st.text(), JSON, max_size=3),
    after=st.dictionaries(st.text(), JSON, max_size=3),
    content=st.binary(max_size=200),
    cuts=st.lists(st.integers(min_value=0), max_size=8),
    indent=st.sampled_from([None, 2]),
    ascii_only=st.booleans(),
)
def test_the_long_string_goes_one_way_and_the_rest_the_other(
    before: dict[str, Any],
    after: dict[str, Any],
    content: bytes,
    cuts: list[int],
    indent: int | None,
    ascii_only: bool,
) -> None:
    text = base64.b64encode(content).decode()
    inner = {**before, "base64": text, **{name: value for name, value in after.items() if name != "base64"}}
    body = {**after, "input": {**before, "document": inner}}
    data = json.dumps(body, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    scan, aside = scanned(data, cuts)
    assert scan.found
    assert aside == text.encode()
    inner["base64"] = ""
    assert json.loads(bytes(scan.rest).decode("utf-8", "surrogatepass")) == body


@pytest.mark.parametrize(
    "body",
    [
        {"base64": "QQ=="},
        {"input": {"base64": "QQ=="}},
        {"input": {"document": [{"base64": "QQ=="}]}},
        {"input": [{"document": {"base64": "QQ=="}}]},
        {"input": {"document": {"base64": ["QQ=="]}}},
        {"input": {"document": {"base64": {"base64": "QQ=="}}}},
        {"input": {"document": {"base64": None, "more": "QQ=="}}},
        {"input": {"document": {"more": {"base64": "QQ=="}}}},
        ["input", "document", "base64", "QQ=="],
        "input",
        1,
    ],
)
def test_only_the_string_at_its_place_goes_aside(body: Any) -> None:
    data = json.dumps(body).encode()
    scan, aside = scanned(data, list(range(len(data))))
    assert not scan.found
    assert aside == b""
    assert bytes(scan.rest) == data


def test_a_name_may_be_written_with_escapes() -> None:
    scan, aside = scanned(rb'{"input": {"docu\u006dent": {"base\u00364": "QQ\u003d="}}}', [])
    assert scan.found
    assert aside == rb"QQ\u003d="


def test_the_rest_is_bounded_whatever_it_is() -> None:
    for data in (b'{"a": "' + b"x" * 2000, b"[" + b"1," * 1000, b" " * 2000, b'{"a":1,' * 300):
        with pytest.raises((RequestTooLarge, InvalidRequest)):
            scanned(data, [], most=1000)
    scan, aside = scanned(b'{"input":{"document":{"base64":"' + b"QUFB" * 1000, [], most=1000)
    assert len(aside) == 4000
    assert len(scan.rest) < 100


def test_nesting_is_bounded() -> None:
    with pytest.raises(InvalidRequest) as refused:
        scanned(b"[" * 100, [])
    assert "nested deeper" in refused.value.details[0].message


@given(content=st.binary(min_size=1, max_size=300), cuts=st.lists(st.integers(min_value=0), max_size=6), way=st.data())
def test_base64_means_its_bytes_in_every_spelling(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: list[int], way: st.DataObject
) -> None:
    text = way.draw(st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))(content)
    if way.draw(st.booleans()):
        text = text.rstrip(b"=")
    line_break = way.draw(st.sampled_from([b"", b"\\n", b"\\r\\n", b" ", b"\n"]))
    if line_break:
        text = line_break.join(text[at : at + 20] for at in range(0, len(text), 20)) + line_break
    if way.draw(st.booleans()):
        text = text.replace(b"/", b"\\/").replace(b"+", b"\\u002B").replace(b"=", b"\\u003d")
    head = way.draw(st.sampled_from([b"", b"data:image/png;base64,", b"DATA:application/pdf;name=a.pdf;base64,"]))
    read, file = decoded(tmp_path_factory.getbasetemp(), list(in_pieces(head + text, cuts)))
    assert read == content
    assert file.sha256 == sha256(content).hexdigest()
    assert file.declared_type == {b"": None, b"d": "image/png", b"D": "application/pdf"}[head[:1]]


@pytest.mark.parametrize(
    "text",
    [
        b"Q",
        b"QQ==QQ==",
        b"QQ===",
        b"QQ=Q",
        b"not base64!",
        b"QQ%3D%3D",
        b"\\u00e9QQ=",
        b"\\x41",
        b"QQ\\",
        b"data:application/pdf,QQ==",
        b"data:application/pdf;base64",
        b"data:" + b"x" * 3000,
        b"http://example.com/a.pdf",
        "Ä".encode(),
    ],
)
def test_what_is_not_base64_is_refused(tmp_path: Path, text: bytes) -> None:
    for pieces in ([text], [text[at : at + 1] for at in range(len(text))]):
        with pytest.raises(DocumentDamaged):
            decoded(tmp_path, pieces)


@pytest.mark.parametrize("text", [b"", b"  \\n", b"data:application/pdf;base64,"])
def test_nothing_is_no_document(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(InvalidRequest, match="Document base64 data is required"):
        decoded(tmp_path, [text])


def test_a_file_that_is_too_large_is_refused_before_it_is_whole(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_CREAT | os.O_WRONLY)
    file = Base64File(descriptor, 1000)
    file.write([base64.b64encode(bytes(999))])
    with pytest.raises(RequestTooLarge):
        file.write([base64.b64encode(bytes(3))])
    os.close(descriptor)
    assert (tmp_path / "file").stat().st_size <= 1000
