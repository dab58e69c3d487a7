"""Test the codebook of the archive against the structure that DDI Codebook 2.5 demands.

The schema itself (codebook.xsd with its modules, 0.5 MB, LGPL) is no part of this project: what it
demands of the elements that the codebook uses is written down here, read from codebook.xsd of DDI
Codebook 2.5, 2012-01-17. UMID_DDI_SCHEMA names a copy of codebook.xsd to be used as well.
"""

import datetime
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pandas as pd
import pytest
from archived import archive, declared
from lxml import etree

from umid_research.disclosure.tables import read_published
from umid_research.output.archive.ddi import write_ddi
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.variables import table_variables
from umid_research.pipeline.description import read_answers
from umid_research.study.presentation import Publication

SCHEMA = "UMID_DDI_SCHEMA"
NAMESPACE, LANGUAGE = "{ddi:codebook:2_5}", "{http://www.w3.org/XML/1998/namespace}lang"
# What stands within each element that has others within: ? at most once, * any number of times,
# + at least once, | either. All others have text, which the codebook writes without markup. Of what
# qstn may have, text among it, here are the elements that DDI adds to the markup.
CONTENT = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* "
    "othrStdyMat* notes*",
    "citation": "titlStmt rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*",
    "titlStmt": "titl subTitl* altTitl* parTitl* IDNo*",
    "rspStmt": "AuthEnty* othId*",
    "prodStmt": "producer* copyright? prodDate* prodPlac* software* fundAg* grantNo*",
    "distStmt": "distrbtr* contact* depositr* depDate* distDate?",
    "verStmt": "version? verResp? notes*",
    "stdyInfo": "studyBudget* subject* abstract* sumDscr* qualityStatement? notes* "
    "exPostEvaluation*",
    "subject": "keyword* topcClas*",
    "sumDscr": "timePrd* collDate* nation* geogCover* geogUnit* geoBndBox? boundPoly? anlyUnit* "
    "universe* dataKind*",
    "method": "dataColl* notes* anlyInfo? stdyClas? dataProcessing* codingInstructions*",
    "dataColl": "timeMeth* dataCollector* collectorTraining* frequenc* sampProc* sampleFrame* "
    "targetSampleSize* deviat* collMode* resInstru* instrumentDevelopment* sources? collSitu* "
    "actMin* ConOps* weight* cleanOps*",
    "dataAccs": "setAvail* useStmt* notes*",
    "useStmt": "confDec? specPerm? restrctn? contact* citReq? deposReq? conditions? disclaimer?",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName? fileCitation? fileCont? fileStrc? dimensns? fileType? format? filePlac? "
    "dataChck* ProcStat? dataMsng? software* verStmt?",
    "dimensns": "caseQnty* varQnty* logRecL* recPrCas* recNumTot*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "var": "location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* "
    "invalrng* undocCod* universe* TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* "
    "codInstr* verStmt* concept* derivation? varFormat? geoMap* catLevel* notes*",
    "qstn": "(preQTxt | qstnLit | postQTxt | forward | backward | ivuInstr)*",
    "invalrng": "(item | range)+ key? notes*",
    "item": "",
    "catgry": "catValu? labl* txt* catStat* mrow?",
}
# The attributes that the codebook may use beside ID and xml:lang; a set has all values of one.
ATTRIBUTES = {
    "codeBook": {"version": {"2.5"}},
    "software": {"version": None},
    "collDate": {"event": {"start", "end", "single"}, "date": None},
    "distDate": {"date": None},
    "fileDscr": {"URI": None},
    "var": {"name": None, "files": None},
    "item": {"VALUE": None},
    "notes": {"type": None},
    "catgry": {"missing": {"Y", "N"}, "missType": None},
    "catStat": {"type": {"freq", "percent", "crosstab", "other"}},
    "varFormat": {"type": {"character", "numeric"}},
}
REQUIRED = {"var": "name", "item": "VALUE"}


