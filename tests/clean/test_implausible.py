"""Numbers far from all other answers are flagged, with the value, whatever the form allows."""

import numpy as np
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean.implausible import far_from_others


def _flagged(frames) -> list[tuple[int, str, str, str]]:
    issues = frames.issues[frames.issues["rule"] == "implausible"]
    return list(issues[["row", "column", "action", "old"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("age", ["217", "1445", "-30", "35000"])
def test_an_implausible_age_is_flagged_and_kept(cleaned, age) -> None:
    """The small form has no constraint. The other ages are from 28 to 61."""
    table = small_export()
    table.loc[3, "age"] = age

    frames = cleaned(table)

    assert [(5, "age", "flagged", age)] == _flagged(frames)
    assert float(age) == frames.responses.loc[3, "age"]
    assert 10 == len(frames.responses)


@pytest.mark.parametrize("age", ["18", "70", "86"])
def test_an_unusual_age_is_not_flagged(cleaned, age) -> None:
    """Quartiles 36.75 and 49.25 of all ten ages: the upper fence is 86.75."""
    table = small_export()
    table.loc[3, "age"] = age

    assert [] == _flagged(cleaned(table))


def test_a_wide_constraint_does_not_hide_it(cleaned) -> None:
    """The form allows 300, and blanks 301."""
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | constraint |")
    form = form.replace("How old are you? | | | |", "How old are you? | | | | . <= 300 |")
    table = small_export()
    table.loc[[3, 4], "age"] = ["217", "301"]

    frames = cleaned(table, questionnaire=form)

    assert [(5, "age", "flagged", "217")] == _flagged(frames)
    assert ["out_of_range"] == frames.issues.query("row == 6")["rule"].tolist()


def test_the_value_of_an_identifying_question_is_not_shown(cleaned) -> None:
    """The flag is there all the same."""
    study = STUDY.replace('identifying = ["organisation"]', 'identifying = ["organisation", "age"]')
    table = small_export()
    table.loc[3, "age"] = "217"

    assert [(5, "age", "flagged", "[text]")] == _flagged(cleaned(table, study=study))


def test_weights_are_no_answers(cleaned) -> None:
    """A large weight is a property of the sample."""
    study = STUDY.replace('consent = "consent"', 'consent = "consent"\nweight = "age"')
    table = small_export()
    table.loc[3, "age"] = "217"

    assert [] == _flagged(cleaned(table, study=study))


@pytest.mark.parametrize("code", ["999", "-1", "-99.0"])
def test_codes_of_missing_answers_are_no_answers(cleaned, code) -> None:
    """They are neither flagged nor part of what is usual."""
    study = STUDY.replace('refused = ["ref"]', 'refused = ["ref", "999", "-1", "-99"]')
    table = small_export()
    table.loc[[3, 5, 6, 8], "age"] = [code, code, code, "217"]

    assert [(10, "age", "flagged", "217")] == _flagged(cleaned(table, study=study))


@pytest.mark.parametrize(
    ("values", "far"),
    [
        # Quartiles 31 and 62.75: the upper fence is 62.75 + 3 · 31.75 = 158.
        ([18, 25, 33, 41, 52, 60, 71, 217], [217]),
        ([18, 25, 33, 41, 52, 60, 71, 158], []),
        # Quartiles 250 and 550: the fence is 1450.
        ([100, 200, 300, 350, 400, 700, 900], []),
        # Quartiles 2 and 8, median 5: the fence is 26. The largest answer within it is 25, which is
        # 20 from the median; 34 is 29 from it, 35 is 30, half as far again.
        ([1, 2, 2, 2, 5, 8, 8, 25, 34], []),
        ([1, 2, 2, 2, 5, 8, 8, 25, 35], [35]),
        # Birth years.
        ([1960, 1971, 1985, 1990, 2001, 195], [195]),
        # Half of the answers are equal.
        ([0, 0, 0, 0, 0, 0, 0, 0, 7, 90], []),
        # Five answers are enough, four are not, nor one without any others.
        ([28, 30, 40, 50, 900], [900]),
        ([30, 40, 50, 900], []),
        ([], []),
        ([np.nan, np.nan, 217, np.nan, np.nan], []),
    ],
)
def test_the_fences_are_those_of_tukey(values, far) -> None:
    """Computed by hand, with quartiles between the two nearest answers."""
    given = np.array(values, dtype=float)

    assert far == given[far_from_others(given)].tolist()
