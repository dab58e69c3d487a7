"""Fetch from a server that fails in every way: one clear line, nothing half-written, no token."""

import io
import logging
import os
import subprocess
import traceback
from pathlib import Path

import pytest
from openpyxl import load_workbook
from small_study import write_small
from survey_server import (
    SURVEY,
    TOKEN,
    Fault,
    Kobo,
    SurveyServer,
    broken,
    central,
    contents,
    cut_off,
    fetched,
    half,
    kobo,
    running,
    slow,
    status,
)

from umid_research.__main__ import main
from umid_research.errors import ParameterError, StudyError, UmidError
from umid_research.fieldwork.server import fetch
from umid_research.fieldwork.server import folder as study_folder
from umid_research.fieldwork.server.client import Client
from umid_research.fieldwork.server.token import read_token
from umid_research.forms.workbook import to_xlsx

ROOT = Path(__file__).resolve().parents[2]
ALWAYS = 99
DATA = {"kobotoolbox": "/data/", "odk-central": "/submissions"}
FORM = {"kobotoolbox": ".xls", "odk-central": ".xlsx"}


def refusal(server: SurveyServer, folder: Path, address: str | None = None) -> str:
    """The one line of the error; it must not hold the token, nor anything that was written."""
    before = contents(folder) if folder.exists() else {}
    with pytest.raises(UmidError) as caught:
        fetched(server, folder, address)
    shown = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in shown
    assert before == contents(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what the server refuses --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "does not accept the token; it is wrong or has ended"),
        (403, "the token may not read this; let the owner of the form share it"),
        (404, "does not have this, or does not show it to the token's account"),
        (500, "the server failed; try again later; found 'status 500'"),
    ],
)
def test_a_refusal_is_told_in_words(server, tmp_path, code, words) -> None:
    """With the address, and without what the server says, which may hold anything."""
    server.faults = [Fault(DATA[server.name], status(code, TOKEN.encode()), ALWAYS)]

    line = refusal(server, tmp_path / "study")

    assert words in line
    assert line.startswith(server.base)


def test_a_wrong_token_is_a_refusal(server, tmp_path, monkeypatch) -> None:
    """As the server itself finds."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", "f" * 40)

    assert "does not accept the token" in refusal(server, tmp_path / "study")


def test_another_id_is_not_found(server, tmp_path) -> None:
    """A slip in the address."""
    address = server.address.replace("Small", "Smaller").replace("small", "smaller")

    assert "is the id of the form right" in refusal(server, tmp_path / "study", address)


def test_no_redirection_is_followed(server, tmp_path) -> None:
    """The token goes to nobody else; the address is shown without its query."""
    target = "https://elsewhere.example/login?next=x"
    server.faults = [Fault(DATA[server.name], status(302, Location=target), ALWAYS)]

    line = refusal(server, tmp_path / "study")

    assert "sends us to another address" in line
    assert "found 'https://elsewhere.example/login'" in line


# --- what breaks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "do", [status(503), status(429, Retry_After="0"), status(502), broken, cut_off]
)
@pytest.mark.parametrize("part", [DATA, FORM])
def test_what_fails_once_is_asked_for_again(server, tmp_path, do, part) -> None:
    """An overloaded server, a broken connection, a body that ends too early."""
    server.faults = [Fault(part[server.name], do)]

    lines = fetched(server, tmp_path / "study")

    assert "fetch    10 submissions on the server, 10 new, 0 changed" == lines[0]


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (status(503), "the server failed; try again later"),
        (broken, "cannot be reached, or broke off"),
        (cut_off, "the answer was cut off, several times"),
        (half, "is no complete"),
    ],
)
@pytest.mark.parametrize("part", [DATA, FORM])
def test_what_fails_again_and_again_ends_in_one_line(server, tmp_path, do, words, part) -> None:
    """And the study folder is as it was: neither the form nor the answers are there."""
    folder = tmp_path / "study"
    fetched(server, folder)
    server.rows.pop()
    (folder / study_folder.CACHE).unlink()
    server.faults = [Fault(part[server.name], do, ALWAYS)]

    assert words in refusal(server, folder)


def test_a_server_that_does_not_answer_is_left(server, tmp_path, monkeypatch) -> None:
    """After some patience, which is short here."""
    monkeypatch.setattr(Client.__init__, "__kwdefaults__", {"pause": 0, "patience": (0.2, 0.2)})
    server.faults = [Fault(DATA[server.name], slow(1), ALWAYS)]

    assert "did not answer in time" in refusal(server, tmp_path / "study")


def test_nobody_there_is_told(tmp_path, monkeypatch) -> None:
    """The server is switched off, or the name is wrong."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", TOKEN)
    with running(kobo(tmp_path)) as server:
        pass

    assert "cannot be reached" in refusal(server, tmp_path / "study")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Log in</html>",
        b"[]",
        b"{}",
        b'{"results": 3}',
        b'{"count": "x", "results": []}',
        b'[{"instanceId": "x"}]',
        b'{"count": 1, "results": [{}]}',
        b'{"count": 1, "results": []}',
        b'{"count": 0, "results": [{"_id": 1, "_uuid": "x"}]}',
        b"null",
        b"\xff",
    ],
)
def test_an_answer_of_another_shape_is_told(server, tmp_path, body) -> None:
    """It may come from another program, or from a version of the server that is not known."""
    server.faults = [Fault(DATA[server.name], status(200, body), ALWAYS)]
    if (body, server.name) == (b"[]", "odk-central"):
        return  # no submissions

    line = refusal(server, tmp_path / "study")

    assert "JSON" in line or "documented" in line or "no list" in line or "changed" in line


