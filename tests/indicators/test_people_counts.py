"""Which counts are counts of people: each is withheld where it is small, the others never are."""

from dataclasses import replace

import pytest
from small_indicators import definitions, read_small

PEOPLE = ["people_interviewed", "people_knowing_more", "families_paying_online"]
# What one person may have written; see tests/indicators/test_origin.py.
PROPOSALS = ["proposals_collected", "proposals_submitted"]
LEAST = 6  # five people were interviewed in either district


@pytest.fixture
def counted(tmp_path):
    """Return what is counted in the small registers: at most 5 of anything in a district."""
    small = read_small(tmp_path, indicators=definitions())
    limits = small.study.thresholds.model_copy(update={"answers": LEAST})
    return replace(small, study=small.study.model_copy(update={"thresholds": limits})).counted()


@pytest.mark.parametrize("key", PEOPLE)
def test_a_small_count_of_people_is_withheld_from_register_to_table(counted, key) -> None:
    """By district and by sex; the number of the project was promised to the donor."""
    found = counted.indicators[counted.indicators["indicator"] == key]
    rows = counted.activities_published.loc[found.index]
    is_part = (rows["district"] != "") | (rows["sex"] != "")
    is_small = is_part & found["actual"].between(1, LEAST - 1)

    assert rows.loc[~is_part, "shown"].all()
    assert is_small.any()
    assert not rows.loc[is_small, "shown"].any()
    assert rows.loc[is_small, ["actual", "achieved", "deviation"]].isna().all().all()


def test_no_other_count_is_withheld(counted) -> None:
    """A page, a meeting, a terminal is a public fact, whatever its number."""
    rows = counted.activities_published

    assert {*PEOPLE, *PROPOSALS} == set(rows.loc[~rows["shown"], "indicator"])
    assert 21 == rows["indicator"].nunique()


def test_few_families_are_withheld_by_bill_too(counted) -> None:
    """One family pays online; zeros go with it, or its bill would be known."""
    families = counted.breakdowns[counted.breakdowns["kind"] == "families"]

    assert 4 == len(families)
    assert not families["shown"].any()
    assert families["number"].isna().all()
