"""Test the codebook of the archive against the structure that DDI Codebook 2.5 demands.

The schema itself (codebook.xsd with its modules, 0.5 MB, LGPL) is no part of this project: what it
demands of the elements that the codebook uses is written down here, as its field-level
documentation has it. UMID_DDI_SCHEMA names a copy of codebook.xsd to be used as well.
"""

import os
import re
from collections import Counter
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

SCHEMA = "UMID_DDI_SCHEMA"
NAMESPACE, LANGUAGE = "{ddi:codebook:2_5}", "{http://www.w3.org/XML/1998/namespace}lang"
# The elements within each, in order: ? may stand once, * any number of times, + at least once.
CONTENT = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* "
    "othrStdyMat* notes*",
    "citation": "titlStmt rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit* holdings* notes*",
    "titlStmt": "titl subTitl* altTitl* parTitl* IDNo*",
    "rspStmt": "AuthEnty* othId*",
    "prodStmt": "producer* copyright* prodDate* prodPlac* software* fundAg* grantNo*",
    "distStmt": "distrbtr* contact* depositr* depDate* distDate*",
    "verStmt": "version* verResp* notes*",
    "stdyInfo": "studyBudget* subject* abstract* sumDscr* qualityStatement? notes* "
    "exPostEvaluation*",
    "subject": "keyword* topcClas*",
    "sumDscr": "timePrd* collDate* nation* geogCover* geogUnit* geoBndBox* boundPoly* anlyUnit* "
    "universe* dataKind*",
    "method": "dataColl* notes* anlyInfo* stdyClas* dataProcessing* codingInstructions*",
    "dataColl": "timeMeth* dataCollector* collectorTraining* frequenc* sampProc* sampleFrame* "
    "targetSampleSize* deviat* collMode* resInstru* instrumentDevelopment* sources* collSitu* "
    "actMin* ConOps* weight* cleanOps*",
    "dataAccs": "setAvail* useStmt* notes*",
    "useStmt": "confDec* specPerm* restrctn* contact* citReq* deposReq* conditions* disclaimer*",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName* fileCitation? dataFingerprint* fileCont* fileStrc? dimensns? fileType* "
    "format* filePlac* dataChck* ProcStat* dataMsng* software* verStmt*",
    "dimensns": "caseQnty* varQnty* logRecL* recPrCas* recNumTot*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "var": "location* labl* imputation* security* embargo* respUnit* anlysUnit* qstn* valrng* "
    "invalrng* undocCod* universe* TotlResp* sumStat* txt* stdCatgry* catgryGrp* catgry* "
    "codInstr* verStmt* concept* derivation? varFormat? geoMap* catLevel* notes*",
    "qstn": "qstnLit*",
    "invalrng": "item+ key* notes*",
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
    "catgry": {"missing": {"Y", "N"}, "missType": None},
    "catStat": {"type": {"freq", "percent", "crosstab", "other"}},
    "varFormat": {"type": {"character", "numeric"}},
}


def _problems(book: etree._Element) -> list[str]:
    """Return what is not as DDI Codebook 2.5 demands."""
    found = []
    identifiers = Counter(element.get("ID") for element in book.iter() if element.get("ID"))
    for element in book.iter():
        name = element.tag.removeprefix(NAMESPACE)
        inside = [child.tag.removeprefix(NAMESPACE) for child in element]
        pattern = "".join(
            f"(?:{re.escape(one.rstrip('?*+'))} ){one[-1] if one[-1] in '?*+' else ''}"
            for one in CONTENT.get(name, "").split()
        )
        if not re.fullmatch(pattern, "".join(f"{child} " for child in inside)):
            found.append(f"{name}: {dict.fromkeys(inside)}")
        if inside and (element.text or "").strip():
            found.append(f"{name}: text beside elements")
        for key, value in element.attrib.items():
            allowed = ATTRIBUTES.get(name, {})
            if key == "ID":
                if not re.fullmatch(r"[A-Za-z_][\w.-]*", value) or identifiers[value] > 1:
                    found.append(f"{name}: ID {value}")
            elif key == "files":
                found += [f"{name}: no file {one}" for one in value.split() if not identifiers[one]]
            elif key != LANGUAGE and (key not in allowed or value not in (allowed[key] or {value})):
                found.append(f"{name}: {key}={value}")
        if name == "var" and not element.get("name"):
            found.append("var without a name")
    return found


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
    if copy := os.environ.get(SCHEMA):
        schema = etree.XMLSchema(etree.parse(copy))
        schema.assertValid(book)


@pytest.mark.parametrize(
    ("path", "change", "problem"),
    [
        ("var/catgry", lambda one: one.append(one[0]), "catgry: "),
        ("var", lambda one: one.set("ID", "F2"), "ID F2"),
        ("var", lambda one: one.set("files", "F999"), "no file F999"),
        ("var", lambda one: one.attrib.pop("name"), "without a name"),
        ("var/varFormat", lambda one: one.set("type", "number"), "type=number"),
        ("var/labl", lambda one: one.set("lang", "en"), "lang=en"),
    ],
)
def test_a_fault_of_structure_is_found(book, path, change, problem) -> None:
    """The check above sees each kind of fault."""
    element = book.find(f"{NAMESPACE}dataDscr")
    for step in path.split("/"):
        element = next(element.iter(f"{NAMESPACE}{step}"))
    change(element)

    assert any(problem in line for line in _problems(book))


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
