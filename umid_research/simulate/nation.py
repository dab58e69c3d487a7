"""Write the folder of a simulated study of many districts, from the bundled study.

It has the bundled questionnaire and expected scores in English and Azerbaijani, but its own lists
of districts and localities, which are numbered: no real place gets invented answers. Districts lie
in a grid. In each locality there are two residents, one official and one member of a council, and
in each district four NGOs and three entrepreneurs; so 66 districts of 24 localities have 6,798
respondents. The districts' expected scores differ by a random shift. The registers of activities
are left out.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomlkit

from umid_research.simulate import simulate
from umid_research.simulate.design import FILE
from umid_research.study.outlines import NAME as OUTLINES

Entries = dict[str, Any]
LANGUAGES = ("en", "az")
_DISTRICT, _LOCALITY = ("District", "Rayon"), ("Locality", "Yaşayış yeri")
# Respondents per locality, and per district.
_PLACED = {"community": 2, "local_government": 1, "cdc": 1}
_UNPLACED = {"ngo": 4, "entrepreneur": 3}
# The standard deviation of a district's shift of a dimension, in points; twice that at most.
_SHIFT = 3.0


def simulate_nation(source: Path, target: Path, *, districts: int, localities: int) -> None:
    """Write a study of so many districts, with so many localities each, to `target`.

    The same numbers give the same bytes.

    Parameters
    ----------
    source : Path
        The folder of the bundled study.
    target : Path
        A folder that is made; files of an earlier study of this function are replaced.
    districts, localities
        At least 1 each.
    """
    source, target = Path(source), Path(target)
    target.mkdir(parents=True, exist_ok=True)
    places = {
        f"d{number:02d}": [f"{number:02d}-{place:02d}" for place in range(1, localities + 1)]
        for number in range(1, districts + 1)
    }
    study = _study(_entries(source / "study.toml"), places)
    (target / "study.toml").write_text(tomlkit.dumps(study), encoding="utf-8")
    design = _design(_entries(source / FILE), places, study)
    (target / FILE).write_text(tomlkit.dumps(design), encoding="utf-8")
    form = (source / "questionnaire.md").read_text(encoding="utf-8")
    lines = "\n".join(_form(form.splitlines(), places)) + "\n"
    (target / "questionnaire.md").write_text(lines, encoding="utf-8")
    (target / OUTLINES).write_text(json.dumps(_outlines(places, study)), encoding="utf-8")
    measures = pd.read_csv(source / "measures.csv", dtype=str, na_filter=False)
    others = [f"text_{key}" for key in _entries(source / "study.toml")["languages"]]
    kept = measures.drop(columns=[name for name in others if name[5:] not in LANGUAGES])
    kept.to_csv(target / "measures.csv", index=False, lineterminator="\n")
    simulate(target, target)


def _study(study: Entries, places: dict[str, list[str]]) -> Entries:
    size = len(places)
    title = {"en": f"Open government in {size} simulated districts"}
    title["az"] = f"{size} simulyasiya edilmiş rayonda açıq hökumət"
    nobody = {"en": "Nobody: this study is simulated", "az": "Heç kim: tədqiqat simulyasiyadır"}
    names = [[f"{word} {number:02d}" for number in range(1, size + 1)] for word in _DISTRICT]
    study |= {"id": f"simulated-nation-{size}", "languages": list(LANGUAGES), "title": title}
    study["districts"] = {
        key: {
            "code": key,
            "iso": f"SIM-{key[1:]}",
            "localities": listed,
            "name": dict(zip(LANGUAGES, both, strict=True)),
        }
        for (key, listed), both in zip(places.items(), zip(*names, strict=True), strict=True)
    }
    for key, group in study["groups"].items():
        units = _UNPLACED.get(key) or len(next(iter(places.values())))
        group["quota"] = units * size
    study["field_work"] |= {"sponsor": nobody, "conducted_by": nobody}
    study["information"].pop("contact")
    for name in ("citation", "copied", "invented"):
        study["publication"].pop(name)
    return {key: _in_languages(entry) for key, entry in study.items()}


def _in_languages(entry: Any) -> Any:
    """Return an entry of study.toml without its texts in other languages."""
    if not isinstance(entry, dict):
        return entry
    kept = LANGUAGES if set(LANGUAGES) <= set(entry) else entry
    return {key: _in_languages(entry[key]) for key in kept}


def _design(design: Entries, places: dict[str, list[str]], study: Entries) -> Entries:
    positions = list(range(1, len(next(iter(places.values()))) + 1))
    fixed = {entry["group"]: entry.get("answers", {}) for entry in reversed(design["roster"])}
    design["roster"] = [
        {"group": key, "localities": positions, "each": each, "answers": fixed[key]}
        for key, each in _PLACED.items()
    ]
    design["roster"] += [
        {"group": key, "districts": dict.fromkeys(places, each), "answers": fixed[key]}
        for key, each in _UNPLACED.items()
    ]
    people = sum(_PLACED.values()) * len(positions) + sum(_UNPLACED.values())
    for quota in design["quota"].values():
        quota["counts"] = _scaled(quota["counts"], people * len(places))
    rng = np.random.default_rng(study["seed"])
    shifts = rng.normal(scale=_SHIFT, size=(len(places), len(design["targets"])))
    shifts = shifts.clip(-2 * _SHIFT, 2 * _SHIFT).round(1).tolist()
    design["shift"] = {
        key: dict(zip(design["targets"], row, strict=True))
        for key, row in zip(places, shifts, strict=True)
    }
    design["evidence"].pop("flaws")
    design["analyst"].pop("flaws")
    design["analyst"]["reason"] = _in_languages(design["analyst"]["reason"])
    meetings = design["meetings"]
    meetings.pop("flaws")
    meetings["per_district"] = {key: [1] * len(places) for key in study["groups"]}
    for pool in meetings["texts"]:
        pool["translated"] = {
            key: texts for key, texts in pool.get("translated", {}).items() if key in LANGUAGES
        }
    return design


def _scaled(counts: dict[str, int], people: int) -> dict[str, int]:
    """Return counts in the same proportions that add up to `people`."""
    ends = np.cumsum(list(counts.values())) * people // sum(counts.values())
    return dict(zip(counts, np.diff(ends, prepend=0).tolist(), strict=True))


def _form(lines: list[str], places: dict[str, list[str]]) -> Iterator[str]:
    """Yield the questionnaire's lines with these lists of districts and localities."""
    own = {"district": list(_districts(places)), "locality": list(_localities(places))}
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        listed = cells[2] if len(cells) > 2 and not cells[1] else ""
        if listed in ("district", "locality"):
            yield from own.pop(listed, [])
        else:
            yield line


