"""Exports as downloaded: every format of the same answers gives one frame, or one clear error."""

import io
import zipfile

import pandas as pd
import pytest
from small_study import ANSWERS, QUESTIONNAIRE, STUDY, small_export

from umid_research.errors import ExportError
from umid_research.raw import COLUMNS, Intake, read_intake, read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire


def _read(folder):
    study = read_study(folder)
    return read_raw(folder, read_questionnaire(folder, study), study)


def _read_with_account(folder) -> Intake:
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


def _write(folder, table: pd.DataFrame, name: str, **options) -> None:
    table.to_csv(folder / "responses" / name, index=False, **options)


def _labelled(folder, *, joined_by: str = " ") -> pd.DataFrame:
    """Return the small export with labels instead of names and codes."""
    questionnaire = read_questionnaire(folder, read_study(folder))
    table = small_export()
    for question in questionnaire:
        labels = {choice.name: choice.labels["en"] for choice in question.choices}
        if labels:
            table[question.name] = [
                joined_by.join(labels[code] for code in text.split())
                for text in table[question.name]
            ]
    return table.rename(columns={q.name: q.labels["en"] for q in questionnaire})


def _replace_export(folder, content: bytes, name: str = "export.csv"):
    (folder / "responses" / "export.csv").unlink()
    (folder / "responses" / name).write_bytes(content)
    return folder


def _csv(**options) -> bytes:
    return small_export().to_csv(index=False, **options).encode()


def _xlsx(table: pd.DataFrame, sheets: tuple[str, ...] = ("form",)) -> bytes:
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        for sheet in sheets:
            table.to_excel(writer, sheet_name=sheet, index=False)
    return book.getvalue()


def test_a_row_is_identified_by_file_row_and_version(write_study) -> None:
    """Rows are numbered as in a spreadsheet: the header is row 1."""
    raw = _read(write_study())

    assert ("export.csv", 2, "v1", "uuid-0") == tuple(
        raw.loc[0, ["file", "row", "version", "uuid"]]
    )
    assert [*COLUMNS, *ANSWERS] == list(raw.columns)
    assert 10 == len(raw)


@pytest.mark.parametrize(
    "content",
    [
        _csv(sep=","),
        b"\xef\xbb\xbf" + _csv(sep=";"),
        _csv(sep=";", quoting=1, lineterminator="\r\n"),
        _csv(sep="\t").decode().encode("utf-16"),
        b"sep=;\r\n" + _csv(sep=";"),
    ],
    ids=["comma", "byte order mark", "quoted, CR LF", "UTF-16, tabs", "a line for Excel"],
)
def test_csv_dialects_give_the_same_answers(write_study, content) -> None:
    """These are the dialects of KoboToolbox, ODK and spreadsheets."""
    folder = write_study()
    expected = _read(folder)

    pd.testing.assert_frame_equal(expected, _read(_replace_export(folder, content)))


def test_a_workbook_gives_the_same_answers(write_study) -> None:
    """Numbers in cells become the text that a person typed."""
    folder = write_study()
    expected = _read(folder)
    table = small_export()
    table["age"] = table["age"].astype(int)

    raw = _read(_replace_export(folder, _xlsx(table), "export.xlsx"))

    pd.testing.assert_frame_equal(expected.drop(columns="file"), raw.drop(columns="file"))


def test_group_prefixes_make_no_difference(write_study) -> None:
    """`asked/trust_1` is `trust_1`."""
    folder = write_study()
    expected = _read(folder)
    prefixed = small_export().rename(
        columns=lambda name: f"asked/{name}" if name in ANSWERS else name
    )

    raw = _read(_replace_export(folder, prefixed.to_csv(index=False, sep=";").encode()))

    pd.testing.assert_frame_equal(expected, raw)


def test_split_choices_are_joined(write_study) -> None:
    """0/1 columns without the joined column hold the same answer."""
    folder = write_study()
    expected = _read(folder)
    table = small_export()
    for choice in ("tv", "web"):
        table[f"channels/{choice}"] = table["channels"].str.contains(choice).astype(int)
    table = table.drop(columns="channels")

    raw = _read(_replace_export(folder, table.to_csv(index=False, sep=";").encode()))

    pd.testing.assert_frame_equal(expected, raw)


def test_a_choice_may_have_the_name_of_a_question(write_study) -> None:
    """`channels/age` is a tick of `channels`, not somebody's age."""
    form = QUESTIONNAIRE.replace("| channel | web |", "| channel | age |")
    table = small_export()
    table["channels"] = table["channels"].str.replace("web", "age")
    table["channels/age"] = table["channels"].str.contains("age").astype(int)

    assert "30" == _read(write_study(export=table, questionnaire=form))["age"][0]


