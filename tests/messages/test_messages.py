"""Test the catalogues: complete, with equal placeholders, plural forms and number formats."""

import datetime
import shutil
from pathlib import Path

import pytest
from babel import Locale
from small_activities import write_activities
from small_plan import write_plan
from small_study import QUESTIONNAIRE

from umid_research import messages as catalogues_of_reports
from umid_research.__main__ import main
from umid_research.errors import ParameterError, ReportError
from umid_research.messages import Messages, check, languages
from umid_research.messages.check import check_catalogues
from umid_research.pipeline.catalogue import lacking_texts
from umid_research.runs import records
from umid_research.runs.records import start_noting

REFERENCE = Messages("en")
CATALOGUES = Path(catalogues_of_reports.__file__).parent
_AZ = "umid_research/messages/az.toml"


@pytest.fixture
def catalogues(tmp_path, monkeypatch) -> Path:
    """A copy of all catalogues, which a test may change; it is read in place of ours."""
    folder = shutil.copytree(CATALOGUES, tmp_path / "messages")
    monkeypatch.setattr(check.resources, "files", lambda _: folder)
    return folder


@pytest.mark.parametrize("language", languages())
def test_every_language_of_the_reports_is_complete(language) -> None:
    """A missing translation would stop a report."""
    assert [] == check_catalogues(language)


