"""The role `interviewer` says who asked; it is no answer, and no frame has it."""

import pytest
from field_study import (
    QUESTIONNAIRE,
    STUDY,
    field_export,
    monitored,
    page,
    write_field_study,
)
from small_study import frame_texts

from umid_research.__main__ import main


def test_who_interviewed_is_in_no_frame(tmp_path) -> None:
    """So that no report can show it, as it would any other question."""
    raw, made = write_field_study(tmp_path / "raw"), tmp_path / "made"

    assert 0 == main(["clean", "--raw", str(raw), "--processed", str(made)])

    for frame in ("responses", "states"):
        assert "who" not in frame_texts(made, frame)
        assert "q1" in frame_texts(made, frame)


@pytest.mark.parametrize(
    "field",
    [
        "| | username | user | | | |",
        "| | deviceid | user | | | |",
        "| | hidden | user | | | |",
        "| | phonenumber | user | | | |",
    ],
)
def test_a_field_of_the_device_can_be_the_interviewer(tmp_path, monkeypatch, field) -> None:
    """Forms often leave it to the device; the column is read, and no frame has it either."""
    monkeypatch.chdir(tmp_path)
    form = QUESTIONNAIRE.replace("| | text | who | Interviewer | Müsahibəçi | |", field)
    raw = write_field_study(
        tmp_path / "raw", study=STUDY.replace('interviewer = "who"', 'interviewer = "user"')
    )
    (raw / "questionnaire.md").write_text(form, encoding="utf-8")
    field_export().rename(columns={"who": "user"}).to_csv(
        raw / "responses" / "kobo.csv", sep=";", index=False
    )

    assert 0 == monitored(raw)

    assert "Call interviewer 07: 6 of 12 interviews too fast" in page(tmp_path)
    assert "user" not in frame_texts(tmp_path / "processed", "responses")


def test_a_role_that_is_no_question_is_named(tmp_path, capsys) -> None:
    """As for any other role."""
    study = STUDY.replace('interviewer = "who"', 'interviewer = "enumerator"')
    raw = write_field_study(tmp_path / "raw", study=study)

    assert 1 == main(["clean", "--raw", str(raw), "--processed", str(tmp_path / "made")])

    error = capsys.readouterr().err
    assert "role `interviewer` names an unknown question; found 'enumerator'" in error