def test_a_question_in_two_columns_is_refused(write_study) -> None:
    """For example, under two groups, if both hold an answer of one person."""
    says = "rows 2, 3, .*: has a question in two columns that differ .*found 'age, asked/age'"
    with pytest.raises(ExportError, match=says):
        _read(write_study(export=small_export().assign(**{"asked/age": "1"})))


def test_split_choices_that_contradict_the_joined_answer_are_refused(write_study) -> None:
    """The error names row and column."""
    table = small_export()
    table["channels/tv"] = "0"

    with pytest.raises(ExportError, match=r"row 2, column channels/tv: has two different answers"):
        _read(write_study(export=table))


def test_files_are_read_in_the_order_of_their_names(write_study) -> None:
    """Every file counts, except a README for people."""
    folder = write_study()
    (folder / "responses" / "another.csv").write_bytes(_csv(sep=","))
    (folder / "responses" / "README.md").write_text("where these come from")

    assert ["another.csv"] * 10 + ["export.csv"] * 10 == _read(folder)["file"].tolist()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "export.csv", "has no submission"),
        (b"consent;place\n", "export.csv", "has no submission; found '0 rows'"),
        ("consent;place\nyes;Şabran\n".encode("cp1254"), "export.csv", "is not UTF-8 text"),
        (b"consent;pl\x00ace\nyes;n\n", "export.csv", "holds a NUL character"),
        (
            b"consent;consent\nyes;n\n",
            "export.csv",
            "row 2: has a question in two columns that differ",
        ),
        (b"consent;mine;mine\nyes;n;n\n", "export.csv", "has a column twice; found 'mine'"),
        (b"consent;\nyes;n\n", "export.csv", "column 2: has a column without a name"),
        (b"consent;place\nyes;n\nyes;n;p\n", "export.csv", "has a row that does not fit"),
        (b"consent;place\nyes;n\nyes\n", "export.csv", "row 3: has fewer cells than the header"),
        (_csv(sep=";").replace(b"trust_3", b"trust_9"), "export.csv", "found 'trust_9'"),
        (_csv(sep=";").replace(b"trust_3", b"_trust"), "export.csv", "lacks questions"),
        (b"PK\x03\x04 broken", "export.xlsx", "is not a readable workbook"),
        (_xlsx(small_export(), ("form", "repeat")), "export.xlsx", "found 'form, repeat'"),
        (
            b"x",
            "export.pdf",
            "is not an export that can be read; move it out of here",
        ),
    ],
)
def test_a_wrong_structure_is_one_error_that_names_the_file(
    write_study, content, name, says
) -> None:
    """A wrong structure raises; wrong answers become issues."""
    folder = _replace_export(write_study(), content, name)

    with pytest.raises(ExportError) as refusal:
        _read(folder)

    assert name in str(refusal.value)
    assert says in str(refusal.value)


def test_a_blank_row_is_not_a_submission_and_keeps_row_numbers(write_study) -> None:
    """The row after a blank row keeps the number that a spreadsheet shows."""
    lines = _csv(sep=";").split(b"\n")
    lines.insert(2, b"")
    lines.insert(3, b";" * lines[0].count(b";"))

    raw = _read(_replace_export(write_study(), b"\n".join(lines)))

    assert [2, 5, 6] == raw["row"].tolist()[:3]
    assert 10 == len(raw)


def test_a_column_can_be_ignored_by_name(write_study) -> None:
    """Only the study can say so; no column is ignored silently."""
    table = small_export().assign(remark="x")

    raw = _read(write_study(export=table, study=f'ignored_columns = ["remark"]\n{STUDY}'))

    assert "remark" not in raw


def test_a_folder_without_exports_is_refused(write_study) -> None:
    """An empty folder is not an empty study."""
    folder = write_study()
    (folder / "responses" / "export.csv").unlink()

    with pytest.raises(ExportError, match="no export here"):
        _read(folder)


