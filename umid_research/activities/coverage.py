"""The registers of pages and posts -> `coverage`: what was published where, and what was not.

    locality  district  category           pieces
    Guba 1    quba      budget_execution        2
    Guba 1    quba      recruitment             0
    Guba 1    quba      page:municipality       1

read aloud: of Guba 1 two pieces about the execution of the budget were published, of recruitment
none, and its municipality has a page. A nought is a gap that somebody looked into: every locality ×
category is there when the register is, and none when it is not. A piece is an address; posted
twice, it counts once.
"""

from collections.abc import Sequence

import pandas as pd

from umid_research.activities.schema import CATEGORIES, OWNERS
from umid_research.implementation.evidence import district_of
from umid_research.registers import ISSUE_COLUMNS, NOT_SHOWN
from umid_research.study import Study

COLUMNS = ("locality", "district", "category", "pieces")
PAGE = "page:"
RULE, ACTION = "url_twice", "counted once"


def cover(pages: pd.DataFrame | None, posts: pd.DataFrame | None, study: Study) -> pd.DataFrame:
    """The frame `coverage`; None for a register that has no usable row."""
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    if posts is not None:
        parts.append(_cells(posts.assign(piece=addresses(posts["url"])), CATEGORIES, study))
    if pages is not None:
        pieces = pages.assign(piece=addresses(pages["url"]), category=PAGE + pages["owner_type"])
        parts.append(_cells(pieces, [PAGE + owner for owner in OWNERS], study))
    return pd.concat(parts, ignore_index=True)


def addresses(urls: pd.Series) -> pd.Series:
    """The addresses as they are compared: without scheme, www, and a stroke at the end.

    Capitals say nothing in the name of a site, and much in what follows it.
    """
    plain = urls.str.strip().str.replace(r"^https?://(?:www\.)?", "", regex=True, case=False)
    site = plain.str.extract(r"^([^/]*)")[0].str.lower()
    return site.str.cat(plain.str.replace(r"^[^/]*", "", regex=True)).str.rstrip("/")


def url_issues(posts: pd.DataFrame) -> pd.DataFrame:
    """Issues: the posts whose address stands in a row above."""
    rows = posts[addresses(posts["url"]).duplicated()]
    rows = rows.assign(column="url", rule=RULE, action=ACTION, old=NOT_SHOWN)
    return rows[list(ISSUE_COLUMNS)]


def _cells(pieces: pd.DataFrame, categories: Sequence[str], study: Study) -> pd.DataFrame:
    due = pd.DataFrame(district_of(study).items(), columns=["locality", "district"])
    due = due.merge(pd.DataFrame({"category": list(categories)}), how="cross")
    counts = pieces.groupby(["locality", "category"])["piece"].nunique().rename("pieces")
    cells = due.merge(counts.reset_index(), how="left", on=["locality", "category"])
    return cells.fillna({"pieces": 0}).astype({"pieces": int})
