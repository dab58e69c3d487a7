"""Count the posts per locality and category, and the pages per locality, as frame `coverage`.

    locality  district  category           pieces
    Guba 1    quba      budget_execution        2
    Guba 1    quba      recruitment             0
    Guba 1    quba      page:municipality       1

For example, two posts about the execution of the budget were published for Guba 1, none about
recruitment, and its municipality has a page. If the register exists, every locality × category has
a row and 0 means that nothing was published; without the register there are no rows. A post is
identified by its web address: the same address counts once.
"""

from collections.abc import Sequence

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.clean.registers import ISSUE_COLUMNS, NOT_SHOWN
from umid_research.indicators.schema import CATEGORIES, OWNERS
from umid_research.study import Study

COLUMNS = ("locality", "district", "category", "pieces")
PAGE = "page:"
RULE, ACTION = "url_twice", "counted once"


def count_coverage(
    pages: pd.DataFrame | None, posts: pd.DataFrame | None, study: Study
) -> pd.DataFrame:
    """Return the frame `coverage`; pass None for a register without usable rows."""
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    if posts is not None:
        parts.append(_cells(posts.assign(piece=comparable_urls(posts["url"])), CATEGORIES, study))
    if pages is not None:
        pieces = pages.assign(
            piece=comparable_urls(pages["url"]), category=PAGE + pages["owner_type"]
        )
        parts.append(_cells(pieces, [PAGE + owner for owner in OWNERS], study))
    return pd.concat(parts, ignore_index=True)


def comparable_urls(urls: pd.Series) -> pd.Series:
    """Return the web addresses without scheme, www and final slash, for comparison.

    Only the host is put in lower case, because the path of an address is case-sensitive.
    """
    plain = urls.str.strip().str.replace(r"^https?://(?:www\.)?", "", regex=True, case=False)
    site = plain.str.extract(r"^([^/]*)")[0].str.lower()
    return site.str.cat(plain.str.replace(r"^[^/]*", "", regex=True)).str.rstrip("/")


def url_issues(posts: pd.DataFrame) -> pd.DataFrame:
    """Return an issue for each post whose address is already in a row above."""
    rows = posts[comparable_urls(posts["url"]).duplicated()]
    rows = rows.assign(column="url", rule=RULE, action=ACTION, old=NOT_SHOWN)
    return rows[list(ISSUE_COLUMNS)]


def _cells(pieces: pd.DataFrame, categories: Sequence[str], study: Study) -> pd.DataFrame:
    due = pd.DataFrame(district_of(study).items(), columns=["locality", "district"])
    due = due.merge(pd.DataFrame({"category": list(categories)}), how="cross")
    counts = pieces.groupby(["locality", "category"])["piece"].nunique().rename("pieces")
    cells = due.merge(counts.reset_index(), how="left", on=["locality", "category"])
    return cells.fillna({"pieces": 0}).astype({"pieces": int})
