"""Read `districts.geojson`: the outlines of a study's districts and their neighbours.

The file is optional. It is GeoJSON in degrees of longitude and latitude with one feature per
district, whose property `iso` is the district's code in study.toml. A feature with another code is
a neighbour, drawn for orientation; its `name` is a text, or a text per language.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from umid_research.errors import StudyError
from umid_research.study import Study

NAME = "districts.geojson"
Place = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Ring = Annotated[tuple[Place, ...], Field(min_length=4)]


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Polygon(_Lenient):
    type: Literal["Polygon"]
    coordinates: tuple[Ring, ...] = Field(min_length=1)


class _MultiPolygon(_Lenient):
    type: Literal["MultiPolygon"]
    coordinates: tuple[tuple[Ring, ...], ...] = Field(min_length=1)


class _Properties(_Lenient):
    iso: str = Field(min_length=1)
    name: str | dict[str, str] = ""


class _Feature(_Lenient):
    properties: _Properties
    geometry: Annotated[_Polygon | _MultiPolygon, Field(discriminator="type")]


class _Collection(_Lenient):
    type: Literal["FeatureCollection"]
    attribution: str = ""
    features: tuple[_Feature, ...] = Field(min_length=1)


class Outline(BaseModel):
    """One district's shape: `rings` are the outer edges of its parts, in degrees.

    `names` maps a language to the name; a name without a language has the key "".
    """

    model_config = ConfigDict(frozen=True)

    iso: str
    names: dict[str, str]
    rings: tuple[tuple[tuple[float, float], ...], ...]


class Outlines(BaseModel):
    """The shapes of a file and the attribution of their source."""

    model_config = ConfigDict(frozen=True)

    shapes: tuple[Outline, ...]
    attribution: str


def read_outlines(folder: Path, study: Study) -> Outlines | None:
    """Return the outlines in a study folder, None if there is no file.

    Raises StudyError if the file is malformed, repeats a code, or has none of the study's
    districts.
    """
    path = Path(folder) / NAME
    if not path.is_file():
        return None
    try:
        read = TypeAdapter(_Collection).validate_python(json.loads(path.read_bytes()))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StudyError(f"is not valid JSON: {error}", where=str(path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise StudyError(first["msg"], where=f"{path}, entry {entry}") from None
    codes = [feature.properties.iso for feature in read.features]
    twice = [code for code in codes if codes.count(code) > 1]
    if twice:
        raise StudyError("has a district twice", where=str(path), found=twice[0])
    known = [district.iso for district in study.districts.values() if district.iso]
    if not set(known) & set(codes):
        raise StudyError(
            "shows none of the study's districts", where=str(path), found=codes[0], possible=known
        )
    return Outlines(shapes=tuple(map(_outline, read.features)), attribution=read.attribution)


def _outline(feature: _Feature) -> Outline:
    geometry, name = feature.geometry, feature.properties.name
    polygons = (geometry.coordinates,) if isinstance(geometry, _Polygon) else geometry.coordinates
    return Outline(
        iso=feature.properties.iso,
        names={"": name} if isinstance(name, str) else name,
        rings=tuple(polygon[0] for polygon in polygons),
    )
