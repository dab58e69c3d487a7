"""A question that loses its answers stops the run, with the values found and the likely cause."""

import re

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, derive, small_export

from umid_research.errors import ExportError, QuestionnaireError

# The choices of the four scored questions in words that hold letters of Azerbaijani.
_WORDS = {
    "1": "Qətiyyən",
    "2": "Razı deyiləm",
    "3": "Nə hə, nə yox",
    "4": "Razıyam",
    "5": "Tamamilə razıyam",
    "dk": "Bilmirəm",
    "ref": "Cavabsız",
    "": "",
}
_SCORED = ["trust_1", "trust_2", "trust_3", "duty"]


def _form(names: dict[str, str] | None = None) -> str:
    """Return the form with words as labels, and with other codes if they are given."""
    form = re.sub(
        r"^\| \| five \| (\w+) \| [^|]*\|",
        lambda match: f"| | five | {match[1]} | {_WORDS[match[1]]} |",
        QUESTIONNAIRE,
        flags=re.MULTILINE,
    )
    for old, new in (names or {}).items():
        form = form.replace(f"| five | {old} |", f"| five | {new} |")
    return form


def _with(**columns) -> pd.DataFrame:
    return small_export().assign(**columns)


def _accepting(*names: str) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return STUDY.replace("seed = 1\n", f"seed = 1\naccepted_losses = [{listed}]\n")


def _refusal(cleaned, export, **parts) -> str:
    with pytest.raises(ExportError) as error:
        cleaned(export, **parts)
    assert "\n" not in str(error.value)
    return str(error.value)


def _many_ages(number: int) -> tuple[str, pd.DataFrame]:
    """Return the form with so many more ages, and an export that lost the answers to each."""
    ages = [f"age_{n}" for n in range(1, number + 1)]
    rows = "".join(f"| | integer | {name} | How old then? | | | |\n" for name in ages)
    form = QUESTIONNAIRE.replace("| | integer | age |", f"{rows}| | integer | age |")
    return form, _with(**dict.fromkeys(ages, "young"))


# --- losses that stop the run ---------------------------------------------------------------------


def test_lost_leading_zeros_stop_the_run(cleaned) -> None:
    """The form has 01 to 05, the file 1 to 5; `dk` can be read, but the run stops all the same."""
    form = _form({code: f"0{code}" for code in "12345"})

    line = _refusal(cleaned, small_export(), questionnaire=form)

    assert line.startswith(
        "export.csv, row 2, question trust_1: none of its 10 answers can be read"
    )
    assert "leading zeros were lost" in line
    assert "(likewise trust_2, trust_3, duty)" in line
    assert "4 (3)" in line
    assert "possible: 01, 02, 03, 04, 05, dk, ref; to copy: accepted_losses = " in line
    assert line.endswith('accepted_losses = ["trust_1", "trust_2", "trust_3", "duty"]')


def test_a_few_leading_zeros_are_enough(cleaned) -> None:
    """Of the codes 09 and 10 only one begins with a zero."""
    form = _form({"4": "09", "5": "10", "1": "11", "2": "12", "3": "13"})
    renamed = {"4": "9", "5": "10", "1": "11", "2": "12", "3": "13"}
    export = small_export()
    export[_SCORED] = export[_SCORED].replace(renamed)

    line = _refusal(cleaned, export, questionnaire=form)

    assert "question trust_1: 3 of its 10 answers cannot be read: leading zeros were lost" in line
    assert "found '9 (3)'" in line


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: re.sub("[^\x00-\x7f]", "?", text),
        lambda text: text.replace("ə", "?"),
        lambda text: re.sub("[əı]", "\N{REPLACEMENT CHARACTER}", text),
        lambda text: text.encode().decode("cp1252", errors="replace"),
        lambda text: text.encode().decode("latin-1"),
    ],
    ids=["ASCII", "a code page with ı", "replacement mark", "cp1252", "latin-1"],
)
def test_lost_letters_stop_the_run(cleaned, damage) -> None:
    """Some labels may survive, if the code page has all their letters."""
    table = small_export()
    for name in _SCORED:
        table[name] = [damage(_WORDS[code]) for code in table[name]]

    line = _refusal(cleaned, table, questionnaire=_form())

    assert "question trust_1: " in line
    assert "letters were lost or replaced" in line
    assert "save it as CSV UTF-8" in line


