"""Submissions answered faster than the questions can be read are flagged and kept."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses

MODES = QUESTIONNAIRE.replace(
    "| | text | proposal |",
    "| | select_one way | way | How do we talk? | | | |\n| | text | proposal |",
).replace(
    "| | channel | tv |",
    "| | way | phone | Phone | |\n| | way | face | Face | |\n| | channel | tv |",
)
OF_MODES = STUDY.replace('unit = "organisation"', 'unit = "organisation"\nmode = "way"')
# Consent, place, kind, village, aware, three items, age and proposal; channels of those who are
# aware, `duty` of offices, organisation and no village for the NGO; `way` is asked of all.
ASKED = [12, 11, 13, 11, 13, 11, 12, 12, 12, 12]


def _timed(pace: list[float | None], way: str = "face") -> pd.DataFrame:
    """Return the small export with these seconds per question; None leaves the end blank."""
    seconds = [
        None if each is None else each * asked for each, asked in zip(pace, ASKED, strict=True)
    ]
    start = pd.Timestamp("2022-05-14T09:00:00+04:00")
    ends = ["" if s is None else (start + pd.Timedelta(seconds=s)).isoformat() for s in seconds]
    return small_export().assign(start=start.isoformat(), end=ends, way=way)


@pytest.fixture
def flagged(read_all):
    """Return row, action and note of every submission answered too fast; none is set aside."""

    def flag(
        table: pd.DataFrame, thresholds: str = "", *, study: str = OF_MODES, form: str = MODES
    ) -> list[tuple]:
        study, questionnaire, raw = read_all(
            study=f"{study}\n[thresholds]\n{thresholds}", questionnaire=form, export=table
        )
        frames = clean_responses(raw, questionnaire, study, key="k" * 16)
        assert len(table) == len(frames.responses)
        rows = frames.issues[frames.issues["rule"] == "speeding"]
        assert rows["column"].isna().all()
        return list(rows[["row", "action", "note"]].itertuples(index=False, name=None))

    return flag


@pytest.mark.parametrize(("pace", "found"), [(9.9, True), (10.1, False)])
def test_less_than_a_third_of_the_median_is_too_fast(flagged, pace, found) -> None:
    """The other nine submissions have 30 or more seconds per question; the median is 30."""
    rows = flagged(_timed([30] * 5 + [pace] + [30, 300, 3000, 30]))

    assert ([(7, "flagged", f"{pace} s a question, usually 30.0")] if found else []) == rows


def test_fewer_questions_do_not_make_a_submission_too_fast(flagged) -> None:
    """Nine offices are asked forty more questions, which take 1,590 seconds and more.

    The tenth respondent answers 12 questions in 360 seconds, less than a third of that.
    """
    more = "".join(f"| | integer | more_{n} | More? | ${{kind}} = 'o' | | |\n" for n in range(40))
    form = MODES.replace("| | integer | age", more + "| | integer | age")
    asked = [each + 40 for each in (13, 12, 13, 12, 13, 12, 13, 12, 13)] + [12]
    table = _timed([30 * n / before for n, before in zip(asked, ASKED, strict=True)])
    table.loc[:8, "kind"] = "o"
    table = table.assign(**{f"more_{n}": "" for n in range(40)})

    assert [] == flagged(table, form=form)


def test_the_median_is_that_of_the_mode(flagged) -> None:
    """Ten telephone interviews take 12 seconds per question, ten face to face take 60."""
    by_phone = _timed([12] * 9 + [5], way="phone")
    by_phone["_uuid"] = "phone-" + by_phone["_uuid"]
    rows = flagged(pd.concat([_timed([60] * 9 + [19.5]), by_phone], ignore_index=True))

    assert [(11, "flagged", "19.5 s a question, usually 60.0")] == rows


def test_without_modes_all_submissions_are_compared(flagged) -> None:
    """The role `mode` is optional."""
    table = _timed([60] * 9 + [19.5])
    table.loc[:4, "way"] = "phone"

    assert [] == flagged(table)
    assert [11] == [row for row, _, _ in flagged(table, study=STUDY)]


def test_fewer_than_ten_have_no_median(flagged) -> None:
    """Then only the minimum seconds per question apply; submissions without times are skipped."""
    rows = flagged(_timed([60] * 7 + [1.9, 2.1, None]))

    assert [(9, "flagged", "1.9 s a question")] == rows


@pytest.mark.parametrize(
    ("thresholds", "rows"),
    [
        ("speeding_share = 0.5", [9, 10, 11]),
        ("speeding_share = 0", [11]),
        ("speeding_share = 0\nspeeding_seconds = 0", []),
        ("speeding_seconds = 15", [10, 11]),
    ],
)
def test_the_study_sets_the_limits(flagged, thresholds, rows) -> None:
    """0 switches a limit off."""
    table = _timed([60] * 7 + [25, 14, 1])

    assert rows == [row for row, _, _ in flagged(table, thresholds)]
