"""Rows of `published` on files, submissions and people reached; they contain no answers.

    table    question  answer  statistic        value
    account                    files                2
    account                    read_from_label    390
    account  saw_plan          not_in_version      12
    account  channels  web     not_in_version      12

For example, there were two files; 390 answers were labels that were replaced by codes; 12
submissions came from a version of the form without `saw_plan`, and without the choice `web` of
`channels`. Names of files are not published: they may contain names of people.

A study may declare small counts as not to be shown (`thresholds.count`, rule 7). Then they are
withheld here, too, with those that would reveal them, and no number is shown by locality.
"""

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.small_counts import (
    is_small,
    without_small_counts,
    without_small_parts,
)
from umid_research.study import Study

# These are counted per question; everything else is summed over all of them.
_BY_QUESTION = ("kept_as_text", "not_in_version")
# The number of all members would give their exact mean, which `numbers` rounds or withholds.
_NOT_PUBLISHED = ("members",)
# These count files or versions of the form, everything else submissions or their answers.
_OF_FILES = ("files", "versions", "sheet_passed_over")


def intake_rows(cleaned: Cleaned, study: Study) -> pd.DataFrame:
    """Count the submissions received, kept and excluded (by reason), and the values changed."""
    least = study.thresholds.count
    kept, aside = len(cleaned.responses), len(cleaned.set_aside)
    totals = pd.DataFrame({"statistic": ["read", "kept", "set_aside"]})
    totals["value"] = [kept + aside, kept, aside]
    # How many were kept is the size of the study, which every table shows.
    few = 0 < aside < least
    totals["shown"] = [not few, True, not few]
    rules = cleaned.set_aside.groupby("rule").size().rename("value").reset_index()
    rules["shown"] = without_small_parts(pd.Series(True, rules.index), rules["value"], least)
    changes = (
        cleaned.issues.groupby(["column", "rule", "action"], dropna=False)
        .size()
        .rename("value")
        .reset_index()
    )
    return pd.concat(
        [
            row_frame("intake", totals, shown=totals["shown"]),
            row_frame(
                "set_aside", rules.rename(columns={"rule": "statistic"}), shown=rules["shown"]
            ),
            row_frame(
                "issues",
                changes.rename(
                    columns={"column": "question", "rule": "statistic", "action": "answer"}
                ),
                shown=~is_small(changes["value"], least),
            ),
        ]
    )


def field_work_rows(responses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Count units and respondents reached, by group, by district, by both, and by locality."""
    least = study.thresholds.count
    parts = []
    for keys in ([], ["group"], ["district"], ["group", "district"]):
        grouped = responses.assign(everyone="").groupby(["everyone", *keys], sort=False)
        counts = grouped.agg(units=("unit", "nunique"), respondents=("respondent", "size"))
        counts = counts.reset_index().drop(columns="everyone")
        parts.append(counts.assign(shown=_shown_people(counts, keys, least)))
    if study.roles.locality is not None:
        placed = responses.dropna(subset=["locality"])
        by_place = placed.groupby(["district", "locality", "group"], sort=False)
        counts = by_place.agg(units=("unit", "nunique"), respondents=("respondent", "size"))
        parts.append(counts.reset_index().assign(shown=not least))
    rows = pd.concat(parts, ignore_index=True)
    return row_frame("field_work", rows, statistic="reached", shown=rows["shown"])


def _shown_people(counts: pd.DataFrame, keys: list[str], least: int) -> np.ndarray:
    """Return which numbers of people reached are shown: they add up over each key (rule 7)."""
    answer = counts[keys[-1]] if keys else ""
    people = counts.assign(answer=answer, value=counts["respondents"])
    cell = keys[0] if len(keys) > 1 else None
    everything = np.ones(len(counts), dtype=bool)
    return without_small_counts(everything, people, least, cell=cell, several=False)


def account_rows(account: pd.DataFrame, *, least: int = 0) -> pd.DataFrame:
    """Return the account of the intake (see `raw`), summed over all files.

    What did not occur has no row. `least` is `thresholds.count`.
    """
    account = account.assign(column=account["column"].fillna(""))
    submissions = account[account["what"] == "submissions"]
    versions = submissions["column"][submissions["column"] != ""].nunique()
    separate = account["what"].isin(["submissions", *_BY_QUESTION, *_NOT_PUBLISHED])
    summed = account[~separate].groupby("what")["number"].sum().to_dict()
    counts = {"files": submissions["file"].nunique(), **summed}
    counts |= {"versions": versions} if versions > 1 else {}
    totals = pd.DataFrame({"statistic": list(counts), "value": list(counts.values())})
    by_question = [_by_question(account, what) for what in _BY_QUESTION]
    rows = pd.concat([totals, *by_question], ignore_index=True)
    small = is_small(rows["value"], least)
    return row_frame("account", rows, shown=~small | rows["statistic"].isin(_OF_FILES))


def interview_rows(interviews: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """Return the days of the first and the last interview, which say nothing about a person."""
    names = {"last": "versus", "dated": "units", "undated": "respondents"}
    rows = interviews.rename(columns=names).drop(columns="first")
    small = is_small(rows["units"], least) | is_small(rows["respondents"], least)
    return row_frame("interviews", rows, note=interviews["first"], shown=~small)


def _by_question(account: pd.DataFrame, what: str) -> pd.DataFrame:
    """Count the submissions concerned, per question or choice."""
    concerned = account[(account["what"] == what) & (account["number"] > 0)]
    counts = concerned.groupby("column", sort=False)["number"].sum()
    parts = counts.index.str.split("/")
    return pd.DataFrame(
        {
            "question": parts.str[0],
            "answer": parts.str[1],
            "statistic": what,
            "value": counts.to_numpy(),
        }
    )
