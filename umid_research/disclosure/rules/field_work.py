"""Rows of `published` on the field work: submissions and people reached, no answers."""

import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.frame import row_frame
from umid_research.study import Study


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
