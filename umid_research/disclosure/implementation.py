"""The frames of implementation and meetings -> rows of `published`: what a reader may see.

    table              dimension   question  district  statistic    answer       value  units
    status             services    M01       quba      perceived    Substantial
    status             services    M01       quba      documentary  Complete       100      4
    views_by_area      finance                         mean                         42     11
    themes_meetings    budget                          meetings                     29

Areas and themes stand in `dimension`, measures in `question`. What documents show are public facts
and is shown by locality. What people say follows the disclosure rules (analysis plan, section 3):
a view is shown where the answers that it is made of are; themes are counted in meetings, by group
or by district, never by both.
"""

import numpy as np
import pandas as pd

from umid_research.disclosure.frame import as_published, row_frame
from umid_research.disclosure.themes import agreement_rows, quote_rows, theme_rows
from umid_research.disclosure.views import gap_rows, may_be_shown, open_answers, view_rows
from umid_research.implementation import Implementation, disagreements
from umid_research.implementation.evidence import documentary_status
from umid_research.meetings import Meetings
from umid_research.questionnaire import Questionnaire
from umid_research.score import INDEX
from umid_research.study import Study
from umid_research.verdicts import Reason


def publish_implementation(
    found: Implementation,
    spoken: Meetings,
    published: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
) -> pd.DataFrame:
    """Rows to be put below `published`, the frame of the survey, with the same columns.

    What `published` withholds of the answers decides what is shown of the areas.
    """
    is_open = open_answers(published, study)
    views = view_rows(found.views, published, is_open, questionnaire, study)
    parts = [
        _registers(found, spoken),
        _measures(found.measures, study),
        _status(found.status, found.checks, is_open, study),
        _reasons(found.reasons),
        _disagreements(found.status, is_open),
        *_documents(found),
        views,
        gap_rows(found.gaps, views, study),
        agreement_rows("checking", found.agreement.assign(dimension=pd.NA)),
        *theme_rows(spoken.themes, study),
        agreement_rows("coding", spoken.theme_agreement.rename(columns={"theme": "dimension"})),
        quote_rows(spoken, study),
        _issues(found, spoken),
    ]
    rows = as_published(parts)
    rows.loc[~rows["shown"], "answer"] = np.nan
    return rows


def _registers(found: Implementation, spoken: Meetings) -> pd.DataFrame:
    """Which registers there are, with the rows that can be used."""
    rows = pd.concat([found.registers, spoken.meeting_register])
    rows = rows.rename(columns={"register": "statistic", "rows": "value"})
    reason = np.where(rows["value"].isna(), Reason.NO_REGISTER.value, "")
    return row_frame("registers", rows.astype({"value": float}), reason=reason)


def _measures(measures: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Each measure's text in every language, and whether anybody has verified it."""
    texts = {f"text_{language}": language for language in study.languages}
    long = measures.rename(columns=texts).melt(
        ["id", "area", "verified"], list(texts.values()), "answer", "note"
    )
    rows = long.rename(columns={"id": "question", "area": "dimension", "verified": "statistic"})
    return row_frame("measures", rows, note=rows["note"])


def _status(
    status: pd.DataFrame,
    checks: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    study: Study,
) -> pd.DataFrame:
    """Three rows a measure × district, and the number of those who could not judge its area."""
    keys = status.rename(columns={"measure": "question", "area": "dimension"})
    keys = keys[["question", "dimension", "district"]]
    cells = pd.MultiIndex.from_frame(status[["measure", "district"]])
    documents = documentary_status(checks, ["measure", "district"])
    percent = documents.set_index(["measure", "district"])["percent"].reindex(cells).round()
    asked = status["perceived_n"] > 0
    may = may_be_shown(status, is_open, "district") & (
        status["perceived_n"] >= study.thresholds.answers
    )
    could = status["perceived_n"].where(asked)
    could_not = (could * status["cannot_judge_share"] / (1 - status["cannot_judge_share"])).round()
    parts = [
        keys.assign(statistic="perceived", answer=status["perceived"], respondents=could)[asked],
        keys.assign(statistic="cannot_judge", value=could_not, respondents=could + could_not)[
            asked
        ],
        keys.assign(
            statistic="documentary",
            answer=status["documentary"],
            value=percent.to_numpy(),
            units=status["documentary_n"],
        ),
        keys.assign(statistic="analyst", answer=status["analyst"])[status["analyst"].notna()],
    ]
    shown = [may[asked], may[asked], True, True]
    return pd.concat(
        [
            row_frame("status", part, shown=visible)
            for part, visible in zip(parts, shown, strict=True)
        ]
    )


def _reasons(reasons: pd.DataFrame) -> pd.DataFrame:
    """The analyst's reasons, each in the language that `answer` names; blank if none is named."""
    rows = reasons.rename(columns={"measure": "question", "language": "answer"})
    return row_frame("reasons", rows.drop(columns="reason"), note=rows["reason"])


def _disagreements(status: pd.DataFrame, is_open: set[tuple[str, str, str]]) -> pd.DataFrame:
    """Pairs of columns more than one step apart; those with a withheld view are left out."""
    apart = disagreements(status)
    apart = apart[may_be_shown(apart, is_open, "district") | (apart["first"] != "perceived")]
    rows = apart.rename(columns={"measure": "question", "area": "dimension"}).assign(
        statistic=apart["first"] + "_" + apart["second"],
        answer=apart["first_code"],
        versus=apart["second_code"],
    )
    columns = ["question", "dimension", "district", "statistic", "answer", "versus"]
    return row_frame("disagreements", rows[columns])


def _documents(found: Implementation) -> list[pd.DataFrame]:
    """What documents show by locality and by area; nothing where no document was looked at."""
    there = found.registers.set_index("register")["rows"].notna()
    return [_evidence(found.checks), *_documentary(found.checks)] if there["evidence"] else []


def _evidence(checks: pd.DataFrame) -> pd.DataFrame:
    """What was found of what, locality by locality: public facts."""
    names = {"measure": "question", "area": "dimension", "item": "answer", "result": "statistic"}
    rows = checks.rename(columns=names).drop(columns=["credit", "evidence"])
    return row_frame("evidence", rows.fillna({"statistic": "no_check"}))


def _documentary(checks: pd.DataFrame) -> list[pd.DataFrame]:
    """Percent of what is required that was found, by area, over all districts and in each."""
    parts = []
    for keys in (["area"], ["area", "district"], ["all"], ["all", "district"]):
        rows = documentary_status(checks.assign(all=INDEX), keys)
        rows = rows.rename(columns={keys[0]: "dimension", "percent": "value", "checks": "units"})
        rows = rows.drop(columns=["documentary", "due"]).assign(value=rows["value"].round())
        parts.append(row_frame("documentary_by_area", rows, statistic="percent"))
    return parts


def _issues(found: Implementation, spoken: Meetings) -> pd.DataFrame:
    """How often which rule was broken in which register, and what was done."""
    issues = pd.concat([found.register_issues, spoken.meeting_issues])
    counts = issues.groupby(["file", "rule", "action"], sort=False).size().rename("value")
    names = {"file": "question", "rule": "statistic", "action": "answer"}
    return row_frame("register_issues", counts.reset_index().rename(columns=names))
