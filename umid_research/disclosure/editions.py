"""Rule 9: what a study's earlier edition published is known when a later one is published.

A later edition has more answers, fewer (somebody withdrew), or corrected ones. Whoever has both
subtracts, and learns about those who came, went or were corrected:

    edition  group   yes  no  people      second, as published
    first    office    6   5      11
    second   office    6   6      12      withheld: the twelfth said no
    first    ngo       4   3       7
    second   ngo       4   3       7      4   3       7

So each cell of a later edition is compared with the same one of each earlier edition. With `least`
for `thresholds.answers`, or `thresholds.respondents` if that is more, it may be shown only if

- it is the same in every number; or
- its people are `least` more or fewer, and the difference is not one answer that all of them gave
  (rules 1 and 3, for the table that a subtraction makes);
- and the earlier edition showed it, or at least `least` more or fewer people of its group and
  district were asked.

Where one cell of a question (or dimension, or theme) may not be shown, none is that has changed:
the total less the other groups would tell. Rule 5 follows. Where it would have to withhold a number
that is the same as before, which everybody knows, nothing that has changed is shown on that
question or dimension.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.disclosure.audit.counts import TABLES
from umid_research.disclosure.audit.linked_scores import MEANS
from umid_research.disclosure.derived import withhold
from umid_research.disclosure.tables import PUBLISHED
from umid_research.errors import StudyError
from umid_research.frames import read_frame
from umid_research.study import Study

_COUNTS = (*TABLES, "themes_meetings", "themes_survey")
_OF_PEOPLE = (*TABLES, *MEANS, "numbers", "members")
COMPARED = (*_OF_PEOPLE, "themes_meetings", "themes_survey", "not_knowing", "reliability")
_BY_STATISTIC = [name for name in COMPARED if "statistic" in PUBLISHED[name].columns.values()]
_ASKED = "field_work"
_CELL = ["table", "dimension", "question", "group", "district", "side"]
_ROW = [*_CELL, "answer", "statistic"]
_PLACE = ["group", "district"]
_TOPIC = ["dimension", "question"]
_NUMBERS = ["value", "low", "high", "units", "percent", "respondents"]


def read_editions(folder: Path, study: Study) -> list[pd.DataFrame]:
    """Return the published numbers of each earlier edition, in the columns of `published`.

    Parameters
    ----------
    folder : Path
        The study folder, or the copy of its description. `editions` in `study.toml` names folders
        in it; each has the tables of `data/processed/published` as they were.

    Raises
    ------
    StudyError
        If there is no such folder.
    FrameError
        If it lacks a table, or one breaks its schema.
    """
    found = []
    for name in study.editions:
        path = Path(folder) / name
        if not path.is_dir():
            raise StudyError(
                "`editions` names a folder that is not here; copy the folder `published` of the "
                "earlier edition's frames to it",
                where=str(path),
            )
        tables = [table for table in (*COMPARED, _ASKED) if _is_there(path, table)]
        parts = [_as_audited(read_frame(path, PUBLISHED[table].schema), table) for table in tables]
        found.append(pd.concat(parts, ignore_index=True))
    return found


def edition_files(folder: Path, study: Study) -> Iterator[Path]:
    """Yield the files of the earlier editions that are compared."""
    for name in study.editions:
        for table in (*COMPARED, _ASKED):
            if _is_there(Path(folder) / name, table):
                yield Path(folder) / name / f"{table}.csv"


def _is_there(folder: Path, table: str) -> bool:
    """Return whether a table is to be read: all must be there but those that few studies have."""
    return table != "members" or (folder / f"{table}.csv").is_file()


def _as_audited(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    names = {own: audited for own, audited in PUBLISHED[table].columns.items() if own != audited}
    return rows.rename(columns=names).assign(table=table)


def protect_edition(
    published: pd.DataFrame,
    editions: list[pd.DataFrame],
    study: Study,
    protect: Callable[[pd.DataFrame], pd.DataFrame],
) -> tuple[pd.DataFrame, int]:
    """Return `published` after rules 9 and 5, and how many numbers rule 9 withheld by itself.

    `protect` is rule 5 (`suppression.protect`), which returns a copy.
    """
    published = published.copy()
    before = int(published["shown"].sum())
    same = withhold_differences(published, editions, study)
    withheld = before - int(published["shown"].sum())
    known = published[same]
    published = protect(published)
    while withhold_new(published, known):
        published = protect(published)
    return published, withheld


def withhold_differences(
    published: pd.DataFrame, editions: list[pd.DataFrame], study: Study
) -> pd.Series:
    """Withhold, in place, what an earlier edition and this one would tell of few people.

    Returns which of the shown rows are the same as in an earlier edition: row of `published`.
    """
    least = max(study.thresholds.answers, study.thresholds.respondents)
    same = pd.Series(False, index=published.index)
    for edition in editions:
        rows = published[published["shown"] & published["table"].isin(COMPARED)]
        found = _compared(rows, edition)
        cell = found.groupby(_CELL, sort=False)
        changed = cell["differs"].transform("any")
        people = cell["people"].transform("max")
        few = changed & (people < least)
        # All who came gave one answer, or none of them an answer that is asked by itself.
        few |= changed & cell["unanimous"].transform("any")
        grown = (_asked(published, rows) - _asked(edition, rows)).abs() >= least
        grown &= rows["table"].isin(_OF_PEOPLE)
        few |= found["was_withheld"] & ~grown.to_numpy()
        # What changed elsewhere on the topic would bound or tell what changed by few.
        few |= changed & few.groupby([found[name] for name in _TOPIC]).transform("any")
        withhold(published, list(rows.index[few.to_numpy()]))
        same[rows.index] |= ~changed.to_numpy() & ~few.to_numpy()
    return same & published["shown"]


def withhold_new(published: pd.DataFrame, known: pd.DataFrame) -> bool:
    """Withhold, in place, all that has changed on a topic on which a known number was withheld.

    `known` are the rows that `withhold_differences` found to be the same, from before rule 5.
    Returns whether anything was withheld.
    """
    same = _index(published, _ROW).isin(_index(known, _ROW))
    lost = published[same & ~published["shown"].to_numpy()]
    own = _index(published, _TOPIC).isin(_index(lost, _TOPIC))
    new = published["shown"] & ~same & own & published["table"].isin(COMPARED)
    withhold(published, list(published.index[new]))
    return bool(new.any())


def _compared(rows: pd.DataFrame, edition: pd.DataFrame) -> pd.DataFrame:
    """Return how each row differs from the edition's; a cell that it lacks had nobody in it."""
    keys = _index(rows, _ROW)
    of_edition = edition.reindex(columns=[*_ROW, *_NUMBERS, "shown"])
    before = of_edition.set_axis(_index(of_edition, _ROW))
    before = before[~before.index.duplicated()].reindex(keys)
    was_there = before["shown"].notna().to_numpy()
    was_shown = (before["shown"] == True).to_numpy()  # noqa: E712
    numbers, earlier = (frame[_NUMBERS].to_numpy(dtype=float) for frame in (rows, before))
    same = (numbers == earlier) | (np.isnan(numbers) & np.isnan(earlier))
    # A question that the edition did not ask tells nothing when it is subtracted.
    topics = ["table", *_TOPIC]
    was_asked = _index(rows, topics).isin(_index(of_edition, topics))
    change = np.abs(numbers - np.nan_to_num(earlier))
    people, moved = (change[:, _NUMBERS.index(name)] for name in ("respondents", "value"))
    is_count = rows["table"].isin(_COUNTS).to_numpy()
    return keys.to_frame(index=False).assign(
        differs=~same.all(axis=1) & was_asked & (was_shown | ~was_there),
        people=people,
        unanimous=is_count & was_shown & (moved == people) & (people > 0),
        was_withheld=was_there & ~was_shown,
    )


def _asked(published: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return how many people of each row's group and district were asked; NaN if it is withheld."""
    work = published[(published["table"] == _ASKED) & published["locality"].isna()]
    asked = pd.Series(work["respondents"].to_numpy(dtype=float), _index(work, _PLACE))
    found = asked.reindex(_index(rows, _PLACE), fill_value=0.0)
    return pd.Series(found.to_numpy(), rows.index)


def _index(rows: pd.DataFrame, keys: list[str]) -> pd.MultiIndex:
    """Return some keys of each row, blank ones as "".

    The one statistic of a table is not written with it, so it is no key of that table.
    """
    found = rows[keys].astype(object).fillna("")
    if "statistic" in keys:
        found["statistic"] = found["statistic"].where(rows["table"].isin(_BY_STATISTIC), "")
    return pd.MultiIndex.from_frame(found)
