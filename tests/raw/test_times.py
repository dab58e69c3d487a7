"""Times of the device: found by the form's names, and used only if both are valid."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.raw import read_intake, seconds_between
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

OPENED, CLOSED = "2022-05-14T09:00:00.000+04:00", "2022-05-14T09:20:30.500+04:00"
# A form may call its times anything.
NAMED = QUESTIONNAIRE.replace(
    "| | select_one yes_no | consent",
    "| | start | opened | | | | |\n| | end | closed | | | | |\n| | select_one yes_no | consent",
)


def _intake(folder):
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (QUESTIONNAIRE, ("start", "end")),
        (QUESTIONNAIRE, ("asked/start", "asked-end")),
        (NAMED, ("opened", "closed")),
    ],
)
def test_times_are_found_by_the_names_in_the_form(write_study, form, names) -> None:
    """The default names are `start` and `end`, with or without groups."""
    export = small_export().assign(**dict(zip(names, (OPENED, CLOSED), strict=True)))

    intake = _intake(write_study(questionnaire=form, export=export))

    assert [OPENED] * 10 == intake.raw["started"].tolist()
    assert [CLOSED] * 10 == intake.raw["ended"].tolist()
    assert ["submissions"] == intake.account["what"].tolist()


def test_a_question_may_be_called_end(write_study) -> None:
    """Its answers are not times; submissions without times are counted."""
    form = QUESTIONNAIRE.replace("| integer | age |", "| integer | end |")
    export = small_export().rename(columns={"age": "end"})

    intake = _intake(write_study(questionnaire=form, export=export))

    assert [""] * 10 == intake.raw["ended"].tolist()
    assert "30" == intake.raw["end"][0]
    assert ("export.csv", "", "no_times", 10) in list(
        intake.account.itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("started", "ended", "seconds"),
    [
        (OPENED, CLOSED, 1230.5),
        ("2022-05-14T09:00:00.000+04:00", "2022-05-14T05:00:07.000Z", 7),  # noon moved
        ("2022-05-14T09:00:00", "2022-05-15 09:00:00", 86400),
        (OPENED, "", None),
        ("", "", None),
        (CLOSED, OPENED, None),  # somebody set the clock
        ("2022-05-14", "2022-05-14", None),  # days
        ("09:00", "09:20", None),
        ("14.05.2022 09:00", "14.05.2022 09:20", None),
    ],
)
def test_seconds_need_two_times_in_order(started, ended, seconds) -> None:
    """Both times need a day and a time of day."""
    found = pd.Series(seconds_between(pd.Series([started]), pd.Series([ended])))

    assert [seconds] == found.astype(object).where(found.notna(), None).tolist()