def test_a_submission_that_goes_while_it_is_read_stops_the_run(server, tmp_path) -> None:
    """Half of a list must not look like the whole."""
    server.page = 4
    rows = server.rows

    def do(handler: object, body: bytes) -> None:
        server.rows = rows[1:]
        status(200, body)(handler, body)

    pages = {"kobotoolbox": "/data/", "odk-central": ".svc"}
    server.faults = [Fault(pages[server.name], do)]

    line = refusal(server, tmp_path / "study")

    assert "changed while it was read" in line


# --- the form -----------------------------------------------------------------------------------


def test_a_form_that_nobody_can_have_answered_is_refused(tmp_path, monkeypatch) -> None:
    """Not deployed, not published."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", TOKEN)
    with running(kobo(tmp_path)) as server:
        server.versions[0]["date_deployed"] = None
        assert "is not deployed, so nobody" in refusal(server, tmp_path / "study")
    with running(central(tmp_path)) as server:
        server.published = None
        assert "is a draft, so nobody" in refusal(server, tmp_path / "study")


def test_a_draft_is_not_taken_for_the_form(kobotoolbox, tmp_path) -> None:
    """KoboToolbox gives the form as it is saved, which nobody may have answered."""
    draft = {"uid": "vDraft", "content_hash": "h2", "date_deployed": None, "survey": []}
    kobotoolbox.versions.append(draft)
    kobotoolbox.saved = "vDraft"
    folder = tmp_path / "study"

    line = refusal(kobotoolbox, folder)

    assert "has changes that are not deployed" in line
    assert "as questionnaire.xlsx or questionnaire.xls" in line
    write_small(folder)
    (folder / "responses/export.csv").unlink()
    lines = fetched(kobotoolbox, folder)
    assert "10 new" in lines[0]
    assert "form not fetched: the form has changes that are not deployed" in lines[1]


def test_saving_without_a_change_is_no_draft(kobotoolbox, tmp_path) -> None:
    """A new version with the same content, as sharing a form makes."""
    draft = {"uid": "vAgain", "content_hash": "h1", "date_deployed": None, "survey": []}
    kobotoolbox.versions.append(draft)
    kobotoolbox.saved = "vAgain"

    assert "10 new" in fetched(kobotoolbox, tmp_path / "study")[0]


def test_a_form_that_was_no_workbook_has_to_be_put_there(odk_central, tmp_path) -> None:
    """ODK Central gives an XLSForm only if it has one."""
    odk_central.has_workbook = False

    line = refusal(odk_central, tmp_path / "study")

    assert "was not uploaded as an XLSForm" in line
    assert [".xlsx", ".xls"] == [
        path[path.rindex(".") :] for path, _, _ in odk_central.requests if ".xls" in path
    ]


def test_encrypted_submissions_are_refused(odk_central, tmp_path) -> None:
    """Their answers would all look missing."""
    odk_central.rows[3]["data"]["__system"]["status"] = "notDecrypted"

    assert "are encrypted" in refusal(odk_central, tmp_path / "study")


def _redeployed(server: SurveyServer) -> None:
    """The form loses `duty`, gains `farm`, and `age` becomes a text."""
    form = (
        server.questionnaire.replace(
            "| | select_one five | duty | Do you report in time? | ${kind} = 'o' | duties | |\n", ""
        )
        .replace("| integer | age |", "| text | age |")
        .replace("| | text | proposal", "| | text | farm | Farm? | | | |\n| | text | proposal")
        .replace("| | channel | web | Internet | |", "| | channel | radio | Radio | |")
    )
    write_small(server.folder, questionnaire=form)
    if isinstance(server, Kobo):
        survey = [row for row in SURVEY if row.get("name") != "duty"]
        new = {"uid": "vTwo", "content_hash": "h2", "date_deployed": "2022-04-01T00:00:00Z"}
        server.versions.append({**new, "survey": survey})
        server.saved = "vTwo"
    else:
        new = {"version": "v2", "publishedAt": "2022-04-01T00:00:00.000Z"}
        server.versions.append({**server.versions[0], **new})


CHANGES = (
    "new questions: farm; no longer there: duty; of another type: age; with other choices: channels"
)


def test_a_form_that_changed_on_the_server_is_told(server, tmp_path) -> None:
    """And replaced, as nobody has changed it here."""
    folder = tmp_path / "study"
    fetched(server, folder)
    before = contents(folder)
    _redeployed(server)

    lines = fetched(server, folder)

    assert f"fetch    the form was changed on the server: {CHANGES}" in lines
    assert before["questionnaire.xlsx"] != contents(folder)["questionnaire.xlsx"]
    assert contents(folder)["server/form.xlsx"] == contents(folder)["questionnaire.xlsx"]


@pytest.mark.parametrize("suffix", [".md", ".xlsx"])
def test_a_questionnaire_that_people_changed_is_never_overwritten(server, tmp_path, suffix) -> None:
    """The difference is told at each run until the two agree."""
    folder = tmp_path / "study"
    fetched(server, folder)
    own = write_small(tmp_path / "own", questionnaire=server.questionnaire + "\n")
    content = to_xlsx(own) if suffix == ".xlsx" else (own / "questionnaire.md").read_bytes()
    if suffix == ".xlsx":
        book = load_workbook(io.BytesIO(content))
        book["survey"]["H1"] = "remarks"
        book.save(folder / "questionnaire.xlsx")
        content = (folder / "questionnaire.xlsx").read_bytes()
    else:
        (folder / "questionnaire.xlsx").unlink()
        (folder / "questionnaire.md").write_bytes(content)
    assert 1 == len(fetched(server, folder))
    _redeployed(server)

    for _ in range(2):
        lines = fetched(server, folder)

        started = (
            f"fetch    questionnaire{suffix} is not the form on the server, which is now server/"
        )
        (line,) = [line for line in lines if line.startswith(started)]
        assert CHANGES in line
        assert content == (folder / f"questionnaire{suffix}").read_bytes()
        assert 1 == len([*folder.glob("questionnaire.*")])


# --- address, token, folder ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "is not the address of a form; open the form in the browser"),
        ("https://eu.kobotoolbox.org/", "is not the address of a form"),
        ("https://eu.kobotoolbox.org/#/projects/home", "is not the address of a form"),
        ("aSmallStudyForm2022xyz", "is not the address of a form"),
        ("https://[broken/#/forms/aSmallStudyForm", "is not the address of a form"),
        ("https://host:port/#/forms/aSmallStudyForm", "is not the address of a form"),
        ("http://eu.kobotoolbox.org/#/forms/aSmallStudyForm", "would be sent unencrypted"),
        ("ftp://127.0.0.1/#/forms/aSmallStudyForm", "would be sent unencrypted"),
        (f"https://me:{TOKEN}@kf.org/#/forms/aSmallStudyForm", "the address holds a password"),
        (f"https://kf.org/?token={TOKEN}", "is not the address of a form"),
    ],
)
def test_an_address_that_will_not_do_is_refused_before_any_request(
    kobotoolbox, tmp_path, address, words
) -> None:
    """What it may hold of a secret is not repeated."""
    assert words in refusal(kobotoolbox, tmp_path / "study", address)
    assert [] == kobotoolbox.requests


@pytest.mark.parametrize(
    "address",
    ["{base}/#/forms/{uid}", "{base}/api/v2/assets/{uid}/", "{base}/#/forms/{uid}/data/table"],
)
def test_every_address_of_the_form_will_do(kobotoolbox, tmp_path, address) -> None:
    """As the browser shows it, or of the API."""
    given = address.format(base=kobotoolbox.base, uid=kobotoolbox.uid)

    assert "10 new" in fetched(kobotoolbox, tmp_path / "study", given)[0]


@pytest.mark.parametrize(
    "address",
    [
        "{base}/#/projects/3/forms/small%20study/submissions",
        "{base}/projects/3/forms/small%20study",
        "{base}/v1/projects/3/forms/small%20study.svc",
    ],
)
def test_every_address_of_a_form_on_central_will_do(odk_central, tmp_path, address) -> None:
    """Of the pages of any version of Central, or of its API."""
    given = address.format(base=odk_central.base)

    assert "10 new" in fetched(odk_central, tmp_path / "study", given)[0]


def test_a_folder_holds_one_form(server, tmp_path) -> None:
    """The submissions of two forms would be mixed."""
    folder = tmp_path / "study"
    fetched(server, folder)
    other = server.address.replace("Small", "Other").replace("small", "other")

    assert "holds the submissions of another form" in refusal(server, folder, other)


def test_without_a_token_nothing_is_asked(server, tmp_path, monkeypatch) -> None:
    """The line says where it is looked for."""
    monkeypatch.delenv("UMID_SERVER_TOKEN")
    monkeypatch.chdir(tmp_path)

    line = refusal(server, tmp_path / "study")

    assert ".server-token: there is no token for the server" in line
    assert "possible: the variable UMID_SERVER_TOKEN, the file .server-token" in line
    assert [] == server.requests


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f"  Token {TOKEN} \n", f"bearer {TOKEN}"])
def test_the_token_may_stand_in_a_file(server, tmp_path, monkeypatch, text) -> None:
    """With a line break, or as it stands in the documentation of the server."""
    monkeypatch.delenv("UMID_SERVER_TOKEN")
    monkeypatch.chdir(tmp_path)
    Path(".server-token").write_text(text)

    assert "10 new" in fetched(server, tmp_path / "study")[0]


@pytest.mark.parametrize("text", [f"{TOKEN}\nX-Other: 1", f"{TOKEN} {TOKEN}", f"{TOKEN}ə", "  "])
def test_what_is_no_token_is_refused_and_not_shown(server, tmp_path, monkeypatch, text) -> None:
    """A line break would add a header to the request."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", text)

    line = refusal(server, tmp_path / "study")

    assert line.startswith("UMID_SERVER_TOKEN: ")
    assert [] == server.requests


