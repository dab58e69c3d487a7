"""`begin` says what is blank, proposes roles, and says what a role left empty costs."""

import re
import tomllib
from pathlib import Path

import pytest
from small_study import QUESTIONNAIRE

from umid_research.__main__ import main
from umid_research.study.begin import advice, begin_study
from umid_research.study.blanks import blanks
from umid_research.study.slugs import slug


def _form(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = QUESTIONNAIRE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "form.md"
    path.write_text(text, encoding="utf-8")
    return path


def _begun(tmp_path: Path, *changes: tuple[str, str]) -> tuple[Path, list[str]]:
    folder = tmp_path / "new"
    begin_study(folder, _form(tmp_path, *changes), district="place", group="kind")
    return folder, list(advice(folder))


def _uncommented(folder: Path) -> dict:
    """Return study.toml with the proposals taken over, as a person would do it."""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    proposals = re.sub(r"^# (\w+ = [\"\[])", r"\1", text, flags=re.MULTILINE)
    kept = [line for line in proposals.splitlines() if not re.match(r"(ignored|accepted)_", line)]
    return tomllib.loads("\n".join(kept))


def test_roles_headline_and_focus_are_proposed_as_comments(tmp_path) -> None:
    """Nothing is decided: without the # they are valid entries."""
    folder, lines = _begun(tmp_path)

    assert (
        "propose  roles.locality = village; roles.unit = organisation; headline = aware; "
        "focus = trust, duties"
    ) in lines
    found = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    assert {"district", "group", "consent"} == set(found["roles"])
    assert "headline" not in found
    chosen = _uncommented(folder)
    assert ("village", "organisation") == (chosen["roles"]["locality"], chosen["roles"]["unit"])
    assert ("aware", ["trust", "duties"]) == (chosen["headline"], chosen["focus"])


@pytest.mark.parametrize(
    ("change", "role", "name"),
    [
        # A question of the district's own villages, whatever it is called.
        (
            (
                "| select_one village | village | Which village? |",
                "| select_one village | q7 | In? |",
            ),
            "locality",
            None,
        ),
        (("Which village?", "Which bələdiyyə?"), "locality", "village"),
        (("| village | Which village?", "| q7 | Hansı kənd?"), "locality", "q7"),
        (("| village | Which village?", "| q7 | В каком селе?"), "locality", "q7"),
        (("| organisation | Which organisation?", "| hh_id | Number?"), "unit", "hh_id"),
        (("| organisation | Which organisation?", "| q8 | Hansı məktəb?"), "unit", "q8"),
        (("| organisation | Which organisation?", "| q8 | Название учреждения"), "unit", "q8"),
        (("| organisation | Which organisation?", "| q8 | Your town?"), "unit", "q8"),
        (("| organisation | Which organisation?", "| q8 | Anything else?"), "unit", None),
        (
            (
                "| text | organisation | Which organisation?",
                "| integer | household_size | How many people?",
            ),
            "unit",
            None,
        ),
        (
            (
                "| text | organisation | Which organisation?",
                "| select_one aware | q8 | Has the household a tap?",
            ),
            "unit",
            None,
        ),
        (
            (
                "| select_one aware | aware | Do you know the plan?",
                "| select_one aware | q9 | Cinsiniz?",
            ),
            "sex",
            "q9",
        ),
        (("| consent | May we ask?", "| q0 | Razısınızmı?"), "consent", "q0"),
        (
            ("| text | proposal | What should", "| text | enum_id | What should"),
            "interviewer",
            "enum_id",
        ),
        (
            ("| proposal | What should change?", "| enumerator_id | Who?"),
            "interviewer",
            "enumerator_id",
        ),
        (("| proposal | What should change?", "| q9 | Interviewer's code:"), "interviewer", "q9"),
        (("| proposal | What should change?", "| q9 | Anketorun adı"), "interviewer", "q9"),
        (("| proposal | What should change?", "| q9 | Müsahibəçi"), "interviewer", "q9"),
        (("| proposal | What should change?", "| q9 | Код интервьюера"), "interviewer", "q9"),
        (("| text | proposal |", "| username | proposal |"), "interviewer", "proposal"),
        (("| proposal | What should change?", "| interviewer_notes | Notes"), "interviewer", None),
        (
            ("| proposal | What should change?", "| q9 | Interviewer: was anybody present?"),
            "interviewer",
            None,
        ),
    ],
)
def test_a_role_is_proposed_by_name_or_label(tmp_path, change, role, name) -> None:
    """In English, Azerbaijani or Russian; without a hint, nothing is proposed."""
    text = QUESTIONNAIRE.replace(*change)
    for old in ("village", "consent", "aware"):
        if f"| {old} | " not in text.split("choices")[0]:
            text = text.replace(f"${{{old}}}", "${place}")
    path = tmp_path / "form.md"
    path.write_text(text, encoding="utf-8")
    begin_study(tmp_path / "new", path, district="place", group="kind")

    (line,) = [line for line in advice(tmp_path / "new") if line.startswith("propose")]

    proposed = dict(part.split(" = ") for part in line.removeprefix("propose  ").split("; "))
    assert name == proposed.get(f"roles.{role}")


def test_choices_filtered_by_the_district_are_localities(tmp_path) -> None:
    """Whatever the question is called."""
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | choice_filter |").replace(
        "| village | Which village? | ${kind} != 'g' | | |",
        "| q7 | In which one? | ${kind} != 'g' | | | in = ${place} |",
    )
    form = form.replace("label::English (en) | score |", "label::English (en) | score | in |")
    form = form.replace("| n1 | North 1 | |", "| n1 | North 1 | | n |")
    path = tmp_path / "form.md"
    path.write_text(form, encoding="utf-8")
    begin_study(tmp_path / "new", path, district="place", group="kind")

    (line,) = [line for line in advice(tmp_path / "new") if line.startswith("propose")]

    assert "roles.locality = q7; " in line
    assert '# "n1", "n2", "s1", "s2".' in (tmp_path / "new" / "study.toml").read_text()


