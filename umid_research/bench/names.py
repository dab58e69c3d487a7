"""Names of codes in one language, as the reports have them."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import pandas as pd

from umid_research.analysis.compare.frame import ALL_DISTRICTS
from umid_research.analysis.score import INDEX
from umid_research.report.study_report import Report, words_of
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

# Column of codes -> code -> name.
Names = Mapping[str, Mapping[str, str]]


def names_of(study: Study, questionnaire: Questionnaire, language: str) -> Names:
    """Return the names of all codes, by the columns that hold them."""
    words = words_of(study, language)
    report = Report("", study, questionnaire, {}, words, None)
    districts, groups = _of(study.districts, report.district_name), _of(study.groups, report.group)
    sides = {side: words(f"table.side.{side}") for side in ("supply", "demand")}
    role = study.roles.locality
    localities = questionnaire[role].choice_names if role else ()
    answers = {
        question.name: _of(question.choice_names, partial(report.answer, question.name))
        for question in questionnaire
        if question.kind == "select_one"
    }
    compared = {**groups, **districts, **sides, ALL_DISTRICTS: words("table.all_districts")}
    return {
        **answers,
        "district": districts,
        "locality": _of(localities, report.locality),
        "group": groups,
        "side": sides,
        "group_a": compared,
        "group_b": compared,
        "versus": compared,
        "dimension": _of([*study.dimensions, INDEX], report.dimension),
        "question": _of(questionnaire.names, report.question),
    }


def with_names(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return a new frame with a column of names after each column of codes."""
    columns: dict[str, pd.Series] = {}
    for column in frame:
        columns[column] = frame[column]
        if column in names:
            columns[f"{column}_name"] = frame[column].map(names[column]).astype("str")
    return pd.DataFrame(columns).reset_index(drop=True)


def _of(codes: Iterable[str], name: Callable[[str], str]) -> dict[str, str]:
    return {code: name(code) for code in codes}
