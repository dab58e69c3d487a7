"""What `import umid_research` offers, and that it costs nothing."""

import subprocess
import sys

import pytest

import umid_research

PUBLIC = [
    *("clean_responses", "compare_units", "open_report", "open_study"),
    *("read_questionnaire", "read_raw", "read_study", "score_responses", "score_units"),
]


def test_the_public_names_are_these() -> None:
    """A name that is added or removed is a decision, made here."""
    assert PUBLIC == umid_research.__all__
    assert set(PUBLIC) <= set(dir(umid_research))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_a_documented_function(name) -> None:
    """Of that name, wherever it is defined."""
    function = getattr(umid_research, name)

    assert name == function.__name__
    assert function.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As in any module, so that `hasattr` and `import` work."""
    assert not hasattr(umid_research, "read_everything")
    with pytest.raises(AttributeError, match="no attribute 'read_everything'"):
        umid_research.read_everything  # noqa: B018


def test_importing_the_package_imports_no_library() -> None:
    """The check whether anything is out of date has to answer at once."""
    shown = "import sys, umid_research; print({'pandas', 'numpy', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)

    assert "set()" == done.stdout.strip()


def test_a_small_study_goes_through_the_public_functions(write_study) -> None:
    """From the folder to the comparisons, with nothing else imported."""
    folder = write_study()
    study = umid_research.read_study(folder)
    questionnaire = umid_research.read_questionnaire(folder, study)
    raw = umid_research.read_raw(folder, questionnaire, study)
    cleaned = umid_research.clean_responses(raw, questionnaire, study, key="k" * 16)
    scores = umid_research.score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    units = umid_research.score_units(scores)
    comparisons = umid_research.compare_units(units, study, seed=study.seed)

    assert 10 == len(raw) == len(cleaned.responses)
    assert 9 == units["unit"].nunique()
    assert 8 == len(comparisons)
