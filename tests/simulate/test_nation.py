"""A simulated study of many districts: who is in it, and that it is like the bundled one."""

import filecmp
from pathlib import Path

import pandas as pd
import pytest

from umid_research.clean import Cleaned, clean_responses
from umid_research.raw import read_raw
from umid_research.simulate.nation import simulate_nation
from umid_research.study import Study, read_study
from umid_research.study.outlines import read_outlines
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

BUNDLED = Path(__file__).parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("nation")
    simulate_nation(BUNDLED, path, districts=13, localities=3)
    return path


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return read_study(folder)


@pytest.fixture(scope="module")
def questionnaire(folder: Path, study: Study) -> Questionnaire:
    return read_questionnaire(folder, study)


@pytest.fixture(scope="module")
def cleaned(folder: Path, study: Study, questionnaire: Questionnaire) -> Cleaned:
    raw = read_raw(folder, questionnaire, study)
    return clean_responses(raw, questionnaire, study, key="k" * 16)


def test_each_locality_has_four_people_and_each_district_seven_more(cleaned) -> None:
    """Two residents, an official, a council; four NGOs and three entrepreneurs a district."""
    people = cleaned.responses
    counts = people.groupby("group").size().to_dict()

    assert len(people) == 13 * (4 * 3 + 7)
    assert counts == {
        "community": 78,
        "local_government": 39,
        "cdc": 39,
        "ngo": 52,
        "entrepreneur": 39,
    }
    assert people.groupby("district").size().to_dict() == {f"d{n:02d}": 19 for n in range(1, 14)}


def test_it_is_marked_as_simulated_and_names_no_place_or_sponsor(folder, study) -> None:
    """What is copied from the bundled study must not lend it real names."""
    assert study.provenance == "simulated"
    assert study.districts["d07"].name == {"en": "District 07", "az": "Rayon 07"}
    assert study.districts["d07"].localities == ("07-01", "07-02", "07-03")
    files = [path for path in folder.rglob("*") if path.is_file()]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name in ("Guba", "Quba", "Khachmaz", "Shabran", "USAID", "umid-sid"):
        assert name not in written, name


def test_shares_and_questions_are_those_of_the_bundled_study(questionnaire, cleaned) -> None:
    """15 of 65 know the plan in the bundled study, and 7 of 65 are women: 57 and 26 of 247."""
    bundled = read_study(BUNDLED)
    theirs = read_questionnaire(BUNDLED, bundled)

    assert [question.name for question in questionnaire] == [q.name for q in theirs]
    assert (cleaned.responses["aware_plan"] == "aware").sum() == 57
    assert (cleaned.responses["sex"] == "female").sum() == 26


def test_every_district_has_an_outline_of_its_own(folder, study) -> None:
    """A map without a district would hide it."""
    outlines = read_outlines(folder, study)

    assert {shape.iso for shape in outlines.shapes} == {
        district.iso for district in study.districts.values()
    }
    assert len({shape.rings for shape in outlines.shapes}) == 13


def test_documents_are_looked_for_in_every_locality(folder, study) -> None:
    """A register of the bundled places would be set aside row by row."""
    evidence = pd.read_csv(folder / "evidence.csv", dtype=str)
    known = {place for district in study.districts.values() for place in district.localities}

    assert set(evidence["locality"]) == known


def test_the_same_numbers_make_the_same_files(folder, tmp_path) -> None:
    """Times are compared between studies that anybody can make again."""
    simulate_nation(BUNDLED, tmp_path, districts=13, localities=3)
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    _, different, failed = filecmp.cmpfiles(folder, tmp_path, names, shallow=False)

    assert len(names) > 8
    assert (different, failed) == ([], [])
