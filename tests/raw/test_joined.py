"""A question has one column of answers, also if it was moved, replaced or reworded half way."""

import tomllib

import pandas as pd
import pytest
from small_study import STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.errors import ExportError, QuestionnaireError
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

OLD_AGE = "What is your age in years?"


def _read(folder) -> pd.DataFrame:
    study = read_study(folder)
    return read_raw(folder, read_questionnaire(folder, study), study)


def _moved(old: str, new: str, *, from_row: int = 5) -> pd.DataFrame:
    """Return the small export with the answers to `old` in the column `new` from a row on."""
    table = small_export()
    late = table.index >= from_row
    table[new] = table[old].where(late, "")
    table[old] = table[old].where(~late, "")
    return table


def _with_wordings(**wordings: str) -> str:
    entries = "\n".join(f'"{name}" = ["{text}"]' for name, text in wordings.items())
    return STUDY.replace("[field_work]", f"[wordings]\n{entries}\n[field_work]")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("age", "asked/age"),
        ("trust_1", "Questions/Do you trust them?"),
        ("proposal", "asked-proposal"),
        ("age", "How old are you?"),
        ("channels", "asked/channels"),
    ],
)
def test_a_question_that_moved_is_read_from_both_columns(write_study, old, new) -> None:
    """KoboToolbox writes one column for each place that the question had."""
    whole = _read(write_study())

    assert whole.equals(_read(write_study(export=_moved(old, new), name="moved")))


def test_split_choices_that_moved_are_joined_too(write_study) -> None:
    """Each choice has two columns then."""
    table = small_export()
    late = table.index >= 5
    for code in ("tv", "web"):
        ticked = table["channels"].str.split("_| ").map(lambda codes, code=code: code in codes)
        ticks = ticked.map({True: "1", False: "0"}).where(table["channels"] != "", "")
        table[f"channels/{code}"] = ticks.where(~late, "")
        table[f"asked/channels/{code}"] = ticks.where(late, "")
    expected = _read(write_study())["channels"].tolist()

    read = _read(write_study(export=table.drop(columns="channels"), name="moved"))
    assert expected == read["channels"].tolist()


def test_a_column_of_the_same_header_is_the_same_question(write_study) -> None:
    """Google writes a second one if somebody deletes a question and adds it again."""
    table = _moved("age", "again", from_row=3)
    table.columns = ["age" if name == "again" else name for name in table.columns]

    assert small_export()["age"].tolist() == _read(write_study(export=table))["age"].tolist()


def test_two_answers_of_one_person_stop_the_run_with_their_rows(write_study) -> None:
    """Only people can say which is right; equal answers are one."""
    table = _moved("age", "asked/age")
    table.loc[[1, 3], "asked/age"] = ["99", table.loc[3, "age"]]

    with pytest.raises(ExportError, match=r"row 3: has a question in two .*found 'age, asked/age'"):
        _read(write_study(export=table))


@pytest.mark.parametrize(
    ("wordings", "old", "new"),
    [
        ({"age": OLD_AGE}, "age", OLD_AGE),
        ({"age": f"  {OLD_AGE} "}, "age", OLD_AGE),
        ({"trust_1": "Do you believe them?"}, "trust_1", "Do you believe them?"),
        ({"proposal": "What is to be done?"}, "proposal", "Questions/What is to be done?"),
    ],
)
def test_an_older_wording_of_a_question_is_read(write_study, wordings, old, new) -> None:
    """`[wordings]` in study.toml is its place, in whatever column it is."""
    table = _moved(old, new)
    study = _with_wordings(**wordings)

    assert _read(write_study()).equals(
        _read(write_study(export=table, study=study, name="reworded"))
    )


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("channels/web", "The internet (Facebook)", "web"),
        ("aware/no", "I do not", "no"),
        ("place/n", "The north", "n"),
        ("trust_1/5", "Completely, always", "5"),
    ],
)
def test_an_older_wording_of_a_choice_is_read(write_study, name, text, code) -> None:
    """As a label would be."""
    question = name.partition("/")[0]
    table = small_export()
    table[question] = table[question].where(table[question] != code, text)
    folder = write_study(export=table, study=_with_wordings(**{name: text}))
    study = read_study(folder)
    cleaned = clean_responses(_read(folder), read_questionnaire(folder, study), study, key="k" * 16)

    assert "unknown_choice" not in set(cleaned.issues["rule"])
    assert _read(write_study(name="now"))[question].tolist() == _read(folder)[question].tolist()


@pytest.mark.parametrize(
    ("column", "header", "named"),
    [
        # The most similar question, whether or not it has another column.
        ("age", "How old are you, in years?", "age"),
        ("proposal", "What should change in your village?", "proposal"),
        # The only question without a column.
        ("age", "When were you born? Please say your age", "age"),
        # No question is like it, and all have a column: a person must say which it is.
        ("age", "Something else", "QUESTION"),
    ],
)
def test_the_error_prints_the_line_that_adds_a_wording(write_study, column, header, named) -> None:
    """It is whole, holds the wordings that are there, and works as it is."""
    header += f" ({'as of the day on which you were asked; ' * 6})" if named == "QUESTION" else ""
    table = _moved(column, header)
    if named == column and "born" in header:
        table = small_export().rename(columns={column: header})
    known = _with_wordings(duty="Do you ‘report’?")
    with pytest.raises(ExportError, match="older wording") as refusal:
        _read(write_study(export=table, study=known))
    entry = refusal.value.to_copy[0]

    assert {"duty": ["Do you ‘report’?"], named: [header]} == tomllib.loads(entry)["wordings"]
    assert entry in str(refusal.value)
    study = STUDY.replace("headline", entry.replace("QUESTION", column) + "\nheadline")
    folder = write_study(export=table, study=study, name="added")
    assert small_export()[column].tolist() == _read(folder)[column].tolist()


@pytest.mark.parametrize(
    ("code", "text", "named"),
    [
        ("yes", "Yes, I do know it", "CODE"),
        ("no", "Nope", "no"),
        ("yes", "Oh yes", "yes"),
    ],
)
def test_a_reworded_choice_that_loses_answers_gets_a_line_too(
    write_study, code, text, named
) -> None:
    """It names the most similar choice, or leaves the code to a person."""
    table = pd.concat([small_export()] * 3, ignore_index=True)
    table["_uuid"] = [f"u{n}" for n in range(30)]
    table["aware"] = table["aware"].where(table["aware"] != code, text)
    table = table[table["aware"] == text]
    folder = write_study(export=table)
    study = read_study(folder)
    with pytest.raises(ExportError, match="reworded choices") as refusal:
        clean_responses(_read(folder), read_questionnaire(folder, study), study, key="k" * 16)

    entry = refusal.value.to_copy[0]
    assert {f"aware/{named}": [text]} == tomllib.loads(entry)["wordings"]
    accepted = 'accepted_losses = ["aware"]'
    assert str(refusal.value).endswith(f"; to copy: {entry} or {accepted}")


@pytest.mark.parametrize("name", ["agee", "channels/radio", "place/", "/tv"])
def test_a_wording_of_nothing_is_refused(write_study, name) -> None:
    """A typing error would leave answers unread."""
    folder = write_study(study=_with_wordings(**{name: "x"}))

    with pytest.raises(QuestionnaireError, match=f"`wordings` names an unknown .*found '{name}'"):
        read_questionnaire(folder, read_study(folder))
