"""Choices from a file in the form's folder: used if present, else the answers stay text."""

import re

import pytest
from small_study import QUESTIONNAIRE, STUDY, derive, frame_texts, small_export

from umid_research.__main__ import main
from umid_research.disclosure.rules.field_work import account_rows
from umid_research.disclosure.tables import read_published
from umid_research.errors import QuestionnaireError
from umid_research.forms import write_forms
from umid_research.frames import read_frame
from umid_research.raw import INTAKE
from umid_research.study import read_study
from umid_research.study.begin import begin_study
from umid_research.study.questionnaire import read_questionnaire

_AGE = "| | integer | age |"
_MARKETS = "name,label\nm1,Old market\nm2,New market\nm3,Bazaar\n"
_CODES = ["m1", "m2", "m1", "m1", "", "m2", "m1", "m1", "m2", "m1"]


def _form(kind: str = "select_one_from_file markets.csv") -> str:
    return QUESTIONNAIRE.replace(_AGE, f"| | {kind} | market | Which market? | | | |\n{_AGE}")


@pytest.fixture
def study(write_study):
    """Return a small study with a question about markets, and the file of its choices if given."""

    def write(answers, file: str | None = _MARKETS, *, name: str = "markets.csv", **parts):
        table = small_export()
        table.insert(11, "market", answers)
        folder = write_study(export=table, **({"questionnaire": _form()} | parts))
        if file is not None:
            (folder / name).write_text(file, encoding="utf-8")
        return folder

    return write


def _cleaned(folder, processed) -> tuple[list[str], list[str]]:
    """Return the answers to the question ("" for none) and the rules of all issues."""
    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
    answers = frame_texts(processed, "responses")["market"].fillna("")
    return answers.tolist(), frame_texts(processed, "issues")["rule"].tolist()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_codes_are_the_choices_of_the_file(study, tmp_path, separator) -> None:
    """Other answers are blanked and logged, as for any question."""
    folder = study([*_CODES[:9], "m9"], _MARKETS.replace(",", separator))

    answers, rules = _cleaned(folder, tmp_path / "p")

    assert [*_CODES[:9], ""] == answers
    assert ["unknown_choice"] == rules


def test_labels_of_the_file_become_codes(study, tmp_path) -> None:
    """The export has labels."""
    named = {"m1": "Old market", "m2": "New market", "": ""}

    assert (_CODES, []) == _cleaned(study([named[code] for code in _CODES]), tmp_path / "p")


def test_the_form_can_name_the_columns(study, tmp_path) -> None:
    """Its parameters are `value=` and `label=`; a cascading list repeats a choice."""
    form = QUESTIONNAIRE.replace("| dimension | reverse |", "| dimension | reverse | parameters |")
    question = (
        "| | select_one_from_file markets.csv | market | Which? | | | | value=id label=title |"
    )
    file = "id,title,town\nm1,Old,n\nm2,New,n\nm1,Old,s\n"

    folder = study(_CODES, file, questionnaire=form.replace(_AGE, f"{question}\n{_AGE}"))

    assert (_CODES, []) == _cleaned(folder, tmp_path / "p")
    asked = read_questionnaire(folder, read_study(folder))["market"]
    assert [("m1", "Old"), ("m2", "New")] == [(c.name, c.labels["en"]) for c in asked.choices]


def test_labels_have_the_languages_of_the_form(study) -> None:
    """There is one column per language, or one for all."""
    study_en_az = STUDY.replace('languages = ["en"]', 'languages = ["en", "az"]')
    study_en_az = re.sub(
        r'^([\w.]+)\.en = (".*")$', r"\1.en = \2\n\1.az = \2", study_en_az, flags=re.MULTILINE
    )
    study_en_az = re.sub(r'name\.en = ("[^"]*"),', r"name.en = \1, name.az = \1,", study_en_az)
    form = re.sub(
        r"^(\| \| [^|\n]*\|[^|\n]*\|)([^|\n]*)\|", r"\1\2|\2|", _form(), flags=re.MULTILINE
    ).replace(
        "| label::English (en) | label::English (en) |",
        "| label::English (en) | label::Azərbaycan (az) |",
    )
    both = (
        "name,label::English (en),label::Azərbaycan (az)\nm1,Old market,Köhnə bazar\nm2,New,Təzə\n"
    )

    for file, labels in ((both, ("Old market", "Köhnə bazar")), (_MARKETS, ("Old market",) * 2)):
        folder = study(_CODES, file, questionnaire=form, study=study_en_az)
        first = read_questionnaire(folder, read_study(folder))["market"].choices[0]
        assert labels == (first.labels["en"], first.labels["az"])


