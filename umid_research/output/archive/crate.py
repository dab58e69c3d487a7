"""Describe the files of an archive as an RO-Crate 1.1, in `ro-crate-metadata.json`.

RO-Crate is JSON-LD with the terms of schema.org (Soiland-Reyes et al. 2022, Packaging research
artefacts with RO-Crate, doi:10.3233/DS-210053; https://w3id.org/ro/crate/1.1).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from umid_research.output.archive.facts import Facts

CRATE = "ro-crate-metadata.json"
_FORMATS = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".dta": "application/x-stata-dta",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".json": "application/json",
    ".lock": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".sav": "application/x-spss-sav",
    ".toml": "application/toml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}


def write_crate(folder: Path, facts: Facts, names: Mapping[str, str]) -> None:
    """Write the description of all files in `folder`; `names` has what some of them are.

    `manifest.json` is written after the crate, because it lists the crate's hash; it is described
    without being there yet.
    """
    crate = ROCrate(version="1.1")
    crate.name, crate.description = facts.title(), facts.description()
    crate.datePublished = facts.published
    study, root = facts.study, crate.root_dataset
    root["author"] = root["publisher"] = _organisation(crate, "#conducted-by", facts.author)
    root["funder"] = _organisation(crate, "#sponsor", facts.sponsor)
    root["identifier"] = study.id
    root["inLanguage"] = list(study.languages)
    root["temporalCoverage"] = f"{study.field_work.start}/{study.field_work.end}"
    if study.publication.version:
        root["version"] = study.publication.version
    if facts.licence:
        licence = {"@type": "CreativeWork", "name": facts.licence, "description": facts.licence}
        root["license"] = _add(crate, "#licence", licence)
    root["spatialCoverage"] = [
        _add(crate, f"#district-{key}", {"@type": "Place", "name": one.name[facts.language]})
        for key, one in study.districts.items()
    ]
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files = sorted({*present, *names} - {CRATE})
    for name in files:
        properties: dict[str, Any] = {"name": names.get(name, Path(name).name)}
        if (kind := _FORMATS.get(Path(name).suffix)) is not None:
            properties["encodingFormat"] = kind
        if (folder / name).is_file():
            properties["contentSize"] = str((folder / name).stat().st_size)
        crate.add_file(dest_path=name, properties=properties)
    _add_software(crate, facts, folder)
    crate.metadata.write(folder)


def _add_software(crate: ROCrate, facts: Facts, folder: Path) -> None:
    """Say by which code the archive was made, in one action."""
    software: dict[str, Any] = {
        "@type": "SoftwareApplication",
        "name": "umid_research",
        "version": f"{facts.software}+{facts.commit}" if facts.commit else facts.software,
        "license": "https://spdx.org/licenses/MIT",
    }
    lock = "software/requirements.lock"
    if (folder / lock).is_file():
        software["softwareRequirements"] = {"@id": lock}
    made = {
        "@type": "CreateAction",
        "name": facts.words()("made"),
        "instrument": _add(crate, "#umid_research", software),
        "result": {"@id": "./"},
    }
    crate.root_dataset["mentions"] = _add(crate, "#made", made)


def _organisation(crate: ROCrate, identifier: str, name: str) -> ContextEntity:
    return _add(crate, identifier, {"@type": "Organization", "name": name})


def _add(crate: ROCrate, identifier: str, properties: Mapping[str, Any]) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, properties=dict(properties)))
