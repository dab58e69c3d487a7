"""Readers get typed tables; nothing of the audited frame is lost on the way."""

import pandas as pd
import pytest
from small_report import small_report

from umid_research.disclosure.frame import COLUMNS
from umid_research.disclosure.tables import read_published, split_tables, write_published
from umid_research.errors import FrameError


def _audited(*rows: dict) -> pd.DataFrame:
    filled = [{"shown": True, "verdict": "", "reason": "", "note": "", **row} for row in rows]
    return pd.DataFrame(filled, columns=list(COLUMNS))


QUOTE = {
    "table": "quotes",
    "dimension": "e_services",
    "group": "office",
    "statistic": "meetings",
    "answer": "az",
    "note": "İnternet zəifdir",
}


def test_a_table_has_its_own_columns() -> None:
    """A quote has a theme, a source, a language and a text."""
    rows = split_tables(_audited(QUOTE))["quotes"]

    assert ["e_services", "office", "meetings", "az", "İnternet zəifdir", True] == (
        rows[["theme", "group", "source", "language", "text", "shown"]].iloc[0].tolist()
    )
    assert {"value", "note", "answer"}.isdisjoint(rows.columns)


def test_a_table_without_rows_has_its_columns() -> None:
    """Readers can ask for any table of any study."""
    assert ["rule", "value", "shown", "reason"] == list(split_tables(_audited())["set_aside"])


def test_two_kinds_of_numbers_in_one_table_need_a_column() -> None:
    """A mean and a median would look alike without it; one kind is named by the table."""
    mean = {"table": "scores_by_group", "dimension": "trust", "group": "office", "value": 61.0}
    kinds = [{**mean, "statistic": "mean"}, {**mean, "statistic": "median"}]

    assert 1 == len(split_tables(_audited(kinds[0]))["scores_by_group"])
    with pytest.raises(FrameError, match=r"column statistic is not declared.*'mean, median'"):
        split_tables(_audited(*kinds))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"table": "rumours", "value": 1.0}, "a table is not declared.*found 'rumours'"),
        ({**QUOTE, "value": 3.0}, "published/quotes: column value is not declared"),
        ({**QUOTE, "locality": "Guba 1"}, "column locality is not declared.*found 'Guba 1'"),
        ({"table": "gap_by_area", "verdict": "less"}, "a value is none of higher, lower"),
        ({"table": "intake", "reason": "few"}, "column reason, row 2: a value is none of"),
    ],
)
def test_what_a_table_does_not_declare_is_an_error(row, message) -> None:
    """A number without a column would be lost; one in a wrong table could be shown."""
    with pytest.raises(FrameError, match=message):
        split_tables(_audited(row))


def test_tables_are_read_as_they_were_written(tmp_path) -> None:
    """With types, blanks and marks of what is withheld."""
    mean = {
        "table": "scores_by_group",
        "dimension": "trust",
        "group": "office",
        "statistic": "mean",
    }
    tables = split_tables(_audited(QUOTE, {**mean, "value": 61.0}, {**mean, "shown": False}))

    write_published(tmp_path, tables, small_report().study)
    found = read_published(tmp_path)

    assert list(tables) == list(found)
    for name, rows in tables.items():
        pd.testing.assert_frame_equal(rows, found[name], obj=name)
    assert [True, False] == found["scores_by_group"]["shown"].tolist()


def test_an_earlier_table_does_not_stay(tmp_path) -> None:
    """The folder is replaced as a whole, so that nothing of another build is in it."""
    write_published(tmp_path, split_tables(_audited(QUOTE)), small_report().study)
    (tmp_path / "published" / "old.csv").write_text("x", encoding="utf-8")

    write_published(tmp_path, split_tables(_audited()), small_report().study)

    assert not (tmp_path / "published" / "old.csv").exists()
    assert read_published(tmp_path)["quotes"].empty
