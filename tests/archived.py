"""The archive of what was built of a study, for the tests of its parts."""

import shutil
from pathlib import Path

from umid_research.output.archive import Source, write_archive
from umid_research.pipeline.description import read_answers


def archive(home: Path, target: Path) -> Path:
    """Write the archive of the study in a folder with `processed` and `reports`; return it."""
    study, form, _ = read_answers(home / "processed")
    lines = [*write_archive(Source(study, form, home / "processed", home / "reports"), target)]
    assert any(line.startswith("archive") for line in lines)
    return target


def declared(built: Path, home: Path, *entries: tuple[str, str]) -> Path:
    """Copy what was built to a folder, with other entries in the study's description."""
    for name in ("processed", "reports"):
        shutil.copytree(built / name, home / name)
    path = home / "processed" / "study" / "study.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in entries:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return home


def files_in(folder: Path) -> set[str]:
    """Return the paths of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
