"""The whole way: from a study folder to reports, as make and as the command without make go it."""

import csv
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pptx import Presentation
from pypdf import PdfReader
from whole_way import BUNDLED, ROOT, folders, make, report
from word_file import WordFile

from umid_research.indicators import Activities
from umid_research.messages import Messages
from umid_research.report.activity_report import NOTEBOOK, open_activities
from umid_research.report.topics import Reference, references

REAL = Path(os.environ.get("UMID_SHARED_REAL", ROOT.parent / "shared" / "real"))
BAROMETER = REAL / "caucasus-barometer-2010"
# They list every table, those of the activities last.
LISTS = ("tables.xlsx", *(f"tables/{name}.csv" for name in ("contents", "dictionary", "codes")))
MARKS = {language: Messages(language)("mark") for language in ("en", "az")}


def _bytes(home: Path) -> dict[str, bytes]:
    """What is there but for the cache, which depends on the runs before."""
    files = [
        path for path in sorted(home.rglob("*")) if path.is_file() and ".cache" not in path.parts
    ]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def _without(files: dict[str, bytes], folder: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(folder)}


def test_the_reports_of_the_design_are_there(built) -> None:
    """In both languages, and listed with their hashes."""
    manifest = json.loads((built / "reports" / "manifest.json").read_text())
    listed = manifest["files"]

    expected = {
        "study.html",
        "study.pdf",
        "annex.html",
        "annex.pdf",
        "implementation.html",
        "stakeholders.html",
    }
    expected |= {"robustness.html", "quality.html", "slides.pdf", "slides.pptx"}
    expected |= {"activities.html", "activities.pdf", "definitions.pdf", "proposals.pdf"}
    expected |= {"information.html", "information.pdf"}
    expected |= {
        f"districts/{d}.{e}" for d in ("quba", "xacmaz", "sabran") for e in ("html", "pdf")
    }
    pages = {name for name in expected if name.endswith((".html", ".pdf"))} - {"slides.pdf"}
    expected |= {f"{name.rpartition('.')[0]}.docx" for name in pages}
    expected = {f"{language}/{name}" for language in ("en", "az") for name in expected}
    expected |= {
        f"{language}/{reference.file}" for language in MARKS for reference in _tables(built)
    }
    expected |= {f"{language}/{name}" for language in MARKS for name in LISTS}
    assert {*expected, "manifest.json"} == set(_bytes(built / "reports"))
    assert expected == set(listed)
    stamp = json.loads((built / "processed" / "stamp.json").read_text())
    assert sorted(stamp["inputs"].values()) == sorted(manifest["inputs"].values())
    assert {"responses/1.csv", "responses/2.csv", "study.toml"} <= set(manifest["inputs"])
    assert {"python", "umid_research", "pandas"} <= set(manifest["software"])


def _tables(built: Path) -> list[Reference]:
    output = open_activities(language="en", processed=built / "processed")
    return list(references(output).values())


def _of_activities(built: Path) -> set[str]:
    """What the reports have of the activities alone."""
    files = {entry.file for entry in _tables(built) if entry.notebooks == (NOTEBOOK,)}
    files |= {"activities.html", "activities.pdf", "definitions.pdf", "proposals.pdf"}
    files |= {"activities.docx", "definitions.docx", "proposals.docx"}
    return {f"{language}/{name}" for language in MARKS for name in files}


def _numbers(page: Path) -> Counter[str]:
    """Every number a reader or a screen reader meets, whatever the decimal sign."""
    body = page.read_text(encoding="utf-8").split("<body", 1)[1]
    output = re.sub(r"<style.*?</style>", " ", body, flags=re.DOTALL)
    output += " ".join(re.findall(r'aria-label="([^"]*)"', output))
    text = html.unescape(re.sub(r"<[^>]*>", " ", output))
    return _listed(text)


