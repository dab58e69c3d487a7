"""Too little of everything, the whole way: reports that say so, and never a number from nothing.

What the reports show is taken from the notebooks' own cells.
"""

import re

import pytest
from cells import derive, shown, words
from thin_studies import CASES

from umid_research.publish import planned_runs
from umid_research.report import DESCRIPTION, PROCESSED_VARIABLE
from umid_research.robustness import robustness_of
from umid_research.study import read_study

# How Python and its libraries write a number that is none.
_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_is_told_whole_and_without_a_number_from_nothing(
    case, write_study, tmp_path, monkeypatch
) -> None:
    """All stages and all reports in both languages; no cell is left without a text."""
    monkeypatch.setitem(robustness_of.__kwdefaults__, "weights", 20)
    raw, processed = write_study(**CASES[case].parts()), tmp_path / "processed"
    derive(raw, processed)
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    study = read_study(processed / DESCRIPTION)

    said: dict[str, list[str]] = {}
    for language in study.languages:
        for run in planned_runs(study, language):
            told = [words(one) for one in shown(run.notebook, **run.parameters)]
            assert [] == [text for text in told if _NO_NUMBER.search(text)]
            said.setdefault(language, []).extend(told)
    assert len(said["en"]) == len(said["az"])
    assert any(CASES[case].says in text for text in said["en"])
    assert not any("none of 0" in text for text in said["en"])