def _problems(book: etree._Element) -> list[str]:
    """Return what is not as DDI Codebook 2.5 demands."""
    found = [] if book.tag == f"{NAMESPACE}codeBook" else [f"root {book.tag}"]
    identifiers = Counter(element.get("ID") for element in book.iter() if element.get("ID"))
    for element in book.iter():
        name = element.tag.removeprefix(NAMESPACE)
        found += [f"{name}: {problem}" for problem in _misplaced(element, name)]
        found += [f"{name}: {problem}" for problem in _unknown(element, name, identifiers)]
    return found + _refused(book)


def _misplaced(element: etree._Element, name: str) -> Iterator[str]:
    """Yield what is wrong with the elements and the text within one."""
    inside = [child.tag.removeprefix(NAMESPACE) for child in element]
    pattern = re.sub(r"\w+", r"(?:\g<0>,)", CONTENT.get(name, "")).replace(" ", "")
    if not re.fullmatch(pattern, "".join(f"{child}," for child in inside)):
        yield f"within {[*dict.fromkeys(inside)]}"
    if name in CONTENT and (element.text or "").strip():
        yield "text between elements"


def _unknown(element: etree._Element, name: str, identifiers: Counter) -> Iterator[str]:
    """Yield what is wrong with the attributes of an element."""
    allowed = ATTRIBUTES.get(name, {})
    for key, value in element.attrib.items():
        if key == "ID":
            right = re.fullmatch(r"[A-Za-z_][\w.-]*", value) and identifiers[value] == 1
        elif key == LANGUAGE:
            right = re.fullmatch("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value)
        elif key == "files":
            right = value and all(identifiers[one] for one in value.split())
        else:
            right = key in allowed and value in (allowed[key] or {value})
        if not right:
            yield f"{key}={value}"
    if name in REQUIRED and not element.get(REQUIRED[name]):
        yield f"without {REQUIRED[name]}"


def _refused(book: etree._Element) -> list[str]:
    """Return what the schema refuses, if there is a copy of it."""
    if not (copy := os.environ.get(SCHEMA)):
        return []
    schema = etree.XMLSchema(etree.parse(copy))
    schema.validate(book)
    return [f"schema: {error.message}" for error in schema.error_log]


@pytest.fixture(scope="module")
def archived(built, tmp_path_factory) -> Path:
    """The archive of the bundled study, which is only read."""
    return archive(built, tmp_path_factory.mktemp("archive") / "archive")


@pytest.fixture
def book(archived) -> etree._Element:
    """The codebook of the bundled study."""
    return etree.parse(archived / "codebook/ddi.xml").getroot()


def _var(book: etree._Element, name: str) -> etree._Element:
    """Return the variable of a question."""
    (found,) = (
        one
        for one in book.iter(f"{NAMESPACE}var")
        if one.get("name") == name and one.get("ID").startswith("V")
    )
    return found


def _texts(element: etree._Element, path: str) -> dict[str, str]:
    steps = "/".join(f"{NAMESPACE}{step}" for step in path.split("/"))
    return {one.get(LANGUAGE): one.text for one in element.iterfind(steps)}


def test_the_codebook_is_valid(book) -> None:
    """In elements, their order and number, attributes, identifiers and references."""
    assert [] == _problems(book)


def _doubled(element: etree._Element) -> None:
    """Put a copy of the element after it."""
    element.addnext(deepcopy(element))


def _given(key: str, value: str) -> Callable[[etree._Element], None]:
    """Return a change that gives an attribute another value."""
    return lambda element: element.set(key, value)


def _lacking(key: str) -> Callable[[etree._Element], None]:
    """Return a change that takes an attribute away."""
    return lambda element: element.attrib.pop(key)


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("catgry", lambda one: one.append(one[0]), "catgry: within "),
        ("titlStmt", lambda one: one.remove(one[0]), "titlStmt: within "),
        ("titl", _doubled, "titlStmt: within "),
        ("biblCit", _doubled, "citation: within "),
        ("conditions", _doubled, "useStmt: within "),
        ("fileName", _doubled, "fileTxt: within "),
        ("varFormat", _doubled, "var: within "),
        ("invalrng", lambda one: one.clear(), "invalrng: within "),
        ("item", lambda one: setattr(one, "text", "dk"), "item: text between"),
        ("item", _lacking("VALUE"), "item: without VALUE"),
        ("var", _given("ID", "F2"), "var: ID=F2"),
        ("var", _given("files", "F999"), "var: files=F999"),
        ("var", _lacking("name"), "var: without name"),
        ("varFormat", _given("type", "number"), "varFormat: type=number"),
        ("catgry", _given("missing", "yes"), "catgry: missing=yes"),
        ("codeBook", _given("version", "2.1"), "codeBook: version=2.1"),
        ("labl", _given("lang", "en"), "labl: lang=en"),
        ("labl", _given(LANGUAGE, "en_GB"), "lang=en_GB"),
        ("codeBook", lambda one: setattr(one, "tag", f"{NAMESPACE}codebook"), "root "),
    ],
)
def test_a_fault_of_structure_is_found(book, name, change, problem) -> None:
    """The check above sees each kind of fault, and so does the schema, if there is a copy of it."""
    change(next(book.iter(f"{NAMESPACE}{name}")))

    found = _problems(book)

    assert any(problem in line for line in found)
    if SCHEMA in os.environ and "F999" not in problem:  # lxml does not follow references
        assert any(line.startswith("schema: ") for line in found)