def test_lost_letters_among_several_ticked_answers(cleaned) -> None:
    """The answers are joined by commas, as Google writes them."""
    form = QUESTIONNAIRE.replace("| tv | Television |", "| tv | Televiziya və radio |")
    table = _with(channels=["Televiziya v? radio, Internet", *small_export()["channels"][1:]])

    line = _refusal(cleaned, table, questionnaire=form)

    assert "question channels: 1 of its 5 answers cannot be read: letters were lost" in line


def test_leading_zeros_lost_among_several_ticked_answers(cleaned) -> None:
    """`web` is read, `1` was `01`; no other text is mistaken for a damaged code."""
    form = QUESTIONNAIRE.replace("| channel | tv |", "| channel | 01 |")
    tv = small_export()["channels"].str.replace("tv", "01")

    line = _refusal(cleaned, _with(channels=tv.replace("01 web", "1 web")), questionnaire=form)

    assert "question channels: 1 of its 5 answers cannot be read: leading zeros were lost" in line
    own = cleaned(_with(channels=tv.replace("01 web", "1 neighbour web")), questionnaire=form)
    assert ["unknown_choice"] == own.issues["rule"].tolist()


def test_lost_letters_in_column_names_stop_the_run(cleaned) -> None:
    """The export has labels as headers."""
    form = QUESTIONNAIRE.replace("Do you trust them?", "Etibar edirsiniz, ya yox? Sözünüz nə?")
    table = small_export().rename(columns={"trust_1": "Etibar edirsiniz, ya yox? S?z?n?z n??"})

    line = _refusal(cleaned, table, questionnaire=form)

    assert "has a column whose name lost letters" in line
    assert "possible: Etibar edirsiniz, ya yox? Sözünüz nə?" in line


def test_places_and_consent_are_checked_too(cleaned) -> None:
    """Otherwise all people would be set aside as unknown, or as if they had refused."""
    form = QUESTIONNAIRE.replace("| place | n | North |", "| place | n | Şimal |")
    form = form.replace("| yes_no | yes | Yes |", "| yes_no | yes | Bəli |")
    placed = ["?imal"] * 5 + ["s"] * 5

    district = _refusal(cleaned, _with(place=placed), questionnaire=form)
    consent = _refusal(cleaned, _with(consent=["B?li"] * 3 + ["yes"] * 7), questionnaire=form)

    assert (
        "row 2, question place: 5 of its 10 answers cannot be read: letters were lost" in district
    )
    assert "question consent: 3 of its 10 answers cannot be read: letters were lost" in consent


def test_codes_of_another_version_stop_the_run(cleaned) -> None:
    """All answers are lost."""
    line = _refusal(cleaned, _with(trust_2=["a", "b"] * 5))

    assert "question trust_2: none of its 10 answers can be read: the codes are of another" in line
    assert "found 'b (5), a (5)'" in line


def test_labels_in_another_language_stop_the_run(cleaned) -> None:
    """The form does not have these words."""
    line = _refusal(cleaned, _with(aware=["Да", "Не знаю"] * 5))

    assert "question aware: none of its 10 answers can be read: they are in words" in line


def test_one_bad_file_among_good_ones_stops_the_run(write_study, cleaned) -> None:
    """A third of all answers are lost, but all answers of one form version."""
    other = small_export().head(5).assign(trust_1="agree", __version__="v2")
    other["_uuid"] += "-v2"

    line = _refusal(cleaned, pd.concat([small_export(), other]))

    assert "row 12, question trust_1: none of its 5 answers can be read" in line


def test_a_loss_of_nine_in_ten_stops_the_run(cleaned) -> None:
    """The numbers were given as ranges."""
    line = _refusal(cleaned, _with(age=["30", *["30-39 years"] * 9]))

    assert "question age: 9 of its 10 answers cannot be read: they are not numbers" in line
    assert "found '30-39 years (9)'" in line


