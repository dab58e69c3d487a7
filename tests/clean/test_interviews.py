"""The first and the last day of the interviews that are analysed; unknown days are counted."""

import pandas as pd
import pytest

from umid_research.clean.interviews import interview_days

NOBODY = pd.DataFrame({"file": [], "row": []})


def _raw(*times: tuple[str, str, str]) -> pd.DataFrame:
    """Return submissions with these times of start, end and sending; rows count from 2."""
    raw = pd.DataFrame(list(times), columns=["started", "ended", "submitted_at"])
    return raw.assign(file="k.csv", row=range(2, len(raw) + 2))


def _found(raw: pd.DataFrame, set_aside: pd.DataFrame = NOBODY) -> tuple:
    first, last, dated, undated = interview_days(raw, set_aside).iloc[0]
    days = [None if pd.isna(day) else str(day)[:10] for day in (first, last)]
    return (*days, dated, undated)


def test_the_days_are_those_of_the_device_in_its_own_time() -> None:
    """Shortly after midnight in Baku it is still the day before in UTC."""
    raw = _raw(
        ("2022-05-14T00:10:00.000+04:00", "2022-05-14T00:40:00.000+04:00", ""),
        ("2022-05-20T09:00:00+04:00", "2022-05-21T09:00:00+04:00", ""),
        ("2022-05-16", "", ""),
    )

    assert ("2022-05-14", "2022-05-20", 3, 0) == _found(raw)


@pytest.mark.parametrize("time", ["03.04.2022 10:05:00", "4/3/2022 10:05", "44654.42", "", "Mai"])
def test_a_day_that_can_be_read_in_two_ways_is_unknown_and_counted(time) -> None:
    raw = _raw(("2022-05-14T09:00:00+04:00", "", ""), ("", "", time))

    assert ("2022-05-14", "2022-05-14", 1, 1) == _found(raw)


def test_without_a_start_the_end_counts_and_without_both_the_sending() -> None:
    raw = _raw(("", "2022-05-15 10:00", "2022-06-01 10:00"), ("", "", "2022-05-30 10:00:00"))

    assert ("2022-05-15", "2022-05-30", 2, 0) == _found(raw)


def test_what_is_set_aside_does_not_count() -> None:
    raw = _raw(("2022-01-01T09:00", "", ""), ("2022-05-14T09:00", "", ""))
    aside = pd.DataFrame({"file": ["k.csv"], "row": [2]})

    assert ("2022-05-14", "2022-05-14", 1, 0) == _found(raw, aside)


def test_without_any_day_there_are_none() -> None:
    assert (None, None, 0, 2) == _found(_raw(("", "", ""), ("", "", "")))
