"""Reports are copied to a store by URL: whole, the manifest last, and refused in one line."""

import json
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from small_study import STUDY, write_small

from umid_research.__main__ import main
from umid_research.errors import ParameterError, RunError
from umid_research.runs.results import copy_results, refuse_store

PAGES = {"en/study.html": b"<p>One</p>", "en/tables/01-all.csv": b"a,b\n1,2\n"}


@pytest.fixture
def reports(tmp_path) -> Path:
    return _made(tmp_path / "reports", PAGES)


@pytest.fixture
def memory():
    """An empty store in memory."""
    store = MemoryFileSystem()
    store.store.clear()
    yield store
    store.store.clear()


def _made(folder: Path, pages: dict[str, bytes], study: str = "small") -> Path:
    for name, content in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    files = {name: sha256(content).hexdigest() for name, content in pages.items()}
    (folder / "manifest.json").write_text(json.dumps({"study": study, "files": files}))
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_copy_is_the_reports_and_can_be_verified(reports, tmp_path, capsys) -> None:
    """Byte for byte, and `make verify` takes it for the reports."""
    target = tmp_path / "a store" / "autumn"

    assert "2 files" in copy_results(reports, f"file://{target}")
    assert _contents(reports) == _contents(target)
    assert 0 == main(["verify", str(target)])


def test_the_manifest_is_the_last_file_that_gets_its_name(reports, memory, monkeypatch) -> None:
    """Whoever sees it sees all files that it lists."""
    named, move = [], MemoryFileSystem.mv
    monkeypatch.setattr(
        MemoryFileSystem, "mv", lambda *of, **how: (named.append(of[2]), move(*of, **how))
    )
    copy_results(reports, "memory://autumn")

    assert [*(f"/autumn/{name}" for name in PAGES), "/autumn/manifest.json"] == named
    assert PAGES["en/study.html"] == memory.cat_file("/autumn/en/study.html")
    assert 3 == len(memory.store)


def test_a_second_edition_replaces_the_first_and_leaves_what_others_put_there(
    reports, tmp_path
) -> None:
    target = tmp_path / "store"
    copy_results(reports, str(target))
    (target / "letter.txt").write_bytes(b"ours")
    later = _made(tmp_path / "later", {"en/study.html": b"<p>Two</p>"})
    copy_results(later, str(target))

    assert {**_contents(later), "letter.txt": b"ours"} == _contents(target)


def test_a_copy_that_was_interrupted_has_no_manifest_and_can_be_made_again(
    reports, tmp_path, monkeypatch
) -> None:
    """The disk of the store becomes full with the second file."""
    target, later = tmp_path / "store", _made(tmp_path / "later", {"en/a.html": b"a", **PAGES})
    copy_results(later, str(target))
    write = LocalFileSystem.pipe_file

    def _full(self, path, value, **how):
        if path.endswith(".csv"):
            raise OSError(28, "No space left on device")
        return write(self, path, value, **how)

    with monkeypatch.context() as patched, pytest.raises(RunError, match="No space left"):
        patched.setattr(LocalFileSystem, "pipe_file", _full)
        copy_results(reports, str(target))
    assert not (target / "manifest.json").exists()
    copy_results(reports, str(target))
    assert _contents(reports) == _contents(target)


def test_a_store_that_does_not_give_back_what_was_written_is_noticed(
    reports, memory, monkeypatch
) -> None:
    """The damaged file does not get its name."""
    monkeypatch.setattr(MemoryFileSystem, "cat_file", lambda *_: b"damaged")

    with pytest.raises(RunError, match="is not what was made") as refused:
        copy_results(reports, "memory://autumn")
    assert "/autumn/en/study.html" == refused.value.where
    assert {} == memory.store


def test_the_reports_of_another_study_are_not_overwritten(reports, tmp_path) -> None:
    other = _made(tmp_path / "store", {"en/study.html": b"other"}, study="other")
    before = _contents(other)

    with pytest.raises(RunError, match="another study"):
        copy_results(reports, str(other))
    assert before == _contents(other)


def test_a_manifest_at_the_store_removes_nothing_outside_its_folder(reports, tmp_path) -> None:
    """Somebody may have changed it."""
    outside = tmp_path / "precious.txt"
    outside.write_text("kept")
    store = _made(tmp_path / "store", {"en/old.html": b"old"})
    listed = {"study": "small", "files": dict.fromkeys(["../precious.txt", str(outside)], "0")}
    (store / "manifest.json").write_text(json.dumps(listed))
    copy_results(reports, str(store))

    assert "kept" == outside.read_text()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("bogus://place", "Protocol not known: bogus"),
        ("gdrive://place", "gdrive"),
        ("ftp://me:secret@127.0.0.1:9/reports", "ConnectionRefusedError"),
    ],
)
def test_a_store_that_cannot_be_used_is_told_in_one_line_without_a_password(url, says) -> None:
    with pytest.raises(RunError, match=says) as refused:
        refuse_store(url, "simulated", confidential=False)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_fsspec_it_is_said_how_to_install_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)

    with pytest.raises(RunError, match=r"install umid_research\[cluster\]"):
        refuse_store("memory://autumn", "simulated", confidential=False)


def test_the_command_copies_reports_that_are_up_to_date(
    reports, memory, tmp_path, monkeypatch, capsys
) -> None:
    """The store is new; nothing is made again for it."""
    for name, found in {
        "frames_are_current": True,
        "read_manifest": {"languages": ["en"]},
        "languages_to_make": [],
    }.items():
        monkeypatch.setattr(f"umid_research.pipeline.reports.{name}", lambda *_, of=found: of)
    given = [f"--raw={write_small(tmp_path / 'raw')}", f"--processed={tmp_path / 'processed'}"]
    given += [f"--reports={reports}", "--languages=en", "--results=memory://autumn"]

    assert 0 == main(["report", *given])
    assert "results  2 files, as the manifest says, in memory://autumn" in capsys.readouterr().out
    assert 3 == len(memory.store)


def test_a_confidential_study_is_copied_only_if_that_is_asked_for(tmp_path, capsys) -> None:
    """It is refused before anything is made."""
    field = STUDY.replace('provenance = "simulated"', 'provenance = "field"')
    raw = write_small(tmp_path / "raw", study=field)
    given = ["report", f"--raw={raw}", f"--processed={tmp_path / 'p'}"]

    assert 1 == main([*given, f"--reports={tmp_path / 'r'}", f"--results={tmp_path / 'store'}"])
    assert "the study is confidential; add --confidential" in capsys.readouterr().err
    assert not (tmp_path / "p" / "responses.csv").exists()
    with pytest.raises(ParameterError):
        refuse_store("memory://autumn", "field", confidential=False)
    refuse_store("memory://autumn", "field", confidential=True)