def test_a_workbook_that_is_a_plain_archive_is_refused(write_study) -> None:
    """A ZIP without a workbook gives an error, not a traceback."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hello.txt", "hello")
    folder = _replace_export(write_study(), archive.getvalue(), "export.xlsx")

    with pytest.raises(ExportError, match="is not a readable workbook"):
        _read(folder)


# --- headers and labels --------------------------------------------------------------------------


@pytest.mark.parametrize("groups", ["asked.", "asked-", "asked/", "outer/asked/", "Questions/"])
def test_a_group_prefix_ends_in_a_slash_a_point_or_a_dash(write_study, groups) -> None:
    """KoboToolbox writes the first two, ODK Central the third."""
    folder = write_study()
    expected = _read(folder)
    prefixed = small_export().rename(columns=lambda n: f"{groups}{n}" if n in ANSWERS[1:] else n)

    pd.testing.assert_frame_equal(expected, _read(write_study(export=prefixed)))


def test_a_dash_after_other_words_is_not_a_group_prefix(write_study) -> None:
    """`before-age` is not the question `age`."""
    table = small_export().rename(columns={"age": "before-age"})

    with pytest.raises(ExportError, match="column before-age: has a column that the questionnaire"):
        _read(write_study(export=table))


@pytest.mark.parametrize("joined_by", [" ", ", ", ";"])
def test_labels_are_the_same_answers_as_codes(write_study, joined_by) -> None:
    """Questions and answers are labels; the account counts the answers read from labels."""
    folder = write_study()
    expected = _read(folder)
    _write(folder, _labelled(folder, joined_by=joined_by), "export.csv", sep=";")

    intake = _read_with_account(folder)

    pd.testing.assert_frame_equal(expected, intake.raw)
    assert {"submissions", "read_from_label", "no_times"} == set(intake.account["what"])
    # 10 consents; 5 told where from; `2`, `3` and `4` of trust_1 are their own labels, 1 and 5 not.
    counts = intake.account.set_index("column")["number"]
    assert (10, 5, 3) == (counts["consent"], counts["channels"], counts["trust_1"])


def test_labels_are_compared_in_one_unicode_form(write_study) -> None:
    """Composed letters and non-breaking spaces make no difference."""
    form = QUESTIONNAIRE.replace("Where?", "Hansı şəhər?").replace("| North |", "| Şimal “1” |")
    table = small_export().rename(columns={"place": "Hansı\u00a0s\u0327əhər? "})
    table["Hansı\u00a0s\u0327əhər? "] = ['S\u0327imal  "1"'] * 5 + ["South"] * 5

    raw = _read(write_study(export=table, questionnaire=form))

    assert ["n"] * 5 + ["s"] * 5 == raw["place"].tolist()


def test_split_columns_may_have_labels(write_study) -> None:
    """`From where?/Television`, with or without the label of the group."""
    folder = write_study()
    expected = _read(folder)
    table = small_export().drop(columns="channels")
    channels = small_export()["channels"]
    table["From where?/Television"] = channels.str.contains("tv").astype(int)
    table["Questions/From where?/Internet"] = channels.str.contains("web").astype(int)

    pd.testing.assert_frame_equal(expected, _read(write_study(export=table)))


SHARED = QUESTIONNAIRE.replace("Do they hide things?", "Do you trust them?")


def test_a_label_of_two_questions_is_refused_and_names_both(write_study) -> None:
    """A single column with the label could be either question."""
    table = small_export().rename(columns={"trust_2": "Do you trust them?"})

    with pytest.raises(
        ExportError, match=r"label of several questions.*possible: trust_1, trust_2"
    ):
        _read(write_study(export=table, questionnaire=SHARED))


def test_two_columns_with_one_label_are_assigned_in_order(write_study) -> None:
    """Both columns are present, in the form's order."""
    folder = write_study(questionnaire=SHARED)
    expected = _read(folder)
    table = small_export()
    table.columns = [
        "Do you trust them?" if name in ("trust_1", "trust_2") else name for name in table.columns
    ]

    pd.testing.assert_frame_equal(expected, _read(write_study(export=table, questionnaire=SHARED)))


def test_two_questions_with_one_label_are_distinguished_by_group(write_study) -> None:
    """`Later` is the label of the group of the second question."""
    form = SHARED.replace(
        "| | select_one five | trust_2 | Do you trust them? | | trust | yes |",
        "| | begin_group | later | Later | | | |\n"
        "| | select_one five | trust_2 | Do you trust them? | | trust | yes |\n"
        "| | end_group | | | | | |",
    )
    table = small_export().rename(columns={"trust_2": "Questions/Later/Do you trust them?"})

    raw = _read(write_study(export=table, questionnaire=form))

    assert small_export()["trust_2"].tolist() == raw["trust_2"].tolist()


def test_a_typed_sheet_has_no_ids(write_study) -> None:
    """It has question names as headers, and codes or labels, but nothing else."""
    folder = write_study()
    table = small_export()[ANSWERS]
    table["kind"] = table["kind"].replace({"p": "People", "g": "NGO"})

    raw = _read(_replace_export(folder, _xlsx(table), "typed.xlsx"))

    assert {""} == set(raw["uuid"]) | set(raw["version"])
    assert small_export()["kind"].tolist() == raw["kind"].tolist()


# --- Google Forms, ODK Central -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Timestamp", "5/14/2022 10:32:05"),
        ("Отметка времени", "14.05.2022 10:32:05"),
        ("Zaman damğası", "2022/05/14 10:32:05 AM GMT+4"),
    ],
)
def test_google_forms_and_kobotoolbox_files_make_one_raw(write_study, header, moment) -> None:
    """The first column holds times; its header is in the form's language."""
    folder = write_study()
    form = _labelled(folder, joined_by=", ").drop(columns=["_uuid", "__version__"])
    form.insert(0, header, moment)
    _write(folder, form, "google.csv")

    raw = _read(folder)

    assert ["export.csv"] * 10 + ["google.csv"] * 10 == raw["file"].tolist()
    pd.testing.assert_frame_equal(
        raw.loc[:9, ANSWERS], raw.loc[10:, ANSWERS].reset_index(drop=True)
    )


