"""Choose what a report shows of the information and the press: pictures and links.

    gallery   post  date        locality  district  category           picture
              B012  2022-05-12  Guba 1    quba      budget_execution   iVBORw0KGgo…

    press     press  date        event  link                         shown
              R1     2022-06-15  W1     https://xeber.example.org/1   True
              R2     2022-06-16  W1                                  False

A picture or an address may name somebody. So it is shown only if the person who wrote the row
looked and wrote `no` under `personal_data`. An address is not shown either if the rules for
people's words find a name in it. Of the rest of a row, only codes and dates are shown. A picture is
drawn anew, smaller and with few colours, without what a camera or program wrote into the file.
"""

import base64
import io
import warnings
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
from PIL import Image, UnidentifiedImageError

from umid_research.analysis.implementation.evidence import district_of
from umid_research.clean.privacy import mask_texts
from umid_research.clean.registers import ISSUE_COLUMNS, NOT_SHOWN
from umid_research.indicators.columns import SCREENSHOTS
from umid_research.study import Study

GALLERY_COLUMNS = ("post", "date", "locality", "district", "category", "picture")
PRESS_COLUMNS = ("press", "date", "event", "link", "shown")
UNREADABLE, NAMED, ACTION = "screenshot_unreadable", "personal_data", "not shown"
# More pictures than these fill pages and show nothing new.
_MOST = 12
_WIDTH, _COLOURS = 320, 64
_MAX_PIXELS = 40_000_000
_NO = "no"


def choose_pictures(
    posts: pd.DataFrame, folder: Path, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame `gallery`, and an issue for each picture that cannot be read.

    Of each locality the latest post with a picture is shown, of at most 12 localities; those with
    the latest posts come first. `folder` is the folder of the registers.
    """
    rows = posts[(posts["screenshot"] != "") & (posts["personal_data"] == _NO)]
    pictures = [_picture(Path(folder) / SCREENSHOTS / name) for name in rows["screenshot"]]
    rows = rows.assign(picture=pd.Series(pictures, index=rows.index, dtype="str"))
    unreadable = rows[rows["picture"] == ""]
    latest = (
        rows[rows["picture"] != ""]
        .sort_values(["date", "post_id"], ascending=[False, True], kind="stable")
        .drop_duplicates("locality")
        .head(_MOST)
        .rename(columns={"post_id": "post"})
    )
    district = latest["locality"].map(district_of(study))
    shown = latest.assign(district=district)[list(GALLERY_COLUMNS)].reset_index(drop=True)
    return shown, _issues(unreadable, "screenshot", UNREADABLE)


def choose_links(press: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame `press`, in order of date, and an issue for each address with a name."""
    words = press["url"].map(_words_of)
    _, found = mask_texts(words, names=study.names)
    named = found[["name", "email"]].any(axis=1) | press["url"].str.contains("@")
    cleared = press["personal_data"] == _NO
    shown = cleared & ~named
    rows = pd.DataFrame(
        {
            "press": press["press_id"],
            "date": press["date"],
            "event": press["event_id"],
            "link": press["url"].where(shown, ""),
            "shown": shown,
        }
    )
    ordered = rows.sort_values(["date", "press"], kind="stable", ignore_index=True)
    return ordered[list(PRESS_COLUMNS)], _issues(press[cleared & named], "url", NAMED)


def _words_of(address: str) -> str:
    """Return the words of an address after its site, as a text in which names can be found."""
    parts = urlsplit(address)
    words = unquote(f"{parts.path} {parts.query} {parts.fragment}")
    return "".join(letter if letter.isalnum() else " " for letter in words)


def _issues(rows: pd.DataFrame, column: str, rule: str) -> pd.DataFrame:
    noted = rows.assign(column=column, rule=rule, action=ACTION, old=NOT_SHOWN)
    return noted[list(ISSUE_COLUMNS)]


def _picture(path: Path) -> str:
    """Return the picture as a small PNG in base64, "" if the file is no picture of usual size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > _MAX_PIXELS:
                    return ""
                drawn = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Warning):
        return ""
    if drawn.width > _WIDTH:
        height = max(1, round(drawn.height * _WIDTH / drawn.width))
        drawn = drawn.resize((_WIDTH, height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode("ascii")
