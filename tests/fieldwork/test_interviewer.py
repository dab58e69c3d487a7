"""The role `interviewer` says who asked; it is no answer, and no frame has it."""

from field_study import STUDY, write_field_study
from small_study import frame_texts

from umid_research.__main__ import main


def test_who_interviewed_is_in_no_frame(tmp_path) -> None:
    """So that no report can show it, as it would any other question."""
    raw, made = write_field_study(tmp_path / "raw"), tmp_path / "made"

    assert 0 == main(["clean", "--raw", str(raw), "--processed", str(made)])

    for frame in ("responses", "states"):
        assert "who" not in frame_texts(made, frame)
        assert "q1" in frame_texts(made, frame)


def test_a_role_that_is_no_question_is_named(tmp_path, capsys) -> None:
    """As for any other role."""
    study = STUDY.replace('interviewer = "who"', 'interviewer = "enumerator"')
    raw = write_field_study(tmp_path / "raw", study=study)

    assert 1 == main(["clean", "--raw", str(raw), "--processed", str(tmp_path / "made")])

    error = capsys.readouterr().err
    assert "role `interviewer` names an unknown question; found 'enumerator'" in error
