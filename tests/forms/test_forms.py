"""The forms written from one questionnaire, and the linter that stops forms with errors."""

import csv
import io
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from pyxform.xls2json_backends import get_xlsform
from small_study import QUESTIONNAIRE, STUDY

from umid_research.errors import ParameterError, QuestionnaireError
from umid_research.forms import lint_form, write_forms
from umid_research.forms.codebook import to_codebook_csv, to_codebook_html
from umid_research.forms.google import to_google_list
from umid_research.forms.lint import _text_faults
from umid_research.forms.sheets import Sheets
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.messages import _catalogue, languages
from umid_research.study import read_study
from umid_research.study.begin import begin_study
from umid_research.study.form_outline import read_outline
from umid_research.study.form_wording import Wording, compared_codes
from umid_research.study.questionnaire import read_questionnaire

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"
EVERY_LANGUAGE = ("en", "az", "ru")


@pytest.fixture(scope="module")
def forms(tmp_path_factory) -> Path:
    """The bundled study's forms, written once."""
    target = tmp_path_factory.mktemp("forms") / "build of forms"
    list(write_forms(BUNDLED, target))
    return target


@pytest.fixture(scope="module")
def outline():
    """The bundled study's outline."""
    return read_outline(BUNDLED)


def _with(*changes: tuple[str, str]) -> str:
    """The small questionnaire with each text replaced by another; each must be there."""
    form = QUESTIONNAIRE
    for old, new in changes:
        assert old in form, old
        form = form.replace(old, new, 1)
    return form


# --- what is written -----------------------------------------------------------------------------


def test_every_form_is_written_in_every_language(forms) -> None:
    """Two files for devices, four for people in each language, and nothing else."""
    expected = {"form.xlsx", "form.xml"}
    for language in EVERY_LANGUAGE:
        expected |= {f"paper-{language}.pdf", f"google-form-{language}.csv"}
        expected |= {f"codebook-{language}.{ending}" for ending in ("csv", "html")}

    assert expected == {path.name for path in forms.iterdir()}


