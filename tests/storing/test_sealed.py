from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.errors import ContentDamaged
from evidoc.storing.sealed import CHUNK_BYTES, SealedReader, SealedWriter

KEY = bytes(range(32))
HEADER_BYTES = 36
STORED_CHUNK_BYTES = CHUNK_BYTES + 16

near_boundaries = st.builds(
    lambda chunks, offset: max(0, chunks * CHUNK_BYTES + offset), st.integers(0, 3), st.integers(-2, 2)
)


@dataclass
class Memory:
    data: bytearray = field(default_factory=bytearray)

    @property
    def size(self) -> int:
        return len(self.data)

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return bytes(self.data[offset : offset + length])


def seal(parts: list[bytes], context: bytes = b"here") -> Memory:
    memory = Memory()
    writer = SealedWriter(memory, KEY, context)
    for part in parts:
        writer.write(part)
    writer.finish()
    return memory


def unseal(memory: Memory, context: bytes = b"here", key: bytes = KEY) -> bytes:
    return b"".join(SealedReader(memory, key, context).chunks())


def content(length: int) -> bytes:
    return (b"0123456789abcdef" * (length // 16 + 1))[:length]


@given(length=near_boundaries, cuts=st.lists(near_boundaries, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_length_written_in_any_parts_comes_back(length: int, cuts: list[int]) -> None:
    data = content(length)
    bounds = [0, *sorted(min(cut, length) for cut in cuts), length]
    parts = [data[start:end] for start, end in pairwise(bounds)]
    memory = seal(parts)
    assert unseal(memory) == data
    assert SealedReader(memory, KEY, b"here").size == length


@given(length=near_boundaries, start=near_boundaries, wanted=near_boundaries)
@settings(max_examples=60, deadline=None)
def test_any_part_can_be_read_alone(length: int, start: int, wanted: int) -> None:
    data = content(length)
    reader = SealedReader(seal([data]), KEY, b"here")
    start = min(start, length)
    wanted = min(wanted, length - start)
    assert reader.read(start, wanted) == data[start : start + wanted]
    with pytest.raises(ContentDamaged):
        reader.read(start, length - start + 1)


@given(length=near_boundaries, place=st.integers(0, 2**31), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_one_flipped_bit_anywhere_is_noticed(length: int, place: int, bit: int) -> None:
    memory = seal([content(length)])
    memory.data[place % memory.size] ^= 1 << bit
    with pytest.raises(ContentDamaged):
        unseal(memory)


@given(length=near_boundaries, kept=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_a_file_that_was_cut_off_does_not_open(length: int, kept: int) -> None:
    memory = seal([content(length)])
    del memory.data[kept % memory.size :]
    with pytest.raises(ContentDamaged):
        SealedReader(memory, KEY, b"here")


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_file_cut_between_chunks_does_not_open(chunks: int) -> None:
    memory = seal([content(4 * CHUNK_BYTES)])
    del memory.data[HEADER_BYTES + chunks * STORED_CHUNK_BYTES :]
    with pytest.raises(ContentDamaged):
        SealedReader(memory, KEY, b"here")


def test_chunks_in_another_order_are_noticed() -> None:
    memory = seal([content(3 * CHUNK_BYTES)])
    first = slice(HEADER_BYTES, HEADER_BYTES + STORED_CHUNK_BYTES)
    second = slice(first.stop, first.stop + STORED_CHUNK_BYTES)
    memory.data[first], memory.data[second] = memory.data[second], memory.data[first]
    with pytest.raises(ContentDamaged):
        unseal(memory)


def test_bytes_that_were_added_are_noticed() -> None:
    for extra in (b"x", bytes(16), bytes(STORED_CHUNK_BYTES)):
        memory = seal([content(CHUNK_BYTES)])
        memory.write(extra)
        with pytest.raises(ContentDamaged):
            unseal(memory)


def test_a_file_in_the_place_of_another_or_under_another_key_does_not_open() -> None:
    memory = seal([b"abc"])
    with pytest.raises(ContentDamaged):
        unseal(memory, context=b"there")
    with pytest.raises(ContentDamaged):
        unseal(memory, key=bytes(32))


def test_a_file_that_was_never_finished_does_not_open() -> None:
    for length in (0, 5, CHUNK_BYTES, 2 * CHUNK_BYTES + 1):
        memory = Memory()
        SealedWriter(memory, KEY, b"here").write(content(length))
        with pytest.raises(ContentDamaged):
            SealedReader(memory, KEY, b"here")


def test_equal_content_never_looks_equal() -> None:
    assert seal([b"same"]).data[HEADER_BYTES:] != seal([b"same"]).data[HEADER_BYTES:]
