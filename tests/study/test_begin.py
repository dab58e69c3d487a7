"""A new study folder: known values come from the form, all others are blank."""

import re
import tomllib
from pathlib import Path

import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.__main__ import main
from umid_research.errors import QuestionnaireError, StudyError
from umid_research.study import read_study
from umid_research.study.begin import begin_study
from umid_research.study.questionnaire import read_form, read_questionnaire

ROOT = Path(__file__).resolve().parents[2]
REAL_FORMS = ROOT.parent / "shared" / "real" / "forms"


@pytest.fixture
def form(tmp_path) -> Path:
    path = tmp_path / "my form.md"
    path.write_text(QUESTIONNAIRE, encoding="utf-8")
    return path


def _filled(folder: Path, **changes: str) -> None:
    """Fill in blanks as a person would."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old.replace("__", " "), new)
    path.write_text(text, encoding="utf-8")


def _complaint(folder: Path) -> str:
    with pytest.raises(StudyError) as refusal:
        read_study(folder)
    return str(refusal.value)


def test_known_values_come_from_the_form(form, tmp_path) -> None:
    """Languages, title, districts, groups, dimensions, and the role consent."""
    begin_study(tmp_path / "Autumn Round 1", form, district="place", group="kind")
    stated = tomllib.loads((tmp_path / "Autumn Round 1" / "study.toml").read_text(encoding="utf-8"))

    assert "autumn-round-1" == stated["id"]
    assert ("field", ["en"]) == (stated["provenance"], stated["languages"])
    assert {"en": "Small"} == stated["title"]
    assert {"district": "place", "group": "kind", "consent": "consent"} == stated["roles"]
    assert {
        "n": {"code": "n", "name": {"en": "North"}},
        "s": {"code": "s", "name": {"en": "South"}},
    } == (stated["districts"])
    assert ["p", "o", "g"] == list(stated["groups"])
    assert ["trust", "duties"] == list(stated["dimensions"])
    assert ["yes"] == stated["consent_given"]


def test_the_title_is_set_in_one_language_only(tmp_path) -> None:
    """Otherwise a report in Azerbaijani could have an English title."""
    form = ROOT / "data" / "raw" / "questionnaire.md"
    begin_study(tmp_path / "new", form, district="district", group="respondent_group")
    stated = tomllib.loads((tmp_path / "new" / "study.toml").read_text(encoding="utf-8"))

    assert {"en": "Open government in your area, 2022", "az": "", "ru": ""} == stated["title"]


def test_all_blanks_are_named_until_the_study_can_be_read(form, tmp_path, monkeypatch) -> None:
    """No value is invented; each run names all blanks, with an example of each."""
    folder = tmp_path / "autumn"
    begin_study(folder, form, district="place", group="kind")

    assert _complaint(folder).splitlines()[1:] == [
        "  field_work.start is blank; for example start = 2024-03-02",
        "  field_work.end is blank; for example end = 2024-04-30",
        '  field_work.sponsor has no text in en; for example en = "Name of who paid for the study"',
        "  field_work.conducted_by has no text in en; "
        'for example en = "Name of who asked the questions"',
        "  field_work.recruitment has no text in en; "
        'for example en = "Every fifth household of each village; one adult in each"',
        '  dimensions.trust.name has no text in en; for example en = "Trust in the municipality"',
        '  dimensions.duties.name has no text in en; for example en = "Trust in the municipality"',
    ]
    _filled(folder, **{"#__start__=": "start = 2022-03-02", "#__end__=": "end = 2022-03-03"})
    assert "field_work.start" not in _complaint(folder)
    _filled(folder, **{'en__=__""': 'en = "X"'})
    study = read_study(folder)
    with pytest.raises(
        QuestionnaireError, match=r"needs a score or an entry in .*; found .dk, ref"
    ):
        read_questionnaire(folder, study)
    assert '# Without a score in the form: "dk" (Don\'t know), "ref" (No answer)' in (
        (folder / "study.toml").read_text(encoding="utf-8")
    )
    _filled(
        folder, **{"dont_know__=__[]": 'dont_know = ["dk"]', "refused__=__[]": 'refused = ["ref"]'}
    )
    small_export().to_csv(folder / "responses" / "export.csv", index=False)
    monkeypatch.setenv("UMID_RESPONDENT_KEY", "a secret of this test")  # else one is written here

    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(tmp_path / "processed")])


def test_the_tables_of_the_reports_only_need_their_comment_signs_taken_away(tmp_path) -> None:
    """Words, findings, cover and glossary, in the languages of the form; a blank is named."""
    folder = tmp_path / "autumn"
    bundled = ROOT / "data" / "raw" / "questionnaire.md"
    begin_study(folder, bundled, district="district", group="respondent_group")
    path = folder / "study.toml"
    head, reports = path.read_text(encoding="utf-8").split("# What the reports say")
    entry = re.compile(r"^# (?=\[\w+[.\]]|\w+ = )", re.MULTILINE)
    head = re.sub(r"^# (?=people = |start =|end =)", "", head, flags=re.MULTILINE)
    head = head.replace("start =", "start = 2022-03-02").replace("end =", "end = 2022-03-03")
    for name in ("a", "b", "c"):
        head = head.replace("localities = []", f'localities = ["{name}"]', 1)
    path.write_text(f"{head}# What the reports say{entry.sub('', reports)}", encoding="utf-8")

    _filled(
        folder,
        **{'=__""': '= "X"', '[""]': '["X"]', 'index__=__{__en__=__"X"': 'index = { en = ""'},
    )
    assert "words.index has no text in en" in _complaint(folder)
    text = path.read_text(encoding="utf-8")
    for entry in ("plan", "licence", "meaning"):
        text = re.sub(rf'^({entry} = \{{ en = )"X"', r'\1""', text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    assert [
        "  words.index has no text in en; for example en = ",
        "  words.plan has no text in en; for example en = ",
        "  publication.licence has no text in en; for example en = ",
        "  glossary.word.meaning has no text in en; for example en = ",
    ] == [line.split('"')[0] for line in _complaint(folder).splitlines()[1:]]
    _filled(folder, **{'""': '"X"'})
    study = read_study(folder)
    assert {"en": "X", "az": "X", "ru": "X"} == study.words.title
    assert ["aware_plan"] == list(study.findings)


def test_the_limits_of_what_is_shown_only_need_their_comment_signs_taken_away(tmp_path) -> None:
    """They are those that hold without an entry."""
    bundled = ROOT / "data" / "raw" / "questionnaire.md"
    begin_study(tmp_path / "new", bundled, district="district", group="respondent_group")
    text = (tmp_path / "new" / "study.toml").read_text(encoding="utf-8")
    lines = text[text.index("# [thresholds]") :].split("\n\n")[0]
    limits = tomllib.loads(re.sub("^# ", "", lines, flags=re.MULTILINE))["thresholds"]

    assert "thresholds" not in tomllib.loads(text)
    assert limits == {"units": 3, "respondents": 3, "answers": 5, "count": 0, "protection": 20}


def test_localities_must_be_assigned_to_districts(form, tmp_path) -> None:
    """The form lists them, but only people know their districts."""
    text = form.read_text(encoding="utf-8").replace("| village | Which", "| locality | Which")
    form.write_text(text.replace("${village}", "${locality}"), encoding="utf-8")
    folder = tmp_path / "autumn"
    begin_study(folder, form, district="place", group="kind")
    _filled(folder, **{"#__start__=": "start = 2022-03-02", "#__end__=": "end = 2022-03-03"})
    _filled(folder, **{'en__=__""': 'en = "X"'})
    _filled(folder, **{"refused__=__[]": 'refused = ["dk", "ref"]'})

    assert '# "n1", "n2", "s1", "s2".' in (folder / "study.toml").read_text(encoding="utf-8")
    assert _complaint(folder).splitlines()[1:] == [
        f"  districts.{key}.localities is blank; "
        'for example localities = ["village_1", "village_2"]'
        for key in ("n", "s")
    ]


def test_codes_that_are_numbers_get_keys_from_their_labels(form, tmp_path) -> None:
    """Keys are part of addresses; labels may be in any alphabet, or equal."""
    text = form.read_text(encoding="utf-8")
    text = text.replace("| place | n | North |", "| place | 1 | Şabran rayonu |")
    text = text.replace("| place | s | South |", "| place | 2 | 北 |")
    form.write_text(text, encoding="utf-8")
    begin_study(tmp_path / "autumn", form, district="place", group="kind")
    stated = tomllib.loads((tmp_path / "autumn" / "study.toml").read_text(encoding="utf-8"))

    assert {"sabran-rayonu": "1", "district-2": "2"} == {
        key: entry["code"] for key, entry in stated["districts"].items()
    }


def test_a_form_without_scoring_says_how_to_add_it(form, tmp_path) -> None:
    """It can be read, cleaned and counted as it is."""
    lines = (
        form.read_text(encoding="utf-8").replace("| trust |", "| |").replace("| duties |", "| |")
    )
    form.write_text(lines, encoding="utf-8")
    begin_study(tmp_path / "autumn", form, district="place", group="kind")
    text = (tmp_path / "autumn" / "study.toml").read_text(encoding="utf-8")

    assert "dimensions" not in tomllib.loads(text)
    assert "# The form scores nothing yet" in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("plase", "has no select_one question with this name; found 'plase'; possible: consent"),
        ("channels", "has no select_one question with this name; found 'channels'"),
    ],
)
def test_an_unknown_question_is_refused_and_nothing_is_written(
    form, tmp_path, question, says
) -> None:
    """The error lists the select_one questions."""
    with pytest.raises(QuestionnaireError, match=says):
        begin_study(tmp_path / "autumn", form, district=question, group="kind")

    assert not (tmp_path / "autumn").exists()


def test_a_form_with_labels_without_a_language_is_refused(form, tmp_path) -> None:
    """Reports need a language."""
    text = form.read_text(encoding="utf-8").replace("label::English (en)", "label")
    form.write_text(text.replace("| English (en) |", "| default |"), encoding="utf-8")

    with pytest.raises(
        QuestionnaireError, match=r"do not say their language; .*label::English \(en\)"
    ):
        begin_study(tmp_path / "autumn", form, district="place", group="kind")


def test_an_existing_study_is_never_overwritten(form, tmp_path, capsys) -> None:
    """A file that is not a form is refused too."""
    command = ["begin", "--raw", str(tmp_path / "autumn"), "--district", "place", "--group", "kind"]

    assert 0 == main([*command, "--form", str(form)])
    assert 3 == capsys.readouterr().out.count("begin    ")
    assert 1 == main([*command, "--form", str(form)])
    assert "the folder already has a study" in capsys.readouterr().err
    (tmp_path / "autumn" / "study.toml").unlink()
    assert 1 == main([*command, "--form", str(tmp_path / "form.docx")])
    assert "form.docx: this file does not exist" in capsys.readouterr().err
    (tmp_path / "form.docx").write_bytes(b"")
    assert 1 == main([*command, "--form", str(tmp_path / "form.docx")])
    assert (
        "is not an XLSForm that can be read; possible: .xlsx, .xls, .md" in capsys.readouterr().err
    )


# --- languages -----------------------------------------------------------------------------------


def _form(path: Path, survey: dict[str, str], choices: dict[str, str], **settings: str) -> Path:
    """Write a form with two questions; `survey` and `choices` map label columns to texts."""

    def row(*cells: str) -> str:
        return f"| | {' | '.join(cells)} |"

    lines = ["| survey |", row("type", "name", *survey)]
    lines += [row(f"select_one {q[0]}", q, *survey.values()) for q in ("place", "kind")]
    lines += ["| choices |", row("list_name", "name", *choices)]
    for code in ("pa", "pb", "kx", "ky"):
        labels = [f"{text} {code}" if text else "" for text in choices.values()]
        lines.append(row(code[0], code, *labels))
    lines += ["| settings |", row("form_title", *settings), row("T", *settings.values())]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


_EN, _AZ = {"label::English (en)": "Where?"}, {"label::Azərbaycan (az)": "Harada?"}


@pytest.mark.parametrize(
    ("survey", "choices", "language", "expected"),
    [
        # The language's name without its code, in English or in the language itself.
        (
            {"label::Azerbaijani": "Q", "label::Deutsch": "Q"},
            {"label::az": "A", "label::German": "A"},
            "",
            ["az", "de"],
        ),
        # Sheets that name one language in two ways.
        (_EN, {"label::English": "A"}, "", ["en"]),
        ({"label:Russian": "Q"}, {"label::Русский (ru)": "A"}, "", ["ru"]),
        # A language that the choices lack is left out.
        (_EN | _AZ, {"label::English (en)": "A"}, "", ["en"]),
        # Labels without a language serve every language of the form, or have the given one.
        (_EN | _AZ, {"label": "A"}, "", ["en", "az"]),
        ({"label": "Q"}, {"label": "A"}, "uz", ["uz"]),
        ({"label": "Q"} | _EN, {"label": "A"} | _EN, "ka", ["ka", "en"]),
        ({"label::Klingonese": "Q"}, {"label::Klingonese": "A"}, "tlh", ["tlh"]),
        # A region behind the code is not part of it.
        ({"label::English (en-GB)": "Q"}, {"label::English (en_US)": "A"}, "", ["en"]),
    ],
)
def test_the_languages_are_those_without_a_missing_label(
    tmp_path, survey, choices, language, expected
) -> None:
    """The folder can be read again with the languages that `begin` wrote."""
    folder = tmp_path / "new"
    begin_study(
        folder,
        _form(tmp_path / "form.md", survey, choices),
        district="place",
        group="kind",
        language=language,
    )
    described = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    again = read_form(folder / "questionnaire.md", described["languages"])

    assert expected == described["languages"]
    assert all(again["place"].labels[code] for code in expected)
    assert all(choice.labels[code] for choice in again["kind"].choices for code in expected)


def test_the_forms_default_language_is_that_of_labels_without_one(tmp_path) -> None:
    """Nobody is asked for what the form says itself."""
    form = _form(tmp_path / "form.md", {"label": "Q"}, {"label": "A"}, default_language="Uzbek")
    begin_study(tmp_path / "new", form, district="place", group="kind")
    described = tomllib.loads((tmp_path / "new" / "study.toml").read_text(encoding="utf-8"))

    assert ["uz"] == described["languages"]


@pytest.mark.parametrize(
    ("survey", "choices", "language", "says"),
    [
        ({"label": "Q"}, {"label": "A"}, "", r"LANGUAGE=az.*found 'label'"),
        ({"label::Xyz": "Q"}, {"label::Xyz": "A"}, "", r"LANGUAGE=az.*found 'label::Xyz'"),
        (
            {"label::Xyz": "Q", "label::Zyx": "Q"},
            {"label": "A"},
            "en",
            "found 'label::Xyz, label::Zyx, label'",
        ),
        ({"label": "Q"}, {"label": "A"}, "not one", "is not the code of a language"),
        (
            _EN,
            {"label::English (en)": ""},
            "",
            "lacks a label; found 'en: question place, choice pa",
        ),
    ],
)
def test_what_language_a_label_has_is_asked_in_one_line(
    tmp_path, survey, choices, language, says
) -> None:
    """Nothing is guessed, and nothing is written."""
    form = _form(tmp_path / "form.md", survey, choices)
    with pytest.raises(QuestionnaireError, match=says):
        begin_study(tmp_path / "new", form, district="place", group="kind", language=language)

    assert not (tmp_path / "new").exists()


def test_a_language_that_is_left_out_is_named_with_its_first_gap(tmp_path) -> None:
    """A person can add the texts to the form and the code to the study."""
    form = _form(tmp_path / "form.md", _EN | _AZ, {"label::English (en)": "A"})
    begin_study(tmp_path / "new", form, district="place", group="kind")
    written = (tmp_path / "new" / "study.toml").read_text(encoding="utf-8")

    assert '# Not "az": 4 labels are missing, first of question place, choice pa.\n' in written


def test_the_language_is_an_argument_of_the_command(tmp_path) -> None:
    """`make begin … LANGUAGE=az` passes it on."""
    form = _form(tmp_path / "form.md", {"label": "Q"}, {"label": "A"})
    command = ["begin", "--raw", str(tmp_path / "new"), "--form", str(form)]
    command += ["--district", "place", "--group", "kind"]

    assert (1, 0) == (main(command), main([*command, "--language", "az"]))


def test_an_old_workbook_is_a_form_too(tmp_path) -> None:
    """`.xls` is what KoboToolbox called its download for years; one is in the real forms."""
    form = REAL_FORMS / "languages.xls"
    if not form.is_file():
        pytest.skip("the real forms are not here")
    written = begin_study(tmp_path / "new", form, district="test_yn", group="test_yn")

    assert tmp_path / "new" / "questionnaire.xls" in written
    assert ("0", "1", "99") == read_form(written[1], ["en"])["test_yn"].choice_names
