"""The survey platform's review: rejected submissions are set aside, undecided ones are flagged."""

import io
import tomllib

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
    assert 'to copy: review.states = { "Returned" = "under_review" } or ignored_columns' in line
    assert "\n" not in line


def test_a_study_can_define_a_state_or_ignore_the_column(cleaned) -> None:
    """The error suggests these two remedies."""
    table = small_export().assign(_validation_status=["Approved"] * 9 + ["Returned"])

    stated = cleaned(table, study=_studied('review.states = { "returned" = "rejected" }'))
    ignored = cleaned(table, study=_studied('ignored_columns = ["_validation_status"]'))

    assert [(11, "rejected_in_review")] == _aside(stated)
    assert [] == _aside(ignored) == _flagged(ignored)


def test_an_unknown_review_action_is_refused(cleaned) -> None:
    """The actions are those of study.toml."""
    with pytest.raises(StudyError, match=r"entry review\.rejected: .*'keep' or 'set_aside'"):
        cleaned(small_export(), study=_studied('review = { rejected = "drop" }'))


def test_a_line_to_copy_keeps_the_states_and_columns_that_are_there(cleaned) -> None:
    """The text is whole, however long the word is."""
    word = "sent back to the interviewer because the respondent was not at home " * 5
    entry = 'review = { rejected = "keep", states = { "Seen" = "approved" } }'
    study = _studied(f'{entry}\nignored_columns = ["x"]')

    with pytest.raises(ExportError) as error:
        cleaned(small_export().assign(x="", _validation_status=["Seen"] * 9 + [word]), study=study)

    states, ignored = (tomllib.loads(line) for line in error.value.to_copy)
    stated = {"Seen": "approved", word: "under_review"}
    assert {"rejected": "keep", "states": stated} == states["review"]
    assert ["x", "_validation_status"] == ignored["ignored_columns"]
    assert all(line in str(error.value) for line in error.value.to_copy)


# --- drafts, deleted and test submissions ---------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "usual", "word", "rule"),
    [
        ("_status", "submitted_via_web", "draft", "draft"),
        ("_status", "submitted_via_web", "deleted", "deleted"),
        ("_submission_status", "complete", "In progress", "draft"),
        ("submission_status", "Final", "Test", "test"),
        ("is_draft", "false", "true", "draft"),
        ("_is_test", "0", "1", "test"),
        ("Test", "", "yes", "test"),
        ("__system/deletedAt", "", "2022-03-05T10:00:00.123Z", "deleted"),
        ("deleted_at", "", "5/3/2022 10:00:11 AM", "deleted"),
        ("isDeleted", "No", "Yes", "deleted"),
    ],
)
def test_drafts_deleted_and_test_submissions_have_rules_of_their_own(
    cleaned, column, usual, word, rule
) -> None:
    """The other rows are kept, and none counts as not reviewed."""
    states = [usual] * 8 + [word, usual]

    frames = cleaned(small_export().assign(**{column: states}))

    assert [(10, rule)] == _aside(frames)
    assert [] == _flagged(frames)
    assert 9 == len(frames.responses)


@pytest.mark.parametrize("word", ["notDecrypted", "missingEncryptedFormData"])
def test_a_submission_that_odk_central_could_not_decrypt_is_incomplete(cleaned, word) -> None:
    """Its answers are missing, which must not look as if the person had not answered."""
    table = small_export().rename(columns={"_uuid": "KEY"})
    table.loc[4, ["trust_1", "age"]] = ""

    frames = cleaned(table.assign(Status=["", "", "", "", word, *[""] * 5]))

    assert [(6, "draft")] == _aside(frames)


def test_a_draft_is_no_copy_of_the_submission_that_it_became(cleaned) -> None:
    """The draft came first, with other answers and under the same id."""
    draft = small_export().head(1).assign(age="", _status="draft")

    frames = cleaned(pd.concat([draft, small_export().assign(_status="submitted")]))

    assert [(2, "draft")] == _aside(frames)
    assert 30 == frames.responses["age"].iloc[0]
    assert [] == _flagged(frames)


def test_the_review_of_a_submission_is_not_hidden_by_its_draft(cleaned) -> None:
    """The draft of the first one came later, and nobody reviews drafts."""
    reviewed = small_export().assign(_status="", _validation_status="Approved")
    draft = reviewed.head(1).assign(_status="draft", _validation_status="")

    frames = cleaned(pd.concat([reviewed, draft]))

    assert [(12, "draft")] == _aside(frames)
    assert [] == _flagged(frames)


