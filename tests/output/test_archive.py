"""Test the archive of the bundled study: whole, described, and without what is not published."""

import csv
import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from archived import archive, declared, files_in
from whole_way import BUNDLED

from umid_research.disclosure.tables import read_published
from umid_research.errors import FrameError, StudyError
from umid_research.messages import Messages
from umid_research.output.archive import Source, write_archive, write_internal
from umid_research.output.archive.description import without_comments
from umid_research.output.archive.facts import Facts
from umid_research.pipeline.description import read_answers
from umid_research.study import read_study

CRATE, MANIFEST = "ro-crate-metadata.json", "manifest.json"


@pytest.fixture(scope="module")
def archived(built, tmp_path_factory) -> Path:
    """The archive of the bundled study, which is only read."""
    return archive(built, tmp_path_factory.mktemp("archive") / "archive")


# Run without this package: whoever opens an archive does not have it.
FRESH = """
import json, sys
from pathlib import Path
from rocrate.rocrate import ROCrate
import pyreadstat
assert "umid_research" not in sys.modules
folder = Path(sys.argv[1])
crate = ROCrate(folder)
read = {}
for path in sorted(folder.rglob("*.sav")) + sorted(folder.rglob("*.dta")):
    reader = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
    frame, meta = reader(str(path))
    read[path.relative_to(folder).as_posix()] = [
        len(frame), meta.column_names_to_labels,
        {name: list(labels.values()) for name, labels in meta.variable_value_labels.items()},
    ]
print(json.dumps({
    "name": crate.name, "version": crate.version, "read": read,
    "files": [entity.id for entity in crate.get_entities() if entity.type == "File"],
    "licence": crate.root_dataset["license"]["name"],
    "author": crate.root_dataset["author"]["name"],
}))
"""


