"""Published names of input files: fixed names are kept, chosen names become numbers."""

import pytest

from umid_research.runs.input_names import neutral_inputs


def _named(*paths: str) -> list[str]:
    return list(neutral_inputs(dict.fromkeys(paths, "hash")))


@pytest.mark.parametrize(
    "path",
    [
        *("study.toml", "questionnaire.xlsx", "measures.xlsx", "meetings.csv", "corrections.csv"),
        *("activities/payments.xlsx", "activities/indicators.toml", "truth_activity_issues.csv"),
    ],
)
def test_fixed_names_are_kept(path) -> None:
    """They tell readers what the file is."""
    assert [path] == _named(path)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("responses/Anar Əliyev.csv", "responses/1.csv"),
        ("responses/Anar/old.XLSX", "responses/1.xlsx"),
        ("activities/screenshots/anar.png", "activities/screenshots/1.png"),
        ("activities/screenshots/study.toml", "activities/screenshots/1"),
        ("responses/study.toml", "responses/1"),
        ("photos/Anar.jpg", "other/1.jpg"),
        ("notes.Anar", "other/1"),
        ("measures of Anar.csv", "other/1.csv"),
        ("measures.csv.Anar", "other/1"),
        ("truth_anar.csv", "other/1.csv"),
        ("Anar/study.toml", "other/1"),
        ("Anar", "other/1"),
    ],
)
def test_chosen_names_are_replaced_by_numbers(path, named) -> None:
    """Only a known file type is kept as the suffix."""
    assert [named] == _named(path)


def test_files_are_numbered_in_each_folder_in_the_order_of_their_paths() -> None:
    """Each file keeps its own hash."""
    found = neutral_inputs({"x": "4", "responses/b.csv": "2", "responses/a.csv": "1", "a": "3"})

    assert {"responses/1.csv": "1", "responses/2.csv": "2", "other/1": "3", "other/2": "4"} == found


def test_lists_are_equal_only_if_the_files_are() -> None:
    """So a manifest still shows whether it belongs to the current inputs."""
    before = {"study.toml": "0", "responses/a.csv": "1", "responses/b.csv": "2"}

    assert neutral_inputs(before) == neutral_inputs(dict(reversed(before.items())))
    for changed in (
        {**before, "responses/a.csv": "9"},
        {**before, "responses/c.csv": "3"},
        {key: value for key, value in before.items() if key != "responses/b.csv"},
        {**before, "responses/a.csv": "2", "responses/b.csv": "1"},
    ):
        assert neutral_inputs(before) != neutral_inputs(changed)
