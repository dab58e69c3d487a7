"""Find the distinct proposals in the register, each once however often it was made.

    proposal  mentions  district     area     addressee     text_masked  language  reply
    P004             3  quba sabran  finance  municipality  Büdcə…       az        accepted

For example, P004 was made three times, in two districts; somebody has decided that the three rows
are one proposal. Only the districts of the authors are published, and a district only if enough
people made proposals there (see `privacy.origin`); otherwise `district` leaves it out.

Similar rows are proposed as a pair, to be decided by a person, and count separately until then. In
one language, the letters must be similar; across languages, area and addressee must be equal and
the texts must share a number, a name or a borrowed word, or name the same measure (`similarity`
says what this cannot find). Each column takes the first value that is not blank; `submitted` is
the earliest date, and `reply` the latest reply.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean.privacy import nameable
from umid_research.indicators.decisions import Resolved, resolve
from umid_research.indicators.schema import translations
from umid_research.indicators.similarity import shared_words, similarities
from umid_research.study import Study
from umid_research.study.spelling import folded

KIND = "proposal"
_DESCRIBED = ("area", "addressee", "measure", "dimension")
_SAME_SUBJECT = ("area", "addressee")


@dataclass(frozen=True)
class Proposals:
    """The rows of the register and the distinct proposals.

    In `rows`, the column `entity` is the number of the distinct proposal. `unnamed` are the
    districts that may not be named as the origin of a proposal.
    """

    rows: pd.DataFrame
    distinct: pd.DataFrame
    resolved: Resolved
    unnamed: frozenset[str]


def proposal_columns(study: Study) -> tuple[str, ...]:
    """Return the columns of the frame `proposals`."""
    return (
        *("proposal", "mentions", "district", *_DESCRIBED),
        *("text_masked", "language", *translations(study)),
        *("submitted", "reply", "reply_date"),
    )


def distinct_proposals(
    rows: pd.DataFrame,
    decisions: pd.DataFrame,
    study: Study,
    *,
    quoted: frozenset[str] = frozenset(),
) -> Proposals:
    """Return the distinct proposals.

    Parameters
    ----------
    rows : DataFrame
        The register of proposals, with masked texts.
    decisions : DataFrame
        The decisions about proposals.
    quoted : frozenset of str
        Folded texts that a report quotes with the author's group. The district of such a proposal
        is blanked: group and district together could identify the author.
    """
    keys = pd.Series(rows["proposal_id"].to_numpy(), index=pd.Index(rows["proposal_id"]))
    resolved = resolve(keys, _similar_pairs(rows), decisions)
    ordered = rows.assign(entity=resolved.entity_ids[rows["proposal_id"]].to_numpy())
    ordered = ordered.sort_values(["date", "row"], kind="stable")
    ordered = _in_its_language(ordered, study)
    people = _people_behind(ordered)
    unnamed = frozenset(people.index) - set(nameable(people, study.thresholds.answers))
    return Proposals(ordered, _distinct(ordered, unnamed, quoted, study), resolved, unnamed)


def _similar_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of ids of similar proposals with their similarity (0 to 100)."""
    texts = rows["text"].tolist()
    alike = similarities(texts).astype(float)
    same_language = _equal(rows["language"])
    same_subject = np.logical_and.reduce([_equal(rows[column]) for column in _SAME_SUBJECT])
    shared = shared_words(texts)
    same_measure = _equal(rows["measure"]) & (rows["measure"] != "").to_numpy()
    across = same_subject & ((shared > 0) | same_measure)
    near = np.where(same_language, alike > 0, across)
    one, other = np.nonzero(np.triu(near, 1))
    ids, similarity = rows["proposal_id"].to_numpy(), np.where(same_language, alike, shared)
    return pd.DataFrame(
        {"first": ids[one], "second": ids[other], "similarity": similarity[one, other]}
    )


def _equal(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype=object)
    return values == values[:, np.newaxis]


def _in_its_language(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Copy each text to the column of its own language, unless that column is already filled."""
    texts = {name: rows[name] for name in translations(study)}
    for name, text in texts.items():
        own = (text == "") & (rows["language"] == name.removeprefix("text_"))
        texts[name] = text.mask(own, rows["text"])
    return rows.assign(text_masked=rows["text"], **texts)


def _people_behind(rows: pd.DataFrame) -> pd.Series:
    """Return, per district, a lower bound of the number of people who made its proposals.

    The register has no authors. Only proposals from different groups or localities are certainly
    by different people: two proposals of one group in one locality may be by one person.
    """
    known = rows[["district", "group", "locality"]].replace("", pd.NA)
    both = known.dropna().drop_duplicates().groupby("district").size().rename("both")
    counts = known.groupby("district", sort=False)[["group", "locality"]].nunique()
    return counts.join(both).max(axis=1).clip(lower=1)


def _distinct(
    rows: pd.DataFrame, unnamed: Collection[str], quoted: frozenset[str], study: Study
) -> pd.DataFrame:
    """Return the frame `proposals` from the rows in order of their date."""
    rows = rows.rename(columns={"proposal_id": "proposal"})
    columns = [*(*_DESCRIBED, "text_masked", "language"), *translations(study)]
    # Blank cells become missing, because `first` skips only missing values.
    grouped = rows.assign(**{c: rows[c].mask(rows[c] == "") for c in columns}).groupby("entity")
    found = grouped[["proposal", *columns]].first()
    replied = rows[rows["reply"] != ""].sort_values("reply_date", kind="stable")
    latest = replied.groupby("entity")[["reply", "reply_date"]].last()
    found = found.assign(
        mentions=grouped.size(),
        district=_districts(rows[~rows["district"].isin(list(unnamed))], study),
        submitted=grouped["submitted"].min(),
    ).join(latest)
    texts = [*columns, "reply", "district"]
    found = found.assign(**{name: found[name].fillna("") for name in texts})
    found["district"] = found["district"].mask(_has_quoted_text(found, quoted, study), "")
    return found.sort_values("proposal")[list(proposal_columns(study))].reset_index(drop=True)


def _has_quoted_text(found: pd.DataFrame, quoted: frozenset[str], study: Study) -> pd.Series:
    """Return whether any text of each proposal is quoted, in the original or a translation."""
    texts = found[["text_masked", *translations(study)]]
    return texts.apply(lambda column: column.map(folded).isin(quoted)).any(axis=1)


def _districts(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Return the districts of each proposal, joined by spaces, in the study's order."""
    order = {key: place for place, key in enumerate(study.districts)}
    places = rows[["entity", "district"]].drop_duplicates()
    places = places.sort_values("district", key=lambda keys: keys.map(order))
    return places.groupby("entity")["district"].agg(" ".join)