def test_a_text_that_may_stand_once_is_kept_in_every_language(book) -> None:
    """The licence in a statement for each language; how to cite the study with notes to it."""
    statements = [*book.iter(f"{NAMESPACE}useStmt")]
    (citation,) = book.iterfind(f"{NAMESPACE}stdyDscr/{NAMESPACE}citation")
    licences = [_texts(one, "conditions") for one in statements]

    assert [["en"], ["az"], ["ru"]] == [[*one] for one in licences]
    assert all(text.startswith("MIT; ") for one in licences for text in one.values())
    assert ["en"] == [*_texts(citation, "biblCit")]
    assert ["az", "ru"] == [*_texts(citation, "notes")]
    assert {"biblCit"} == {one.get("type") for one in citation.iterfind(f"{NAMESPACE}notes")}
    assert "смоделированное исследование" in _texts(citation, "notes")["ru"]


@pytest.mark.parametrize(
    ("publication", "licences"),
    [
        (
            Publication(),
            [{"en": "The study names no licence, so nobody may copy its tables without asking."}],
        ),
        (
            Publication(
                date=datetime.date(2022, 9, 5),
                version="1.0",
                licence={"en": "CC", "az": "Lisenziya"},
            ),
            [{"en": "CC"}, {"az": "Lisenziya"}],
        ),
    ],
)
def test_a_study_with_more_or_less_to_say_has_a_valid_codebook(
    built, tmp_path, publication, licences
) -> None:
    """Without licence and citation, which it says of the licence; with a date and a version."""
    study, form, _ = read_answers(built / "processed")
    described = study.model_copy(update={"publication": publication})
    tables = read_published(built / "processed")

    write_ddi(tmp_path, Facts(described), form, tables, table_variables(study, form))

    book = etree.parse(tmp_path / "codebook/ddi.xml").getroot()
    assert [] == _problems(book)
    assert licences == [_texts(one, "conditions") for one in book.iter(f"{NAMESPACE}useStmt")]
    assert [] == [*book.iter(f"{NAMESPACE}biblCit")]
    dates = [one.get("date") for one in book.iter(f"{NAMESPACE}distDate")]
    assert dates == ([str(publication.date)] if publication.date else [])