def test_a_deletion_in_a_later_download_counts(cleaned) -> None:
    """The first copy was downloaded before."""
    table = small_export().assign(_status="submitted")
    later = table.iloc[[0]].assign(_status="deleted")

    frames = cleaned(pd.concat([table, later]))

    assert [(2, "deleted"), (12, "duplicate")] == _aside(frames)


@pytest.mark.parametrize(
    ("entry", "aside", "flagged"),
    [
        (
            'review.columns = { "QC result" = { "Bad" = "rejected", "?" = "under_review" } }',
            [(2, "rejected_in_review")],
            [(3, "under_review"), *[(n, "not_reviewed") for n in range(4, 12)]],
        ),
        ('review.columns = { "QC result" = { "bad" = "deleted" } }', [(2, "deleted")], []),
        (
            'review.columns = { "QC result" = { "*" = "test", "fine" = "undecided" } }',
            [(2, "test"), (3, "test")],
            [],
        ),
        ('review.columns = { "age" = { "41" = "draft" } }', [(3, "draft")], []),
        (
            'review.columns = { "QC result" = { "bad" = "test" }, "age" = { "50" = "draft" } }',
            [(2, "test"), (4, "draft")],
            [],
        ),
    ],
    ids=["an own review", "capitals", "any text", "a question", "two columns"],
)
def test_a_study_can_name_any_column_and_its_values(cleaned, entry, aside, flagged) -> None:
    """A value that is not named says nothing about the submission."""
    table = small_export().assign(**{"QC result": ["Bad", "?", *["fine"] * 8]})
    table.loc[2:, "QC result"] = "fine" if "fine" in entry else ""
    if "fine" not in entry and "QC" not in entry:
        table = table.drop(columns="QC result")

    frames = cleaned(table, study=_studied(entry))

    assert aside == _aside(frames)
    assert flagged == _flagged(frames)


def test_a_column_that_no_file_has_is_refused(cleaned) -> None:
    """A typing error would silently keep what should be set aside."""
    with pytest.raises(StudyError, match=r"entry review\.columns: .*found 'QC'; possible: consent"):
        cleaned(study=_studied('review.columns = { "QC" = { "bad" = "rejected" } }'))


def test_a_state_that_does_not_exist_is_refused(cleaned) -> None:
    """The possible states are listed."""
    with pytest.raises(StudyError, match=r"review\.columns\.QC\.bad: .*'draft'"):
        cleaned(study=_studied('review.columns = { "QC" = { "bad" = "refused" } }'))


# --- a mistake in a submission that is set aside --------------------------------------------------


@pytest.mark.parametrize(
    "mistake",
    [
        {"channels/tv": "perhaps", "channels/web": "0"},
        {"channels/tv": "1", "channels/web": "1"},
        {"older/age": "99"},
    ],
    ids=["a tick that is none", "two answers to one question", "two columns that differ"],
)
@pytest.mark.parametrize(
    "mark",
    [
        {"_validation_status": "Not Approved"},
        {"_status": "draft"},
        {"is_test": "1"},
        {"organisation": "test"},
    ],
    ids=["rejected", "draft", "test column", "test answer"],
)
def test_it_does_not_stop_the_run(cleaned, mistake, mark) -> None:
    """In a submission that is kept it does."""
    table = small_export()
    ticks = {
        "channels/tv": ["1", "", "1", "", "0", "", "", "1", "", "0"],
        "channels/web": ["0", "", "1", "", "1", "", "", "0", "", "1"],
    }
    table = table.assign(**{"older/age": "", **{name: ticks.get(name, "") for name in mistake}})
    table = table.assign(**{name: table.get(name, "") for name in mark})
    table.loc[0, list(mistake)] = list(mistake.values())
    study = _studied('test_submissions = { column = "organisation", values = ["Test"] }')
    with pytest.raises(ExportError, match=r"export\.csv, rows? 2"):
        cleaned(table, study=study)

    table.loc[0, list(mark)] = list(mark.values())
    frames = cleaned(table, study=study)

    assert [2] == frames.set_aside["row"].tolist()
    assert 9 == len(frames.responses)
