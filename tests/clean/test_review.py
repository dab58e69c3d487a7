"""The survey platform's review: rejected submissions are set aside, undecided ones are flagged."""

import io

import pandas as pd
import pytest
from small_study import STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.errors import ExportError, StudyError
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

# One per row of the small export, which has ten.
_KOBO = ["Approved"] * 6 + ["Not Approved", "On Hold", "", "Approved"]


def _aside(frames) -> list[tuple[int, str]]:
    return list(frames.set_aside[["row", "rule"]].itertuples(index=False, name=None))


def _flagged(frames) -> list[tuple[int, str]]:
    rules = ["rejected_in_review", "under_review", "not_reviewed"]
    issues = frames.issues[frames.issues["rule"].isin(rules)]
    assert {"flagged"} >= set(issues["action"])
    return list(issues[["row", "rule"]].itertuples(index=False, name=None))


def _studied(entry: str) -> str:
    return STUDY.replace("seed = 1\n", f"seed = 1\n{entry}\n")


def test_rejected_is_set_aside_and_undecided_is_flagged(cleaned) -> None:
    """Of ten rows one is rejected, one on hold, and one not reviewed."""
    frames = cleaned(small_export().assign(_validation_status=_KOBO))

    assert [(8, "rejected_in_review")] == _aside(frames)
    assert [(9, "under_review"), (10, "not_reviewed")] == _flagged(frames)
    assert 9 == len(frames.responses)


@pytest.mark.parametrize(
    ("column", "rejected", "open_", "approved"),
    [
        ("_validation_status", "Not Approved", "On Hold", "Approved"),
        ("_validation_status", "Not approved", "On hold", "approved"),
        (
            "_validation_status",
            "validation_status_not_approved",
            "validation_status_on_hold",
            "validation_status_approved",
        ),
        (
            "_validation_status",
            "{'timestamp': 1647, 'uid': 'validation_status_not_approved', 'label': 'Not Approved'}",
            '{"uid": "validation_status_on_hold", "by_whom": "approved"}',
            "{'uid': 'validation_status_approved'}",
        ),
        (
            "_validation_status/uid",
            "validation_status_not_approved",
            "validation_status_on_hold",
            "validation_status_approved",
        ),
        ("ReviewState", "rejected", "hasIssues", "approved"),
        ("review_status", "REJECTED", "pending", "APPROVED"),
        ("review_quality", "fake", "poor", "good"),
    ],
)
def test_states_of_all_platforms_are_read(cleaned, column, rejected, open_, approved) -> None:
    """Codes, labels and records of KoboToolbox, ODK Central and SurveyCTO."""
    states = [approved] * 7 + [rejected, rejected, open_]

    frames = cleaned(small_export().assign(**{column: states}))

    assert [(9, "rejected_in_review"), (10, "rejected_in_review")] == _aside(frames)
    undecided = [] if column != "review_quality" else [(n, "not_reviewed") for n in range(2, 9)]
    assert [*undecided, (11, "under_review")] == _flagged(frames)


def test_an_export_of_odk_central_as_a_workbook(write_study) -> None:
    """`edited` is not a decision, and a blank means that nobody has decided."""
    folder = write_study()
    (folder / "responses" / "export.csv").unlink()
    states = ["approved"] * 5 + ["rejected", "hasIssues", "edited", "", "approved"]
    table = small_export().rename(columns={"_uuid": "KEY", "__version__": "FormVersion"})
    book = io.BytesIO()
    table.assign(ReviewState=states, SubmissionDate="2022-03-02T10:00:00Z").to_excel(
        book, index=False
    )
    (folder / "responses" / "central.xlsx").write_bytes(book.getvalue())

    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    raw = read_raw(folder, questionnaire, study)
    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    assert [(7, "rejected_in_review")] == _aside(frames)
    assert [(8, "under_review"), (9, "not_reviewed"), (10, "not_reviewed")] == _flagged(frames)


@pytest.mark.parametrize("column", ["_validation_status", "ReviewState"])
def test_unused_review_columns_flag_nothing(cleaned, column) -> None:
    """The column always exists, even if the project does not use reviews."""
    states = ["edited" if column == "ReviewState" else "", *[""] * 9]

    frames = cleaned(small_export().assign(**{column: states}))

    assert [] == _aside(frames) == _flagged(frames)


def test_the_stricter_of_two_columns_counts(cleaned) -> None:
    """SurveyCTO can release a submission that it calls a fake."""
    quality = ["good"] * 9 + ["fake"]
    table = small_export().assign(review_status="approved", review_quality=quality)

    frames = cleaned(table)

    assert [(11, "rejected_in_review")] == _aside(frames)
    assert [] == _flagged(frames)


def test_a_rejection_in_a_later_download_counts(cleaned) -> None:
    """The first copy has no state yet; an approval in a later download counts too."""
    table = small_export().assign(_validation_status=["", "On Hold", *["Approved"] * 8])
    later = table.iloc[[0, 1]].assign(_validation_status=["Not Approved", "Approved"])

    frames = cleaned(pd.concat([table, later]))

    assert [(2, "rejected_in_review"), (12, "duplicate"), (13, "duplicate")] == _aside(frames)
    # On hold in one copy and approved in the other: only a person knows which came last.
    assert [(3, "under_review")] == _flagged(frames)


def test_a_study_can_change_what_review_states_do(cleaned) -> None:
    """It uses `review` in study.toml."""
    study = _studied(
        'review = { rejected = "keep", under_review = "set_aside", not_reviewed = "set_aside" }'
    )

    frames = cleaned(small_export().assign(_validation_status=_KOBO), study=study)

    assert [(9, "under_review"), (10, "not_reviewed")] == _aside(frames)
    assert [(8, "rejected_in_review")] == _flagged(frames)


def test_an_unknown_state_is_one_line_with_the_entry_to_add(cleaned) -> None:
    """The submission is neither kept nor dropped silently."""
    states = ["Approved"] * 9 + ["Returned"]

    with pytest.raises(ExportError) as error:
        cleaned(small_export().assign(_validation_status=states))

    line = str(error.value)
    assert "export.csv, row 11, column _validation_status: " in line
    assert "found 'Returned'" in line
    assert 'review.states = { "Returned" = "under_review" }' in line
    assert "\n" not in line


def test_a_study_can_define_a_state_or_ignore_the_column(cleaned) -> None:
    """The error suggests these two remedies."""
    table = small_export().assign(_validation_status=["Approved"] * 9 + ["Returned"])

    told = cleaned(table, study=_studied('review.states = { "returned" = "rejected" }'))
    ignored = cleaned(table, study=_studied('ignored_columns = ["_validation_status"]'))

    assert [(11, "rejected_in_review")] == _aside(told)
    assert [] == _aside(ignored) == _flagged(ignored)


def test_an_unknown_review_action_is_refused(cleaned) -> None:
    """The actions are those of study.toml."""
    with pytest.raises(StudyError, match=r"entry review\.rejected: .*'keep' or 'set_aside'"):
        cleaned(small_export(), study=_studied('review = { rejected = "drop" }'))
