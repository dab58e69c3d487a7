"""Write the answers as KoboToolbox and Google Forms export them, with typical errors.

All columns are text. In the KoboToolbox export, a select_multiple question has a column of joined
codes and a 0/1 column per choice; the server's columns come last. In the Google Forms export, the
time of arrival comes first; questions and answers are labels in one language, and several answers
are joined by `, `. The errors come from simulation.toml. They are all in the KoboToolbox export, in
addition to the accepted respondents, and the true values do not include them.
"""

import uuid
from collections.abc import Iterable

import numpy as np
import pandas as pd

from umid_research.errors import StudyError
from umid_research.simulate.answers import is_asked, simulated_answers, stream
from umid_research.simulate.design import FILE, CellFlaw, Design
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

# The time zone of Azerbaijan, which has had no summer time since 2016.
_ZONE, _FROM_UTC = "+04:00", pd.Timedelta(hours=4)
_OPENS, _HOURS = pd.Timedelta(hours=9), pd.Timedelta(hours=9)


def simulated_exports(
    design: Design, questionnaire: Questionnaire, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the KoboToolbox export and, if the design has one, the Google Forms export.

    Each export has its submissions in order of arrival; the first one includes the errors.
    """
    answers = simulated_answers(design, questionnaire, study)
    answers = _with_refusals(answers, design, questionnaire, study)
    submissions = _timed(answers, design, study)
    form, mode = design.export.google_forms, study.roles.mode
    if form is None or mode is None:
        return _kobo_export(submissions, design, questionnaire, study), None
    online = submissions[mode] == form.mode
    interviews = submissions[~online].reset_index(drop=True)
    return (
        _kobo_export(interviews, design, questionnaire, study),
        _google_export(submissions[online], form.language, questionnaire),
    )


def _google_export(
    submissions: pd.DataFrame, language: str, questionnaire: Questionnaire
) -> pd.DataFrame:
    columns = [submissions["arrival"].dt.strftime("%d.%m.%Y %H:%M:%S").rename("Timestamp")]
    for question in questionnaire:
        answers = _labelled(submissions[question.name], question, language)
        columns.append(answers.rename(question.labels[language]))
    return pd.concat(columns, axis=1)


def _labelled(answers: pd.Series, question: Question, language: str) -> pd.Series:
    """Return the answers as labels, as the respondent saw them."""
    if not question.choices:
        return answers
    labels = {choice.name: choice.labels[language] for choice in question.choices}
    several = question.kind == "select_multiple"
    codes = {text: text.split() if several else [text] for text in answers.unique() if text}
    return answers.map(
        {"": ""} | {text: ", ".join(labels[c] for c in codes[text]) for text in codes}
    )


def _kobo_export(
    interviews: pd.DataFrame, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    submissions = _sent_twice(_hurried(interviews, design, study), design, study)
    for flaw in design.flaws.cells:
        row = _first_fitting(flaw, submissions, questionnaire, study)
        submissions.loc[row, flaw.question] = flaw.answer
    columns = [_device_columns(submissions)]
    for question in questionnaire:
        columns.append(submissions[[question.name]])
        if question.kind == "select_multiple":
            columns.append(_split(submissions[question.name], question))
    return pd.concat([*columns, _server_columns(submissions, design, study)], axis=1)


def _with_refusals(
    answers: pd.DataFrame, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Append submissions without consent, which have no other answers."""
    role = study.roles.consent
    if role is None or not design.flaws.without_consent:
        return answers
    refusal = next(
        name for name in questionnaire[role].choice_names if name not in study.consent_given
    )
    refused = pd.DataFrame({role: [refusal] * design.flaws.without_consent})
    return pd.concat([answers, refused], ignore_index=True).fillna("")


def _timed(answers: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    """Return the submissions with start, end, arrival and `_uuid`, in order of arrival."""
    n, settings = len(answers), design.export
    uniforms = stream(study, "time").random((4, n))
    days = np.busday_count(settings.first_day, settings.last_day) + 1
    day = np.busday_offset(settings.first_day, (uniforms[0] * days).astype(int), roll="forward")
    start = pd.Series(day).astype("datetime64[ms]") + _OPENS + uniforms[1] * _HOURS
    end = start + (1 + uniforms[2]) * pd.Timedelta(minutes=22)
    arrival = end + (1 + uniforms[3]) * pd.Timedelta(seconds=20)
    tokens = stream(study, "uuid").bytes(16 * n)
    names = [str(uuid.UUID(bytes=tokens[i : i + 16], version=4)) for i in range(0, 16 * n, 16)]
    timed = answers.assign(start=start, end=end, arrival=arrival, _uuid=names)
    return timed.sort_values("arrival", ignore_index=True)


def _hurried(submissions: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    """Shorten the hurried interviews; their time of arrival does not change."""
    rows = _at(submissions, design.flaws.hurried, "hurried", study)
    minutes = pd.to_timedelta(list(design.flaws.hurried.values()), unit="min")
    ended = submissions["end"].copy()
    ended.loc[rows] = submissions["start"].loc[rows] + minutes
    return submissions.assign(end=ended)


def _sent_twice(submissions: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    """Add copies of the submissions that a device sent twice, 40 seconds later."""
    copies = submissions.loc[_at(submissions, design.flaws.sent_twice, "sent_twice", study)]
    copies = copies.assign(arrival=copies["arrival"] + pd.Timedelta(seconds=40))
    return pd.concat([submissions, copies]).sort_values("arrival", ignore_index=True)


def _at(submissions: pd.DataFrame, places: Iterable[int], flaw: str, study: Study) -> pd.Index:
    """Return the rows of the submissions at these positions among those with consent."""
    accepted = submissions.index[_agreed(submissions, study)]
    for place in places:
        if not 1 <= place <= len(accepted):
            raise StudyError(
                "no such submission among those who consented",
                where=f"{FILE}, entry flaws.{flaw}",
                found=place,
                possible=[f"1 to {len(accepted)}"],
            )
    return accepted[[place - 1 for place in places]]


def _agreed(submissions: pd.DataFrame, study: Study) -> pd.Series:
    if study.roles.consent is None:
        return pd.Series(True, index=submissions.index)
    return submissions[study.roles.consent].isin(study.consent_given)


def _first_fitting(
    flaw: CellFlaw, submissions: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> int:
    """Return the row of the first submission in which the flaw breaks exactly its rule."""
    question = questionnaire[flaw.question]
    answer = submissions[question.name]
    asked = is_asked(question, submissions)
    known = set(flaw.answer.split()) <= set(question.choice_names)
    fits = {
        "unknown_choice": asked & (answer != "") & (not known),
        "not_asked": ~asked & (answer == "") & known,
        "blank": asked & (answer != "") & (flaw.answer == ""),
    }[flaw.rule]
    fits &= _agreed(submissions, study) & ~submissions.duplicated("_uuid", keep=False)
    fits &= submissions.index >= flaw.since - 1
    for name, value in flaw.where.items():
        fits &= submissions[name] == value
    if not fits.any():
        raise StudyError(
            f"the flaw {flaw.rule!r} fits in no submission from {flaw.since} on",
            where=f"{FILE}, entry flaws.cells",
            found=flaw.question,
        )
    return int(fits.idxmax())


def _split(joined: pd.Series, question: Question) -> pd.DataFrame:
    """Return a 0/1 column per choice, blank if the question has no answer."""
    ticked = {
        f"{question.name}/{choice}": (" " + joined + " ").str.contains(f" {choice} ", regex=False)
        for choice in question.choice_names
    }
    return pd.DataFrame(ticked).astype(int).astype(str).where(joined != "", "")


def _device_columns(submissions: pd.DataFrame) -> pd.DataFrame:
    times = submissions[["start", "end"]]
    return times.apply(lambda time: time.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3] + _ZONE)


def _server_columns(submissions: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    # The server numbers the submissions of all its forms together, so one form's ids have gaps.
    gaps = stream(study, "id").integers(1, 2000, len(submissions))
    received = submissions["arrival"] - _FROM_UTC
    return pd.DataFrame(
        {
            "_id": (design.export.first_id + gaps.cumsum()).astype(str),
            "_uuid": submissions["_uuid"],
            "_submission_time": received.dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "_validation_status": "",
            "_notes": "",
            "_status": "submitted_via_web",
            "_submitted_by": "",
            "__version__": design.export.form_version,
            "_tags": "",
            "_index": (submissions.index + 1).astype(str),
        },
        index=submissions.index,
    )
