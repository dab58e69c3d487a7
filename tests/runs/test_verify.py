"""Delivered reports are checked against their manifest; every file that differs is named."""

import hmac
import json
from base64 import b64encode
from hashlib import blake2b, sha256
from pathlib import Path

import pytest
from small_study import STUDY, write_small

from umid_research.__main__ import main
from umid_research.output import publish
from umid_research.runs.stamp import inputs, write_json
from umid_research.study import read_study

PAGES = {"en/study.html": b"<p>One</p>", "en/tables/01-all.csv": b"a,b\n1,2\n"}


@pytest.fixture
def delivered(tmp_path) -> tuple[Path, Path]:
    """The folders of two reports and of the study that they came from, with a manifest."""
    raw, reports = write_small(tmp_path / "raw"), tmp_path / "reports"
    for name, content in PAGES.items():
        (reports / name).parent.mkdir(parents=True, exist_ok=True)
        (reports / name).write_bytes(content)
    (export,) = (raw / "responses").iterdir()
    inputs = {"responses/1.csv": export, "study.toml": raw / "study.toml"}
    (form,) = raw.glob("questionnaire.*")
    inputs[form.name] = form
    manifest = {
        "study": "small",
        "files": {name: sha256(content).hexdigest() for name, content in PAGES.items()},
        "inputs": {name: sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()},
    }
    (reports / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return reports, raw


def _verify(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main(["verify", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_reports_that_were_not_touched_are_confirmed(delivered, capsys, tmp_path) -> None:
    """A copy needs neither the study folder nor the frames."""
    reports, raw = delivered
    copy = reports.rename(tmp_path / "a copy")

    code, out, err = _verify(capsys, copy)
    assert (0, "verify   2 files of small are as the manifest says\n", "") == (code, out, err)
    code, out, _ = _verify(capsys, copy, "--raw", raw)
    assert (0, 2) == (code, out.count("verify"))
    assert f"3 inputs in {raw} are those they came from" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_bytes(b"<p>Two</p>"), "en/study.html: is not the file"),
        (lambda path: path.unlink(), "en/study.html: is missing"),
        (lambda path: path.with_name("new.html").touch(), "en/new.html: is not in the manifest"),
    ],
)
def test_a_file_that_differs_is_named(delivered, capsys, change, said) -> None:
    """One byte, a lost file, or one that somebody added."""
    reports, _ = delivered
    change(reports / "en/study.html")
    code, out, err = _verify(capsys, reports)

    assert (1, "") == (code, out)
    assert "files that are not as the manifest says: 1" in err
    assert said in err
    assert "01-all.csv" not in err


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("study.toml", b"# changed", "input study.toml: is not the file"),
        ("study.toml", None, "input study.toml: is missing"),
        ("README.md", b"new", "input README.md: is not in the manifest"),
    ],
)
def test_an_input_that_differs_is_named(delivered, capsys, name, change, said) -> None:
    reports, raw = delivered
    if change is None:
        (raw / name).unlink()
    else:
        (raw / name).write_bytes(change)
    code, _, err = _verify(capsys, reports, "--raw", raw)

    assert 1 == code
    assert said in err


@pytest.mark.parametrize("content", [None, "{", "[]", '{"files": 3}'])
def test_without_a_manifest_nothing_is_confirmed(delivered, capsys, content) -> None:
    reports, _ = delivered
    (reports / "manifest.json").unlink()
    if content is not None:
        (reports / "manifest.json").write_text(content, encoding="utf-8")
    code, out, err = _verify(capsys, reports)

    assert (1, "") == (code, out)
    assert "no list of the reports and their hashes here" in err


# --- the inputs of a confidential study ----------------------------------------------------------

_TEXT = "a secret of the team, long enough to be one"


@pytest.fixture
def confidential(tmp_path, monkeypatch) -> tuple[Path, Path]:
    """Reports of a study with real answers, with the manifest that a run of it writes."""
    monkeypatch.chdir(tmp_path)  # there is no key file
    monkeypatch.setenv("UMID_RESPONDENT_KEY", _TEXT)
    raw, reports = tmp_path / "raw", tmp_path / "reports"
    write_small(raw, study=STUDY.replace('"simulated"', '"field"'))
    write_json(tmp_path / "processed" / "stamp.json", {"inputs": inputs(raw)})
    listed = publish._inputs(read_study(raw), tmp_path / "processed")
    write_json(reports / "manifest.json", {"study": "small", "files": {}, **listed})
    return reports, raw


def test_nobody_without_the_key_can_test_a_guessed_export(confidential) -> None:
    """The manifest has no plain hash, but that of the hash and the key."""
    reports, raw = confidential
    (export,) = (raw / "responses").iterdir()
    plain = sha256(export.read_bytes()).hexdigest()
    text = (reports / "manifest.json").read_text(encoding="utf-8")
    digest = blake2b(_TEXT.encode(), digest_size=12).digest()
    key = b"inputs of " + b64encode(digest, b"-_")

    assert plain not in text
    assert hmac.new(key, plain.encode(), sha256).hexdigest() in text


def test_the_inputs_of_a_simulated_study_keep_their_hashes(confidential) -> None:
    """Everybody may check them."""
    _, raw = confidential
    write_small(raw)
    listed = publish._inputs(read_study(raw), raw.parent / "processed")

    assert {"inputs"} == listed.keys()
    assert inputs(raw)["questionnaire.md"] == listed["inputs"]["questionnaire.md"]


def test_inputs_of_a_confidential_study_are_verified_with_its_key(
    confidential, capsys, monkeypatch
) -> None:
    """With the key they are confirmed, a changed one is named; without, one line says so."""
    reports, raw = confidential
    code, out, _ = _verify(capsys, reports, "--raw", raw)
    assert (0, 2) == (code, out.count("verify"))

    (raw / "study.toml").write_bytes(b"# changed")
    code, _, err = _verify(capsys, reports, "--raw", raw)
    assert (1, 1) == (code, err.count("is not the file that was made"))
    assert "input study.toml" in err

    monkeypatch.delenv("UMID_RESPONDENT_KEY")
    code, out, err = _verify(capsys, reports, "--raw", raw)
    assert (1, 1, 1) == (code, out.count("verify"), len(err.splitlines()))
    assert "the key of the study is not here" in err
    assert not Path(".respondent-key").exists()
    assert 0 == _verify(capsys, reports)[0]


def test_another_key_confirms_nothing(confidential, capsys, monkeypatch) -> None:
    reports, raw = confidential
    monkeypatch.setenv("UMID_RESPONDENT_KEY", _TEXT[::-1])
    code, _, err = _verify(capsys, reports, "--raw", raw)

    assert (1, 3) == (code, err.count("is not the file that was made"))