@pytest.mark.parametrize(
    ("column", "texts", "cause"),
    [
        ("age", ["45.000", "30.500"], "a sign before three digits can divide decimals or thousa"),
        ("age", ["45,000", "30.500"], "a sign before three digits can divide decimals or thousa"),
        ("age", ["45,000", "thirty"], "they are not numbers"),
        ("day", ["01.03.24", "31/12/23"], "years of two digits can be of two centuries"),
        ("day", ["12.03.1445", "1445-09-30"], "the years are not from 1900 to 2099; is it another"),
        ("day", ["03/04/2024", "yesterday"], "they are not dates or can mean two days"),
    ],
)
def test_numbers_and_dates_have_causes_of_their_own(cleaned, column, texts, cause) -> None:
    """The values found are shown, with their numbers."""
    form = QUESTIONNAIRE.replace(
        "| integer | age |", "| date | day | Which day? | | | |\n| | integer | age |"
    )

    line = _refusal(cleaned, _with(**{"day": "", column: texts * 5}), questionnaire=form)

    assert f"question {column}: none of its 10 answers can be read: {cause}" in line
    assert ("yesterday" in line) == ("yesterday" in texts)
    assert f"{texts[0]} (5)" in line


def test_half_of_the_answers_is_too_much_if_they_are_equal(cleaned) -> None:
    """Five of ten stop the run, four do not (see below). People's own words differ."""
    line = _refusal(cleaned, _with(trust_1=["9"] * 5 + ["3"] * 5))
    own = cleaned(_with(trust_1=["a", "a", "b", "b", "c", "d", "e", "f", "3", "3"]))

    assert "question trust_1: 5 of its 10 answers cannot be read" in line
    assert 8 == (own.issues["rule"] == "unknown_choice").sum()


def test_nine_of_ten_are_too_much_even_if_they_differ(cleaned) -> None:
    """Nine in ten people do not write words of their own."""
    line = _refusal(cleaned, _with(trust_1=[*"abcdefghi", "3"]))

    assert "question trust_1: 9 of its 10 answers cannot be read" in line


def test_a_loss_of_all_answers_stops_the_run_from_two_on(cleaned) -> None:
    """One wrong answer does not show a common cause."""
    two = _with(age=["young", "old", *[""] * 8])
    one = _with(age=["young", *[""] * 9])

    assert "question age: none of its 2 answers can be read" in _refusal(cleaned, two)
    assert ["not_a_number"] == cleaned(one).issues["rule"].tolist()


def test_a_constraint_that_excludes_most_answers_stops_the_run(cleaned) -> None:
    """For example, ages may be in months."""
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | constraint |")
    form = form.replace("How old are you? | | | |", "How old are you? | | | | . < 20 |")

    line = _refusal(cleaned, small_export(), questionnaire=form)

    assert "question age: none of its 10 answers can be read" in line
    assert "the form's constraint does not allow them" in line


def test_peoples_own_words_are_not_shown(cleaned) -> None:
    """A single text may name somebody, and a repeated one may hold a telephone number."""
    own = [f"neighbour Aygün {n}" for n in range(7)] + ["0501234567"] * 3

    line = _refusal(cleaned, _with(aware=own))

    assert "Aygün" not in line
    assert "0501234567" not in line
    assert "found '10 others'" in line


def test_a_dimension_that_nobody_answered_stops_the_run(cleaned) -> None:
    """Its columns are present but blank."""
    line = _refusal(cleaned, _with(trust_1="", trust_2="", trust_3=""))

    assert (
        "nobody answered any question of dimension 'trust', although 10 people were asked" in line
    )
    assert "found 'only blanks in trust_1, trust_2, trust_3'" in line
    assert line.endswith('; to copy: accepted_losses = ["trust"]')


# --- losses that do not ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"age": ""},
        {"channels": ""},
        {"duty": ""},
        {"trust_1": "", "trust_2": ""},
        {"age": ["about 30", "41", *["x"] * 3, *["30"] * 5]},
        {"trust_1": ["9", "9", "9", "9", *["3"] * 6]},
        {"trust_1": "dk", "trust_2": "dk", "trust_3": "dk"},
        {"proposal": "?"},
        {"aware": ["Yes?", *["no"] * 9], "channels": ""},
    ],
    ids=[
        *(
            "optional question",
            "conditional question",
            "dimension of four people",
            "one item of three answered",
        ),
        *("four of ten numbers", "four of ten codes", "all don't know", "free text", "one stray"),
    ],
)
def test_blanks_and_single_wrong_answers_do_not_stop_the_run(cleaned, columns) -> None:
    """They are counted and logged."""
    assert 10 == len(cleaned(_with(**columns)).responses)