def test_a_file_that_cannot_be_read_is_told(tmp_path, monkeypatch) -> None:
    """It may be a folder, or no text."""
    monkeypatch.delenv("UMID_SERVER_TOKEN", raising=False)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")

    for name in ("", "bytes"):
        with pytest.raises(ParameterError, match="the token cannot be read"):
            read_token("kobotoolbox", tmp_path / name)


def test_central_takes_a_password_for_its_own_tokens_end_after_a_day(
    odk_central, tmp_path, monkeypatch
) -> None:
    """As the documentation of Central has it: e-mail, colon, password; base64 by hand."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", "a@b.az:p w:ə")
    odk_central.authorization = "Basic YUBiLmF6OnAgdzrJmQ=="

    assert "10 new" in fetched(odk_central, tmp_path / "study")[0]


def test_the_token_is_in_no_file_log_or_output(server, tmp_path, monkeypatch, capsys, caplog):
    """Not even where everything is logged; and a password in .netrc is not sent in its place."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password other\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert 0 == main(["fetch", "--raw", "study", "--server", server.address])
    server.faults = [Fault(DATA[server.name], status(401), ALWAYS)]
    assert 1 == main(["fetch", "--raw", "study", "--server", server.address])

    assert "10 submissions on the server" in capsys.readouterr().out
    assert caplog.text
    assert TOKEN not in caplog.text + capsys.readouterr().err
    assert not [
        path for path, text in contents(tmp_path / "study").items() if TOKEN.encode() in text
    ]
    assert {server.authorization} == {given for _, _, given in server.requests}
    assert TOKEN not in repr(read_token(server.name))


