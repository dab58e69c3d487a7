"""Back-checks: agreement by question and interviewer, and every mistake in their file."""

from pathlib import Path

import pytest
from field_study import QUESTIONNAIRE, field_export, monitored, numbers, page, write_field_study
from small_study import write_small

BY_QUESTION, BY_INTERVIEWER = "Back-checks by question", "Back-checks by interviewer"


def checked(home: Path, text: str, **columns: object) -> Path:
    raw = write_field_study(home / "raw", **columns)
    (raw / "back_checks.csv").write_text(text, encoding="utf-8")
    return raw


def rows_of(*numbers_of: int, **other: str) -> str:
    """Back-checks in which the answers to q1 and age are the same, unless `other` has another."""
    export = field_export()
    lines = ["submission,q1,age"]
    for number in numbers_of:
        q1 = other.get(f"q1_{number}", export.loc[number, "q1"])
        age = other.get(f"age_{number}", export.loc[number, "age"])
        lines.append(f"uuid-{number},{q1},{age}")
    return "\n".join(lines)


def test_agreement_is_counted_by_question_and_interviewer(home) -> None:
    """By hand: of four back-checks, two of interviewer 07, one answer to q1 is another."""
    text = rows_of(0, 4, 5, 9, q1_4="dk")

    assert 0 == monitored(checked(home, text))

    assert [4, 3, 75] == numbers(home, BY_QUESTION)["q1: Question q1?"]
    assert [4, 4, 100] == numbers(home, BY_QUESTION)["age: How old are you?"]
    assert [4, 3, 75] == numbers(home, BY_INTERVIEWER)["07"]
    assert [4, 4, 100] == numbers(home, BY_INTERVIEWER)["01"]
    assert "back-checked answers" not in page(home)


def test_an_interviewer_whose_back_checks_differ_is_to_be_called(home) -> None:
    """From five answers on, if fewer than four in five are the same."""
    numbers_of = (4, 9, 14, 0, 5)
    differ = {"q1_4": "dk", "age_9": "99"}

    monitored(checked(home, rows_of(*numbers_of, **differ)))

    assert "; 2 of 6 back-checked answers were different (others 0 of 4)." in page(home)
    monitored(checked(home, rows_of(4, 9, 0, **differ)))
    assert "back-checked answers" not in page(home)
    # 8 of 10 are the same, which is four in five
    monitored(checked(home, rows_of(4, 9, 14, 19, 24, **differ)))
    assert "back-checked answers" not in page(home)


def test_a_question_whose_back_checks_differ_is_named(home) -> None:
    """People may not understand it."""
    monitored(checked(home, rows_of(0, 1, 2, 3, 5, q1_0="dk", q1_1="dk")))

    text = page(home)
    assert "Question “q1”: in 2 of 5 back-checks people gave another answer" in text
    assert "Question “age”" not in text


@pytest.mark.parametrize("name", ["uuid-0", "uuid:uuid-0", "kobo.csv:2", "kobo.csv, row 2"])
def test_a_submission_may_be_named_in_each_way_that_is_printed(home, name) -> None:
    """By its uuid, or by file and row."""
    age = field_export().loc[0, "age"]

    assert 0 == monitored(checked(home, f"submission;age\n{name};{age}\n"))

    assert [1, 1, 100] == numbers(home, BY_INTERVIEWER)["01"]


def test_labels_numbers_and_blanks_are_read_like_answers(home) -> None:
    """A label for its code, 20.0 for 20; a blank was not asked again."""
    text = f"submission,q4,age,q2\nuuid-0,Don't know,{field_export().loc[0, 'age']}.0,\n"

    monitored(checked(home, text))

    assert [1, 1, 100] == numbers(home, BY_QUESTION)["q4: Question q4?"]
    assert [1, 1, 100] == numbers(home, BY_QUESTION)["age: How old are you?"]


def test_back_checks_of_submissions_that_are_set_aside_stop_nothing(home) -> None:
    """Number 8 gave no consent; whatever stands in its row, it is not read."""
    assert 0 == monitored(checked(home, rows_of(0, 8, q1_8="nine")))

    assert [1, 1, 100] == numbers(home, BY_QUESTION)["q1: Question q1?"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("submission,q1\nuuid-99,1", "row 2, column submission: a back-check must name one"),
        ("submission,q1\nuuid-0,1\nuuid-0,2", "row 3, column submission: a back-check must"),
        ("submission,q1\n,1", "row 2, column submission: a back-check must name one"),
        ("submission,q1\nuuid-0,nine", "row 2, column q1: is no answer of this question; found"),
        ("submission,age\nuuid-0,old", "row 2, column age: is not a number; found 'old'"),
        ("submission,q99\nuuid-0,1", "needs the column `submission`, and columns named after"),
        ("submission,proposal\nuuid-0,x", "free text, and what identifies people, cannot be"),
        ("submission,who\nuuid-0,07", "cannot be compared; found 'who'"),
        ("submission\nuuid-0", "needs the column `submission`, and columns named after"),
        ("q1,age\n1,2", "needs the column `submission`"),
        ("", "back_checks.csv: has no submission; found 'an empty file'"),
        ("submission,q1\nuuid-0", "back_checks.csv, row 2: has fewer cells"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(home, capsys, text, words) -> None:
    """With row and column; nothing is written."""
    assert 1 == monitored(checked(home, text))

    error = capsys.readouterr().err
    assert words in error
    assert 1 == error.count("\n")
    assert not (home / "build").exists()


def test_a_question_that_the_interview_did_not_ask_is_not_compared(home) -> None:
    """`duty` is for offices only; somebody asked a resident for it all the same."""
    raw = write_small(home / "raw")
    (raw / "back_checks.csv").write_text("submission,duty\nuuid-0,4\nuuid-2,4\n")

    assert 0 == monitored(raw)

    assert "duty: Do you report in time? 1 1 100" in page(home, study="small")


def test_a_file_that_has_only_its_head_is_none_yet(home) -> None:
    """A template to be filled in."""
    assert 0 == monitored(checked(home, "submission,q1\n"))

    assert {"None"} == {*numbers(home, BY_QUESTION)} - {"Question", "Back to the contents"} - {
        name for name in numbers(home, BY_QUESTION) if name.startswith(("Units.", "Made by"))
    }


def test_a_day_is_a_day(home, capsys) -> None:
    """Written as in the frames."""
    asked = QUESTIONNAIRE.replace("| integer | age |", "| date | age |")
    raw = checked(home, "submission,age\nuuid-0,2000-01-01\nuuid-1,2000-01-02\n", age="2000-01-01")
    (raw / "questionnaire.md").write_text(asked, encoding="utf-8")

    assert 0 == monitored(raw)

    assert [2, 1, 50] == numbers(home, BY_QUESTION)["age: How old are you?"]
    (raw / "back_checks.csv").write_text("submission,age\nuuid-0,1.1.2000\n")
    assert 1 == monitored(raw)
    assert "column age: is not a day, such as 2022-03-14" in capsys.readouterr().err
