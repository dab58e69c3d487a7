"""`or_other` speaks the languages of the form, and its English texts are read all the same."""

import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.forms import lint_form
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.form_outline import read_outline
from umid_research.study.form_wording import Wording
from umid_research.study.questionnaire import read_questionnaire


def _in(language: str, name: str) -> tuple[str, str]:
    """Return study and form in English and another language, with `or_other` for a question."""
    study = STUDY.replace('["en"]', f'["en", "{language}"]')
    study = "\n".join(
        line + line.replace(".en = ", f".{language} = ").join("\n\n")
        if ".en = " in line and "{" not in line and not line.startswith("title")
        else line.replace("name.en = ", f'name.{language} = "X", name.en = ')
        for line in study.splitlines()
    ).replace('title.en = "A small study"', f'title.en = "A"\ntitle.{language} = "B"')
    lines = []
    for line in QUESTIONNAIRE.strip().splitlines():
        cells = line.split("|")
        head = "label::English (en)"
        if len(cells) > 4 and cells[1].strip() == "":
            text = f" label::Mine ({language}) " if head in line else cells[4]
            cells.insert(5, text)
        lines.append("|".join(cells))
    form = "\n".join(lines).replace(
        f"| select_one {name} | {name} |", f"| select_one {name} or_other | {name} |"
    )
    return study, form


@pytest.mark.parametrize(
    ("language", "choice", "question"),
    [
        ("az", "Digər", "Digərini göstərin."),
        ("ru", "Другое", "Укажите, что именно."),
        ("tr", "Other", "Specify other."),
    ],
)
def test_its_texts_are_in_each_language_of_the_form(
    write_study, language, choice, question
) -> None:
    """A language without a catalogue keeps the English texts."""
    study, form = _in(language, "aware")
    folder = write_study(study=study, questionnaire=form)

    read = read_questionnaire(folder, read_study(folder))

    assert "Other" == read["aware"].choices[-1].labels["en"]
    assert choice == read["aware"].choices[-1].labels[language]
    assert "Specify other." == read["aware_other"].labels["en"]
    assert question == read["aware_other"].labels[language]
    assert [] == lint_form(folder)
    if language != "tr":
        wording = Wording(read_outline(folder), language)
        assert question == wording.text(dict(read["aware_other"].labels))


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("Specify other.", "Other"),
        ("Digərini göstərin.", "Digər"),
        ("aware_other", "other"),
        ("asked/Specify other.", "Digər"),
    ],
)
def test_both_texts_are_read_in_an_export(write_study, header, answer) -> None:
    """A device shows the English text in every language."""
    study, form = _in("az", "aware")
    table = small_export()
    table.loc[0, "aware"] = answer
    table[header] = ["a neighbour", *[""] * 9]
    folder = write_study(study=study, questionnaire=form, export=table)
    described = read_study(folder)
    read = read_questionnaire(folder, described)

    frames = clean_responses(read_raw(folder, read, described), read, described, key="k" * 16)

    assert ("other", "a neighbour") == tuple(frames.responses.loc[0, ["aware", "aware_other"]])


def test_a_choice_other_of_the_authors_own_keeps_its_texts(write_study) -> None:
    """Only what pyxform adds is translated."""
    study, form = _in("az", "aware")
    form = form.replace(
        "| aware | no | No | No |", "| aware | no | No | No |\n| | aware | other | Some | Bəzi |"
    )
    folder = write_study(study=study, questionnaire=form)

    read = read_questionnaire(folder, read_study(folder))

    assert {"en": "Some", "az": "Bəzi"} == dict(read["aware"].choices[-1].labels)
