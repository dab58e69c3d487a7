"""Describe questionnaire and published tables as DDI Codebook 2.5, `codebook/ddi.xml`.

DDI is the standard by which data archives describe surveys (DDI Alliance 2014, DDI Codebook 2.5.1,
https://ddialliance.org/ddi-codebook). Texts are repeated in each language of the study, also where
an element may stand once: then what is around it is repeated, or notes follow it. A question has
its wording, the condition under which it is asked, its codes, those of missing answers, and the
number of people who gave each answer where that is published:

    <var ID="V12" name="trust_cdc" files="F1">
      <labl xml:lang="en">How much do you trust …</labl>
      <qstn><qstnLit xml:lang="en">How much do you trust …</qstnLit></qstn>
      <invalrng><item VALUE="dk"/></invalrng>
      <universe xml:lang="en">the answer to … is …</universe>
      <catgry><catValu>1</catValu><labl xml:lang="en">Not at all</labl></catgry>
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from lxml import etree

from umid_research.messages import languages
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.variables import (
    Variable,
    answer_variables,
    question_variable,
)
from umid_research.runs.stamp import PACKAGE
from umid_research.study import Names, Study
from umid_research.study.form_outline import Outline
from umid_research.study.form_wording import CATALOGUE, Wording
from umid_research.study.questionnaire import Question, Questionnaire

FILE = "codebook/ddi.xml"
_NAMESPACE = "ddi:codebook:2_5"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MISSING = {"dont_know": "don't know", "refused": "refused", "error": "not usable"}
_FORMATS = {"number": "numeric", "flag": "numeric"}


def write_ddi(
    folder: Path,
    facts: Facts,
    form: Questionnaire,
    tables: Mapping[str, pd.DataFrame],
    variables: Mapping[str, Iterable[Variable]],
    answered: Iterable[str] = (),
) -> None:
    """Write the codebook into the folder of an archive.

    Parameters
    ----------
    tables, variables
        The published tables, and the columns of each, by name.
    answered
        The columns of the answers, if they are in the archive.
    """
    book = etree.Element(f"{{{_NAMESPACE}}}codeBook", nsmap={None: _NAMESPACE}, version="2.5")
    book.set(_LANGUAGE, facts.language)
    _add_citation(_add(_add(book, "docDscr"), "citation"), facts, of_file=True)
    _add_study(book, facts)
    shown = {name: rows for name, rows in tables.items() if len(rows)}
    files = {name: f"F{number}" for number, name in enumerate(shown, start=2)}
    keys = [one for one in answer_variables(facts.study, form) if one.question is None]
    kept = set(answered)
    asked = kept - {one.name for one in keys}
    if kept:
        _add_file(book, "F1", "data/responses.csv", None)
    for name, rows in shown.items():
        _add_file(book, files[name], f"tables/{name}.csv", rows)
    data = _add(book, "dataDscr")
    answers = {
        (row.question, row.answer): int(row.value)
        for row in tables["answers"].itertuples()
        if row.shown and pd.notna(row.value)
    }
    wordings = _wordings(facts.study, form)
    repeated = (question for repeat in form.repeats for question in repeat.members)
    for number, question in enumerate((*form.columns, *repeated), start=1):
        element = _add(data, "var", ID=f"V{number}", name=question.name)
        if question.name in asked and question in form.columns:
            element.set("files", "F1")
        _add_question(element, question, wordings, answers)
    for key in keys:
        if key.name in kept:
            _add_column(data, key, "F1")
    for name in shown:
        for column in variables[name]:
            _add_column(data, column, files[name])
    etree.indent(book)
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    etree.ElementTree(book).write(folder / FILE, xml_declaration=True, encoding="UTF-8")


def _add_study(book: etree._Element, facts: Facts) -> None:
    study = facts.study
    described = _add(book, "stdyDscr")
    _add_citation(_add(described, "citation"), facts, of_file=False)
    info = _add(described, "stdyInfo")
    subject = _add(info, "subject")
    for one in study.dimensions.values():
        _add_names(subject, "topcClas", one.name)
    for language in facts.languages:
        _add(info, "abstract", facts.description(language), lang=language)
    summary = _add(info, "sumDscr")
    work = study.field_work
    for event, day in (("start", work.start), ("end", work.end)):
        _add(summary, "collDate", day.isoformat(), event=event, date=day.isoformat())
    for district in study.districts.values():
        _add_names(summary, "geogCover", district.name)
    for group in study.groups.values():
        _add_names(summary, "universe", group.name)
    collected = _add(_add(described, "method"), "dataColl")
    _add_names(collected, "sampProc", work.recruitment)
    access = _add(described, "dataAccs")
    conditions = study.publication.licence or {facts.language: facts.words()("lacking.licence")}
    for language, text in conditions.items():
        _add_names(_add(access, "useStmt"), "conditions", {language: text})


def _add_citation(citation: etree._Element, facts: Facts, *, of_file: bool) -> None:
    """Add title, author and publisher: of the study, or of this file that the program wrote."""
    study, publication = facts.study, facts.study.publication
    title = _add(citation, "titlStmt")
    first, *others = facts.languages
    _add(title, "titl", facts.title(first), lang=first)
    for language in others:
        _add(title, "parTitl", facts.title(language), lang=language)
    _add(title, "IDNo", study.id)
    responsible = _add(citation, "rspStmt")
    _add_names(responsible, "AuthEnty", study.field_work.conducted_by)
    production = _add(citation, "prodStmt")
    if of_file:
        _add(production, "software", PACKAGE, version=facts.software)
    else:
        _add_names(production, "fundAg", study.field_work.sponsor)
        distribution = _add(citation, "distStmt")
        _add_names(distribution, "distrbtr", study.field_work.conducted_by)
        if publication.date:
            day = publication.date.isoformat()
            _add(distribution, "distDate", day, date=day)
    if publication.version:
        _add(_add(citation, "verStmt"), "version", publication.version)
    if publication.citation and not of_file:
        _add_how_to_cite(citation, publication.citation, facts.language)


def _add_how_to_cite(citation: etree._Element, texts: Names, first: str) -> None:
    """Add the text by which to cite the study: there may be one, the others are notes to it."""
    _add(citation, "biblCit", texts[first], lang=first)
    for language, text in texts.items():
        if text and language != first:
            _add(citation, "notes", text, lang=language, type="biblCit")


def _add_file(book: etree._Element, key: str, name: str, rows: pd.DataFrame | None) -> None:
    text = _add(_add(book, "fileDscr", ID=key, URI=name), "fileTxt")
    _add(text, "fileName", name)
    if rows is not None:
        size = _add(text, "dimensns")
        _add(size, "caseQnty", str(len(rows)))
        _add(size, "varQnty", str(len(rows.columns)))
    _add(text, "fileType", "text/csv; charset=UTF-8")


def _add_column(data: etree._Element, column: Variable, file: str) -> None:
    identifier = f"{file}_{column.name}"
    element = _add(data, "var", ID=identifier, name=column.name, files=file)
    _add_names(element, "labl", column.labels)
    _add_codes(element, column, {})


def _add_question(
    element: etree._Element,
    question: Question,
    wordings: Mapping[str, Wording],
    answers: Mapping[tuple[str, str], int],
) -> None:
    variable = question_variable(question)
    _add_names(element, "labl", variable.labels)
    _add_names(_add(element, "qstn"), "qstnLit", variable.labels)
    missing = [code.value for code in variable.codes if code.missing]
    if missing:
        invalid = _add(element, "invalrng")
        for code in missing:
            _add(invalid, "item", VALUE=code)
    if question.relevant:
        conditions = {
            language: wording.condition(question.relevant)
            for language, wording in wordings.items()
            if language in question.labels
        }
        _add_names(element, "universe", conditions)
    counts = {code: n for (name, code), n in answers.items() if name == question.name}
    _add_codes(element, variable, counts)


def _add_codes(element: etree._Element, variable: Variable, counts: Mapping[str, int]) -> None:
    """Add a category per code, with the number of people, and the format of the column."""
    for code in variable.codes:
        category = _add(element, "catgry")
        if code.missing:
            category.set("missing", "Y")
            category.set("missType", _MISSING.get(code.missing, code.missing))
        _add(category, "catValu", code.value)
        _add_names(category, "labl", code.labels)
        if code.value in counts:
            _add(category, "catStat", str(counts[code.value]), type="freq")
    _add(element, "varFormat", type=_FORMATS.get(variable.kind, "character"))


def _wordings(study: Study, form: Questionnaire) -> dict[str, Wording]:
    """Return what puts conditions into words, in each language that has the words."""
    outline = Outline(study, form, "", ())
    known = [one for one in study.languages if one in languages(CATALOGUE)]
    return {language: Wording(outline, language, by="text") for language in known}


def _add_names(parent: etree._Element, tag: str, names: Names) -> None:
    """Add an element per language."""
    for language, text in names.items():
        if text:
            _add(parent, tag, text, lang=language)


def _add(
    parent: etree._Element, tag: str, text: str | None = None, *, lang: str = "", **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}", attributes)
    if lang:
        element.set(_LANGUAGE, lang)
    element.text = text
    return element