def _districts(places: dict[str, list[str]]) -> Iterator[str]:
    for key in places:
        en, az = (f"{word} {key[1:]}" for word in _DISTRICT)
        yield f"| | district | {key} | {en} | {az} | {en} | | |"


def _localities(places: dict[str, list[str]]) -> Iterator[str]:
    for key, listed in places.items():
        for place in listed:
            en, az = (f"{word} {place}" for word in _LOCALITY)
            yield f"| | locality | {place} | {en} | {az} | {en} | | {key} |"


def _outlines(places: dict[str, list[str]], study: Entries) -> Entries:
    """Return the districts as equal rectangles in rows, 11 in a row, somewhere at sea."""
    features = []
    for number, key in enumerate(places):
        west, south = 0.4 * (number % 11), -0.3 * (number // 11)
        corners = [(0, 0), (0.4, 0), (0.4, 0.3), (0, 0.3), (0, 0)]
        ring = [(round(west + x, 1), round(south + y, 1)) for x, y in corners]
        features.append(
            {
                "type": "Feature",
                "properties": {"iso": f"SIM-{key[1:]}", "name": study["districts"][key]["name"]},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "attribution": "simulated", "features": features}


def _entries(path: Path) -> Entries:
    return tomllib.loads(path.read_text(encoding="utf-8"))