def test_an_empty_role_costs_something(tmp_path) -> None:
    """A line for each, and a comment in the file."""
    folder, lines = _begun(tmp_path)
    costs = [line for line in lines if line.startswith("without")]

    assert ["locality", "unit", "sex", "mode", "weight", "interviewer"] == [
        line.split(".")[1].split(":")[0] for line in costs
    ]
    assert "without  roles.weight: percentages are not weighted" in costs
    written = " ".join((folder / "study.toml").read_text(encoding="utf-8").replace("#", "").split())
    assert "weight: no question seems to fit. Without it, percentages are not weighted." in written
    assert "intervals are too narrow" in written


def test_codes_without_a_score_are_named_with_all_their_labels(tmp_path) -> None:
    """A code may mean different things in different lists."""
    folder, lines = _begun(
        tmp_path,
        ("| select_one five | duty |", "| select_one duty | duty |"),
        (
            "| | five | 1 | Not at all | 1 |",
            "| | duty | 1 | Never | 1 |\n| | duty | 2 | Always | 2 |\n"
            "| | duty | dk | Not in charge | |\n| | five | 1 | Not at all | 1 |",
        ),
    )

    found = '"dk" (Don\'t know / Not in charge), "ref" (No answer)'
    assert f"blank    [missing] is blank. Without a score in the form: {found}; " in "\n".join(
        lines
    )
    assert f"# Without a score in the form: {found}\n" in (folder / "study.toml").read_text()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *(("Washington", "washington"), ("Chicago", "chicago"), ("Şabran rayonu", "sabran-rayonu")),
        *(("İsmayıllı", "ismayilli"), ("Xaçmaz", "xacmaz"), ("Гәбәлә", "gebele")),
        *(("Хачмазский район", "khachmazskiy-rayon"), ("თბილისი", "tbilisi"), ("北", "")),
        *(("O'Brien & Sons", "obrien-sons"), ("Łódź", "lodz"), ("  ", "")),
    ],
)
def test_keys_can_be_read(name, key) -> None:
    """No letter of a name is lost, as in `wasington`."""
    assert key == slug(name)