def test_writing_again_gives_the_same_bytes(forms, tmp_path) -> None:
    """No file holds the time at which it was written."""
    for name in write_forms(BUNDLED, tmp_path):
        assert (forms / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_forms_are_not_marked_as_simulated(forms) -> None:
    """A form holds no data, so it can be used in the field as it is."""
    for path in forms.iterdir():
        assert "SIMULATED" not in _text(path).upper(), path.name


def _text(path: Path) -> str:
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "".join(parts.read(name).decode() for name in parts.namelist())
    return path.read_text(encoding="utf-8")


def test_a_language_without_words_is_named_after_the_device_forms(write_study, tmp_path) -> None:
    """The words of a paper form are never borrowed from another language."""
    folder = write_study(
        study=STUDY.replace('["en"]', '["fr"]').replace(".en = ", ".fr = "),
        questionnaire=QUESTIONNAIRE.replace("English (en)", "Français (fr)"),
    )

    with pytest.raises(ParameterError, match=r"forms/fr\.toml.*possible: az, en, ru"):
        list(write_forms(folder, tmp_path / "forms"))
    assert {"form.xlsx", "form.xml"} == {path.name for path in (tmp_path / "forms").iterdir()}


@pytest.mark.parametrize("codes", [("fr", "en"), ("ig", "ru"), ("de", "az", "en")])
def test_languages_with_words_are_written_whatever_their_order(tmp_path, codes) -> None:
    """The error about the others comes last: `begin` keeps the order of the form."""
    form, folder = tmp_path / "form.md", tmp_path / "study"
    form.write_text(_in_languages(codes), encoding="utf-8")
    begin_study(folder, form, district="place", group="kind")
    description = (folder / "study.toml").read_text(encoding="utf-8").replace('= ""', '= "X"')
    description = description.replace("# start =", "start = 2024-01-01")
    description = description.replace("# end =", "end = 2024-02-01")
    description = description.replace("dont_know = []", 'dont_know = ["dk", "ref"]')
    (folder / "study.toml").write_text(description, encoding="utf-8")

    with pytest.raises(ParameterError, match=rf"no catalogue .*forms/{codes[0]}\.toml"):
        list(write_forms(folder, tmp_path / "forms"))

    written = {path.name for path in (tmp_path / "forms").glob("paper-*.pdf")}
    assert {f"paper-{code}.pdf" for code in codes[1:]} == written


def _in_languages(codes: tuple[str, ...]) -> str:
    """Return the small form with equal labels in these languages."""
    lines = []
    for line in QUESTIONNAIRE.split("| settings")[0].strip().splitlines():
        cells = line.split("|")
        if len(cells) > 4:
            is_header = "label" in cells[4]
            cells[4:5] = [f"label::{code} ({code})" if is_header else cells[4] for code in codes]
        lines.append("|".join(cells))
    return "\n".join(lines)


def test_a_form_with_errors_is_not_written(write_study, tmp_path) -> None:
    """All errors are listed at once, one per line."""
    folder = write_study(questionnaire=_with(("| Television |", "| |"), ("| trust | |", "| | |")))

    with pytest.raises(
        QuestionnaireError, match=r"corrected first:\n  choice tv .*\n  question tr"
    ):
        list(write_forms(folder, tmp_path / "forms"))
    assert not (tmp_path / "forms").exists()


def test_repeated_groups_are_for_devices_only(write_study) -> None:
    """Nobody knows in advance how often a group will be answered."""
    repeat = "| | begin_repeat | visits | Visits | | | |\n| | text | visit | Which? | | | |\n"
    form = _with(("| choices |", f"{repeat}| | end_repeat | | | | | |\n| choices |"))

    with pytest.raises(QuestionnaireError, match="for devices only"):
        read_outline(write_study(questionnaire=form))


# --- for devices ---------------------------------------------------------------------------------


def test_the_workbook_reads_back_as_the_same_questionnaire(forms, tmp_path) -> None:
    """Scores, dimensions and conditions come back with the questions."""
    shutil.copyfile(BUNDLED / "study.toml", tmp_path / "study.toml")
    shutil.copyfile(forms / "form.xlsx", tmp_path / "questionnaire.xlsx")
    study = read_study(BUNDLED)

    assert read_questionnaire(BUNDLED, study) == read_questionnaire(tmp_path, study)


def test_the_workbook_holds_every_row_and_column_as_written(forms) -> None:
    """pyxform reads from it what it reads from the Markdown."""
    written, source = get_xlsform(forms / "form.xlsx"), get_xlsform(BUNDLED / "questionnaire.md")

    for sheet in ("survey", "choices", "settings"):
        assert getattr(source, f"{sheet}_header") == getattr(written, f"{sheet}_header")
        assert getattr(source, sheet) == getattr(written, sheet)


def test_a_text_in_the_workbook_is_never_a_formula_or_a_number(write_study) -> None:
    """`=1+1` and `01` stay what they are, whatever opens the file."""
    folder = write_study(
        questionnaire=_with(
            ("| Television |", "| =1+1 |"), ("| channel | web |", "| channel | 01 |")
        )
    )

    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(folder)))["choices"]
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}

    assert ("s", "s") == (cells["=1+1"], cells["01"])


def test_a_control_character_is_refused_with_its_sheet(write_study) -> None:
    """No workbook can hold it."""
    folder = write_study(questionnaire=_with(("| Television |", "| Tele\x07vision |")))

    with pytest.raises(QuestionnaireError, match="sheet 'choices' holds a control character"):
        to_xlsx(folder)


def test_the_xform_leaves_out_what_only_scoring_needs(forms) -> None:
    """Dimensions do not reach devices; their languages, conditions and choices do."""
    xform = (forms / "form.xml").read_text(encoding="utf-8")

    assert "dimension" not in xform
    assert 3 == xform.count("<translation ")
    assert "/data/interview/module_ngo" in xform


@pytest.mark.skipif(not shutil.which("java"), reason="ODK Validate needs Java")
def test_odk_validate_refuses_a_broken_condition(write_study) -> None:
    """The validator really runs: pyxform alone lets an unknown function pass."""
    folder = write_study(questionnaire=_with(("${kind} != 'g'", "nosuch(${kind})")))

    assert "nosuch(" in to_xform(to_xlsx(folder), validate=False)
    with pytest.raises(QuestionnaireError, match="not a valid XForm"):
        to_xform(to_xlsx(folder))


