"""The register of proposals -> distinct proposals: each once, however often it was made.

    proposal  mentions  district     area     addressee     text_masked  language  reply
    P004             3  quba sabran  finance  municipality  Büdcə…       az        accepted

read aloud: P004 was made three times, in two districts; somebody has decided that the three are
one. Of who made it only the districts are told, and each of them only where enough people stand
behind its proposals; otherwise `district` leaves it out.

Rows that look alike are proposed to a person and count apart until then: in one language where the
letters are alike, across languages where area and addressee are the same and a number, a name or a
borrowed word is shared, or both name the same measure (see `similarity` for what that cannot find).
Of each column the first row that tells it counts; submitted is the first day, the reply the latest
one.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.activities.decisions import Resolved, resolve
from umid_research.activities.schema import translations
from umid_research.activities.similarity import shared_words, similarities
from umid_research.privacy import nameable
from umid_research.spelling import folded
from umid_research.study import Study

KIND = "proposal"
_TOLD = ("area", "addressee", "measure", "dimension")
_SAME_MATTER = ("area", "addressee")


@dataclass(frozen=True)
class Proposals:
    """The rows of the register with the number of the `one` each belongs to; the distinct ones.

    `unnamed` are the districts with proposals that may not be named as the origin of one.
    """

    rows: pd.DataFrame
    distinct: pd.DataFrame
    resolved: Resolved
    unnamed: frozenset[str]


def proposal_columns(study: Study) -> tuple[str, ...]:
    """The columns of the frame `proposals`."""
    return (
        *("proposal", "mentions", "district", *_TOLD),
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
    """Return what was proposed; `decisions` are those about proposals.

    `quoted` are texts, folded, that a report quotes with a group: their district is not named, or
    both would be.
    """
    keys = pd.Series(rows["proposal_id"].to_numpy(), index=pd.Index(rows["proposal_id"]))
    resolved = resolve(keys, _near(rows), decisions)
    ordered = rows.assign(one=resolved.entity_ids[rows["proposal_id"]].to_numpy())
    ordered = ordered.sort_values(["date", "row"], kind="stable")
    ordered = _in_its_language(ordered, study)
    people = _people_behind(ordered)
    unnamed = frozenset(people.index) - set(nameable(people, study.thresholds.answers))
    return Proposals(ordered, _distinct(ordered, unnamed, quoted, study), resolved, unnamed)


def no_rows(study: Study) -> pd.DataFrame:
    """A register of proposals without a row."""
    names = ["proposal_id", "date", "language", "text", "district", "group", "locality", *_TOLD]
    names += [*translations(study), "submitted", "reply", "reply_date", "row"]
    return pd.DataFrame(columns=names, dtype=object)


def _near(rows: pd.DataFrame) -> pd.DataFrame:
    """Pairs of ids that look alike, each with how much."""
    texts = rows["text"].tolist()
    alike = similarities(texts).astype(float)
    same_language = _equal(rows["language"])
    same_matter = np.logical_and.reduce([_equal(rows[column]) for column in _SAME_MATTER])
    shared = shared_words(texts)
    same_measure = _equal(rows["measure"]) & (rows["measure"] != "").to_numpy()
    across = same_matter & ((shared > 0) | same_measure)
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
    """With each text under its own language's column, too, where nobody has translated it."""
    texts = {name: rows[name] for name in translations(study)}
    for name, text in texts.items():
        own = (text == "") & (rows["language"] == name.removeprefix("text_"))
        texts[name] = text.mask(own, rows["text"])
    return rows.assign(text_masked=rows["text"], **texts)


def _people_behind(rows: pd.DataFrame) -> pd.Series:
    """By district, how many people have certainly made its proposals.

    The register does not say who proposed what. Only different groups, or different localities, are
    surely different people: two proposals of one group in one locality may be one person's.
    """
    known = rows[["district", "group", "locality"]].replace("", pd.NA)
    both = known.dropna().drop_duplicates().groupby("district").size().rename("both")
    counts = known.groupby("district", sort=False)[["group", "locality"]].nunique()
    return counts.join(both).max(axis=1).clip(lower=1)


def _distinct(
    rows: pd.DataFrame, unnamed: Collection[str], quoted: frozenset[str], study: Study
) -> pd.DataFrame:
    """The frame `proposals`; the rows in order of their date."""
    rows = rows.rename(columns={"proposal_id": "proposal"})
    columns = [*(*_TOLD, "text_masked", "language"), *translations(study)]
    # An empty cell tells nothing; `first` takes what there is.
    grouped = rows.assign(**{c: rows[c].mask(rows[c] == "") for c in columns}).groupby("one")
    found = grouped[["proposal", *columns]].first()
    replied = rows[rows["reply"] != ""].sort_values("reply_date", kind="stable")
    latest = replied.groupby("one")[["reply", "reply_date"]].last()
    found = found.assign(
        mentions=grouped.size(),
        district=_places(rows[~rows["district"].isin(list(unnamed))], study),
        submitted=grouped["submitted"].min(),
    ).join(latest)
    texts = [*columns, "reply", "district"]
    found = found.assign(**{name: found[name].fillna("") for name in texts})
    found["district"] = found["district"].mask(_is_quoted(found, quoted, study), "")
    return found.sort_values("proposal")[list(proposal_columns(study))].reset_index(drop=True)


def _is_quoted(found: pd.DataFrame, quoted: frozenset[str], study: Study) -> pd.Series:
    """Whether one of a proposal's texts is among the quoted ones."""
    texts = found[["text_masked", *translations(study)]]
    return texts.apply(lambda column: column.map(folded).isin(quoted)).any(axis=1)


def _places(rows: pd.DataFrame, study: Study) -> pd.Series:
    """The districts of each one, joined by spaces, in the study's order."""
    order = {key: place for place, key in enumerate(study.districts)}
    places = rows[["one", "district"]].drop_duplicates()
    places = places.sort_values("district", key=lambda keys: keys.map(order))
    return places.groupby("one")["district"].agg(" ".join)
