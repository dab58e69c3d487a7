"""A sheet of Google Forms downloaded twice: each submission counts once, and no person is lost."""

import io

import pandas as pd
import pytest
from small_study import ANSWERS, QUESTIONNAIRE, small_export

from umid_research.clean import Cleaned, clean_responses
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

DAYS = [f"{day:02}.03.2022" for day in range(1, 11)]


def _sheet(*, seconds: str = ":11") -> pd.DataFrame:
    """Return the ten interviews as a sheet of Google Forms with codes, one per day from 1 March."""
    table = small_export()[ANSWERS]
    table.insert(0, "Vaxt möhürü", [f"{day} 10:05{seconds}" for day in DAYS])
    return table


@pytest.fixture
def sheets(write_study):
    """Return the cleaned frames of sheets, given by their file names."""

    def clean(tables: dict[str, pd.DataFrame], **parts: str) -> Cleaned:
        folder = write_study(**parts)
        for path in (folder / "responses").iterdir():
            path.unlink()
        for name, table in tables.items():
            book = io.BytesIO()
            if name.endswith(".xlsx"):
                table.to_excel(book, index=False)
            else:
                table.to_csv(book, index=False)
            (folder / "responses" / name).write_bytes(book.getvalue())
        study = read_study(folder)
        questionnaire = read_questionnaire(folder, study)
        raw = read_raw(folder, questionnaire, study)
        return clean_responses(raw, questionnaire, study, key="k" * 16)

    return clean


def _aside(frames) -> list[tuple[str, int, str]]:
    return list(frames.set_aside[["file", "row", "rule"]].itertuples(index=False, name=None))


def _flagged(frames, rule: str) -> list[tuple[str, int, str]]:
    issues = frames.issues[frames.issues["rule"] == rule]
    return list(issues[["file", "row", "note"]].itertuples(index=False, name=None))


def test_a_second_download_adds_only_its_new_rows(sheets) -> None:
    """Five rows are in both files, in another order."""
    first, second = _sheet().head(5), _sheet().iloc[::-1]

    frames = sheets({"sorgu.csv": first, "sorgu (1).csv": second})

    assert 10 == len(frames.responses)
    assert [("sorgu.csv", row, "duplicate") for row in range(2, 7)] == _aside(frames)
    assert [] == _flagged(frames, "same_answers") == _flagged(frames, "sent_at_once")


@pytest.mark.parametrize(
    "written",
    [
        [f"3/{day}/2022 10:05:11" for day in range(1, 11)],
        [f"2022-03-{day:02}T10:05:11" for day in range(1, 11)],
        [f"2022/03/{day:02} 10:05:11 AM GMT+4" for day in range(1, 11)],
        [f"{day:02}.03.22, 10.05.11" for day in range(1, 11)],
        # 1 March 2022 is day 44621 of a spreadsheet; 10:05:11 is 36,311 of 86,400 seconds.
        [f"{44620 + day}.42026620" for day in range(1, 11)],
    ],
    ids=["month first", "ISO", "Google's archive", "two digits of the year", "a number"],
)
def test_times_are_compared_across_formats(sheets, written) -> None:
    """Google writes them in the format of the sheet's locale."""
    again = _sheet().assign(**{"Vaxt möhürü": written})

    frames = sheets({"a.csv": _sheet(), "b.csv": again})

    assert 10 == len(frames.responses)
    assert {"b.csv"} == {file for file, _, _ in _aside(frames)}


def test_an_id_does_not_depend_on_the_review_or_on_how_times_are_written(sheets) -> None:
    """A later download gives the same respondent ids."""
    later = _sheet().assign(review_status="approved")
    later["Vaxt möhürü"] = [f"2022-03-{day:02}T10:05:11" for day in range(1, 11)]

    first, second = sheets({"a.csv": _sheet()}), sheets({"a.csv": later})

    assert first.responses["respondent"].tolist() == second.responses["respondent"].tolist()


def test_morning_is_not_evening(sheets) -> None:
    """10:05 PM is 22:05."""
    evening = [f"3/{day}/2022 10:05:11 PM" for day in range(1, 11)]
    again = _sheet().assign(**{"Vaxt möhürü": evening})

    assert 20 == len(sheets({"a.csv": _sheet(), "b.csv": again}).responses)


def test_a_workbook_can_repeat_a_csv(sheets) -> None:
    """In a workbook, a time is a spreadsheet date and an age is a number."""
    again = _sheet()
    again["Vaxt möhürü"] = pd.to_datetime(again["Vaxt möhürü"], format="%d.%m.%Y %H:%M:%S")
    again["age"] = again["age"].astype(float)

    frames = sheets({"a.csv": _sheet(), "b.xlsx": again})

    assert 10 == len(frames.responses)
    assert 10 == len(_aside(frames))


