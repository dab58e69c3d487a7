"""A study with secrets planted wherever a person writes or names something: no output holds one.

The reports are made as make makes them; every file of every kind is opened, the stored outputs of
notebooks too.
"""

import csv
import io
import os
import shutil
import zipfile
from html import unescape
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfReader
from small_activities import REGISTERS, write_activities
from small_plan import CODES, EVIDENCE, MEASURES, MEETINGS, PLAN_QUESTIONNAIRE, plan_export
from small_study import small_export
from whole_way import ROOT, report

from umid_research.clean import registers
from umid_research.clean.privacy import Content
from umid_research.output.publish import store_outputs
from umid_research.pipeline.registers import check_registers

# Every secret holds one of these, whatever is made of its letters.
SECRETS = ("gizlin", "planted")
# In words: names with case endings and Azerbaijani letters, and other personal data.
SAID = "Gizlinovanın yanında planted{n}@example.az; Şəki Gizlinlidən soruş: +994 50 987 65 {n:02}"
NAMES = "\t\"names\" = [ # Gizlinova asked for it\n\"Gizlinova\", '''Şəki Gizlinli''',\n]\n"
LANDMARK, MAKERS = "Landmark", "Clubfolk"
# Where words stand that are shown once they are masked.
WORDS = {
    "analyst_codes": ["reason", "reason_en"],
    "meetings": ["text", "text_en"],
    "activities/proposals": ["text", "text_en"],
    "activities/decisions": ["reason"],
    "activities/explanations": ["explanation", "explanation_en"],
}
# What is never shown, as it may be written: a name of a person, of a file, an address.
INTERNAL = {
    "analyst_codes": {"coded_by": "Gizlinova"},
    "meetings": {"coder": "Gizlinova"},
    "evidence": {"link": "photos/Gizlinova.jpg", "checked_by": "Gizlinova"},
    "measures": {
        "executor": "Gizlinova",
        "deadline": "the day of Gizlinova",
        "source": "told by Gizlinova",
    },
    "activities/pages": {"url": "https://example.org/gizlinova", "screenshot": "gizlinova.png"},
    "activities/posts": {
        "title": "Letter of Gizlinova",
        "url": "https://example.org/planted",
        "screenshot": "gizlinova.png",
        "personal_data": "no",
    },
    "activities/consultations": {"topic": "What Gizlinova asks"},
    "activities/workshops": {"title": "Gizlinova's day"},
    "activities/attendance": {"name": "Gizlinova Planted"},
    "activities/payments": {"portal": "Gizlinova's", "screenshot": "gizlinova.png"},
    "activities/terminals": {"letter": "to Gizlinova"},
    # Who made a proposal, beside its letter.
    "activities/proposals": {"letter": "to Gizlinova", "group": "ngo", "locality": "n1"},
    "activities/press": {
        "site": "gizlinova.example",
        "url": "https://example.org/gizlinova/1",
        "title": "Gizlinova speaks",
        "personal_data": "no",
    },
    "activities/platforms": {"member": "Gizlinova's shop {n}", "document": "planted.pdf"},
    "activities/deliverables": {"recipient": "Gizlinova", "document": "planted.pdf"},
    "activities/decisions": {"by": "Gizlinova"},
    "activities/explanations": {"by": "Gizlinova"},
}
ORIGINALS = {
    "analyst_codes": CODES,
    "meetings": MEETINGS,
    "evidence": EVIDENCE,
    "measures": MEASURES,
    **{f"activities/{name}": text for name, text in REGISTERS.items()},
}


