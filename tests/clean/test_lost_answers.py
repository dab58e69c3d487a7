"""What is lost below the limit that stops a run is said in a line for each question and cause."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, frame_texts, small_export

from umid_research.__main__ import main
from umid_research.clean import clean_responses, group_causes, lost_answers


@pytest.fixture
def lines(read_all):
    """Return the lines of the small study with its export, form or description replaced."""

    def lines_of(export: pd.DataFrame, **parts: str) -> list[str]:
        study, questionnaire, raw = read_all(export=export, **parts)
        cleaned = clean_responses(raw, questionnaire, study, key="k" * 16)
        return list(lost_answers(cleaned, questionnaire, study))

    return lines_of


def _with(**columns: object) -> pd.DataFrame:
    return small_export().assign(**columns)


def _accepting(name: str) -> str:
    return STUDY.replace("seed = 1\n", f'seed = 1\naccepted_losses = ["{name}"]\n')


def test_a_study_that_lost_nothing_has_no_line(lines) -> None:
    """The small study has none, and one answer that is lost among ten is a row of issues only."""
    assert [] == lines(small_export())
    assert [] == lines(_with(age=["old", *small_export()["age"][1:]]))


def test_unknown_codes_are_counted_with_their_values(lines) -> None:
    """Four of ten do not stop the run."""
    (line,) = lines(_with(trust_1=["9", "9", "8", "v7", *["3"] * 6]))

    assert line == (
        "trust_1: 4 of 10 answers are no choice of the form: '9' 2, '8' 1, 'v7' 1; "
        "the codes are of another version of the form, or of another list of choices"
    )


def test_an_accepted_loss_is_said_all_the_same(lines) -> None:
    """All answers are lost; the line to copy names the most similar choice, and is whole."""
    words = "Fully, as I have said before and would say again to everybody"[:40]

    (line,) = lines(_with(trust_1=words), study=_accepting("trust_1"))

    assert line.startswith(
        f"trust_1: 10 of 10 answers are no choice of the form: {words!r} 10; they are in words"
    )
    assert line.endswith(f'; to copy: wordings = {{ "trust_1/CODE" = ["{words}"] }}')


def test_peoples_own_words_are_counted_and_not_shown(lines) -> None:
    """The answers of the two who ticked a choice as well are kept."""
    (line,) = lines(
        _with(channels=["tv Aygun", "", "tv web Leyla", *small_export()["channels"][3:]])
    )

    assert line == (
        "channels: 2 of 5 answers are no choice of the form: 2 others; "
        "they are words of people's own; ticks that are choices are kept"
    )


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"age": ["45.000", "45.000", "old", *["30"] * 7]},
            "age: 3 of 10 answers are no numbers, or can be several: '45.000' 2, 1 others; write "
            "them without signs between thousands, and decimals with a point",
        ),
        (
            {"age": ["300", "301", *["30"] * 8]},
            "age: 2 of 10 answers are outside of what the form allows: '300' 1, '301' 1; the "
            "form's constraint is . < 200",
        ),
        (
            {"duty": ["4", "3", *small_export()["duty"][2:]]},
            "duty: 2 of 6 answers were given where the form does not ask for them: '4' 1, '3' 1; "
            "the form's condition is ${consent} = 'yes' and ${kind} = 'o'; if an older form asked "
            "everybody, take it out of the questionnaire in the study folder",
        ),
        (
            {"place": ["w", "w", *small_export()["place"][2:]]},
            "place: 2 of 10 answers are no district of the study; these submissions are set "
            "aside: 2 others; add other spellings to `aliases` of the district in study.toml",
        ),
        (
            {"village": ["n7", "n7", *small_export()["village"][2:]]},
            "village: 2 of 10 answers are no locality of their district; these submissions are "
            "set aside: 'n7' 2; add other spellings to `locality_aliases` of the district in "
            "study.toml",
        ),
        (
            {"consent": ["yess", "J", "no", *["yes"] * 7]},
            "consent: 2 of 9 answers are neither consent nor refusal; these submissions are set "
            "aside: 2 others; write them as in the form",
        ),
    ],
    ids=["numbers", "constraint", "condition", "district", "locality", "consent"],
)
def test_each_cause_has_its_line(lines, columns, said) -> None:
    """It names the rule in words, the values, and what to do."""
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | constraint |")
    form = form.replace("How old are you? | | | |", "How old are you? | | | | . < 200 |")

    assert [said] == lines(_with(**columns), questionnaire=form)


def test_dates_have_their_line(lines) -> None:
    """The year has two digits."""
    form = QUESTIONNAIRE.replace(
        "| integer | age |", "| date | day | Which day? | | | |\n| | integer | age |"
    )
    days = ["01.03.24", "02.03.24", *["2024-03-01"] * 8]

    assert [
        "day: 2 of 10 answers are no dates, or can be several: '01.03.24' 1, '02.03.24' 1; "
        "write them as 2024-03-31"
    ] == lines(_with(day=days), questionnaire=form)


def test_answers_to_an_identifying_question_are_counted_without_values(lines) -> None:
    """They are in no frame, so the number of all is not known."""
    study = STUDY.replace('identifying = ["organisation"]', 'identifying = ["organisation", "age"]')

    (line,) = lines(_with(age=["45.000", "45.000", *["30"] * 8]), study=study)

    assert line.startswith("age: 2 answers are no numbers, or can be several: 2 others; ")


def test_equal_issues_are_counted_together(cleaned) -> None:
    """Each row of `issues` is in one row of `causes`, which names the first of them."""
    frames = cleaned(
        _with(trust_1=["9", "8", "9", *["3"] * 7], age=["1 200", "1 200", *["30"] * 8])
    )

    causes = group_causes(frames.issues)

    assert [
        ("trust_1", "unknown_choice", "blanked", "9", "", 2, "export.csv", 2),
        ("trust_1", "unknown_choice", "blanked", "8", "", 1, "export.csv", 3),
        ("age", "number_format", "changed", "1 200", "1200", 2, "export.csv", 2),
    ] == [tuple(row) for row in causes.to_numpy()]
    assert len(frames.issues) == causes["submissions"].sum()


def test_the_command_prints_the_lines_and_writes_the_causes(write_study, tmp_path, capsys) -> None:
    """At its end it says where each issue is."""
    folder = write_study(export=_with(trust_1=["9", "9", *["3"] * 8]))
    processed = tmp_path / "processed"

    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(processed)])

    lost, counts, where = capsys.readouterr().out.splitlines()
    assert lost.startswith("lost     trust_1: 2 of 10 answers are no choice of the form: '9' 2; ")
    assert "clean    10 submissions read, 10 kept, 0 set aside, 2 issues" == counts
    assert where.startswith(f"issues   {processed}/issues.csv")
    assert ["2"] == frame_texts(processed, "causes")["submissions"].tolist()


def test_submissions_set_aside_are_counted_by_rule(write_study, tmp_path, capsys) -> None:
    """The most frequent rule first; the line says where each of them is named."""
    table = _with(_status=["draft", "draft", "deleted", *["submitted"] * 7])
    processed = tmp_path / "processed"

    assert 0 == main(
        ["clean", "--raw", str(write_study(export=table)), "--processed", str(processed)]
    )

    assert f"aside    draft 2, deleted 1: {processed}/set_aside.csv" in capsys.readouterr().out


def test_answers_that_are_not_read_are_said_in_one_line(write_study, tmp_path, capsys) -> None:
    """The form has two questions of types that are not analysed; one of them is blank."""
    form = QUESTIONNAIRE.replace(
        "| integer | age |",
        "| image | photo | Picture? | | | |\n"
        "| | audio | sound | Say it | | | |\n"
        "| | integer | age |",
    )
    folder = write_study(
        export=_with(photo=["a.jpg", "b.jpg", *[""] * 8], sound=""), questionnaire=form
    )

    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(tmp_path / "processed")])

    assert (
        "unread   photo (2 answers): of a type that is not analysed"
        == (capsys.readouterr().out.splitlines()[0])
    )