def test_several_answers_from_a_file(study, tmp_path) -> None:
    """`select_multiple_from_file`."""
    given = ["m1 m2", *_CODES[1:]]
    form = _form("select_multiple_from_file markets.csv")

    assert (given, []) == _cleaned(study(given, questionnaire=form), tmp_path / "p")


@pytest.mark.parametrize("kind", ["markets.csv", "markets.geojson"])
def test_without_the_file_answers_stay_text_and_this_is_reported(
    study, tmp_path, capsys, kind
) -> None:
    """The run, the account and the report's table of the data all say so."""
    folder = study(_CODES, None, questionnaire=_form(f"select_one_from_file {kind}"))

    answers, rules = _cleaned(folder, tmp_path / "p")

    assert (_CODES, []) == (answers, rules)
    assert (
        f"clean    market: its choices are in {kind}, which is not with the questionnaire; "
        "9 answers are kept as text\n"
    ) in capsys.readouterr().out
    account = read_frame(tmp_path / "p", INTAKE)
    stated = account_rows(account).set_index("statistic").loc["kept_as_text"]
    assert ("market", 9) == (stated["question"], stated["value"])


def test_with_the_file_nothing_is_reported(study, tmp_path, capsys) -> None:
    """The same holds for a file that no question needs."""
    _cleaned(study(_CODES), tmp_path / "p")

    assert "kept as text" not in capsys.readouterr().out
    account = read_frame(tmp_path / "p", INTAKE)
    assert "kept_as_text" not in account_rows(account)["statistic"].tolist()


def test_later_stages_know_the_choices_too(study, tmp_path) -> None:
    """The file is copied with the form to the derived frames."""
    derive(study(_CODES), tmp_path / "p")

    answers = read_published(tmp_path / "p")["answers"]
    assert {"m1", "m2"} <= set(answers.loc[answers["question"] == "market", "answer"])


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("code,label\nm1,Old\n", "markets.csv: the choice list of question 'market' lacks"),
        ("name,title\nm1,Old\n", "found 'name, title'; possible: name and label, "),
        ("", "found 'no choice'"),
    ],
)
def test_a_file_without_its_columns_is_refused(study, file, says) -> None:
    """The error lists the columns found and the possible ones."""
    folder = study(_CODES, file)

    with pytest.raises(QuestionnaireError, match=re.escape(says)):
        read_questionnaire(folder, read_study(folder))


def test_a_file_in_another_encoding_is_refused(study) -> None:
    """Letters would be lost."""
    folder = study(_CODES, None)
    (folder / "markets.csv").write_bytes("name,label\nm1,Köhnə\n".encode("utf-16"))

    with pytest.raises(QuestionnaireError, match=r"markets\.csv, byte 0: is not UTF-8 text"):
        read_questionnaire(folder, read_study(folder))


def test_scored_questions_and_roles_need_the_file(study) -> None:
    """Otherwise all people would be set aside or unscored."""
    scored = _form().replace("Which market? | | |", "Which market? | | trust |")
    role = _form().replace("select_one place | place", "select_one_from_file p.csv | place")

    for form, says in ((scored, "a scored question needs its choices"), (role, "role `district`")):
        folder = study(_CODES, None, questionnaire=form)
        with pytest.raises(QuestionnaireError, match=re.escape(says)):
            read_questionnaire(folder, read_study(folder))


def test_the_forms_are_written_with_a_list_from_a_file(study, tmp_path) -> None:
    """The paper form lists all choices, even if the device filters them."""
    form = QUESTIONNAIRE.replace(
        "| dimension | reverse |", "| dimension | reverse | choice_filter |"
    )
    question = (
        "| | select_one_from_file markets.csv | market | Which market? | | | | town=${place} |"
    )
    folder = study(_CODES, questionnaire=form.replace(_AGE, f"{question}\n{_AGE}"))

    assert "codebook-en.csv" in list(write_forms(folder, tmp_path / "forms"))
    assert "Bazaar" in (tmp_path / "forms" / "codebook-en.csv").read_text(encoding="utf-8")


def test_a_new_study_copies_the_lists(tmp_path) -> None:
    """They are in the folder of the form."""
    form = tmp_path / "downloads" / "form.md"
    form.parent.mkdir()
    form.write_text(_form(), encoding="utf-8")
    (form.parent / "markets.csv").write_text(_MARKETS, encoding="utf-8")

    written = begin_study(tmp_path / "autumn", form, district="place", group="kind")

    assert tmp_path / "autumn" / "markets.csv" in written
    assert _MARKETS == (tmp_path / "autumn" / "markets.csv").read_text(encoding="utf-8")
