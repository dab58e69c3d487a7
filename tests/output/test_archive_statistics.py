"""Test the files for SPSS and Stata: read back, their labels are the study's, within the limits."""

import struct
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from umid_research.output.archive.statistics_files import Changes, write_statistics
from umid_research.output.archive.variables import Code, Variable

READ = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}
TRUST = Variable(
    "trust",
    "text",
    {"en": "Do you trust them?", "az": "Onlara inanırsınızmı? Şübhə, ığöçşü ƏİĞÖÇŞÜ"},
    (
        Code("1", {"en": "Not at all", "az": "Heç inanmıram"}),
        Code("5", {"en": "Fully", "az": "Tam inanıram"}),
        Code("dk", {"en": "Don't know", "az": "Bilmirəm"}, "dont_know"),
        Code("ref", {"en": "No answer", "az": "Cavab yoxdur"}, "refused"),
    ),
)
CHANNELS = Variable(
    "channels",
    "several",
    {"en": "From where?"},
    (Code("tv", {"en": "Television"}), Code("web", {"en": "Internet"})),
)


def _read(folder: Path, variables: list[Variable], language: str = "en", **columns: list):
    """Write columns and return what is read back from both files, and what was changed."""
    changes = Changes()
    frame = pd.DataFrame(columns)
    write_statistics(folder, "answers", frame, variables, language, changes)
    read = {
        form: reader(str(folder / f"answers.{form}"), user_missing=True)
        for form, reader in READ.items()
    }
    return read, changes


@pytest.mark.parametrize("language", ["en", "az"])
def test_labels_read_back_are_those_of_the_study(tmp_path, language) -> None:
    """Of the variable and of every value, with the letters of Azerbaijani."""
    answers = ["5", None, "dk", "1", "ref"]
    read, changes = _read(tmp_path, [TRUST], language, trust=answers)
    labels = [code.labels[language] for code in TRUST.codes]

    (spss, of_spss), (stata, of_stata) = read["sav"], read["dta"]

    assert Changes() == changes
    for meta in (of_spss, of_stata):
        assert {"trust": TRUST.labels[language]} == meta.column_names_to_labels
    # 6 and 7 come after the largest code that is a number; 1 and 5 keep their own.
    assert dict(zip([1, 5, 6, 7], labels, strict=True)) == of_spss.variable_value_labels["trust"]
    assert (
        dict(zip([1, 5, "a", "b"], labels, strict=True)) == of_stata.variable_value_labels["trust"]
    )
    assert [5, 6, 1, 7] == list(spss["trust"].dropna())
    assert [5, "a", 1, "b"] == list(stata["trust"].dropna())
    assert [1] == list(spss.index[spss["trust"].isna()]) == list(stata.index[stata["trust"].isna()])


def test_missing_answers_are_declared_so(tmp_path) -> None:
    """A mean of SPSS or Stata leaves them out: read as such they are not there."""
    _read(tmp_path, [TRUST], trust=["5", "dk", "1", "ref"])

    for form, reader in READ.items():
        answers, _ = reader(str(tmp_path / f"answers.{form}"), user_missing=False)
        assert [5, 1] == list(answers["trust"].dropna()), form


def test_more_than_three_missing_codes_become_a_range(tmp_path) -> None:
    """SPSS declares three values, or a range and one value; valid codes stay valid."""
    codes = [Code(str(n), {"en": str(n)}) for n in (1, 2)]
    codes += [Code(str(n), {"en": str(n)}, "refused") for n in (-1, 96, 97, 98, 99)]
    given = ["1", "96", "99", "2", "-1"]
    _read(tmp_path, [Variable("q", "text", {"en": "Q"}, tuple(codes))], q=given)

    answers, _ = pyreadstat.read_sav(str(tmp_path / "answers.sav"), user_missing=False)
    assert [1, 2] == list(answers["q"].dropna())


def test_codes_that_are_words_have_the_numbers_of_their_order(tmp_path) -> None:
    """And a value that the study does not know keeps its own word as a label."""
    codes = (Code("yes", {"en": "Yes, I do"}), Code("no", {"en": "No"}))
    read, _ = _read(tmp_path, [Variable("q", "text", {"en": "Q"}, codes)], q=["no", "maybe", "yes"])

    for answers, meta in read.values():
        assert {1: "Yes, I do", 2: "No", 3: "maybe"} == meta.variable_value_labels["q"]
        assert [2, 3, 1] == list(answers["q"])


def test_a_list_of_nothing_but_missing_answers_is_counted_from_one(tmp_path) -> None:
    """No code is a number, after which others could come."""
    codes = (Code("dk", {"en": "Don't know"}, "dont_know"),)
    read, _ = _read(tmp_path, [Variable("q", "text", {"en": "Q"}, codes)], q=["dk"])

    assert {1: "Don't know"} == read["sav"][1].variable_value_labels["q"]