def test_answers_to_questions_not_asked_are_not_a_loss(cleaned) -> None:
    """All answers to `duty` come from people outside offices, so they are blanked."""
    people = small_export()
    people["kind"] = people["kind"].replace("o", "p")

    frames = cleaned(people)

    assert {"not_asked"} <= set(frames.issues["rule"])
    assert frames.responses["duty"].isna().all()


def test_a_dimension_that_nobody_was_asked_is_not_a_loss(cleaned) -> None:
    """No office took part."""
    table = small_export()

    assert 6 == len(cleaned(table[table["kind"] != "o"]).responses)


def test_a_study_can_accept_a_loss(cleaned) -> None:
    """It names questions or dimensions; each answer is logged as blanked."""
    table = _with(trust_1="agree", trust_2="agree", trust_3="agree", aware="maybe", channels="")

    by_name = cleaned(table, study=_accepting("trust_1", "trust_2", "trust_3", "aware"))
    by_dimension = cleaned(table, study=_accepting("trust", "aware"))

    for frames in (by_name, by_dimension):
        assert 10 == len(frames.responses)
        assert 40 == (frames.issues["rule"] == "unknown_choice").sum()


def test_only_accepted_losses_pass(cleaned) -> None:
    """The suggested line keeps the names that are accepted already."""
    table = _with(trust_1="agree", trust_2="agree")

    line = _refusal(cleaned, table, study=_accepting("trust_1"))

    assert "question trust_2: none of its 10" in line
    assert 'accepted_losses = ["trust_1", "trust_2"]' in line


def test_accepted_losses_name_questions_or_dimensions(cleaned) -> None:
    """A typing error would silently switch the check off, or leave it on."""
    with pytest.raises(
        QuestionnaireError, match="`accepted_losses` names an unknown question or dim"
    ):
        cleaned(study=_accepting("trust_9"))


def test_nothing_is_written_if_the_run_stops(write_study, tmp_path) -> None:
    """The exit status is 1, and there is no frame."""
    folder = write_study(export=_with(trust_2="agree"))

    with pytest.raises(AssertionError):
        derive(folder, tmp_path / "processed")
    assert not (tmp_path / "processed").exists()


@pytest.mark.parametrize(("others", "ending"), [(10, "age_11)"), (11, "age_11 …)")])
def test_ten_other_questions_are_named(cleaned, others, ending) -> None:
    """After the first one; a sign stands for those beyond ten."""
    form, table = _many_ages(others + 1)

    line = _refusal(cleaned, table, questionnaire=form)

    assert "question age_1: none of its 10 answers can be read" in line
    assert (
        f"(likewise age_2, age_3, age_4, age_5, age_6, age_7, age_8, age_9, age_10, {ending}"
        in line
    )


def test_a_file_of_few_answers_may_lose_them_all(cleaned) -> None:
    """Four answers of one file show no common cause, five do (the test of two versions above)."""
    other = small_export().head(4).assign(trust_1=["a", "b", "c", "d"], __version__="v2")
    other["_uuid"] += "-v2"

    kept = cleaned(pd.concat([small_export(), other]))

    assert 4 == (kept.issues["rule"] == "unknown_choice").sum()


def test_a_constraint_that_excludes_every_choice_is_the_cause(cleaned) -> None:
    """Every choice of the form was given, so its codes are not those of another version."""
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | constraint |")
    form = form.replace("| | five | dk | Don't know | |\n| | five | ref | No answer | |\n", "")
    form = form.replace(
        "| | select_one five | trust_1 | Do you trust them? | | trust | |",
        "| | select_one five | trust_1 | Do you trust them? | | trust | | . = '9' |",
    )

    line = _refusal(cleaned, _with(trust_1=["1", "2", "3", "4", "5"] * 2), questionnaire=form)

    assert "question trust_1: none of its 10 answers can be read: the form's constraint" in line
