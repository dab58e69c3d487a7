"""Which answers people ticked, by hand."""

import pandas as pd
import pytest

from umid_research.analysis.ticked import ticked
from umid_research.study.questionnaire import Choice, Question


def _question(kind: str) -> Question:
    names = {"radio": None, "tv": None, "web": None, "skipped": "not_asked"}
    choices = tuple(Choice(name, {}, None, missing) for name, missing in names.items())
    return Question("media", kind, {"en": "Media?"}, choices, (), None, None, reverse=False)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("select_one", ["tv", "radio", "tv"], [[0, 1, 0], [1, 0, 0], [0, 1, 0]]),
        ("select_multiple", ["radio web", "tv", "radio web"], [[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
        ("select_one", [], []),
        ("select_multiple", [], []),
    ],
)
def test_each_answer_of_the_question_has_a_column_in_its_order(kind, given, expected) -> None:
    """Also an answer that nobody gave; not the code of people who were not asked."""
    index = [7, 3, 5][: len(given)]

    found = ticked(pd.Series(given, index=index, dtype=object), _question(kind))

    assert ["radio", "tv", "web"] == list(found.columns)
    assert index == list(found.index)
    assert expected == found.to_numpy().tolist()