def test_every_number_of_the_english_report_stands_in_the_azerbaijani_one(built) -> None:
    """Two languages, one computation."""
    pages = sorted((built / "reports" / "en").rglob("*.html"))

    assert 11 == len(pages)
    for page in pages:
        english = _numbers(page)
        other = _numbers(built / "reports" / "az" / page.relative_to(built / "reports" / "en"))
        assert english.total() > (8 if page.stem == "information" else 20)
        assert {} == dict(english - other), page.name


def _told(talk: Path) -> str:
    """Every word of a PowerPoint file, on its slides and in its notes."""
    output = []
    for slide in Presentation(str(talk)).slides:
        output.append(slide.notes_slide.notes_text_frame.text)
        for shape in slide.shapes:
            output += [shape.text_frame.text] if shape.has_text_frame else []
            output += [shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""]
            rows = shape.table.rows if shape.has_table else []
            output += [cell.text for row in rows for cell in row.cells]
            drawn = shape.chart._chartSpace if shape.has_chart else None
            output += drawn.xpath(".//c:dLbl//a:t/text()") if drawn is not None else []
    return " ".join(output)


def _listed(text: str) -> Counter[str]:
    return Counter(number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)?", text))


def test_the_talk_has_the_same_numbers_in_both_languages_and_none_of_its_own(built) -> None:
    """Each stands on a page of the same language."""
    english, other = (_told(built / "reports" / name / "slides.pptx") for name in ("en", "az"))

    assert _listed(english).total() > 100
    assert {} == dict(_listed(english) - _listed(other))
    for language, output in (("en", english), ("az", other)):
        pages = (built / "reports" / language).rglob("*.html")
        known = {number for page in pages for number in _numbers(page)}
        assert set() == set(_listed(output)) - known


def test_the_files_of_the_tables_have_the_same_numbers_in_both_languages(built) -> None:
    """Cell by cell; words differ, and so does nothing else.

    Only notes are counted differently: two of them may have the same words in one language.
    """
    english, other = (
        load_workbook(built / "reports" / language / "tables.xlsx") for language in ("en", "az")
    )

    assert len(english.sheetnames) == len(other.sheetnames) > 30
    for one, two in zip(english, other, strict=True):
        assert _counted(one) == _counted(two) or one.title == "Notes", one.title
    assert sum(len(_counted(page)) for page in english) > 1000


def _counted(page: Worksheet) -> dict[str, float]:
    cells = (cell for row in page.iter_rows() for cell in row)
    return {cell.coordinate: cell.value for cell in cells if isinstance(cell.value, int | float)}


def test_an_azerbaijani_page_says_so_and_speaks_no_english(built) -> None:
    """`lang` is az, and none of the English catalogue's longer texts is in it."""
    english = [text for text in Messages("en").texts() if len(text) > 12 and "{" not in text]

    assert len(english) > 50
    for page in (built / "reports" / "az").rglob("*.html"):
        text = html.unescape(page.read_text(encoding="utf-8"))
        assert 'lang="az"' in text
        assert [] == [sentence for sentence in english if sentence in text], page.name


def test_the_mark_is_on_every_page_of_a_simulated_study(built) -> None:
    """Nothing but the provenance can switch it off."""
    for language, mark in MARKS.items():
        for path in (built / "reports" / language).rglob("*.html"):
            assert mark in path.read_text(encoding="utf-8"), path.name
        for path in (built / "reports" / language).rglob("*.pdf"):
            pages = [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]
            assert pages
            assert all(mark in page for page in pages), path.name
        for path in (built / "reports" / language).rglob("*.docx"):
            word = WordFile(path.read_bytes())
            assert mark in word.header() and mark in word.properties()["title"], path.name
            assert mark in word.lines("Mark"), path.name
    tables = (built / "reports").rglob("*.csv")
    for path in (*(built / "processed").glob("*.csv"), *tables):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        assert header.endswith(",provenance"), path.name
        assert all(row.endswith(",simulated") for row in rows[-1:]), path.name


