"""Cells of select questions become codes: codes or labels, joined in three ways."""

import pandas as pd
import pytest

from umid_research.errors import ExportError
from umid_research.raw import choice_reader
from umid_research.raw.answers import read_answers
from umid_research.raw.tables import Table
from umid_research.study.questionnaire import Choice, Question, Questionnaire

CHANNELS = {
    "tv": {"en": "Television", "ru": "Телевидение"},
    "press": {"en": "Newspapers (press)", "ru": "Газеты"},
    "people": {"en": "Relatives, neighbours", "ru": "Родственники, соседи"},
    "kin": {"en": "Relatives", "ru": "Родня"},
}


def _question(kind: str, choices: dict[str, dict[str, str]], name: str = "q") -> Question:
    listed = tuple(Choice(code, labels, None) for code, labels in choices.items())
    return Question(name, kind, {"en": f"What is {name}?"}, listed, (), None, None, False)


def _several(text: str, choices: dict[str, dict[str, str]] = CHANNELS, **options) -> tuple:
    return tuple(choice_reader(_question("select_multiple", choices), **options)(text))


def _one(text: str, choices: dict[str, dict[str, str]] = CHANNELS, **options) -> tuple:
    return tuple(choice_reader(_question("select_one", choices), **options)(text))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ""),
        ("people tv", "tv people"),
        ("Television", "tv"),
        ("Television Newspapers (press)", "tv press"),
        ("Television, Relatives, neighbours", "tv people"),
        ("Relatives, neighbours, Television", "tv people"),
        ("Relatives, neighbours;Relatives;Television", "tv people kin"),
        ("Телевидение, Родственники, соседи", "tv people"),
        ("  Newspapers\u00a0 (press)\n", "press"),
        ("Television people", "tv people"),
    ],
)
def test_several_answers_are_read_against_the_choice_list(text, codes) -> None:
    """Labels of any language may contain spaces and commas, which are also separators."""
    assert (codes, "") == _several(text)


def test_one_answer_is_a_code_or_a_label() -> None:
    """Letters may be composed or not, quotation marks curly or straight."""
    choices = {"1": {"az": "Çox pis"}, "2": {"az": 'Qəzet "Ümid"'}}

    assert ("1", "") == _one("1", choices)
    assert ("1", "") == _one("C\u0327ox pis", choices)
    assert ("2", "") == _one("Qəzet “Ümid”", choices)
    assert ("", "unknown_choice") == _one("Pis", choices)


def test_a_text_with_two_readings_is_ambiguous() -> None:
    """`Relatives, neighbours` is one choice, or `Relatives` and another choice."""
    choices = CHANNELS | {"near": {"en": "neighbours"}}

    assert ("", "ambiguous_choices") == _several("Television, Relatives, neighbours", choices)
    assert ("people", "") == _several("people", choices)


def test_a_label_of_two_choices_is_read_only_if_both_are_ticked() -> None:
    """If the label occurs once it may be either choice; twice, it is both."""
    choices = {"31": {"": "не"}, "34": {"": "не"}, "1": {"": "да"}}

    assert ("", "ambiguous_choices") == _several("да не", choices)
    assert ("31 34 1", "") == _several("не да не", choices)
    assert ("", "ambiguous_choices") == _one("не", choices)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("tv radio", "tv"),
        ("Television, the village square", "tv"),
        ("the village square, Newspapers (press)", "press"),
        # Own words that begin like a choice do not cost the ticks before and after them.
        ("Relatives abroad, Television", "tv"),
        ("Television, Newspapers (press) online, Relatives, neighbours", "tv people"),
        ("Televisions; Relatives, neighbours; Newspapers (press)/Facebook", "people"),
        ("Newspapers (press), Televisionary things", "press"),
        ("Television in the shop; Newspapers (press)", "press"),
        ("Relatives, neighbours and friends, Television", "tv"),
        ("Television (cable), Relatives, neighbours", "people"),
        ("Television - only at night, Newspapers (press), Relatives, neighbours", "press people"),
        ("Radio", ""),
        ("‹Cable tv›", ""),
        ("tv" * 1_000_000, ""),
        ("Television," * 1_000_000, ""),
    ],
)
def test_unknown_parts_are_dropped_and_known_choices_kept(text, codes) -> None:
    """A label followed by other words does not count; quoted labels hold no codes."""
    assert (codes, "unknown_choice") == _several(text)


def test_a_code_that_is_also_a_label_is_read_as_requested() -> None:
    """Choice 1 has the label `2`: the text alone does not decide."""
    choices = {"1": {"en": "2"}, "2": {"en": "1"}, "3": {"en": "Many"}}

    assert ("2", "") == _one("2", choices)
    assert ("1", "") == _one("2", choices, labels_first=True)
    assert ("1 3", "") == _several("2 Many", choices, labels_first=True)