@pytest.mark.parametrize("written", ["~/form.md", "{home}/form.md"])
def test_the_form_may_be_in_the_home_folder(tmp_path, monkeypatch, capsys, written) -> None:
    """Not every shell replaces the ~ in `FORM=~/form.md`; the study folder may have one too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    _form(tmp_path)
    command = ["begin", "--raw", "~/studies/autumn", "--form", written.format(home=tmp_path)]

    assert 0 == main([*command, "--district", "place", "--group", "kind"])

    assert (tmp_path / "studies" / "autumn" / "study.toml").is_file()
    out = capsys.readouterr().out.splitlines()
    assert 7 == sum(line.startswith("blank    ") for line in out if "[missing]" not in line)


# --- blanks ---------------------------------------------------------------------------------------

_FULL = {
    "languages": ["en", "az"],
    "title": {"en": "A", "az": "B"},
    "field_work": {
        "start": "2024-03-02",
        "end": "2024-03-03",
        **{key: {"en": "A", "az": "B"} for key in ("sponsor", "conducted_by", "recruitment")},
    },
    "roles": {"district": "place", "group": "kind", "consent": "consent"},
    "consent_given": ["yes"],
    "districts": {"n": {"code": "n", "name": {"en": "A", "az": "B"}}},
    "groups": {"p": {"code": "p", "name": {"en": "A", "az": "B"}}},
    "dimensions": {"trust": {"name": {"en": "A", "az": "B"}}},
}


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ({}, []),
        ({"title": {"en": "A", "az": " "}}, ["title has no text in az; for example az = "]),
        ({"title": {}}, ["title has no text in en, az; for example en = "]),
        ({"consent_given": []}, ["consent_given is blank; for example consent_given = ["]),
        (
            {"roles": {"locality": "village"}},
            ["districts.n.localities is blank; for example localities = ["],
        ),
        ({"groups": {"p": {"code": "p"}}}, ["groups.p.name has no text in en, az; for example"]),
        ({"dimensions": {"trust": {}}}, ["dimensions.trust.name has no text in en, az; for exam"]),
        ({"languages": ["uz"]}, ["title has no text in uz; for example uz = "]),
        # Entries that may be left out, where they are there.
        ({"words": {"index": {"en": "A"}}}, ['words.index has no text in az; for example az = "ü']),
        (
            {"words": {"plan": {"en": "", "az": ""}, "units": {"en": "A", "az": " "}}},
            ["words.plan has no text in en, az; for", "words.units has no text in az; for exam"],
        ),
        ({"information": {"rights": {}}, "publication": {"background": {}}}, []),
        ({"words": {"index": {}}}, ["words.index has no text in en, az; for example en = "]),
        ({"words": {}, "publication": {"version": "1.0"}, "findings": {"aware": {}}}, []),
        (
            {"publication": {"licence": {"en": "A"}, "background": {"en": ["A"], "az": [""]}}},
            [
                'publication.licence has no text in az; for example az = "CC',
                'publication.background has no text in az; for example az = ["Tədqiqat',
            ],
        ),
        (
            {"findings": {"aware": {"answers": ["yes"], "name": {"az": "B"}}}},
            ['findings.aware.name has no text in en; for example en = "Have seen'],
        ),
        (
            {"glossary": {"cdc": {"name": {"en": "A", "az": "B"}}, "nap": {}}},
            [
                "glossary.cdc.meaning has no text in en, az; for example en = ",
                "glossary.nap.name has no text in en, az; for example en = ",
                "glossary.nap.meaning has no text in en, az; for example en = ",
            ],
        ),
        (
            {"groups": {"p": {"name": {"en": "A", "az": "B"}, "people": {"en": "a", "az": ""}}}},
            ['groups.p.people has no text in az; for example az = "sakinlər"'],
        ),
        (
            {"information": {"rights": {"en": ["A"]}, "contact": {"en": [], "az": ["B"]}}},
            [
                'information.rights has no text in az; for example az = ["İst',
                'information.contact has no text in en; for example en = ["Tel',
            ],
        ),
        (
            {"areas": {"a": {}}, "themes": {"t": {"name": {"en": "A"}}}, "evidence_items": {}},
            ["areas.a.name has no text in en, az", "themes.t.name has no text in az; for exam"],
        ),
        # Entries of another type are left to the reader of the file.
        ({"languages": "en"}, []),
        ({"title": 3, "groups": ["p"], "roles": 5, "dimensions": {"trust": 1}}, []),
        ({"words": 3, "publication": {"licence": "MIT"}, "glossary": {"a": 1}, "findings": []}, []),
    ],
)
def test_each_blank_is_found(entries, found) -> None:
    """With an example in the first language that lacks it."""
    lines = blanks({**_FULL, **entries})

    assert len(found) == len(lines) or entries.get("languages") == ["uz"]
    for line, beginning in zip(lines, found, strict=False):
        assert line.startswith(beginning)


def test_examples_are_in_their_language() -> None:
    """Others have the English one."""
    (az,) = blanks({**_FULL, "dimensions": {"trust": {"name": {"en": "A"}}}})

    assert az.endswith('az = "Bələdiyyəyə inam"')
