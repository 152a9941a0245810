import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.reading import Box, Fault
from evidoc.reading.page_image import PageImage, decode_page_image, encode_page_image
from tests.reading.ocr.pictures import page_of

IMAGE = PageImage(
    index=3,
    width=30.5,
    height=20,
    rotation=90,
    dpi=144,
    pixels=bytes(range(18)),
    columns=3,
    rows=2,
    channels=3,
    born_digital=page_of([[("Über", Box(1, 2, 3, 4))]]),
    faults=(Fault("picture_truncated", "It ends early", 3),),
)


def test_a_page_image_comes_back_as_it_was() -> None:
    assert decode_page_image(encode_page_image(IMAGE)) == IMAGE


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": 4},
        {"columns": 0},
        {"channels": 2},
        {"rows": -2},
        {"dpi": 0},
        {"width": float("nan")},
        {"rows": 2**40},
    ],
)
def test_a_page_image_that_contradicts_itself_is_refused(wrong: dict[str, float]) -> None:
    values = {name: getattr(IMAGE, name) for name in IMAGE.__slots__}
    with pytest.raises(ValueError, match=r"page image|pixels"):
        PageImage(**values | wrong)


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(1, 9))
def test_any_other_bytes_are_refused(noise: bytes, at: int, dropped: int) -> None:
    good = encode_page_image(IMAGE)
    for bad in (noise, good[:-dropped], good[:at]):
        if len(bad) < len(good):
            with pytest.raises(ValueError, match=r"\S"):
                decode_page_image(bad)