def test_a_page_asks_nothing_of_the_network(built) -> None:
    """Links may lead out; nothing is loaded from there."""
    for path in (built / "reports").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["'](?!#|data:)[^"']*//""", _without_links(text))
        assert not re.search(r"@import|url\((?![\"']?data:)", text), path.name


def _without_links(text: str) -> str:
    return re.sub(r"<a\s[^>]*>", "", text)


def test_neither_paths_nor_parameters_nor_ids_leak_into_reports(built) -> None:
    """A reader sees findings, not the machine they were made on, nor who answered."""
    ids = {
        row["respondent"]
        for row in csv.DictReader((built / "processed" / "responses.csv").open(encoding="utf-8"))
    }
    for path in (built / "reports").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert str(built) not in text
        assert str(ROOT) not in text
        assert "papermill" not in text.replace(f"papermill {version('papermill')}", "")
        assert not any(respondent in text for respondent in ids)


def test_a_second_run_does_nothing_and_says_so(built) -> None:
    """In words, with the file to open; the same without make."""
    again = make("report", *folders(built / "raw", built, "{}="))

    assert 0 == again.returncode
    says = f"everything in {built}/reports is up to date\nopen     {built}/reports/en/study.html\n"
    assert says == again.stdout
    assert says == report(built / "raw", built).stdout


def test_a_report_that_was_deleted_is_made_again(built) -> None:
    """The manifest no longer holds, and nothing else had to be done."""
    before = _bytes(built / "reports")
    (built / "reports" / "en" / "quality.html").unlink()

    made = make("report", *folders(built / "raw", built, "{}="))

    assert 0 == made.returncode, made.stderr
    assert "submissions" not in made.stdout
    assert before == _bytes(built / "reports")


def test_one_answer_and_the_registers_change_what_depends_on_them_and_nothing_else(
    built, tmp_path
) -> None:
    """Without make, in another folder: one community's trust in Guba, and no activities.

    Without their registers the survey's frames and reports are the same, byte for byte. In English,
    as the next test has the reports in Azerbaijani.
    """
    shutil.copytree(built / "raw", tmp_path / "raw")
    shutil.rmtree(tmp_path / "raw" / "activities")
    export = tmp_path / "raw" / "responses" / "kobo_export.csv"
    with export.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    column = {name: header.index(name) for name in ("district", "respondent_group", "trust_cdc")}
    row = next(
        row
        for row in rows
        if [row[column[name]] for name in ("district", "respondent_group")] == ["quba", "community"]
        and row[column["trust_cdc"]] in "2345"
    )
    row[column["trust_cdc"]] = "1"
    with export.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([header, *rows])

    made = report(tmp_path / "raw", tmp_path, "--languages", "en")

    assert 0 == made.returncode, made.stderr
    before, after = _without(_bytes(built), "reports/az/"), _bytes(tmp_path)
    frames = {field.name for field in fields(Activities)} - {"linked"}
    own = {f"processed/{name}.csv" for name in frames}
    gone = {name for name in before if "activities" in name} | own - {"processed/indicators.csv"}
    gone |= {f"reports/{name}" for name in _of_activities(built) if name.startswith("en/")}
    assert before.keys() == after.keys() | gone
    assert not after.keys() & gone
    changed = {name for name in after if before[name] != after[name]}
    depending = [
        *("study.html", "study.pdf", "annex.html", "annex.pdf", "tables.xlsx"),
        *("stakeholders.html", "robustness.html"),
        # the notes of the last slide name the other reports, those of the activities among them
        "slides.pptx",
    ]
    # the districts list proposals of the activities
    depending += [
        f"districts/{key}.{kind}"
        for key in ("quba", "xacmaz", "sabran")
        for kind in ("html", "pdf")
    ]
    pages = [name for name in depending if name.endswith(".html")]
    depending += [f"{name.removesuffix('html')}docx" for name in pages]
    files = {name for name in changed if "/tables/" in name}
    assert files <= {f"reports/en/{name}" for name in LISTS} | {
        f"reports/en/{reference.file}"
        for reference in _tables(built)
        if reference.anchor.startswith(("scores-by-", "differences-", "reli", "robust", "answers"))
        and reference.district in (None, "quba")
    }
    assert any("scores-by-group" in name for name in files)
    published = {name for name in changed if name.startswith("processed/published/")}
    assert published == {
        f"processed/published/{name}.csv"
        for name in (
            *("scores_by_group", "scores_by_side", "answers", "answers_by_district"),
            *("differences_by_group", "differences_by_side", "differences_by_district"),
            "robustness",
        )
    }
    assert {
        "raw/responses/kobo_export.csv",
        "processed/stamp.json",
        "processed/indicators.csv",
        "processed/responses.csv",
        "processed/scores.csv",
        "processed/units.csv",
        "processed/comparisons.csv",
        "processed/reliability.csv",
        "processed/reliability_items.csv",
        "processed/robustness.csv",
        "reports/manifest.json",
        *(f"reports/en/{name}" for name in depending),
    } == changed - files - published


def test_without_activities_every_other_report_is_the_same(built, tmp_path) -> None:
    """Byte for byte, but for those that list proposals; no frame of the activities stays.

    In Azerbaijani, as the test above has the reports in English.
    """
    shutil.copytree(built / "raw", tmp_path / "raw")
    shutil.rmtree(tmp_path / "raw" / "activities")

    made = report(tmp_path / "raw", tmp_path, "--languages", "az")

    assert 0 == made.returncode, made.stderr
    before = _without(_bytes(built / "reports"), "en/")
    after = _bytes(tmp_path / "reports")
    listing = {f"az/{name}" for name in LISTS}
    assert before.keys() - after.keys() == {
        name for name in _of_activities(built) if name.startswith("az/")
    }
    listing |= {
        f"az/{name}.{kind}"
        for name in ("study", *(f"districts/{key}" for key in ("quba", "xacmaz", "sabran")))
        for kind in ("html", "pdf", "docx")
    }
    listing |= {"az/slides.pptx"}
    assert {"manifest.json", *listing} == {name for name in after if after[name] != before[name]}


def test_a_removed_export_is_noticed(write_study, tmp_path) -> None:
    """Frames of an export that is gone would be stale; an empty study is an error."""
    home = tmp_path / "home"
    exports = write_study(name="study") / "responses"
    shutil.copyfile(exports / "export.csv", exports / "more.csv")
    arguments = ["frames", *folders(exports.parent, home, "{}=")]
    assert "20 submissions read, 10 kept" in make(*arguments).stdout

    (exports / "more.csv").unlink()
    assert "10 submissions read, 10 kept" in make(*arguments).stdout

    shutil.rmtree(exports)
    failed = make(*arguments)
    assert 0 != failed.returncode
    assert "no export here" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_second_study_in_the_same_folder_is_refused(built, tmp_path) -> None:
    """In one line, and nothing is touched."""
    shutil.copytree(built / "raw", tmp_path / "raw")
    description = tmp_path / "raw" / "study.toml"
    description.write_text(
        description.read_text(encoding="utf-8").replace("guba-khachmaz-shabran-2022", "another"),
        encoding="utf-8",
    )
    before = _bytes(built / "processed")

    refused = report(tmp_path / "raw", built)

    assert 1 == refused.returncode
    assert "holds another study's outputs, not those of 'another'" in refused.stderr
    assert 1 == len(refused.stderr.strip().splitlines())
    assert before == _bytes(built / "processed")


def test_a_path_with_a_space_is_refused_by_make_in_words_and_taken_by_the_command(tmp_path) -> None:
    """make cannot; Python can."""
    spaced = tmp_path / "a study"
    shutil.copytree(BUNDLED, spaced)

    refused = make("report", f"RAW={spaced}")
    assert 0 != refused.returncode
    assert "paths without spaces" in refused.stderr

    cleaned = subprocess.run(
        [
            sys.executable,
            "-m",
            "umid_research",
            "clean",
            *folders(spaced, tmp_path / "x y", "--{}"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == cleaned.returncode, cleaned.stderr


# --- a real study -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def barometer(tmp_path_factory) -> Path:
    """2,001 real interviews, put together as a study folder and reported."""
    if not BAROMETER.is_dir():
        pytest.skip(f"no real data at {BAROMETER}; UMID_SHARED_REAL names their folder")
    home = tmp_path_factory.mktemp("barometer")
    raw = home / "raw"
    shutil.copytree(ROOT / "tests" / "data" / "caucasus-barometer-2010", raw)
    shutil.copyfile(BAROMETER / "questionnaire.xlsx", raw / "questionnaire.xlsx")
    (raw / "responses").mkdir()
    shutil.copyfile(BAROMETER / "export_values.csv", raw / "responses" / "export_values.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UMID_RESPONDENT_KEY", "a secret of this test")
        made = report(raw, home)
    assert 0 == made.returncode, made.stderr
    assert "2001 submissions read, 2001 kept, 0 set aside" in made.stdout
    return home


def _trust_by_stratum() -> dict[str, float]:
    """Mean over clusters of their weighted mean trust score, from the raw file, in plain Python."""
    clusters: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    with (BAROMETER / "export_values.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, delimiter=";"):
            items = [row[name] for name in row if name.startswith("TRU")]
            answers = [(int(answer) - 1) / 4 * 100 for answer in items if answer in "12345"]
            assert 16 == len(items)
            if len(answers) * 3 >= 16 * 2:
                score = sum(answers) / len(answers)
                clusters[row["STRATUM"], row["PSU"]].append((score, float(row["WTIND"])))
    strata: dict[str, list[float]] = defaultdict(list)
    for (stratum, _), people in clusters.items():
        weight = sum(weight for _, weight in people)
        strata[stratum].append(sum(score * weight for score, weight in people) / weight)
    return {stratum: sum(means) / len(means) for stratum, means in strata.items()}


def test_the_real_studys_trust_scores_equal_an_independent_computation(barometer) -> None:
    """To the last digit in the frames, rounded in what is published and in the page."""
    expected = _trust_by_stratum()
    codes = {"capital": "1", "urban": "2", "rural": "3"}
    by_group: dict[str, list[float]] = defaultdict(list)
    with (barometer / "processed" / "units.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["dimension"] == "trust" and row["score"]:
                by_group[row["group"]].append(float(row["score"]))
    with (barometer / "processed/published/scores_by_group.csv").open(encoding="utf-8") as file:
        published = {
            row["group"]: float(row["value"])
            for row in csv.DictReader(file)
            if row["dimension"] == "trust"
        }
    page = html.unescape((barometer / "reports/en/annex.html").read_text(encoding="utf-8"))

    assert set(codes) == set(by_group) == set(published)
    for group, code in codes.items():
        assert pytest.approx(expected[code], abs=1e-9) == sum(by_group[group]) / len(
            by_group[group]
        )
        assert round(expected[code]) == published[group]
    row = re.search(r"<tr[^>]*>\s*<th[^>]*>\s*Trust in institutions.*?</tr>", page, re.DOTALL)
    assert row
    for group in codes:
        assert f"{published[group]:.0f}" in row.group()


def test_the_real_study_has_its_reports_without_a_mark_and_says_what_is_missing(barometer) -> None:
    """It is real, and its groups are not matched."""
    english = barometer / "reports" / "en"

    assert (english / "study.pdf").stat().st_size > 10_000
    for path in english.rglob("*.html"):
        assert "SIMULATED" not in path.read_text(encoding="utf-8"), path.name
    page = html.unescape((english / "stakeholders.html").read_text("utf-8"))
    assert "Capital with Urban and Capital with Rural cannot be compared" in page
    assert 6 == page.count("cannot be estimated: no district holds both groups")
    assert "provenance" not in (barometer / "processed" / "units.csv").read_text().splitlines()[0]