def _planted(name: str) -> str:
    """A register with a secret in every cell that nothing checks."""
    rows = list(csv.DictReader(io.StringIO(ORIGINALS[name].lstrip())))
    columns = list(rows[0])
    for column in (*WORDS.get(name, ()), *INTERNAL.get(name, {})):
        columns += [column] if column not in columns else []
        for place, row in enumerate(rows):
            row[column] = INTERNAL.get(name, {}).get(column, SAID).format(n=place)
    written = io.StringIO()
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _write_study(raw: Path) -> None:
    write_activities(raw)
    for name in ORIGINALS:
        (raw / f"{name}.csv").write_text(_planted(name), encoding="utf-8")
    described = (raw / "study.toml").read_text(encoding="utf-8")
    for old, new in (("People", LANDMARK), ("A small study", LANDMARK), ("NGO", MAKERS)):
        assert f'en = "{old}"' in described
        described = described.replace(f'en = "{old}"', f'en = "{new}"')
    (raw / "study.toml").write_text(NAMES + described, encoding="utf-8")
    (raw / "questionnaire.md").write_text(PLAN_QUESTIONNAIRE, encoding="utf-8")
    answers = plan_export(small_export())
    answers["proposal"] = [SAID.format(n=n) for n in range(len(answers))]
    answers["organisation"] = answers["organisation"].where(answers["kind"] != "g", "Gizlinova")
    (raw / "responses").mkdir()
    answers.to_csv(raw / "responses" / "Gizlinova, planted.csv", sep=";", index=False)
    (raw / "corrections.csv").write_text(
        "submission,column,old,new,reason,by\nuuid-0,age,30,31,Gizlinova said so,Gizlinova\n"
    )
    for stray in ("notes of Gizlinova.txt", "photos/Gizlinova.jpg"):
        (raw / stray).parent.mkdir(exist_ok=True)
        (raw / stray).write_text("planted")
    planted = PngImagePlugin.PngInfo()
    planted.add_text("Author", "planted by Gizlinova")
    picture = raw / "activities" / "screenshots" / "gizlinova.png"
    Image.new("RGB", (40, 30), "red").save(picture, pnginfo=planted)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, str]:
    """Path -> all text of every file of the reports, and of the notebooks with their outputs."""
    home = tmp_path_factory.mktemp("secrets")
    _write_study(home / "raw")
    done = report(home / "raw", home)
    assert 0 == done.returncode, done.stderr
    notebooks = home / "notebooks"
    notebooks.mkdir()
    for name in ("01-data-quality", "02-implementation", "06-activities", "07-study"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", notebooks)
    before = dict(os.environ)
    list(store_outputs(notebooks, home / "processed"))
    os.environ.clear()
    os.environ.update(before)
    found = [*(home / "reports").rglob("*"), *notebooks.iterdir()]
    return {str(path.relative_to(home)): _text(path) for path in found if path.is_file()}


def _text(path: Path) -> str:
    """All text in a file, and everything that lies in it, in small letters without spaces."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        reader = PdfReader(path)
        links = [str(note.get_object()) for p in reader.pages for note in p.get("/Annots", [])]
        pages = [page.extract_text() for page in reader.pages]
        text = " ".join([*pages, *links, str(reader.metadata)])
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            text = " ".join(names + [packed.read(n).decode("utf-8", "replace") for n in names])
    else:
        text = content.decode("utf-8")
    return "".join(unescape(text).lower().split())


def test_no_file_of_any_kind_holds_a_secret(made) -> None:
    """Neither in what is shown nor in what only a program reads."""
    assert {".html", ".pdf", ".docx", ".csv", ".xlsx", ".pptx", ".json", ".ipynb"} == {
        Path(name).suffix for name in made
    }
    found = {
        name: text[max(text.index(secret) - 60, 0) :][:140]
        for name, text in made.items()
        for secret in SECRETS
        if secret in text or secret in name.lower()
    }

    assert {} == found


def test_every_kind_of_file_was_read(made) -> None:
    """The name of a group stands in each of them, but for the manifest."""
    found = {Path(name).suffix for name, text in made.items() if LANDMARK.lower() in text}

    assert {".html", ".pdf", ".docx", ".csv", ".xlsx", ".pptx", ".ipynb"} <= found


@pytest.mark.parametrize(
    "name",
    [
        *("reports/en/implementation.html", "reports/en/activities.html"),
        *("reports/en/proposals.pdf", "reports/en/tables.xlsx", "notebooks/06-activities.ipynb"),
    ],
)
def test_the_words_are_there_without_what_is_personal(made, name) -> None:
    """Masked, and not left out: reasons, proposals and explanations."""
    assert "[name]yanında[email];[name]soruş:[phone]" in made[name]


def test_the_manifest_tells_files_apart_by_number_and_hash(made) -> None:
    """The two strays are inputs too."""
    manifest = made["reports/manifest.json"]

    for name in ("responses/1.csv", "activities/screenshots/1.png", "other/1.txt", "other/2"):
        assert f'"{name}' in manifest


def test_a_secret_stands_in_every_free_text_that_a_register_may_have(tmp_path, monkeypatch) -> None:
    """Whoever adds a column with words of people, or with names, must plant a secret in it.

    The columns are those that the readers themselves declare to the gate.
    """
    declared: dict[str, set[str]] = {}
    read: list[str] = []
    admit, read_tables = registers.admit, registers.read_tables

    def reading(path, **options):
        read.append(path.stem)
        return read_tables(path, **options)

    def noting(rows, contents, *, names):
        kinds = (Content.WORDS, Content.INTERNAL)
        declared[read[-1]] = {key for key, content in contents.items() if content in kinds}
        return admit(rows, contents, names=names)

    monkeypatch.setattr(registers, "read_tables", reading)
    monkeypatch.setattr(registers, "admit", noting)
    _write_study(tmp_path)
    check_registers(tmp_path)
    planted = {
        Path(name).name: {*WORDS.get(name, ()), *INTERNAL.get(name, {})} for name in ORIGINALS
    }

    assert len(declared) > 15
    assert {} == {
        register: missing
        for register, columns in declared.items()
        if (missing := columns - planted.get(register, set()))
    }


def test_nothing_says_who_made_a_proposal(made) -> None:
    """Each was made by one person: neither district nor group stands in the letters."""
    letters = made["reports/en/proposals.pdf"]

    assert "proposal" in letters
    assert "×" in letters
    assert MAKERS.lower() not in letters
