"""Describe the published tables as a data package, and say how the study is cited.

`datapackage.json` follows the Data Package and Table Schema of Frictionless Standards, version 1
(https://specs.frictionlessdata.io); `CITATION.cff` the Citation File Format 1.2.0
(doi:10.5281/zenodo.5171937).
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from umid_research.disclosure.tables import PUBLISHED
from umid_research.frames import PROVENANCE, Schema
from umid_research.indicators.frames import PUBLISHED as INDICATORS
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.variables import Variable
from umid_research.runs.stamp import sha256

_SCHEMAS = {**{name: one.schema for name, one in PUBLISHED.items()}, INDICATORS.name: INDICATORS}
_TYPES = {"float64": "number", "bool": "boolean", "datetime64[ns]": "date", "str": "string"}


def write_data_package(
    folder: Path, tables: Iterable[Path], variables: Mapping[str, Iterable[Variable]], facts: Facts
) -> None:
    """Write `datapackage.json` into the folder, for CSV files of published tables below it."""
    resources = [
        _resource(folder, path, _SCHEMAS[path.stem], variables[path.stem], facts) for path in tables
    ]
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": facts.study.id.lower(),
        "title": facts.title(),
        "description": facts.description(),
        "contributors": [{"title": facts.author, "role": "author"}],
        "sources": [{"title": facts.study.title[facts.language]}],
        "resources": resources,
    }
    if facts.licence:  # free words: the standard's `licenses` take only names of open licences
        package["licence"] = facts.licence
    if facts.study.publication.version:
        package["version"] = facts.study.publication.version
    text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def _resource(
    folder: Path, path: Path, schema: Schema, variables: Iterable[Variable], facts: Facts
) -> dict[str, Any]:
    fields = [_field(variable, schema, facts.language) for variable in variables]
    if facts.study.provenance == "simulated":
        fields.append({"name": PROVENANCE, "type": "string", "constraints": {"required": True}})
    described: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if schema.key and not any(_may_be_blank(schema, name) for name in schema.key):
        described["primaryKey"] = list(schema.key)
    return {
        "profile": "tabular-data-resource",
        "name": path.stem.replace("_", "-"),
        "path": path.relative_to(folder).as_posix(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "schema": described,
    }


def _field(variable: Variable, schema: Schema, language: str) -> dict[str, Any]:
    """Return a column with its type and limits, which are those of the frame's schema."""
    declared = schema.columns.get(variable.name)
    described: dict[str, Any] = {"name": variable.name, "title": variable.labels[language]}
    if declared is None:  # one of the columns per language
        return {**described, "type": "string"}
    meta = declared.metadata
    kind = _TYPES.get(str(meta["dtype"]), "integer")
    described["type"] = kind
    if kind == "boolean":
        described |= {"trueValues": ["True"], "falseValues": ["False"]}
    constraints: dict[str, Any] = {}
    if not _may_be_blank(schema, variable.name):
        constraints["required"] = True
    if known := [one for one in meta.get("among", ()) if one]:
        constraints["enum"] = known
    for limit, end in (("minimum", "from"), ("maximum", "to")):
        if abs(bound := meta.get(end, float("inf"))) != float("inf"):
            constraints[limit] = round(bound, 6) + 0.0
    return {**described, **({"constraints": constraints} if constraints else {})}


def _may_be_blank(schema: Schema, name: str) -> bool:
    column = schema.columns[name]
    return bool(column.nullable or column.default == "")


def write_citation(folder: Path, facts: Facts) -> None:
    """Write `CITATION.cff` into the folder; values of JSON are values of YAML."""
    publication = facts.study.publication
    citation = publication.citation
    entries: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": citation[facts.language] if citation else facts.words()("cite"),
        "type": "dataset",
        "title": facts.title(),
        "authors": [{"name": facts.author}],
        "abstract": facts.description(),
    }
    if publication.version:
        entries["version"] = publication.version
    if publication.date:
        entries["date-released"] = publication.date.isoformat()
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    (folder / "CITATION.cff").write_text("\n".join(lines) + "\n", encoding="utf-8")