@pytest.mark.parametrize(
    ("found", "instead", "problem"),
    [
        ('contents = "Contents"', "", "the text 'contents' is missing"),
        ('contents = "Contents"', 'contents = " "', "the text 'contents' is empty"),
        (
            'contents = "Contents"',
            'contents = "C"\ncontent = "C"',
            "the text 'content' is used nowhere; is its name misspelt?",
        ),
        (
            "seen in {district}",
            "seen in {distrikt}",
            "the text 'title.03-district' has the places distrikt; English has district",
        ),
        (
            "seen in {district}",
            "seen in {district",
            "the text 'title.03-district' has a brace without its partner",
        ),
        ('contents = "Contents"', 'contents = "Con', "is no TOML file in UTF-8: Illegal"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named(catalogues, found, instead, problem) -> None:
    """Its file, its text, and what the English one has."""
    english = (catalogues / "en.toml").read_text(encoding="utf-8")
    assert found in english
    (catalogues / "az.toml").write_text(english.replace(found, instead), encoding="utf-8")

    (line,) = [line for line in check_catalogues("az") if line.startswith(f"{_AZ}: ")]

    assert line.startswith(f"{_AZ}: {problem}")


def test_plural_forms_are_those_of_the_language(catalogues) -> None:
    """Russian has four where English has two; a text without any needs none."""
    for path in catalogues.rglob("en.toml"):
        shutil.copyfile(path, path.with_name("ru.toml"))

    problems = check_catalogues("ru")

    assert problems
    for line in problems:
        assert "has the plural forms one, other; the language has few, many, one, other" in line


def test_a_language_that_is_not_there_yet_is_told_where_to_begin() -> None:
    """One line a folder; a code that no language has is refused."""
    assert "umid_research/messages/ka.toml: is missing; copy en.toml" in check_catalogues("ka")[0]
    assert 6 == len(check_catalogues("ka"))
    with pytest.raises(ParameterError, match="no language has this code; found 'q9'"):
        check_catalogues("q9")


def test_the_command_names_all_problems_at_once(capsys) -> None:
    """And says so where there is none."""
    assert 0 == main(["check-catalogue", "az"])
    assert "every text of the reports and of data/raw is there in 'az'" in capsys.readouterr().out


def test_the_command_names_what_the_study_folder_lacks(write_study, capsys) -> None:
    """All at once, and before the code is added to the languages; a run stops at the first."""
    folder = write_study()
    write_plan(folder)
    write_activities(folder)

    assert 1 == main(["check-catalogue", "ka", "--raw", str(folder)])
    lines = capsys.readouterr().err.splitlines()

    for text in (
        "study.toml: `languages` lacks 'ka'",
        "study.toml: title has no text in 'ka'",
        "study.toml: districts.north.name has no text in 'ka'",
        "study.toml: dimensions.trust.name has no text in 'ka'",
        "indicators.toml: activities.2.1.name has no text in 'ka'",
        "questionnaire.md: lacks the columns 'label::… (ka)'",
        "measures.csv: lacks the column 'text_ka'",
    ):
        assert any(line.endswith(text) for line in lines), text
    assert f"the texts in 'ka' have {len(lines) - 1} problems" in lines[0]


def test_a_choice_without_a_label_is_named_once(write_study) -> None:
    """Its list may belong to many questions."""
    form = QUESTIONNAIRE.replace("| Television |", "| |")

    lines = [*lacking_texts(write_study(questionnaire=form), "en")]

    assert 1 == len(lines)
    assert lines[0].endswith("questionnaire.md, choice tv: has no label in 'en'")


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    """Azerbaijani has a decimal comma; English has the day before the month."""
    day = datetime.date(2022, 3, 2)

    assert "1,234.5" == REFERENCE.number(1234.5)
    assert "1.234,5" == Messages("az").number(1234.5)
    assert "2 March 2022" == REFERENCE.date(day)
    assert "2 mart 2022\N{NON-BREAKING HYPHEN}ci il" == Messages("az").date(day)
    assert "\N{MINUS SIGN}5" == REFERENCE.signed(-5)
    assert "\N{MINUS SIGN}0,5" == Messages("az").number(-0.5)
    assert "a, b və c" == Messages("az").listed("abc")


@pytest.mark.parametrize(
    ("year", "suffix"),
    [(1999, "cu"), (2000, "ci"), (2010, "cu"), (2020, "ci"), (2023, "cü"), (2026, "cı")],
)
def test_an_azerbaijani_year_has_the_suffix_of_its_last_word(year, suffix) -> None:
    """As the number is read aloud: doqquz-uncu, mininci, onuncu, iyirminci, üçüncü, altıncı."""
    hyphen = "\N{NON-BREAKING HYPHEN}"

    assert f"1 may {year}{hyphen}{suffix} il" == Messages("az").date(datetime.date(year, 5, 1))


def test_an_azerbaijani_number_and_its_suffix_stay_on_one_line() -> None:
    """In texts and values; other hyphens, targets of links and other languages keep theirs."""
    az = Messages("az")

    assert "0\N{NON-BREAKING HYPHEN}dan 100\N{NON-BREAKING HYPHEN}ə" in az("section.topics.why")
    assert "-" not in az("figure.topics.caption", n=3, units=2)
    assert "](9-scores.html)" in az("cover.full", page="9-scores.html")
    assert "e-mail" in REFERENCE("rule.mask_email")


@pytest.mark.parametrize(("language", "expected"), [("az", "İcma"), ("en", "Icma")])
def test_a_capital_letter_is_that_of_the_language(language, expected) -> None:
    """The dotted i keeps its dot in Azerbaijani."""
    assert expected == Messages(language).capitalised("icma")


def test_a_missing_text_is_an_error() -> None:
    """The key or another language is never shown instead."""
    with pytest.raises(
        ReportError,
        match=r"messages/en\.toml: the catalogue has no text with this key; found 'no\.such'",
    ):
        REFERENCE("no.such")


def test_a_missing_plural_form_is_an_error(monkeypatch) -> None:
    """It may be missing if the catalogue is a copy from a language with fewer forms."""
    messages = Messages("en")
    monkeypatch.setattr(messages, "_texts", {"file": {"one": "a file", "other": "{n} files"}})
    monkeypatch.setattr(messages, "_plural_form", Locale.parse("ru").plural_form)

    assert "a file" == messages("file", n=21)
    with pytest.raises(ReportError, match=r"'file' has no plural form 'few'; found 'one, other"):
        messages("file", n=3)


def test_a_missing_value_is_an_error() -> None:
    """The error names the text and the placeholder."""
    with pytest.raises(ReportError, match=r"text 'quota\.short' needs a value for 'group'"):
        REFERENCE("quota.short", n=1, units=1)


def test_a_catalogue_counts_as_read_where_it_is_used_and_not_where_it_was_loaded(
    monkeypatch,
) -> None:
    """Processes are forked from one that has loaded all; each notes its own language."""
    for noted in ("_facts", "_opened"):
        monkeypatch.setattr(records, noted, set())
    start_noting()
    catalogues_of_reports._read_once.cache_clear()

    catalogues_of_reports.load_catalogues()
    assert set() == records._facts | records._opened

    Messages("az", wording="people")
    assert {"code:messages/az.toml", "code:messages/people/az.toml"} == records._facts
    assert {"people/az.toml"} == {"/".join(path.split("/")[-2:]) for path in records._opened}


def test_a_language_without_a_catalogue_is_an_error() -> None:
    """The error lists the languages with a catalogue."""
    with pytest.raises(ParameterError, match="found 'xx'; possible: az, en"):
        Messages("xx")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b'a = "1"\na = "2"\n', r"at line 2"), (b'a = "\xff"', r"can't decode byte 0xff")],
)
def test_a_broken_catalogue_is_named(tmp_path, monkeypatch, content, problem) -> None:
    """In one line: a key that is there twice, or letters that are not in UTF-8."""
    (tmp_path / "en.toml").write_bytes(content)
    monkeypatch.setattr("umid_research.messages.resources.files", lambda _: tmp_path)

    with pytest.raises(ReportError, match=rf"en\.toml: is no TOML file in UTF-8: .*{problem}"):
        Messages("en", catalogue=".")


def test_a_value_is_never_read_as_a_template() -> None:
    """Names may contain braces."""
    text = REFERENCE("quota.short", group="{n}", units=1, n=2)

    assert "{n} (1 of 2)" == text