def test_a_question_has_its_wording_and_codes_in_every_language(book, built) -> None:
    """Also in Russian, in which there is no report."""
    _, form, _ = read_answers(built / "processed")
    for question in form:
        element = _var(book, question.name)
        labels = {code: " ".join(text.split()) for code, text in question.labels.items()}
        assert {"en", "az", "ru"} == set(labels)
        assert labels == _texts(element, "qstn/qstnLit") == _texts(element, "labl")
        categories = element.findall(f"{NAMESPACE}catgry")
        assert list(question.choice_names) == [
            one.findtext(f"{NAMESPACE}catValu") for one in categories
        ]
        for choice, category in zip(question.choices, categories, strict=True):
            assert dict(choice.labels) == _texts(category, "labl")
        missing = {"dk", "cannot_judge", "ref"} & set(question.choice_names)
        assert missing == {
            one.findtext(f"{NAMESPACE}catValu") for one in categories if one.get("missing") == "Y"
        }
        assert missing == {one.get("VALUE") for one in element.iter(f"{NAMESPACE}item")}


def test_a_condition_is_put_into_words(book) -> None:
    """Of a question that only some groups are asked; the first question has none."""
    universe = _texts(_var(book, "duty_report"), "universe")

    assert {"en", "az", "ru"} == set(universe)
    assert "Local government" in universe["en"]
    assert {} == _texts(_var(book, "consent"), "universe")


def test_numbers_of_people_are_those_that_are_published(book, built) -> None:
    """A number that is withheld is not in the codebook."""
    answers = pd.read_csv(built / "processed/published/answers.csv", dtype={"answer": str})
    shown = answers[answers["shown"] & answers["value"].notna()]
    expected = {(one.question, one.answer): one.value for one in shown.itertuples()}
    found = {
        (var.get("name"), one.findtext(f"{NAMESPACE}catValu")): int(
            one.findtext(f"{NAMESPACE}catStat")
        )
        for var in book.iter(f"{NAMESPACE}var")
        for one in var.iterfind(f"{NAMESPACE}catgry")
        if one.find(f"{NAMESPACE}catStat") is not None
    }

    assert expected == found
    assert len(found) < len(answers)


def test_a_number_in_a_withheld_row_is_left_out(built, tmp_path) -> None:
    """Though no published row has one."""
    study, form, _ = read_answers(built / "processed")
    tables = read_published(built / "processed")
    tables["answers"]["shown"] = False

    write_ddi(tmp_path, Facts(study), form, tables, table_variables(study, form))

    book = etree.parse(tmp_path / "codebook/ddi.xml").getroot()
    assert not [*book.iter(f"{NAMESPACE}catStat")]


def test_every_column_of_every_file_is_described(book, archived) -> None:
    """Of the published tables that have rows, and of the answers."""
    for file in book.iter(f"{NAMESPACE}fileDscr"):
        head = pd.read_csv(archived / file.get("URI")).columns.drop("provenance")
        described = [
            one.get("name")
            for one in book.iter(f"{NAMESPACE}var")
            if one.get("files") == file.get("ID")
        ]
        assert sorted(head) == sorted(described), file.get("URI")
        rows = file.findtext(f".//{NAMESPACE}caseQnty")
        assert rows is None or int(rows) == len(pd.read_csv(archived / file.get("URI")))


def test_a_confidential_study_describes_questions_without_a_file(built, tmp_path) -> None:
    """The questionnaire is public, the answers are not."""
    home = declared(built, tmp_path, ('provenance = "simulated"', 'provenance = "field"'))
    made = archive(home, tmp_path / "archive")
    book = etree.parse(made / "codebook/ddi.xml").getroot()

    assert [] == _problems(book)
    assert _var(book, "trust_cdc").get("files") is None
    assert not any("data/" in file.get("URI") for file in book.iter(f"{NAMESPACE}fileDscr"))
    assert not any(one.get("name") == "respondent" for one in book.iter(f"{NAMESPACE}var"))