# --- in words ------------------------------------------------------------------------------------

CONDITIONS = [
    ("${kind} = 'g'", "question 3 is answered “NGO”"),
    ("${kind} = 'p' or ${kind} = 'o'", "question 3 is answered “People” or “Office”"),
    ("not(${kind} = 'p' or ${kind} = 'o')", "question 3 is not answered “People” or “Office”"),
    ("${kind} != 'p' and ${kind} != 'o'", "question 3 is not answered “People” or “Office”"),
    ("selected(${channels}, 'tv')", "“Television” is ticked in question 7"),
    ("not(selected(${channels}, 'tv'))", "“Television” is not ticked in question 7"),
    ("selected(${kind}, 'g')", "question 3 is answered “NGO”"),
    ("count-selected(${channels}) >= 2", "the number of answers ticked in question 7 ≥ 2"),
    ("${age} >= 18", "the answer to question 12 is 18 or more"),
    ("18 > ${age}", "the answer to question 12 is less than 18"),
    ("${trust_1} >= 4", "question 8 is answered “4” or “Fully”"),
    ("${trust_1} = 5", "question 8 is answered “Fully”"),
    ("${organisation} = ''", "question 5 is left blank"),
    ("not(${organisation} = '')", "question 5 is not left blank"),
    ("not(${age} < 18)", "it does not hold that the answer to question 12 is less than 18"),
    ("${age} > ${trust_1}", "the answer to question 12 > the answer to question 8"),
    ("true()", "in every case"),
    ("not(true())", "in no case"),
    (
        "${kind} = 'g' and (${aware} = 'yes' or ${age} > 60)",
        "question 3 is answered “NGO” and "
        "(question 6 is answered “Yes” or the answer to question 12 is more than 60)",
    ),
    ("${age} + 1 > 18", "the answer to question 12 + 1 > 18"),
    ("../kind = ‘g’", "question 3 is answered “NGO”"),
    ("(${age} - 18) * 2 > 4", "(the answer to question 12 - 18) * 2 > 4"),
    ("today() > '2022-03-02'", "today() > “2022-03-02”"),
    (
        "not(contains(${proposal}, 'road'))",
        "it does not hold that contains(the answer to question 13, “road”)",
    ),
    ("if(${kind} = 'g', 1, 0) = 1", "if((question 3 is answered “NGO”), 1, 0) = 1"),
    ("string-length(${proposal}) > 9", "string-length(the answer to question 13) > 9"),
    ("coalesce(${age}, -1) = -1", "coalesce(the answer to question 12, −1) = −1"),
    ("selected(${kind}, ${place})", "selected(the answer to question 3, the answer to question 2)"),
]


@pytest.mark.parametrize(("condition", "words"), CONDITIONS)
def test_a_condition_is_put_into_words(write_study, condition, words) -> None:
    """Interviewers read question numbers and labels, never names and codes."""
    wording = Wording(read_outline(write_study()), "en")

    assert words == wording.condition([condition])


def test_conditions_of_groups_and_questions_are_joined(write_study) -> None:
    """The conditions of the parent groups are added to the question's own."""
    wording = Wording(read_outline(write_study()), "en")

    assert "question 1 is answered “Yes” and question 3 is answered “NGO”" == wording.condition(
        ["${consent} = 'yes'", "${kind} = 'g'"]
    )
    assert "" == wording.condition([])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("az", "3 nömrəli suala “Yerli QHT” yaxud “Sahibkar və ya fermer” cavabı verilib"),
        ("ru", "на вопрос 3 дан ответ «Местная НПО» или «Предприниматель или фермер»"),
    ],
)
def test_a_condition_speaks_the_language_of_the_form(outline, language, words) -> None:
    """Its words and its quotation marks too."""
    condition = "${respondent_group} = 'ngo' or ${respondent_group} = 'entrepreneur'"

    assert words == Wording(outline, language).condition([condition])


def test_without_numbers_questions_are_named_by_their_text(write_study) -> None:
    """Google Forms shows no numbers."""
    wording = Wording(read_outline(write_study()), "en", by="text")

    assert "the question “Who?” is answered “NGO”" == wording.condition(["${kind} = 'g'"])