def test_dates_and_numbers_are_compared_by_value(sheets) -> None:
    """Somebody changed the locale of the sheet between the downloads."""
    form = QUESTIONNAIRE.replace(
        "| | integer | age", "| | date | born | Born? | | | |\n| | integer | age"
    )
    first = _sheet().assign(born="25.04.1990", age="1 234")
    second = _sheet().assign(born="1990-04-25", age="1234")

    frames = sheets({"a.csv": first, "b.csv": second}, questionnaire=form)

    assert 10 == len(frames.responses)


def test_rows_with_an_edited_cell_are_both_kept_and_flagged(sheets) -> None:
    """They may also be two people in the same second."""
    edited = _sheet()
    edited.loc[3, "age"] = "29"

    frames = sheets({"a.csv": _sheet(), "b.csv": edited})

    assert 11 == len(frames.responses)
    assert [("b.csv", 5, "a.csv, row 5")] == _flagged(frames, "sent_at_once")


def test_equal_answers_at_different_times_both_count(sheets) -> None:
    """One second apart is enough."""
    table = _sheet()
    twin = table.iloc[[0]].assign(**{"Vaxt möhürü": "01.03.2022 10:05:12"})

    frames = sheets({"a.csv": pd.concat([table, twin])})

    assert 11 == len(frames.responses)
    assert [] == _aside(frames)
    assert [("a.csv", 12, "a.csv, row 2")] == _flagged(frames, "same_answers")


def test_rows_repeated_within_one_file_are_found(sheets) -> None:
    """The file holds two downloads."""
    frames = sheets({"a.csv": pd.concat([_sheet(), _sheet()])})

    assert 10 == len(frames.responses)


def test_without_seconds_a_row_repeats_only_rows_of_another_file(sheets) -> None:
    """Excel removes the seconds, and two people may send the same answers in one minute."""
    cut = _sheet(seconds="")
    cut = pd.concat([cut, cut.iloc[[0]]])

    one, both = sheets({"a.csv": cut}), sheets({"a.csv": cut, "b.csv": _sheet()})

    assert 11 == len(one.responses) == len(both.responses)
    assert [] == _aside(one)
    assert [("b.csv", row, "duplicate") for row in range(2, 12)] == _aside(both)


def test_without_seconds_only_rows_of_other_files_are_flagged(sheets) -> None:
    """Many people may answer an online form in the same minute."""
    cut = _sheet(seconds="").assign(**{"Vaxt möhürü": "01.03.2022 10:05"})
    edited = cut.tail(1).assign(age="37")

    one, both = sheets({"a.csv": cut}), sheets({"a.csv": cut, "b.csv": edited})

    assert [] == _flagged(one, "sent_at_once")
    assert [("b.csv", 2, "a.csv, row 2")] == _flagged(both, "sent_at_once")


def test_an_export_without_ids_is_compared_by_the_device_times(sheets) -> None:
    """Somebody removed the column `_uuid`; without any time nothing is set aside."""
    table = small_export().drop(columns="_uuid")
    timed = table.assign(
        start=[f"2022-03-0{n % 9 + 1}T10:00:0{n % 10}.123+04:00" for n in range(10)],
        end=[f"2022-03-0{n % 9 + 1}T10:20:0{n % 10}.456+04:00" for n in range(10)],
    )

    assert 10 == len(sheets({"a.csv": timed, "b.csv": timed}).responses)
    untimed = sheets({"a.csv": table, "b.csv": table})
    assert 20 == len(untimed.responses)
    assert 10 == len(_flagged(untimed, "same_answers"))


@pytest.mark.parametrize("written", ["{} mart 2022, 10:05:11", "{} марта 2022 г., 10:05:11"])
def test_times_with_the_name_of_the_month_are_compared_as_they_are(sheets, written) -> None:
    """Two downloads write them in the same way."""
    times = [written.format(day) for day in range(1, 11)]
    sheet = _sheet().assign(**{"Vaxt möhürü": times})

    frames = sheets({"a.csv": sheet.head(4), "b.csv": sheet})

    assert [("b.csv", row, "duplicate") for row in range(2, 6)] == _aside(frames)
    assert 10 == len(frames.responses)


def test_submissions_without_a_time_are_never_duplicates(sheets) -> None:
    """Blank cells under the times: equal answers are flagged, as they may be of two people."""
    sheet = _sheet().assign(**{"Vaxt möhürü": ""})

    frames = sheets({"a.csv": sheet.head(2), "b.csv": sheet})

    assert [] == _aside(frames)
    assert 2 == len(_flagged(frames, "same_answers"))


def test_equal_answers_in_one_second_are_flagged_once(sheets) -> None:
    """The first row of all and one whose lost answer is another: not as sent at once, too."""
    first, second = _sheet().assign(age=["old", *small_export()["age"][1:]]), _sheet().head(1)

    frames = sheets({"a.csv": first, "b.csv": second.assign(age="young")})

    assert [("b.csv", 2, "a.csv, row 2")] == _flagged(frames, "same_answers")
    assert [] == _flagged(frames, "sent_at_once")