def test_make_fetches_into_a_folder_that_is_no_study_yet(kobotoolbox, tmp_path) -> None:
    """The address with its # reaches the command whole; the token is in no argument."""
    if not (ROOT / ".venv" / "installed").exists():
        pytest.skip("the environment was not made by make")
    folder = tmp_path / "study"
    make = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}

    done = subprocess.run(
        ["make", "fetch", f"RAW={folder}", f"SERVER={kobotoolbox.address}"],
        cwd=ROOT,
        env=make,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "10 submissions on the server, 10 new" in done.stdout
    assert (folder / "questionnaire.xlsx").is_file()


def test_real_answers_get_into_no_folder_that_git_tracks(kobotoolbox) -> None:
    """The bundled study is the default; so is a folder beside it refused."""
    for folder in (ROOT / "data/raw", ROOT / "autumn", ROOT / "studiesx"):
        with pytest.raises(StudyError, match="must not get into a folder that git tracks"):
            next(fetch(folder, kobotoolbox.address))
    assert [] == kobotoolbox.requests
    assert study_folder.refuse_tracked(ROOT / "studies/autumn") is None


def test_a_disk_that_is_full_leaves_nothing_half_written(server, tmp_path, monkeypatch) -> None:
    """The last of the files cannot be written; none has been moved."""
    folder = tmp_path / "study"
    whole = Path.write_bytes
    written = []

    def write_bytes(path: Path, content: bytes) -> int:
        written.append(path)
        if len(written) > 4:
            raise OSError(28, "No space left on device")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)

    line = refusal(server, folder)

    assert "cannot be written: No space left on device" in line
    assert [] == [*folder.iterdir()]


def test_a_damaged_memory_of_the_last_run_is_not_trusted(server, tmp_path) -> None:
    """Then everything is asked for again."""
    folder = tmp_path / "study"
    fetched(server, folder)
    before = contents(folder)
    cache = folder / study_folder.CACHE
    cache.write_bytes(cache.read_bytes()[:-9])

    lines = fetched(server, folder)

    assert "10 new" in lines[0]
    assert before == contents(folder)
