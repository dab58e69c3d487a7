"""The first column of a Google sheet holds the times of sending, whatever their format."""

import pandas as pd
import pytest
from small_study import ANSWERS, small_export

from umid_research.errors import ExportError
from umid_research.raw import read_raw
from umid_research.raw.google import is_moment, is_timestamp, spreadsheet_moment
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire


def _read(folder):
    study = read_study(folder)
    return read_raw(folder, read_questionnaire(folder, study), study)


def _sheet(header: str, times: list[str]) -> pd.DataFrame:
    table = small_export()[ANSWERS]
    table.insert(0, header, times)
    return table


@pytest.mark.parametrize(
    "moment",
    [
        *("5/14/2022 10:32:05", "14.05.2022 10:32", "2022/05/14 10:32:05 AM GMT+4"),
        *("2022-05-14T10:32:05.123Z", "14 may 2022, 10:32:05", "14 мая 2022 г., 10:32"),
        *("May 14, 2022, 10:32 PM", "2022年5月14日 10:32", "Sat 14.05.22 10.32", "44695.439"),
        *("10:32:05 14/05/2022", "14-05-22 9:05"),
    ],
)
def test_a_moment_may_have_any_format(write_study, moment) -> None:
    """Some cells may be blank. The header is of a language that nobody knows here."""
    folder = write_study(export=_sheet("Qqq", ["", moment, *[""] * 7, moment]))

    raw = _read(folder)

    assert ["", moment] == raw["submitted_at"].iloc[:2].tolist()
    assert is_moment(moment)


@pytest.mark.parametrize(
    "header",
    ["Timestamp", "Vaxt möhürü", "Отметка времени", "Zeitstempel", "  timestamp", "HORODATEUR"],
)
@pytest.mark.parametrize("cells", [["some day"] * 10, ["14.05.2022"] * 10, [""] * 10])
def test_a_known_header_is_enough(write_study, header, cells) -> None:
    """Its cells may hold anything, or nothing."""
    raw = _read(write_study(export=_sheet(header, cells)))

    assert cells == raw["submitted_at"].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        ["14.05.2022"] * 10,
        ["10:32"] * 10,
        ["44695"] * 10,
        ["room 3, 10:32"] * 10,
        ["14.05.2022 10:32", "Anar", *["14.05.2022 10:32"] * 8],
        [""] * 10,
        ["x" * 80 + " 14.05.2022 10:32"] * 10,
    ],
    ids=[
        "days",
        "times of day",
        "days of a spreadsheet",
        "a room",
        "a name",
        "all blank",
        "a long text",
    ],
)
def test_other_cells_under_an_unknown_header_are_refused(write_study, cells) -> None:
    """They may be answers to a question that the form lacks."""
    with pytest.raises(ExportError, match="column Qqq: has a column that the questionnaire does"):
        _read(write_study(export=_sheet("Qqq", cells)))


def test_only_the_first_column_can_hold_the_times(write_study) -> None:
    """Under whatever header."""
    assert not is_timestamp(1, "Timestamp", pd.Series(["14.05.2022 10:32"]))
    table = small_export()[ANSWERS].assign(Timestamp="14.05.2022 10:32")

    with pytest.raises(ExportError, match="column Timestamp: has a column"):
        _read(write_study(export=table))


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        ("44562.5", "2022-01-01 12:00:00"),  # day 44562 is 1 January 2022
        ("44620.420266204", "2022-02-28 10:05:11"),  # 58 days, 36,311 of 86,400 seconds
        ("44562.999999", "2022-01-02 00:00:00"),
    ],
)
def test_a_spreadsheets_number_is_a_moment(number, moment) -> None:
    """A workbook that was saved without formats has them."""
    assert moment == str(spreadsheet_moment(number))
