"""Fetch from a server that speaks as documented: what comes, and what a second run asks for."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from small_study import STUDY, frame_texts, write_small
from survey_server import (
    SURVEY,
    Fault,
    Kobo,
    SurveyServer,
    central_field,
    contents,
    fetched,
    status,
)

from umid_research.__main__ import main
from umid_research.errors import ServerError


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def cleaned(folder: Path, home: Path) -> pd.DataFrame:
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(home)])
    return frame_texts(home, "responses")


# --- what comes ----------------------------------------------------------------------------------


def test_what_is_fetched_is_cleaned_like_a_downloaded_export(server, tmp_path) -> None:
    """The same ten interviews from a file and from the server have the same answers."""
    folder = tmp_path / "study"

    lines = fetched(server, folder)

    assert "fetch    10 submissions on the server, 10 new, 0 changed" == lines[0]
    by_server = cleaned(folder, tmp_path / "by_server")
    by_hand = cleaned(write_small(tmp_path / "by hand"), tmp_path / "by_hand")
    answers = [name for name in by_hand if name not in ("respondent", "unit")]
    assert 10 == len(by_hand)
    pd.testing.assert_frame_equal(by_hand[answers], by_server[answers])
    assert [*by_hand["respondent"]] == [*by_server["respondent"]]
    assert frame_texts(tmp_path / "by_server", "issues").empty
    account = frame_texts(tmp_path / "by_server", "intake")
    assert [("v1" if server.name == "odk-central" else "vOne", "submissions", "10")] == [
        (row.column, row.what, row.number) for row in account.itertuples()
    ]


def test_the_files_stand_where_a_study_has_them(server, tmp_path) -> None:
    """Nothing else is written, and nothing unfinished is left."""
    folder = tmp_path / "study"

    fetched(server, folder)

    assert {
        "questionnaire.xlsx",
        f"responses/{server.name}-v1.csv",
        "server/.submissions.jsonl",
        "server/form.xlsx",
        "server/versions.csv",
    } == set(contents(folder))


def test_a_second_run_writes_the_same_bytes_and_asks_for_no_answer(server, tmp_path) -> None:
    """Although the server writes the time of the request into the form."""
    folder = tmp_path / "study"
    fetched(server, folder)
    before = contents(folder)
    times = {path: (folder / path).stat().st_mtime_ns for path in before}
    server.requests.clear()

    lines = fetched(server, folder)

    assert ["fetch    10 submissions on the server, 0 new, 0 changed"] == lines
    assert before == contents(folder)
    assert times == {path: (folder / path).stat().st_mtime_ns for path in before}
    assert 1 < server.downloads
    assert [] == server.asked(".svc")
    assert all("fields" in query for query in server.asked("/data/"))


def test_a_run_without_the_memory_of_the_last_gives_the_same_bytes(server, tmp_path) -> None:
    """The files follow from what the server has, not from the way to it."""
    folder = tmp_path / "study"
    fetched(server, folder)
    fetched(server, tmp_path / "other")

    assert contents(folder) == contents(tmp_path / "other")


def test_only_new_submissions_are_asked_for_in_full(kobotoolbox, tmp_path) -> None:
    """By their ids, since the API of KoboToolbox knows no time of a change."""
    folder = tmp_path / "study"
    late = kobotoolbox.rows.pop()
    fetched(kobotoolbox, folder)
    kobotoolbox.rows.append(late)
    kobotoolbox.requests.clear()

    lines = fetched(kobotoolbox, folder)

    assert "fetch    10 submissions on the server, 1 new, 0 changed" == lines[0]
    asked = [query["query"] for query in kobotoolbox.asked("/data/") if "fields" not in query]
    assert ['{"_id": {"$in": [509]}}'] == asked
    fetched(kobotoolbox, tmp_path / "other")
    assert contents(folder) == contents(tmp_path / "other")


def test_only_what_changed_since_is_asked_for(odk_central, tmp_path) -> None:
    """From the oldest change on."""
    folder = tmp_path / "study"
    fetched(odk_central, folder)
    row = odk_central.rows[4]
    row["meta"]["updatedAt"] = "2022-04-01T00:00:00.000Z"
    row["data"]["asked"]["trust_1"] = "1"
    odk_central.requests.clear()

    lines = fetched(odk_central, folder)

    assert "fetch    10 submissions on the server, 0 new, 1 changed" == lines[0]
    (query,) = odk_central.asked(".svc")
    assert "2022-04-01T00:00:00.000Z" == query["$filter"].split()[2]
    assert "1" == table(folder / "responses/odk-central-v1.csv")[4]["asked/trust_1"]


def test_an_edited_submission_is_asked_for_again(kobotoolbox, tmp_path) -> None:
    """KoboToolbox gives it another uuid."""
    folder = tmp_path / "study"
    fetched(kobotoolbox, folder)
    kobotoolbox.rows[2] |= {"_uuid": "uuid-edited", "asked/trust_1": "1"}

    lines = fetched(kobotoolbox, folder)

    assert "fetch    10 submissions on the server, 0 new, 1 changed" == lines[0]
    rows = table(folder / "responses/kobotoolbox-v1.csv")
    assert ("1", "uuid-edited") == (rows[2]["asked/trust_1"], rows[2]["KEY"])


def _review(server: SurveyServer, number: int, state: str) -> None:
    if isinstance(server, Kobo):
        server.rows[number]["_validation_status"] = {"uid": f"validation_status_{state}"}
    else:
        server.rows[number]["meta"] |= {
            "reviewState": {"not_approved": "rejected", "on_hold": "hasIssues"}.get(state, state),
            "updatedAt": f"2022-05-01T00:00:0{number}.000Z",
        }


def test_review_states_come_along_and_are_read(server, tmp_path) -> None:
    """A submission rejected after the first run is set aside after the second."""
    folder = tmp_path / "study"
    fetched(server, folder)
    for number, state in enumerate(("approved", "not_approved", "on_hold")):
        _review(server, number, state)

    lines = fetched(server, folder)

    assert "fetch    10 submissions on the server, 0 new, 3 changed" == lines[0]
    assert lines[1].startswith("fetch    review: 7 undecided, 1 ")
    assert 9 == len(cleaned(folder, tmp_path / "made"))
    aside = frame_texts(tmp_path / "made", "set_aside")
    assert [("3", "rejected_in_review")] == [(row.row, row.rule) for row in aside.itertuples()]
    flagged = frame_texts(tmp_path / "made", "issues").query("rule == 'under_review'")
    assert ["4"] == [*flagged["row"]]


def test_a_submission_that_was_deleted_there_is_counted_and_goes(server, tmp_path) -> None:
    """Nothing vanishes quietly."""
    folder = tmp_path / "study"
    fetched(server, folder)
    server.rows.pop(0)

    lines = fetched(server, folder)

    assert "fetch    9 submissions on the server, 0 new, 0 changed, 1 no longer there" == lines[0]
    assert 9 == len(table(folder / f"responses/{server.name}-v1.csv"))


def test_all_pages_are_read(server, tmp_path) -> None:
    """Whatever size the server gives them."""
    server.page = 3
    fetched(server, tmp_path / "study")

    assert 10 == len(table(tmp_path / f"study/responses/{server.name}-v1.csv"))
    server.page = 1000
    fetched(server, tmp_path / "other")
    assert contents(tmp_path / "study") == contents(tmp_path / "other")


def test_a_form_without_submissions_gives_its_questionnaire(server, tmp_path) -> None:
    """The study can begin before the field work."""
    server.rows.clear()

    lines = fetched(server, tmp_path / "study")

    assert "fetch    0 submissions on the server, 0 new, 0 changed" == lines[0]
    assert "questionnaire.xlsx" in contents(tmp_path / "study")
    assert not (tmp_path / "study/responses").exists()


def test_the_address_is_needed_once_only(server, tmp_path) -> None:
    """It stands in the list of versions."""
    fetched(server, tmp_path / "study")

    lines = fetched(server, tmp_path / "study", "")

    assert ["fetch    10 submissions on the server, 0 new, 0 changed"] == lines


def test_texts_come_as_they_are(server, tmp_path) -> None:
    """Separators, line breaks of every kind, letters of every script."""
    text = 'Şəki; "Ümid", =1+1\r\nikinci\u2028sətir\tвсё'
    if isinstance(server, Kobo):
        server.rows[0]["asked/proposal"] = text
    else:
        server.rows[0]["data"]["asked"]["proposal"] = text

    fetched(server, tmp_path / "study")
    fetched(server, tmp_path / "study")

    content = (tmp_path / f"study/responses/{server.name}-v1.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert text == rows[0]["asked/proposal"]


# --- versions, repeats, attachments --------------------------------------------------------------


def _second_version(server: SurveyServer) -> None:
    """Deploy a form that asks no `duty` any more, and one submission to it."""
    form = server.questionnaire.replace(
        "| | select_one five | duty | Do you report in time? | ${kind} = 'o' | duties | |\n", ""
    )
    write_small(server.folder, questionnaire=form)
    if isinstance(server, Kobo):
        survey = [row for row in SURVEY if row.get("name") != "duty"]
        new = {"uid": "vTwo", "content_hash": "h2", "date_deployed": "2022-04-01T00:00:00Z"}
        server.versions += [
            {"uid": "vDraft", "content_hash": "h9", "date_deployed": None, "survey": []},
            {**new, "survey": survey},
        ]
        server.saved = "vTwo"
        server.rows[9] |= {"__version__": "vTwo"}
    else:
        fields = [f for f in server.versions[0]["fields"] if f["name"] != "duty"]
        published = "2022-04-01T00:00:00.000Z"
        server.versions.append({"version": "v2", "publishedAt": published, "fields": fields})
        server.rows[9]["data"]["__system"]["formVersion"] = "v2"


def test_each_version_has_a_file_with_its_questions(server, tmp_path) -> None:
    """So that the intake knows which question a version did not have."""
    _second_version(server)

    fetched(server, tmp_path / "study")

    first = table(tmp_path / f"study/responses/{server.name}-v1.csv")
    second = table(tmp_path / f"study/responses/{server.name}-v2.csv")
    assert (9, 1) == (len(first), len(second))
    assert "asked/trust_3" in second[0]
    assert "asked/duty" not in second[0]
    versions = table(tmp_path / "study/server/versions.csv")
    assert [("1", "no", "9"), ("2", "yes", "1")] == [
        (row["number"], row["is_current"], row["submissions"]) for row in versions
    ]


def test_a_question_that_a_version_lacked_counts_as_not_asked(server, tmp_path) -> None:
    """The first form had no `trust_3`; nobody is counted as not having answered it."""
    if isinstance(server, Kobo):
        old = [row for row in SURVEY if row.get("name") != "trust_3"]
        server.versions.append({**server.versions[0], "uid": "vTwo", "date_deployed": "2022-04-01"})
        server.versions[0]["survey"] = old
        server.saved = "vTwo"
        for row in server.rows[:4]:
            row.pop("asked/trust_3", None)
        for row in server.rows[4:]:
            row["__version__"] = "vTwo"
    else:
        new = {**server.versions[0], "version": "v2", "publishedAt": "2022-04-01T00:00:00.000Z"}
        server.versions.append(new)
        server.versions[0] = {
            **server.versions[0],
            "fields": [f for f in new["fields"] if f["name"] != "trust_3"],
        }
        for row in server.rows[:4]:
            row["data"]["asked"]["trust_3"] = None
        for row in server.rows[4:]:
            row["data"]["__system"]["formVersion"] = "v2"
    folder = tmp_path / "study"

    fetched(server, folder)

    cleaned(folder, tmp_path / "made")
    states = frame_texts(tmp_path / "made", "states")["trust_3"]
    assert ["not asked"] * 4 + ["answered"] * 6 == [*states]


def test_the_file_of_a_version_goes_with_its_last_submission(server, tmp_path) -> None:
    """A file that a person put there stays."""
    _second_version(server)
    folder = tmp_path / "study"
    fetched(server, folder)
    (folder / "responses/typed.csv").write_text("of a person")
    server.rows.pop()

    lines = fetched(server, folder)

    assert f"fetch    {folder / 'responses' / server.name}-v2.csv" in lines
    assert {f"{server.name}-v1.csv", "typed.csv"} == {
        path.name for path in (folder / "responses").iterdir()
    }


def test_versions_that_the_server_does_not_list_lose_nothing(server, tmp_path) -> None:
    """Their names may differ in signs that no file name has."""
    for number, version in ((0, "a.b"), (1, "a-b"), (2, "")):
        if isinstance(server, Kobo):
            server.rows[number]["__version__"] = version
        else:
            server.rows[number]["data"]["__system"]["formVersion"] = version

    fetched(server, tmp_path / "study")

    files = sorted((tmp_path / "study/responses").iterdir())
    assert [f"{server.name}-other-{n}.csv" for n in (1, 2, 3)] == [f.name for f in files[:3]]
    assert [1, 1, 1, 7] == [len(table(file)) for file in files]
    listed = table(tmp_path / "study/server/versions.csv")
    assert ["", "a-b", "a.b"] == [row["version"] for row in listed if not row["number"]]


def test_a_question_may_have_the_name_of_a_column_of_the_platform(odk_central, tmp_path) -> None:
    """Then the column has its answers; the few that are needed may not be questions."""
    odk_central.versions[0]["fields"].append(central_field("/Status"))
    odk_central.rows[0]["data"]["Status"] = "married"

    fetched(odk_central, tmp_path / "study")

    rows = table(tmp_path / "study/responses/odk-central-v1.csv")
    assert ["married", ""] == [row["Status"] for row in rows[:2]]
    odk_central.versions[0]["fields"].append(central_field("/KEY"))
    with pytest.raises(ServerError, match="question KEY: a question has the name of a column"):
        fetched(odk_central, tmp_path / "other")


def test_repeated_groups_have_a_file_of_their_own(server, tmp_path) -> None:
    """Their rows point to the submission, as in an export of ODK Central."""
    form = server.questionnaire.replace(
        "| | text | proposal |",
        "| | begin_repeat | members | Members | | | |\n| | text | who | Who? | | | |\n"
        "| | end_repeat | | | | | |\n| | text | proposal |",
    )
    write_small(server.folder, questionnaire=form)
    repeat = [{"asked/members/who": "a"}, {"asked/members/who": "b"}]
    if isinstance(server, Kobo):
        server.versions[0]["survey"] = [
            *SURVEY[:4],
            {"type": "begin_repeat", "name": "members"},
            {"type": "text", "name": "who"},
            {"type": "end_repeat"},
            *SURVEY[4:],
        ]
        server.rows[0]["asked/members"] = repeat
    else:
        server.versions[0]["fields"] += [
            central_field("/asked/members", "repeat"),
            central_field("/asked/members/who"),
        ]
        server.rows[0]["data"]["asked"]["members"] = [
            {"__id": "x", "who": row["asked/members/who"]} for row in repeat
        ]
        server.rows[0]["data"]["asked"]["members@odata.navigationLink"] = "Submissions('x')/members"
    folder = tmp_path / "study"

    fetched(server, folder)

    rows = table(folder / f"responses/{server.name}-v1-asked-members.csv")
    key = table(folder / f"responses/{server.name}-v1.csv")[0]["KEY"]
    assert [("a", key, f"{key}/members[1]"), ("b", key, f"{key}/members[2]")] == [
        (row["who"], row["PARENT_KEY"], row["KEY"]) for row in rows
    ]
    assert "asked/members/who" not in table(folder / f"responses/{server.name}-v1.csv")[0]
    cleaned(folder, tmp_path / "made")
    account = frame_texts(tmp_path / "made", "intake").set_index("what")["number"]
    assert "2" == account["members"]
    members = frame_texts(tmp_path / "made", "members_members")
    assert (["1", "2"], ["a", "b"]) == (members["position"].tolist(), members["who"].tolist())


def test_the_names_of_attachments_are_listed(server, tmp_path) -> None:
    """The files themselves stay on the server."""
    form = server.questionnaire.replace(
        "| | text | proposal |", "| | image | photo | A picture | | | |\n| | text | proposal |"
    )
    write_small(server.folder, questionnaire=form)
    if isinstance(server, Kobo):
        survey = [*SURVEY[:4], {"type": "image", "name": "photo"}, *SURVEY[4:]]
        server.versions[0]["survey"] = survey
        server.rows[1]["asked/photo"] = "1650.jpg"
    else:
        server.versions[0]["fields"].append(central_field("/asked/photo", "binary"))
        server.rows[1]["data"]["asked"]["photo"] = "1650.jpg"
    folder = tmp_path / "study"

    fetched(server, folder)

    (row,) = table(folder / "server/attachments.csv")
    assert ("asked/photo", "1650.jpg") == (row["question"], row["attachment"])
    assert "uuid-1" == row["key"].removeprefix("uuid:")
    assert not [path for path, _, _ in server.requests if "attachments" in path]
    cleaned(folder, tmp_path / "made")
    account = frame_texts(tmp_path / "made", "intake").set_index("what")["number"]
    assert "1" == account["not_read"]


def test_names_that_odata_cannot_hold_are_found_again(odk_central, tmp_path) -> None:
    """OData writes `trust_1` for `trust.1`; the form says which it is."""
    fields = odk_central.versions[0]["fields"]
    fields.append(central_field("/asked/how.far-1"))
    odk_central.rows[0]["data"]["asked"]["how_far_1"] = "7"

    fetched(odk_central, tmp_path / "study")

    row = table(tmp_path / "study/responses/odk-central-v1.csv")[0]
    assert "7" == row["asked/how.far-1"]
    assert "asked/how_far_1" not in row


def test_a_decimal_keeps_all_its_digits(odk_central, tmp_path) -> None:
    """A float of Python would lose the last zero."""

    def do(handler: object, body: bytes) -> None:
        status(200, body.replace(b'"age": 30', b'"age": 30.10'))(handler, body)

    odk_central.faults = [Fault(".svc", do)]

    fetched(odk_central, tmp_path / "study")

    assert "30.10" == table(tmp_path / "study/responses/odk-central-v1.csv")[0]["asked/age"]


def test_a_version_without_a_name_is_read(odk_central, tmp_path) -> None:
    """Central calls it ___ in its addresses."""
    odk_central.versions[0]["version"] = ""
    for row in odk_central.rows:
        row["data"]["__system"]["formVersion"] = ""

    fetched(odk_central, tmp_path / "study")

    assert [("/v1/projects/3/forms/small study/versions/___/fields")] == [
        path for path, _, _ in odk_central.requests if path.endswith("/fields")
    ]
    assert 10 == len(cleaned(tmp_path / "study", tmp_path / "made"))