# --- a file --------------------------------------------------------------------------------------


def _read(columns: dict[str, list[str]], *questions: Question, ticks=()) -> tuple:
    """Return `read_answers` of a table whose columns are questions or `question/choice`."""
    names = [*columns]
    cells = pd.DataFrame(columns, dtype="str").set_axis(range(len(names)), axis=1)
    cells.index += 2
    table = Table("export.csv", None, dict(enumerate(names)), cells)
    answers = {name: place for place, name in enumerate(names) if "/" not in name}
    split: dict[str, dict[str, int]] = {}
    for place, name in enumerate(names):
        if "/" in name:
            split.setdefault(name.split("/")[0], {})[name.split("/")[1]] = place
    return read_answers(table, answers, split, Questionnaire("", questions))


SWAPPED = {"1": {"en": "2"}, "2": {"en": "1"}, "3": {"en": "Many"}}


def test_a_file_decides_whether_texts_are_codes_or_labels() -> None:
    """Texts of another question that can be only one of the two decide."""
    number, channel = _question("select_one", SWAPPED, "n"), _question("select_one", CHANNELS, "c")

    labels, n_labels = _read({"n": ["1", "2"], "c": ["Television", "Relatives"]}, number, channel)
    codes, n_codes = _read({"n": ["1", "2"], "c": ["tv", "kin"]}, number, channel)
    alone, _ = _read({"n": ["1", "2"]}, number)

    assert ["2", "1"] == labels["n"].tolist()
    assert {"n": 2, "c": 2} == n_labels
    assert ["1", "2"] == codes["n"].tolist() == alone["n"].tolist()
    assert {} == n_codes


def test_one_label_among_codes_does_not_change_the_codes() -> None:
    """The label is read as a label; the codes stay codes."""
    number, channel = _question("select_one", SWAPPED, "n"), _question("select_one", CHANNELS, "c")

    read, _ = _read({"n": ["1", "2", "Many"], "c": ["tv", "kin", "radio"]}, number, channel)

    assert ["1", "2", "3"] == read["n"].tolist()
    assert ["tv", "kin", "radio"] == read["c"].tolist()


def test_an_unread_label_with_a_code_in_it_is_quoted() -> None:
    """`Cable tv`, a choice of an older form, must not be read as `tv` later."""
    channel = _question("select_multiple", CHANNELS, "c")

    read, n_labels = _read({"c": ["Cable tv", "Television", "Radio"]}, channel)

    assert ["‹Cable tv›", "tv", "Radio"] == read["c"].tolist()
    assert {"c": 1} == n_labels


def test_ticks_resolve_ambiguous_labels() -> None:
    """The label occurs once; the split columns show which choice it is."""
    choices = {"31": {"": "не"}, "34": {"": "не"}}
    columns = {"q": ["не", "не не", ""], "q/31": ["0", "1", ""], "q/34": ["1", "1", ""]}

    read, _ = _read(columns, _question("select_multiple", choices))

    assert ["34", "31 34", ""] == read["q"].tolist()


def test_ticks_are_joined_in_the_form_s_order() -> None:
    """The order of columns does not matter; spreadsheets write TRUE and 1.0."""
    columns = {"q/kin": ["1", "TRUE", "0"], "q/tv": ["1", "false", ""]}

    read, _ = _read(columns, _question("select_multiple", CHANNELS))

    assert ["tv kin", "kin", ""] == read["q"].tolist()


def test_joined_answers_without_ticks_are_kept() -> None:
    """KoboToolbox leaves the split columns blank if the question was a select_one before."""
    columns = {"q": ["tv", "kin tv"], "q/tv": ["", "1"], "q/kin": ["", "1"]}

    read, _ = _read(columns, _question("select_multiple", CHANNELS))

    assert ["tv", "tv kin"] == read["q"].tolist()


def test_an_invalid_tick_is_refused() -> None:
    """The error names row, column and value."""
    columns = {"q/tv": ["1", "x"]}

    with pytest.raises(ExportError, match=r"row 3, column q/tv: is not a valid tick.*found 'x'"):
        _read(columns, _question("select_multiple", CHANNELS))


def test_a_choice_list_longer_than_a_machine_word_is_joined(n_choices: int = 70) -> None:
    """Each row ticks one choice, and its code is returned."""
    choices = {f"c{number}": {"en": f"Choice {number}"} for number in range(n_choices)}
    columns = {
        f"q/c{number}": ["1" if row == number else "0" for row in range(n_choices)]
        for number in range(n_choices)
    }

    read, _ = _read(columns, _question("select_multiple", choices))

    assert [*choices] == read["q"].tolist()