def test_only_the_first_column_can_hold_times_of_google(write_study) -> None:
    """In another position, or with other cells, the column is unknown."""
    table = small_export()
    later = table.assign(when="14.05.2022 10:32:05")
    mixed = table.assign(when=["14.05.2022 10:32:05"] * 9 + ["Nizami"])[["when", *table.columns]]

    for export in (later, mixed):
        with pytest.raises(ExportError, match="column when: has a column that the questionnaire"):
            _read(write_study(export=export))


def test_the_rows_of_a_grid_are_questions(write_study) -> None:
    """Google Forms writes the row in brackets after the title of the grid."""
    folder = write_study()
    expected = _read(folder)
    table = small_export().rename(
        columns={"trust_1": "How far? [Do you trust them?]", "trust_2": "How far? [trust_2]"}
    )

    pd.testing.assert_frame_equal(expected, _read(write_study(export=table)))


def test_an_export_of_odk_central_is_recognised_by_its_columns(write_study) -> None:
    """Ids begin with `uuid:`, the version is `FormVersion`, group prefixes end in a dash."""
    folder = write_study()
    expected = _read(folder)
    table = small_export().rename(columns=lambda n: f"asked-{n}" if n in ANSWERS[1:] else n)
    ids = "uuid:" + table.pop("_uuid")
    table = table.rename(columns={"__version__": "FormVersion"})
    table.insert(0, "SubmissionDate", "2022-05-14T10:32:05.123Z")
    table = table.assign(**{"meta-instanceID": ids, "KEY": ids, "Status": "", "DeviceID": "x"})
    _write(folder, table, "export.csv")

    pd.testing.assert_frame_equal(expected, _read(folder))
    with pytest.raises(ExportError, match="found 'DeviceID, Status'"):
        _read(write_study(export=small_export().assign(DeviceID="", Status="")))


# --- repeated groups -----------------------------------------------------------------------------

REPEAT = "| | begin_repeat | members | Members | | | |\n| | text | member | Who? | | | |\n"
OUTER = "| | begin_repeat | homes | Homes | | | |\n| | text | home | Where? | | | |\n"
END = "| | end_repeat | | | | | |\n"
REPEATED = QUESTIONNAIRE.replace(
    "| | end_group | | | | | |\n| choices",
    REPEAT + END + "| | end_group | | | | | |\n| choices",
)


def test_a_repeated_group_inside_another_one_is_set_aside(write_study) -> None:
    """Its rows are counted but not read."""
    book = io.BytesIO()
    members = pd.DataFrame({"member": ["A", "B", "C"], "_parent_index": [1, 1, 2]})
    form = REPEATED.replace(REPEAT, OUTER + REPEAT).replace(END, END * 2)
    with pd.ExcelWriter(book) as writer:
        small_export().to_excel(writer, sheet_name="form", index=False)
        members.to_excel(writer, sheet_name="members", index=False)
    folder = _replace_export(write_study(questionnaire=form), book.getvalue(), "export.xlsx")

    intake = _read_with_account(folder)

    assert 10 == len(intake.raw)
    assert "member" not in intake.raw
    assert () == intake.members
    assert ("export.xlsx", "members", "repeat_set_aside", 3) == next(
        intake.account.itertuples(index=False, name=None)
    )


def test_a_repeated_group_alone_is_no_export(write_study) -> None:
    """ODK Central writes a file for it; without a main file nobody answered."""
    folder = write_study(questionnaire=REPEATED)
    members = pd.DataFrame({"member": ["A"], "PARENT_KEY": ["uuid:1"], "KEY": ["uuid:1/m[1]"]})
    _write(folder, members, "form-members.csv")

    account = _read_with_account(folder).account

    assert ("form-members.csv", "members", "members", 1) in list(
        account.itertuples(index=False, name=None)
    )
    (folder / "responses" / "export.csv").unlink()
    with pytest.raises(ExportError, match="no submissions here, only repeated groups"):
        _read(folder)


def test_a_repeated_group_is_never_flattened(write_study) -> None:
    """A repeated group that the form does not have is refused."""
    flat = small_export().assign(member="A")
    with pytest.raises(ExportError, match="column member: has answers of a repeated group"):
        _read(write_study(export=flat, questionnaire=REPEATED))

    folder = write_study()
    _write(folder, pd.DataFrame({"member": ["A"], "_parent_index": ["1"]}), "members.csv")
    with pytest.raises(ExportError, match="repeated group, but the questionnaire has none"):
        _read(folder)
