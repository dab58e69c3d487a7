"""Counts of files and submissions read; they contain no answers.

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

from umid_research.disclosure.frame import row_frame

# These are counted per question; everything else is summed over all of them.
_BY_QUESTION = ("kept_as_text", "not_in_version")


def account_rows(account: pd.DataFrame) -> pd.DataFrame:
    """Return the account of the intake (see `raw`), summed over all files.

    What did not occur has no row.
    """
    account = account.assign(column=account["column"].fillna(""))
    submissions = account[account["what"] == "submissions"]
    versions = submissions["column"][submissions["column"] != ""].nunique()
    separate = account["what"].isin(["submissions", *_BY_QUESTION])
    summed = account[~separate].groupby("what")["number"].sum().to_dict()
    counts = {"files": submissions["file"].nunique(), **summed}
    counts |= {"versions": versions} if versions > 1 else {}
    totals = pd.DataFrame({"statistic": list(counts), "value": list(counts.values())})
    by_question = [_by_question(account, what) for what in _BY_QUESTION]
    rows = pd.concat([totals, *by_question], ignore_index=True)
    return row_frame("account", rows)


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