def test_several_answers_become_a_column_per_choice(tmp_path) -> None:
    """0 or 1; blank for whoever gave no answer at all."""
    read, _ = _read(tmp_path, [CHANNELS], channels=["tv web", None, "web"])

    for answers, meta in read.values():
        assert "From where?: Internet" == meta.column_names_to_labels["channels_web"]
        assert [1, 0] == list(answers["channels_tv"].dropna())
        assert [1, 1] == list(answers["channels_web"].dropna())
        assert {0: "No", 1: "Yes"} == meta.variable_value_labels["channels_tv"]


def test_numbers_texts_flags_and_days_keep_their_kind(tmp_path) -> None:
    """A blank number or day is missing, a blank text is empty."""
    variables = [
        Variable("value", "number", {"en": "V"}),
        Variable("note", "text", {"en": "N"}),
        Variable("shown", "flag", {"en": "S"}),
        Variable("day", "date", {"en": "D"}),
    ]
    read, _ = _read(
        tmp_path,
        variables,
        value=[1.5, None],
        note=["Şəki", None],
        shown=[True, False],
        day=pd.to_datetime(["2022-03-02", None]),
    )

    for answers, _meta in read.values():
        assert [1.5] == list(answers["value"].dropna())
        assert ["Şəki", ""] == list(answers["note"].fillna(""))
        assert [1, 0] == list(answers["shown"])
        assert ["2022-03-02"] == [str(day)[:10] for day in answers["day"].dropna()]


def test_labels_are_cut_at_the_limits_of_each_program_and_counted(tmp_path) -> None:
    """Stata: 80 characters for a variable; SPSS: 256 bytes for it, 120 bytes for a value."""
    label, choice = "ə" * 150, "ş" * 100
    codes = (Code("1", {"en": choice}),)
    read, changes = _read(tmp_path, [Variable("q", "text", {"en": label}, codes)], q=["1"])
    spss, stata = (read[form][1] for form in ("sav", "dta"))

    assert "ə" * 79 + "…" == stata.column_names_to_labels["q"]
    assert "ə" * 126 + "…" == spss.column_names_to_labels["q"]  # 252 + 3 bytes
    assert "ş" * 58 + "…" == spss.variable_value_labels["q"][1]  # 116 + 3 bytes
    assert choice == stata.variable_value_labels["q"][1]
    assert ["sav:q", "sav:q = 1", "dta:q"] == changes.cut


def test_a_label_of_exactly_the_limit_is_not_cut(tmp_path) -> None:
    """Nor counted."""
    label, choice = "a" * 80, "b" * 120
    codes = (Code("1", {"en": choice}),)
    read, changes = _read(tmp_path, [Variable("q", "text", {"en": label}, codes)], q=["1"])

    assert [] == changes.cut
    for _, meta in read.values():
        assert label == meta.column_names_to_labels["q"]
        assert choice == meta.variable_value_labels["q"][1]


def test_names_that_a_program_refuses_are_changed_and_counted(tmp_path) -> None:
    """Too long, with other signs, reserved, or equal without regard to case."""
    names = ["a" * 40, "a" * 41, "q-1.b", "1st", "all", "age", "Age"]
    variables = [Variable(name, "number", {"en": name}) for name in names]
    read, changes = _read(tmp_path, variables, **{name: [1.0] for name in names})

    stata = read["dta"][1].column_names
    assert ["a" * 32, "a" * 30 + "_2", "q_1_b", "v_1st", "v_all", "age", "Age_2"] == stata
    assert max(map(len, stata)) <= 32
    assert ["a" * 40, "a" * 41] == read["sav"][1].column_names[:2]
    assert names[:5] + names[6:] == [
        name.removeprefix("dta:") for name in changes.renamed if name.startswith("dta:")
    ]


def test_equal_content_gives_equal_bytes(tmp_path, monkeypatch) -> None:
    """Neither file holds the time of writing."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1646179200")
    _read(tmp_path, [TRUST], trust=["5"])

    # PSPP, System File Format: the bias of compression, 100, stands before date and time.
    header = (tmp_path / "answers.sav").read_bytes()[84:109]
    assert struct.pack("<d", 100) + b"02 Mar 2200:00:00" == header
    assert (
        b"<timestamp>\x1102 Mar 2022 00:00</timestamp>" in (tmp_path / "answers.dta").read_bytes()
    )


def test_a_column_without_any_answer_is_written(tmp_path) -> None:
    """As missing, with its labels."""
    read, _ = _read(tmp_path, [TRUST], trust=pd.Series([None, None], dtype="str"))

    for answers, meta in read.values():
        assert answers["trust"].isna().all()
        assert "Not at all" == meta.variable_value_labels["trust"][1]
