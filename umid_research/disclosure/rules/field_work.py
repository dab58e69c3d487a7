"""Rows of `published` on files, submissions and people reached; they contain no answers.

    table    question  answer  statistic        value
    account                    files                2
    account                    read_from_label    390
    account  saw_plan          not_in_version      12
    account  channels  web     not_in_version      12

For example, there were two files; 390 answers were labels that were replaced by codes; 12
submissions came from a version of the form without `saw_plan`, and without the choice `web` of
`channels`. Names of files are not published: they may contain names of people.
"""

import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.frame import row_frame
from umid_research.study import Study

# These are counted per question; everything else is summed over all of them.
_BY_QUESTION = ("kept_as_text", "not_in_version")
# The number of all members would give their exact mean, which `numbers` rounds or withholds.
_NOT_PUBLISHED = ("members",)


def intake_rows(cleaned: Cleaned) -> pd.DataFrame:
    """Count the submissions received, kept and excluded (by reason), and the values changed."""
    kept, aside = len(cleaned.responses), len(cleaned.set_aside)
    totals = pd.DataFrame({"statistic": ["read", "kept", "set_aside"]})
    totals["value"] = [kept + aside, kept, aside]
    rules = cleaned.set_aside.groupby("rule").size().rename("value").reset_index()
    changes = (
        cleaned.issues.groupby(["column", "rule", "action"], dropna=False)
        .size()
        .rename("value")
        .reset_index()
    )
    return pd.concat(
        [
            row_frame("intake", totals),
            row_frame("set_aside", rules.rename(columns={"rule": "statistic"})),
            row_frame(
                "issues",
                changes.rename(
                    columns={"column": "question", "rule": "statistic", "action": "answer"}
                ),
            ),
        ]
    )


def field_work_rows(responses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Count units and respondents reached, by group, by district, by both, and by locality."""
    parts = []
    for keys in ([], ["group"], ["district"], ["group", "district"]):
        grouped = responses.assign(everyone="").groupby(["everyone", *keys], sort=False)
        counts = grouped.agg(units=("unit", "nunique"), respondents=("respondent", "size"))
        parts.append(counts.reset_index().drop(columns="everyone"))
    if study.roles.locality is not None:
        placed = responses.dropna(subset=["locality"])
        by_place = placed.groupby(["district", "locality", "group"], sort=False)
        parts.append(
            by_place.agg(
                units=("unit", "nunique"), respondents=("respondent", "size")
            ).reset_index()
        )
    return row_frame("field_work", pd.concat(parts), statistic="reached")


def account_rows(account: pd.DataFrame) -> pd.DataFrame:
    """Return the account of the intake (see `raw`), summed over all files.

    What did not occur has no row.
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
    return row_frame("account", rows)


def interview_rows(interviews: pd.DataFrame) -> pd.DataFrame:
    """Return the days of the first and the last interview, which say nothing about a person."""
    names = {"last": "versus", "dated": "units", "undated": "respondents"}
    rows = interviews.rename(columns=names).drop(columns="first")
    return row_frame("interviews", rows, note=interviews["first"])


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