@pytest.fixture(scope="module")
def opened(archived) -> dict:
    """What a fresh process finds in the archive."""
    command = [sys.executable, "-I", "-c", FRESH, str(archived)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def test_the_crate_opens_in_a_fresh_process(opened, archived) -> None:
    """Every file is described, and every described file is there."""
    assert "1.1" == opened["version"]
    assert set(opened["files"]) | {CRATE} == files_in(archived)
    assert "MIT; whatever is copied from here stays marked as simulated" == opened["licence"]
    assert "Umid Support to Social Development Public Union" == opened["author"]


def test_a_simulated_study_says_so_in_the_name(opened) -> None:
    """So that no catalogue lists it as a survey of people."""
    assert "SIMULATED DATA: these are not answers of real people" in opened["name"]


def test_statistics_files_read_back_with_the_labels_of_the_study(opened, built) -> None:
    """Every table that has rows, in both languages and for both programs; none is empty."""
    tables = read_published(built / "processed")
    study, form, _ = read_answers(built / "processed")
    for language in ("en", "az"):
        words = Messages(language, catalogue="archive")
        groups = [group.name[language] for group in study.groups.values()]
        topics = [one.name[language] for one in study.dimensions.values()]
        for name, rows in tables.items():
            for form_of in ("sav", "dta"):
                read = opened["read"].get(f"statistics/{language}/{name}.{form_of}")
                assert (read is None) == rows.empty, name
                if read is None:
                    continue
                number, labels, values = read
                assert len(rows) == number
                assert labels == {column: words(f"column.{column}") for column in rows}
                if "group" in values:
                    assert groups == values["group"]
                if name == "scores_by_group":
                    assert topics == values["dimension"][: len(topics)]
                if "question" in values:
                    wordings = [q.labels[language] for q in form]
                    short = [text for text in wordings if len(text.encode()) <= 120]
                    assert [text for text in values["question"] if text in short] == short
    assert len(opened["read"]) > 100


def test_the_crate_has_what_the_specification_demands(archived) -> None:
    """RO-Crate 1.1, sections "Root Data Entity", "Metadata Descriptor", "Data Entities"."""
    crate = json.loads((archived / CRATE).read_text(encoding="utf-8"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    descriptor, root = entities[CRATE], entities["./"]

    assert "https://w3id.org/ro/crate/1.1/context" == crate["@context"]
    assert len(entities) == len(crate["@graph"])
    assert "CreativeWork" == descriptor["@type"]
    assert {"@id": "./"} == descriptor["about"]
    assert {"@id": "https://w3id.org/ro/crate/1.1"} == descriptor["conformsTo"]
    assert "Dataset" == root["@type"]
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert "2022-07-31" == root["datePublished"]
    parts = [part["@id"] for part in root["hasPart"]]
    for name in parts:
        assert "File" == entities[name]["@type"]
        assert not name.startswith(("/", ".", "http"))
    for entity in crate["@graph"]:
        assert entity["@type"], entity
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    assert one["@id"] in entities or one["@id"].startswith("https://")


def test_what_is_not_known_is_said_and_never_made_up(archived, built, tmp_path) -> None:
    """The bundled study gives no day and no version of publication."""
    english = (archived / "README.md").read_text(encoding="utf-8")
    assert "The study gives no day of publication; the last day of the field work" in english
    assert "The study gives no version." in english
    assert "names no licence" not in english

    dated = '[publication]\ndate = 2022-09-01\nversion = "2"\n[publication.licence]'
    home = declared(built, tmp_path, ("[publication.licence]", dated))
    crate = json.loads((archive(home, tmp_path / "archive") / CRATE).read_text(encoding="utf-8"))
    (root,) = (entity for entity in crate["@graph"] if entity["@id"] == "./")
    assert ("2022-09-01", "2") == (root["datePublished"], root["version"])
    assert "no day of publication" not in root["description"]


def test_the_code_is_named_by_version_and_commit(archived, monkeypatch) -> None:
    """Without git it is the version alone, and the archive says so."""
    crate = json.loads((archived / CRATE).read_text(encoding="utf-8"))
    (software,) = (entity for entity in crate["@graph"] if entity["@id"] == "#umid_research")
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert software["version"].removesuffix("-changed").endswith(head)

    monkeypatch.setenv("PATH", "")
    lacking = Facts(read_study(BUNDLED)).lacking()
    assert any("commit of the code is not known" in line for line in lacking)


def test_the_manifest_lists_every_file_with_its_hash(archived) -> None:
    """As sha256sum has it."""
    listed = json.loads((archived / MANIFEST).read_text(encoding="utf-8"))["files"]

    assert set(listed) == files_in(archived) - {MANIFEST}
    for name, digest in listed.items():
        assert hashlib.sha256((archived / name).read_bytes()).hexdigest() == digest, name


def test_the_data_package_describes_every_table(archived) -> None:
    """Columns in order, types that the cells have, keys without repetition."""
    package = json.loads((archived / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in package["resources"]}

    assert set(resources) == {name for name in files_in(archived) if name.startswith("tables/")}
    for path, resource in resources.items():
        fields = resource["schema"]["fields"]
        with (archived / path).open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert [field["name"] for field in fields] == head, path
        for place, field in enumerate(fields):
            cells = [row[place] for row in rows]
            given = [cell for cell in cells if cell]
            constraints = field.get("constraints", {})
            assert not constraints.get("required") or cells == given, (path, field)
            assert set(given) <= set(constraints.get("enum", given))
            if field["type"] == "number":
                numbers = [float(cell) for cell in given]
                assert all(constraints.get("minimum", n) <= n for n in numbers), (path, field)
            elif field["type"] == "integer":
                assert all(float(cell).is_integer() for cell in given)
            elif field["type"] == "boolean":
                assert set(given) <= {"True", "False"}
            else:
                assert "string" == field["type"]
        data = (archived / path).read_bytes()
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == resource["hash"]


def test_the_citation_is_yaml_with_what_the_format_demands(archived) -> None:
    """Citation File Format 1.2.0: version, message, title, authors."""
    citation = yaml.safe_load((archived / "CITATION.cff").read_text(encoding="utf-8"))

    assert "1.2.0" == citation["cff-version"]
    assert "dataset" == citation["type"]
    assert [{"name": "Umid Support to Social Development Public Union"}] == citation["authors"]
    assert citation["message"].startswith("umid_research, simulated study")
    assert "SIMULATED DATA" in citation["title"]
    assert "date-released" not in citation


def test_a_confidential_study_archives_only_what_is_published(built, tmp_path) -> None:
    """No answer of a person, no id, no remark in the study's description."""
    remarked = '# ask Anar\nprovenance = "field" # 050 123 45 67'
    home = declared(built, tmp_path, ('provenance = "simulated"', remarked))
    made = archive(home, tmp_path / "archive")
    responses = pd.read_csv(home / "processed" / "responses.csv", dtype=str)
    texts = b"\0".join(
        path.read_bytes()
        for path in made.rglob("*")
        if path.suffix in {".csv", ".sav", ".dta", ".json", ".toml", ".md", ".html"}
    )

    assert not (made / "data").exists()
    for word in ["ask Anar", "050 123 45 67", *responses["respondent"], *responses["unit"]]:
        assert word.encode() not in texts
    kept = tomllib.loads((made / "study/study.toml").read_text(encoding="utf-8"))
    described = (home / "processed/study/study.toml").read_text(encoding="utf-8")
    assert tomllib.loads(described) == kept
    assert "confidential" in (made / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        'a = "x # no comment"\nb.c = [{d = 1}, {e = [1.5, true]}]\n["f g".h]\ni = 2022-03-02\n',
        "[empty]\n[a.b.c]\nd = '''\n# no comment\nline\\'''\n[a.b]\ne = -0.5\n",
        'a = "\\u007f\\t\\"ə"\nb = 07:32:00\n',
    ],
)
def test_a_description_without_comments_reads_back_the_same(text) -> None:
    """Whatever signs its texts have."""
    entries = tomllib.loads(text)

    assert entries == tomllib.loads(without_comments(entries))


def test_the_answers_go_to_a_folder_for_internal_use(built, tmp_path) -> None:
    """With a row per respondent; an earlier file of a form that has changed does not stay."""
    study, form, cleaned = read_answers(built / "processed")
    target = tmp_path / "internal"
    (target / "en").mkdir(parents=True)
    (target / "en" / "members_old.sav").touch()
    source = Source(study, form, built / "processed", built / "reports")

    lines = [*write_internal(source, cleaned, target)]

    assert files_in(target) == {
        f"{language}/{name}"
        for language in ("en", "az")
        for name in ("responses.sav", "responses.dta", "codes.csv")
    }
    assert any("not to be passed on" in line for line in lines)
    assert any(line.startswith("cut") for line in lines)


def test_an_archive_is_replaced_whole_or_not_at_all(built, tmp_path, monkeypatch) -> None:
    """A fault on the way leaves the earlier one; a folder of something else is not touched."""
    target = archive(built, tmp_path / "archive")
    before = files_in(target)
    (target / "left.txt").touch()
    study, form, _ = read_answers(built / "processed")
    source = Source(study, form, built / "processed", built / "reports")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("umid_research.output.archive.folder.write_crate", fail)
        with pytest.raises(OSError, match="disk full"):
            [*write_archive(source, target)]
    assert before | {"left.txt"} == files_in(target)
    assert ["archive"] == [path.name for path in tmp_path.iterdir()]

    [*write_archive(source, target)]
    assert before == files_in(target)

    (target / CRATE).unlink()
    with pytest.raises(FrameError, match="holds something else than an archive"):
        [*write_archive(source, target)]
    assert before - {CRATE} == files_in(target)


def test_the_same_archive_has_the_same_bytes(archived, built, tmp_path) -> None:
    """Nothing in it tells when it was made."""
    again = archive(built, tmp_path / "archive")

    assert files_in(again) == files_in(archived)
    assert [] == [
        n for n in files_in(again) if (again / n).read_bytes() != (archived / n).read_bytes()
    ]


def test_the_plan_has_a_hash_of_its_own_and_departures_are_listed_by_day(built, tmp_path) -> None:
    """A departure does not change the plan; without any the list is empty."""
    before = archive(built, tmp_path / "before")
    entries = "".join(
        f"\n[[departures]]\ndate = {day}\n"
        + "".join(
            f'what.{one} = "={day} {one}"\nwhy.{one} = "Since"\n' for one in ("en", "az", "ru")
        )
        for day in ("2022-09-05", "2022-04-01")
    )
    home = declared(built, tmp_path, ("[title]", f"{entries}\n[title]"))
    after = archive(home, tmp_path / "after")

    rows = [*csv.reader((after / "plan/departures.csv").open(encoding="utf-8-sig"))]
    assert ["date", "language", "what", "why"] == rows[0]
    assert ["2022-04-01"] * 3 + ["2022-09-05"] * 3 == [row[0] for row in rows[1:]]
    assert ["2022-04-01", "az", "'=2022-04-01 az", "Since"] in rows
    assert 1 == len([*csv.reader((before / "plan/departures.csv").open(encoding="utf-8-sig"))])
    for language in ("en", "az"):
        plan = (after / f"plan/{language}.md").read_bytes()
        assert plan == (before / f"plan/{language}.md").read_bytes()
        assert b"4,096" in plan or b"4.096" in plan


def test_a_departure_needs_a_text_in_every_language(built, tmp_path) -> None:
    """As every other text of the study."""
    entry = '\n[[departures]]\ndate = 2022-04-01\nwhat.en = "a"\nwhy.en = "b"\n[title]'
    home = declared(built, tmp_path, ("[title]", entry))

    with pytest.raises(StudyError, match=r"departures\.0\.what has no text in az, ru"):
        read_answers(home / "processed")