def test_a_placeholder_is_put_into_words(write_study) -> None:
    """Paper cannot fill in an earlier answer."""
    wording = Wording(read_outline(write_study()), "en")

    assert "In [answer to question 4], who?" == wording.text({"en": "In ${village}, who?"})


def test_the_catalogues_say_the_same_things_in_all_languages() -> None:
    """A word that one language lacks would stop its forms."""
    keys = [set(_catalogue(language, "forms")) for language in languages("forms")]

    assert [keys[0]] * 3 == keys


def test_compared_codes_are_found_on_both_sides() -> None:
    """`'x' = ${a}` compares like `${a} = 'x'`."""
    found = compared_codes("'x' = ${a} and selected(${b}, 'y') and ${c} > 3")

    assert {("a", "x"), ("b", "y")} == set(found)


# --- on paper ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_paper_is_tagged_and_speaks_its_language(forms, outline, language) -> None:
    """The letters of the language can be read out of the file, and no code is printed."""
    reader = PdfReader(forms / f"paper-{language}.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    letters = {"en": "abc", "az": "əğıİöçşü", "ru": "жщыёя"}[language]

    assert language == reader.trailer["/Root"]["/Lang"]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert outline.study.title[language] == reader.metadata["/Title"]
    assert [] == [letter for letter in letters if letter not in text]
    assert "respondent_group" not in text
    assert "${" not in text


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_paper_asks_every_question_and_offers_every_choice(forms, outline, language) -> None:
    """What a device shows, paper shows."""
    reader = PdfReader(forms / f"paper-{language}.pdf")
    text = _letters("".join(page.extract_text() for page in reader.pages))

    for question in outline.questionnaire:
        assert _letters(question.labels[language]) in text, question.name
        for choice in question.choices:
            assert _letters(choice.labels[language]) in text, choice.name


def _letters(text: str) -> str:
    """Without spaces and hyphens: lines may break anywhere."""
    return "".join(text.split()).replace("-", "").replace("\N{SOFT HYPHEN}", "")


def test_choices_that_an_answer_selects_stand_under_it(outline) -> None:
    """A device shows the localities of one district, paper those of each under its name."""
    entry = _entry(outline, "locality")

    assert "district" == entry.filtered_by
    assert ["Guba", "Khachmaz", "Shabran"] == [part.heading["en"] for part in entry.offered]
    assert 4 == len(entry.offered[0].choices)


def _entry(outline, name):
    entries = (entry for section in outline.sections for entry in section.entries)
    return next(entry for entry in entries if entry.question and entry.question.name == name)


def test_sections_carry_the_conditions_around_them(outline) -> None:
    """Its own condition is given at the section, the outer ones where they begin."""
    section = next(s for s in outline.sections if s.titles.get("en") == "For NGOs")

    assert 2 == section.depth
    assert "${respondent_group} = 'ngo'" == section.condition
    assert ("${consent} = 'yes'", "${respondent_group} = 'ngo'") == section.conditions


def test_what_follows_an_inner_group_continues_the_outer_one(write_study) -> None:
    """Questions stay in the form's order, notes too."""
    inner = (
        "| | begin_group | more | More | | | |\n| | text | why | Why? | | | |\n"
        "| | end_group | | | | | |\n| | note | thanks | Thank you. | | | |\n"
    )
    form = _with(("| | text | proposal", f"{inner}| | text | proposal"))
    sections = read_outline(write_study(questionnaire=form)).sections

    assert [{}, {"en": "Questions"}, {"en": "More"}, {}] == [s.titles for s in sections]
    assert ["Thank you.", "What should change?"] == [e.labels["en"] for e in sections[3].entries]


# --- codebook and Google list --------------------------------------------------------------------


def test_the_codebook_tells_codes_scores_and_conditions(write_study) -> None:
    """5 of 1..5 is 100 · (5 - 1) / (5 - 1) = 100, and 0 where the question is reversed."""
    rows = _rows(to_codebook_csv(read_outline(write_study()), "en"))
    trust, reverse, duty = rows["trust_1"], rows["trust_2"], rows["duty"]

    assert "5 = Fully" in trust["choices"].splitlines()
    assert ["1 = 0", "2 = 25", "3 = 50", "4 = 75", "5 = 100"] == trust["scores"].splitlines()
    assert ["5 = 0", "no", "yes"] == [
        reverse["scores"].splitlines()[-1],
        trust["reverse"],
        reverse["reverse"],
    ]
    assert "dk = don't know\nref = refused" == trust["missing"]
    assert "question 1 is answered “Yes” and question 3 is answered “Office”" == duty["asked_if"]
    assert ("duties", "select_one", "11") == (duty["dimension"], duty["kind"], duty["number"])


def _rows(text: str) -> dict[str, dict[str, str]]:
    return {row["variable"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_page_of_the_codebook_is_one_valid_file_of_tables(outline) -> None:
    """Language, captions and scopes are there; nothing is loaded, no tag stays open."""
    page = _Page()
    page.feed(to_codebook_html(outline, "az"))

    assert [] == page.open
    assert "az" == page.language
    assert page.tags.count("table") == page.tags.count("caption") == 16
    assert {"col", "row"} == page.scopes
    assert not {"link", "script", "img"} & set(page.tags)
    assert 59 == page.tags.count("tr") - page.tags.count("table")


class _Page(HTMLParser):
    """The tags of a page, in order, and those that were not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.scopes: set[str | None] = set()
        self.language: str | None = None

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.language = given.get("lang", self.language)
        self.scopes |= {given["scope"]} if "scope" in given else set()
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert tag == self.open.pop()


def test_a_label_stays_text_in_the_codebook(write_study) -> None:
    """Markup in a label is shown, and does nothing."""
    folder = write_study(questionnaire=_with(("| Television |", "| <script>x</script> & TV |")))

    page = to_codebook_html(read_outline(folder), "en")

    assert "<script" not in page
    assert "&lt;script&gt;x&lt;/script&gt; &amp; TV" in page


def _google(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_google_list(read_outline(folder), "en"))))


def test_the_google_list_names_googles_own_types_and_the_labels_as_titles(write_study) -> None:
    """An export has the titles as headers, so that they must be the labels, letter by letter."""
    items = {item["Title"]: item for item in _google(write_study())}

    assert "Multiple choice" == items["Where?"]["Type"]
    assert "North\nSouth" == items["Where?"]["Options"]
    assert "Checkboxes" == items["From where?"]["Type"]
    assert "Paragraph" == items["What should change?"]["Type"]
    assert "Short answer" in items["How old are you?"]["Type"]
    assert (
        "Only if the question “Who?” is answered “NGO”."
        in (items["Which organisation?"]["Description"])
    )


def test_each_option_has_its_target_section() -> None:
    """Without consent the form is submitted; with consent it continues."""
    items = _google(BUNDLED)
    consent = next(item for item in items if item["Number"] == "1")

    assert ["Yes, I agree → section 2", "No → submit form"] == consent["Go to section"].splitlines()
    assert 1 == sum(bool(item["Go to section"]) for item in items)


def test_only_what_google_routes_is_required_and_needs_no_words() -> None:
    """Consent stands right before all it governs; the group is asked far from its modules."""
    items = {item["Title"]: item for item in _google(BUNDLED)}

    assert "" == items["About you"]["Description"]
    assert "yes" == items["In which district do you live or work?"]["Required"]
    assert "no" == items["Which community is it?"]["Required"]
    assert items["For NGOs"]["Description"].startswith("Only if the question “Whom do you")


# --- the linter ----------------------------------------------------------------------------------


def test_the_bundled_form_has_no_findings() -> None:
    """Nor has the small form, in which every rule below is broken once."""
    assert [] == lint_form(BUNDLED)


FAULTS = [
    (
        [("| text | proposal | What should change? |", "| text | proposal | |")],
        ["question proposal: no label in en"],
    ),
    ([("| Television |", "| |")], ["choice tv of list channel: no label in en"]),
    (
        [("| text | proposal |", "| text | age |")],
        ["question age: the name is used more than once"],
    ),
    (
        [("| channel | web |", "| channel | tv |")],
        ["choice tv of list channel: the name is used more than once"],
    ),
    (
        [("| trust_3 | Do they keep their word? | | trust |", "| trust_3 | Word? | | |")],
        [
            "question trust_3: no dimension, though list five is scored; name one, or give the "
            "question a list without scores"
        ],
    ),
    (
        [("| five | dk | Don't know |", "| five | never | Never |")],
        [
            "choice never of list five: neither a score nor an entry in [missing] of study.toml, "
            "though trust_1, trust_2, trust_3, duty is scored"
        ],
    ),
    (
        [("${kind} = 'g'", "${kid} = 'g'")],
        ["question organisation: the condition \"${kid} = 'g'\" names the unknown question kid"],
    ),
    (
        [("${kind} = 'g'", "${kind} = 'q'")],
        [
            "question organisation: the condition \"${kind} = 'q'\" names 'q', which is not a "
            "choice of kind"
        ],
    ),
    (
        [("${kind} = 'g'", "${kind} == 'g'")],
        ["question organisation: the condition \"${kind} == 'g'\" is not understood at position 9"],
    ),
    (
        [("${consent} = 'yes'", "${consnt} = 'yes'")],
        ["group asked: the condition \"${consnt} = 'yes'\" names the unknown question consnt"],
    ),
]


CONSTRAINED = [
    (". > 17", []),
    ("regex(., '[1-9][0-9]') and . > 17", []),
    (". > ${agee}", ["question age: the constraint '. > ${agee}' names the unknown question agee"]),
    (". <= today()", []),
    # Not supported, but the device may know it.
    ("pulldata('ages', 'least', 'place', ${place}) < .", []),
    ("regex(., '\\p{Nd}+')", []),
    (
        "${kind} = 'q' or . > 17",
        [
            "question age: the constraint \"${kind} = 'q' or . > 17\" names 'q', which is not a "
            "choice of kind"
        ],
    ),
    (
        "regex(., '[0-9')",
        [
            "question age: the constraint \"regex(., '[0-9')\" has an invalid regular "
            "expression: unterminated character set at position 0"
        ],
    ),
]


@pytest.mark.parametrize(("constraint", "faults"), CONSTRAINED)
def test_a_fault_of_a_constraint_is_found(write_study, constraint, faults) -> None:
    """It is read by the same parser as a condition, in cleaning too."""
    form = _with(
        ("dimension | reverse |", "dimension | reverse | constraint |"),
        ("How old are you? | | | |", f"How old are you? | | | | {constraint} |"),
    )

    assert faults == lint_form(write_study(questionnaire=form))


def test_a_constraint_compares_its_own_answer_with_choices_that_are_there(write_study) -> None:
    """`.` is a choice; and a condition may not speak of it at all."""
    form = _with(
        ("dimension | reverse |", "dimension | reverse | constraint |"),
        ("Do you know the plan? | | | |", "Do you know the plan? | | | | . != 'perhaps' |"),
        ("${kind} = 'g'", "${kind} = 'g' and . != ''"),
    )

    assert [
        "question organisation: the condition \"${kind} = 'g' and . != ''\" refers to `.`, which "
        "only a constraint may do",
        "question aware: the constraint \". != 'perhaps'\" names 'perhaps', which is not a "
        "choice of aware",
    ] == lint_form(write_study(questionnaire=form))


@pytest.mark.parametrize(("changes", "faults"), FAULTS)
def test_a_fault_is_found_with_its_place(write_study, changes, faults) -> None:
    """One line says where and what."""
    assert faults == lint_form(write_study(questionnaire=_with(*changes)))


def test_all_errors_are_found_at_once(write_study) -> None:
    """One error does not hide another."""
    changes = [change for part, _ in FAULTS[:1] + FAULTS[1:2] + FAULTS[6:7] for change in part]

    assert 3 == len(lint_form(write_study(questionnaire=_with(*changes))))


def test_a_shared_list_may_serve_a_question_that_is_only_described(write_study) -> None:
    """In a section where the list scores nothing, a missing dimension is meant."""
    apart = (
        "| | begin_group | apart | Apart | | | |\n| | select_one five | mood | Mood? | | | |\n"
        "| | end_group | | | | | |\n"
    )
    form = _with(("| choices |", f"{apart}| choices |"))

    assert [] == lint_form(write_study(questionnaire=form))

    reversed_item = form.replace("| Mood? | | | |", "| Mood? | | | yes |")
    assert ["question mood: no dimension"] == [
        fault[:27] for fault in lint_form(write_study(questionnaire=reversed_item))
    ]


def test_placeholders_must_be_the_same_in_all_languages() -> None:
    """A translation that drops `${village}` would ask another question."""
    form = _row_of(
        {
            "label::English (en)": "Who in ${village}?",
            "label::Azərbaycanca (az)": "${village} kim?",
            "label::Русский (ru)": "Кто?",
        }
    )

    assert [
        "question q: the label has different placeholders (en: village; az: village; ru: none)"
    ] == list(_text_faults(form.survey[0], "question q", form, needed=True))


@pytest.mark.parametrize(
    "texts",
    [
        {"hint::English (en)": "h", "constraint_message::az (az)": "m"},
        {"hint": "h"},
        {"hint": "h", "hint::Русский (ru)": "п"},
        {"guidance_hint::English": "h", "required_message": "m"},
        {"constraint_message": "m", "hint::az": "h"},
    ],
)
def test_hints_and_messages_may_be_in_fewer_languages_than_labels(texts) -> None:
    """The device shows them where they are; a label is needed in every language."""
    labels = {"label::English (en)": "a", "label::az (az)": "b", "label:ru (ru)": "c"}
    form = _row_of(labels | texts)

    assert [] == list(_text_faults(form.survey[0], "question q", form, needed=True))


@pytest.mark.parametrize(
    ("column", "quoted"),
    [
        ("hint", "Say it “aloud”"),
        ("hint::English", "Say it"),
        ("guidance_hint", "For you"),
        ("constraint_message", "From 1 to 99"),
        ("required_message::Русский (ru)", "Нужно"),
    ],
)
def test_a_form_with_few_hints_is_written_for_devices_and_paper(
    write_study, tmp_path, column, quoted
) -> None:
    """No language of a hint is taken for one that the labels lack."""
    form = QUESTIONNAIRE.replace("| reverse |", f"| reverse | {column} |").replace(
        "How old are you? | | | |", f"How old are you? | | | | {quoted} |"
    )
    folder = write_study(questionnaire=form)

    assert [] == lint_form(folder)
    assert "paper-en.pdf" in list(write_forms(folder, tmp_path / "forms"))


@pytest.mark.parametrize(
    "change",
    [
        ("${kind} != 'g'", "${kind} != ‘g’"),
        ("${kind} = 'o'", "${kind} = “o”"),
        ("${aware} = 'yes'", "selected(${aware}, ’yes‘) or ${aware} = ”yes“"),
    ],
)
def test_curly_quotes_in_a_condition_are_those_of_a_text(write_study, cleaned, change) -> None:
    """Word and phones write them; pyxform makes them straight, and so do linter and cleaning."""
    form = QUESTIONNAIRE.replace(*change)

    assert [] == lint_form(write_study(questionnaire=form))
    assert cleaned().states.equals(cleaned(questionnaire=form, name="curly").states)


@pytest.mark.parametrize(
    ("label", "faults"),
    [
        ({"label": "a"}, ["question q: no label in az, ru"]),
        ({"label::English": "a", "label::az": "b", "label::русский": "c"}, []),
        ({"label::English": "a", "label::Azerbaijani": "b"}, ["question q: no label in ru"]),
        ({"label": "a", "label::en": "b", "label::az": "c", "label::ru": ""}, []),
        ({"label": "a", "label::en": "b", "label::az": "c"}, []),
    ],
)
def test_a_label_column_may_name_its_language_in_any_way(label, faults) -> None:
    """By code, by name, or not at all: then it is that of the study's language without a column."""
    form = _row_of(label)

    assert faults == list(_text_faults(form.survey[0], "question q", form, needed=True))


def _row_of(labels: dict[str, str]) -> Sheets:
    return Sheets([{"type": "text", "name": "q", **labels}], [], read_study(BUNDLED))


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        (
            [("| yes_no | no | No |", "| yes_no | no | Yes |")],
            ["choices yes and no of list yes_no: the same label in en, 'Yes'"],
        ),
        (
            [("| channel | web | Internet |", "| channel | web |  Television |")],
            ["choices tv and web of list channel: the same label in en, 'Television'"],
        ),
        (
            [
                ("| place | s | South |", "| place | s | “North” |"),
                ("| n | North |", '| n | "North" |'),
            ],
            ["choices n and s of list place: the same label in en, '“North”'"],
        ),
        # Another letter case is another label, for Google as for KoboToolbox.
        ([("| yes_no | no | No |", "| yes_no | no | YES |")], []),
    ],
)
def test_two_choices_of_a_list_may_not_have_the_same_label(write_study, changes, faults) -> None:
    """Who ticks one of them cannot say which, and an export with labels cannot either."""
    assert faults == lint_form(write_study(questionnaire=_with(*changes)))


VILLAGES = {"n1": "North 1", "n2": "North 2", "s1": "South 1", "s2": "South 2"}
FILTERED = [
    ("| dimension | reverse |", "| dimension | reverse | choice_filter |"),
    (
        "| Which village? | ${kind} != 'g' | | |",
        "| Which village? | ${kind} != 'g' | | | of=${place} |",
    ),
    (
        "| list_name | name | label::English (en) | score |",
        "| list_name | name | label::English (en) | score | of |",
    ),
]


def test_villages_of_two_districts_may_have_the_same_label(write_study) -> None:
    """The filter never shows both; in one district they are refused."""
    named = [
        (f"| village | {code} | {label} | |", f"| village | {code} | Centre | | {code[0]} |")
        for code, label in VILLAGES.items()
    ]
    faults = lint_form(write_study(questionnaire=_with(*FILTERED, *named)))

    assert [
        "choices n1 and n2 of list village: the same label in en, 'Centre'",
        "choices s1 and s2 of list village: the same label in en, 'Centre'",
    ] == faults


def test_the_linter_accepts_repeated_choices_if_the_form_does(write_study) -> None:
    """`allow_choice_duplicates` is for lists with a filter, which show one of them."""
    twice = _with(
        (
            "| channel | web | Internet |",
            "| channel | web | Internet | |\n| | channel | web | Net |",
        )
    )
    allowed = twice.replace(
        "| default_language |", "| default_language | allow_choice_duplicates |"
    )
    allowed = allowed.replace("| small | English (en) |", "| small | English (en) | yes |")
    folder = write_study(questionnaire=twice)
    assert ["choice web of list channel: the name is used more than once"] == lint_form(folder)

    folder = write_study(questionnaire=allowed)
    web = read_questionnaire(folder, read_study(folder))["channels"].choices[1]
    assert [] == lint_form(folder)
    assert ("web", {"en": "Internet / Net"}) == (web.name, dict(web.labels))
    assert {"Internet", "Net"} <= set(web.texts)


def test_the_linter_reports_errors_of_the_reader(write_study) -> None:
    """A form without other findings is read and converted too."""
    folder = write_study(questionnaire=_with(("select_one five | duty", "select_one six | duty")))
    assert [True] == ["is not a valid XLSForm" in fault for fault in lint_form(folder)]

    folder = write_study(questionnaire=_with(("Who?", "Who in ${nowhere}?")))
    assert [True] == ["nowhere" in fault for fault in lint_form(folder)]


@pytest.mark.parametrize(
    "rows",
    [
        "| | unused | a | | |\n| | unused | b | | |",
        "| | | | | |\n| | | | | |",
        "| | | a heading | | |\n| | | a heading | | |",
        "| | unused | a | Same | |\n| | unused | b | Same | |",
    ],
)
def test_only_lists_that_a_question_uses_are_judged(write_study, rows) -> None:
    """Blank rows, headings and lists of other forms are common, and harmless on the device."""
    form = _with(("| | place | n | North |", f"{rows}\n| | place | n | North |"))

    assert [] == lint_form(write_study(questionnaire=form))


def test_choice_lists_may_be_headed_with_a_space() -> None:
    """`list name` and `list_name` are one column, `value` and `name` another."""
    choices = [{"list name": "yes_no", "value": "yes"}, {"list_name": "yes_no", "name": "no"}]
    survey = [{"type": "select one yes_no", "name": "aware"}, {"type": "begin group", "name": "g"}]

    assert {"aware": {"yes", "no"}} == Sheets(survey, choices, read_study(BUNDLED)).codes
