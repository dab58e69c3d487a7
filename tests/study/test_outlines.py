"""District outlines are read or refused with their place; the map shows who was reached."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from small_report import small_report
from small_study import STUDY

from umid_research.errors import StudyError
from umid_research.report.charts import plot_map
from umid_research.report.sample.chart import map_at
from umid_research.study import Study, read_study
from umid_research.study.outlines import NAME, read_outlines

WITH_CODES = STUDY.replace('code = "n"', 'code = "n"\niso = "X-N"', 1)
SQUARE = [[48.0, 60.0], [49.0, 60.0], [49.0, 61.0], [48.0, 61.0], [48.0, 60.0]]


def feature(iso: str = "X-N", name: object = "North", **geometry: object) -> dict:
    shape = {"type": "Polygon", "coordinates": [SQUARE], **geometry}
    return {"type": "Feature", "properties": {"iso": iso, "name": name}, "geometry": shape}


def collection(*features: dict, **more: object) -> dict:
    return {"type": "FeatureCollection", "features": list(features or [feature()]), **more}


@pytest.fixture
def read(write_study):
    """What is read of a file in the small study, of which only the north has a code."""

    def read(content: object):
        folder = write_study(study=WITH_CODES)
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / NAME).write_text(text, encoding="utf-8")
        return read_outlines(folder, read_study(folder))

    return read


def test_a_study_without_the_file_has_no_outlines(write_study) -> None:
    """The file is optional."""
    folder = write_study()

    assert read_outlines(folder, read_study(folder)) is None


def test_outer_edges_names_and_attribution_are_read(read) -> None:
    """A hole is not drawn; a name is one text, or one text per language."""
    hole = [[[place[0] / 2 + 24, place[1]] for place in SQUARE]]
    several = feature("X-M", {"en": "More", "az": "Çox"}, type="MultiPolygon")
    several["geometry"]["coordinates"] = [[SQUARE, *hole], [SQUARE]]

    found = read(collection(feature(), several, attribution="Somebody"))

    assert "Somebody" == found.attribution
    assert [{"": "North"}, {"en": "More", "az": "Çox"}] == [s.names for s in found.shapes]
    assert [1, 2] == [len(shape.rings) for shape in found.shapes]
    assert tuple(map(tuple, SQUARE)) == found.shapes[1].rings[1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not valid JSON"),
        ({"type": "Feature"}, "entry type"),
        (collection(feature(iso="")), "entry features.0.properties.iso"),
        (collection(feature(type="Point")), "entry features.0.geometry"),
        (collection(feature(coordinates=[[[400, 0]] * 4])), "less than or equal to 180"),
        (collection(feature(coordinates=[SQUARE[:3]])), "at least 4"),
        (collection(feature(), feature()), "has a district twice; found 'X-N'"),
        (collection(feature("X-S")), "none of the study's districts; found 'X-S'; possible: X-N"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(read, content, says) -> None:
    """The error is one line that names the file and the entry."""
    with pytest.raises(StudyError) as refusal:
        read(content)

    assert says in str(refusal.value)
    assert NAME in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_map_shows_who_was_reached(read) -> None:
    """Each number is in the picture and its text, with neighbours and undrawn districts."""
    reached = {"statistic": "reached"}
    everybody = {**reached, "units": 27, "respondents": 52}
    north = {**reached, "district": "north", "units": 13, "respondents": 29}
    group = {**north, "group": "people", "units": 8, "respondents": 16}
    report = small_report(field_work=[everybody, north, group])
    outlines = read(collection(feature(), feature("X-M", "Far"), attribution="Somebody"))
    report = replace(report, study=_with_code(report.study), outlines=outlines)

    figure = plot_map(report)

    assert "North: 29 people and n = 13." in figure.alt
    assert "for orientation: Far." in figure.alt
    assert "52 people in 27 units" in figure.caption
    for text in (">North<", ">29 people<", ">n = 13<", ">Far<", ">Outlines: Somebody<"):
        assert text in figure.svg, text
    assert "The map has no outline of South." in figure.svg


def test_a_map_fits_its_width(read) -> None:
    """Its notes wrap at the edge of the drawing."""
    report = small_report()
    outlines = read(collection(feature(), attribution="a source with a long name " * 8))
    report = replace(report, study=_with_code(report.study), outlines=outlines)

    wide, narrow = plot_map(report).svg, map_at(report, width=250, height=100).svg

    assert 'viewBox="0 0 260 ' in narrow
    assert 'viewBox="0 0 518 ' in wide
    assert len(re.findall("<text", narrow)) > len(re.findall("<text", wide))


def _with_code(study: Study) -> Study:
    north = study.districts["north"].model_copy(update={"iso": "X-N"})
    return study.model_copy(update={"districts": {**study.districts, "north": north}})


def test_a_report_without_outlines_has_no_map() -> None:
    """The notebook checks this before drawing."""
    with pytest.raises(ValueError, match="no outlines"):
        plot_map(small_report())


def test_the_bundled_outlines_show_every_district_and_the_attribution() -> None:
    """They use the codes of study.toml."""
    bundled = Path(__file__).resolve().parents[2] / "data" / "raw"
    study = read_study(bundled)

    found = read_outlines(bundled, study)

    assert found is not None
    assert {d.iso for d in study.districts.values()} < {shape.iso for shape in found.shapes}
    assert "DiMarco" in found.attribution
    assert "Mark DiMarco" in (bundled / "districts.LICENSE").read_text(encoding="utf-8")
