"""Test which pictures and addresses a report may show, and what is left of a picture."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from small_indicators import Small, read_small

POSTS = "post_id,page_id,locality,date,category,title,url,screenshot,personal_data\n"
PRESS = "press_id,event_id,date,site,url,title,personal_data\n"


def _picture(path: Path, *, size: tuple[int, int] = (640, 360), colour: str = "red") -> None:
    """Write a PNG with words in its metadata."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "planted")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, pnginfo=words)


def _posted(folder: Path, *rows: str, pictures: tuple[str, ...] = ("b.png",)) -> Small:
    for name in pictures:
        _picture(folder / "activities" / "screenshots" / name)
    return read_small(folder, posts=POSTS + "".join(f"{row}\n" for row in rows))


def _post(number: int, place: str, day: str, picture: str = "b.png", personal: str = "no") -> str:
    return (
        f"B{number},G1,{place},{day},recruitment,A vacancy,"
        f"https://example.org/{number},{picture},{personal}"
    )


def test_of_each_place_the_latest_picture_is_shown_newest_first(tmp_path) -> None:
    """A later post without a picture does not matter."""
    small = _posted(
        tmp_path,
        _post(1, "n1", "2022-04-01"),
        _post(2, "n1", "2022-04-03"),
        _post(3, "s1", "2022-05-01"),
        _post(4, "n1", "2022-06-01", picture=""),
    )
    shown = small.counted().gallery

    assert ["B3", "B2"] == shown["post"].to_list()
    assert ["south", "north"] == shown["district"].to_list()


@pytest.mark.parametrize("personal", ["", "yes"])
def test_a_picture_is_shown_only_if_somebody_found_no_personal_data_in_it(
    tmp_path, personal
) -> None:
    """Nothing written is not a no."""
    small = _posted(tmp_path, _post(1, "n1", "2022-04-01", personal=personal))

    assert small.counted().gallery.empty


def test_a_picture_is_drawn_anew_small_and_without_its_metadata(tmp_path) -> None:
    """Its words are gone, its shape stays."""
    made = _posted(tmp_path, _post(1, "n1", "2022-04-01")).counted().gallery["picture"][0]
    content = base64.b64decode(made)
    with Image.open(io.BytesIO(content)) as picture:
        colour, size, words = picture.convert("RGB").getpixel((9, 9)), picture.size, picture.info

    assert (320, 180) == size
    assert (255, 0, 0) == colour
    assert "Author" not in words
    assert b"planted" not in content


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40], ids=["none", "text", "torn"]
)
def test_a_file_that_is_no_picture_is_an_issue_and_not_shown(tmp_path, content) -> None:
    """The post counts all the same."""
    small = _posted(tmp_path, _post(1, "n1", "2022-04-01"))
    (tmp_path / "activities" / "screenshots" / "b.png").write_bytes(content)
    found = small.counted()
    issues = found.activity_issues[found.activity_issues["column"] == "screenshot"]

    assert found.gallery.empty
    assert [("posts.csv", 2, "screenshot_unreadable", "not shown", "[text]")] == list(
        issues[["file", "row", "rule", "action", "old"]].itertuples(index=False, name=None)
    )


def test_a_huge_picture_is_refused_before_it_is_read(tmp_path) -> None:
    """It would take gigabytes; 41 million pixels of one colour are a small file."""
    small = _posted(tmp_path, _post(1, "n1", "2022-04-01"))
    huge = Image.new("1", (8200, 5000))
    huge.save(tmp_path / "activities" / "screenshots" / "b.png")
    found = small.counted()

    assert found.gallery.empty
    assert "screenshot_unreadable" in set(found.activity_issues["rule"])


def _pressed(folder: Path, *rows: str, names: str = "") -> Small:
    small = read_small(folder, press=PRESS + "".join(f"{row}\n" for row in rows))
    if not names:
        return small
    listed = small.study.model_copy(update={"names": (names,)})
    return Small(small.registers, small.cleaned, small.meetings, listed)


def test_an_address_is_shown_only_if_somebody_looked_at_it(tmp_path) -> None:
    """The others are counted as rows, without address."""
    small = _pressed(
        tmp_path,
        "R1,W1,2022-07-03,A site,https://www.example.org/news/1,,no",
        "R2,W1,2022-07-02,A site,https://example.org/news/2,,yes",
        "R3,W1,2022-07-04,A site,https://example.org/news/3,,",
    )
    found = small.counted().press

    assert ["R2", "R1", "R3"] == found["press"].to_list()
    assert ["", "https://www.example.org/news/1", ""] == found["link"].to_list()
    assert [False, True, False] == found["shown"].to_list()


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/news/samplova-speaks",
        "https://example.org/?who=Samplova",
        "https://example.org/2022/Samplova_1.html",
        "https://example.org/%53amplova",
        "https://ann@example.org/news/1",
        "https://example.org/to/ann@example.org",
    ],
)
def test_an_address_with_a_listed_name_is_not_shown_whatever_was_declared(
    tmp_path, address
) -> None:
    """It is an issue, so that somebody corrects the register."""
    small = _pressed(tmp_path, f"R1,W1,2022-07-03,A site,{address},,no", names="Samplova")
    found = small.counted()
    issues = found.activity_issues[found.activity_issues["file"] == "press.csv"]

    assert [""] == found.press["link"].to_list()
    assert [("url", "personal_data", "not shown")] == list(
        issues[["column", "rule", "action"]].itertuples(index=False, name=None)
    )


def test_numbers_in_an_address_are_no_reason_to_hide_it(tmp_path) -> None:
    """News have dates and long numbers in their addresses."""
    address = "https://example.org/2022/07/03/1109893"
    small = _pressed(tmp_path, f"R1,W1,2022-07-03,A site,{address},,no", names="Samplova")

    assert [address] == small.counted().press["link"].to_list()
