"""The page and the workbook of an evening: what they say, and what they never say."""

import datetime
import json
import re

import pandas as pd
import pytest
from browser import open_browser
from field_study import (
    DAY,
    QUESTIONNAIRE,
    STUDY,
    field_export,
    monitored,
    numbers,
    page,
    sheets,
    write_field_study,
)
from small_study import write_small
from whole_way import ROOT

from umid_research.errors import FrameError, ParameterError
from umid_research.fieldwork.monitor import write_monitor

AXE = (ROOT / "tests" / "data" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


# --- what it says ---------------------------------------------------------------------------------


def test_the_page_says_in_words_what_needs_attention(home) -> None:
    """Interviewer 07 cuts corners, and everybody else's interviews are as planned."""
    assert 0 == monitored(write_field_study(home / "raw"))

    text = page(home)
    assert "This is the first look: all 60 submissions count as new." in text
    assert "60 submissions received in all: 59 accepted, 1 set aside." in text
    assert "19 days of field work are left after today (until 31 March 2022)." in text
    assert (
        "Call interviewer 07: 6 of 12 interviews too fast (others 0 of 47); "
        "3 of 12 interviews nearly or wholly the same as an earlier one (others 0 of 47); "
        "long runs of one answer in 4 of 12 interviews (others 0 of 47); "
        "6 of 12 interviews without coordinates (others 0 of 47)." in text
    )
    assert 1 == text.count("Call interviewer")
    assert "1 new submission was set aside: No consent to take part (1)." in text
    assert "Back-checks: the study folder has no “back_checks.csv”." in text


def test_quotas_stand_against_the_days_left(home) -> None:
    """By hand: 11 of 30 days are gone, 19 left; 27 of 60 residents in 11 days are 2.5 a day."""
    monitored(write_field_study(home / "raw"))

    groups = numbers(home, "Groups: what is reached and what is still missing")
    assert [27, 27, 27, 60, 33, 1.7, 2.5] == groups["Residents"]
    assert [29, 29, 29, 70, 41, 2.2, 2.6] == groups["Local government"]
    assert [3, 3, 3, 4, 1, 0.1, 0.3] == groups["NGOs"]
    assert [39, 39, 18, 19, 2] == numbers(home, "Districts: accepted submissions, by group")[
        "North"
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2022-02-28", "The field work starts in 2 days (2 March 2022)."),
        ("2022-03-01", "The field work starts tomorrow (2 March 2022)."),
        (
            "2022-03-30",
            "Residents: 27 of 60 units reached. The 33 still missing are 33 a day for 1 day; so "
            "far it was 0.9 a day.",
        ),
        ("2022-03-31", "Today is the last day of field work (31 March 2022)."),
        ("2022-03-31", "Residents: 27 of 60 units reached; 33 are missing, and no day is left."),
        ("2022-04-01", "The field work ended on 31 March 2022."),
    ],
)
def test_the_days_of_the_field_work_are_counted(home, day, words) -> None:
    """Before it, at its end, and after it."""
    assert 0 == monitored(write_field_study(home / "raw"), day)

    assert words in page(home)


def test_a_day_that_is_none_is_named(home, capsys) -> None:
    """Before anything is made."""
    assert 1 == monitored(write_field_study(home / "raw"), "14.03.2022")

    assert "DAY: is not a day; found '14.03.2022'; possible: 2022-03-14" in capsys.readouterr().err
    assert not (home / "processed").exists()


def test_a_group_that_falls_behind_is_named_and_one_in_time_is_not(home) -> None:
    """On 20 March, residents need 3 a day and have 1.4; NGOs need 0.1 and have 0.2."""
    monitored(write_field_study(home / "raw"), "2022-03-20")

    text = page(home)
    assert (
        "Residents: 27 of 60 units reached. The 33 still missing are 3 a day for 11 days; so far "
        "it was 1.4 a day." in text
    )
    assert "NGOs: 3 of 4" not in text


def test_a_workbook_says_the_same(home) -> None:
    """In words on its first sheet, and with all submissions to look at."""
    monitored(write_field_study(home / "raw"))

    made = sheets(home)
    words = next(rows for title, rows in made.items() if "What needs attention" in title)
    heads = next(place for place, (kind, *_) in enumerate(words) if kind == "Kind")
    found = [(kind, sentence) for kind, sentence, *_ in words[heads + 1 :] if kind and sentence]
    assert ["Needs attention", "Needs attention", "Not checked"] == [kind for kind, _ in found]
    assert found[0][1].startswith("Call interviewer 07: 6 of 12 interviews too fast")
    listed = numbers(home, "Submissions to look at")
    assert ["07", "Too fast; No coordinates", "new"] == listed["File 1, row 11"]
    # six too fast (9, 19, 29, 39, 49, 59), two more with one answer throughout (4, 34)
    assert 8 == sum(name.startswith("File 1") for name in listed)
    # minutes by hand: interviewer 01 has 25, 30, 35, 29, 34, 28, 33, 27, 32, 26, 31, 25
    assert [12, 12, 12, 29.5] == numbers(home, "Interviewers: what they sent")["01"]
    found = numbers(home, "Interviewers: what the checks found in accepted submissions")
    assert [6, 3, 4, 6, 0] == found["07"][:5]


def test_it_is_written_in_the_languages_of_the_reports(home) -> None:
    """With the same numbers; LANGUAGES chooses some."""
    raw = write_field_study(home / "raw")
    monitored(raw, languages=("az",))

    assert "Əlaqə saxlayın – müsahibəçi 07: 12 müsahibədən 6 müsahibə həddən artıq sürətli" in page(
        home, "az"
    )
    with pytest.raises(ParameterError, match="no reports in this language; found 'ru'"):
        [*write_monitor(raw, home / "processed", home, day=datetime.date.today(), languages=["ru"])]


def test_page_and_every_sheet_begin_by_saying_that_they_are_internal(home) -> None:
    """And that a simulated study is simulated."""
    monitored(write_field_study(home / "raw"))

    mark = "INTERNAL, for the field team only: small numbers, nothing withheld."
    assert page(home).index(mark) < page(home).index("Field work", 40)
    assert "SIMULATED DATA" in page(home)
    for rows in sheets(home).values():
        assert rows[1][0].startswith(mark)
        assert "SIMULATED DATA" in rows[1][0]


# --- what is new ----------------------------------------------------------------------------------


def test_what_is_new_is_what_was_not_there_on_an_earlier_evening(home) -> None:
    """A second look on the same evening says the same."""
    raw = write_field_study(home / "raw", size=54)
    monitored(raw, "2022-03-11")
    write_field_study(raw)

    for _ in range(2):
        monitored(raw)

        assert "6 new submissions since 11 March 2022." in page(home)
        assert [12, 12, 2, 13] == numbers(home, "Interviewers: what they sent")["07"]
    monitored(raw, "2022-03-13")
    assert "0 new submissions since 12 March 2022." in page(home)


def test_nobody_is_to_be_called_twice_about_the_same(home) -> None:
    """Without a new case there is nothing new to say."""
    raw = write_field_study(home / "raw")
    monitored(raw, "2022-03-11")

    monitored(raw)

    assert "Call interviewer" not in page(home)
    assert "Nothing: what could be checked is within its limits." in page(home)
    assert "8 more submissions, found on earlier days" in page(home)


def test_submissions_that_are_gone_are_counted(home) -> None:
    """Somebody may have deleted them on the server."""
    raw = write_field_study(home / "raw")
    monitored(raw, "2022-03-11")
    write_field_study(raw, size=58)

    monitored(raw)

    assert "2 submissions that were there before are gone from the exports." in page(home)


@pytest.mark.parametrize("damaged", ["{", "[]", '{"days": 3}', '{"days": {"2022-03-11": 3}}'])
def test_a_damaged_memory_makes_a_first_look(home, damaged) -> None:
    """And is replaced."""
    raw = write_field_study(home / "raw")
    path = home / "build/field-work/monitor/known.json"
    path.parent.mkdir(parents=True)
    path.write_text(damaged)

    assert 0 == monitored(raw)

    assert "This is the first look" in page(home)
    days = json.loads(path.read_text())["days"]
    assert [DAY] == [*days]
    assert 60 == len(days[DAY])
    assert not any("uuid-" in one for one in days[DAY])


# --- what cannot be checked -----------------------------------------------------------------------


def test_it_works_on_the_first_day_with_three_submissions(home) -> None:
    """Nothing can be said of interviewers yet, and nothing fails."""
    assert 0 == monitored(write_field_study(home / "raw", size=3), "2022-03-02")

    text = page(home)
    assert "3 submissions received in all: 3 accepted, 0 set aside." in text
    assert "Residents: 2 of 60 units reached." not in text
    assert [2, 2, 2, 60, 58, 2, 2] == numbers(
        home, "Groups: what is reached and what is still missing"
    )["Residents"]


BARE = STUDY.replace('interviewer = "who"\n', "").replace('dont_know = ["dk"]', 'refused = ["dk"]')


def test_every_check_that_could_not_be_made_says_so_and_why(home) -> None:
    """No role, no quota, no coordinates, no times, no code, few questions, short scales."""
    raw = write_field_study(home / "raw", study=re.sub(r", quota = \d+", "", BARE))
    few = re.sub(r"\| \| select_one five \| q(?:[6-9]|1\d|20) .*\n", "", QUESTIONNAIRE)
    few = few.replace("| | geopoint | spot | Where are we? | Haradayıq? | |\n", "")
    (raw / "questionnaire.md").write_text(few, encoding="utf-8")
    gone = [f"q{number}" for number in range(6, 21)]
    table = field_export().drop(columns=[*gone, "spot", "start", "end"])
    table.to_csv(raw / "responses" / "kobo.csv", sep=";", index=False)

    assert 0 == monitored(raw)

    text = page(home)
    for words in (
        "Nothing is shown by interviewer, because “study.toml” does not say",
        "no group has a “quota” in “study.toml”",
        "Durations and too fast interviews: no submission has the times",
        "Nearly equal submissions: the form has too few questions with choices (fewer than 20)",
        "Long runs of one answer: no six questions of the form share a list",
        "Coordinates: the form does not ask for any, or the exports do not have them.",
        "“Don't know”: “study.toml” has no code for it",
        "Back-checks: the study folder has no “back_checks.csv”.",
    ):
        assert words in text
    assert "Interviewers: what they sent" not in text
    assert "Checks of the accepted submissions" not in text
    assert "Quota" not in text


def test_without_interviewers_the_checks_are_told_of_the_whole_study(home) -> None:
    """Somebody has to look at them all the same."""
    monitored(write_field_study(home / "raw", study=BARE))

    text = page(home)
    assert "Too fast: 6 new submissions; see the list below." in text
    assert "No coordinates: 6 new submissions; see the list below." in text


def test_the_small_study_has_its_page_too(home) -> None:
    """A form of another kind: matched groups, no times, reversed questions."""
    assert 0 == monitored(write_small(home / "raw"))

    assert "10 submissions received in all" in page(home, study="small")


# --- what it never says ---------------------------------------------------------------------------


def test_no_name_no_text_and_no_file_name_is_on_page_or_sheet(home) -> None:
    """Interviewers who gave their names have an alias, always the same one."""
    names = ["Aynur Gizlinova", "aynur  gizlinova", "07", "planted", ""]
    who = [names[number % 5] for number in range(60)]
    raw = write_field_study(home / "raw", who=who)
    (raw / "responses" / "kobo.csv").rename(raw / "responses" / "Gizlinova, final.csv")

    assert 0 == monitored(raw, languages=("en", "az"))

    outputs = [*(home / "build").rglob("*")]
    assert 5 == len([path for path in outputs if path.is_file()])
    for text in (page(home), page(home, "az"), str(sheets(home)), str(sheets(home, "az"))):
        assert not re.search(r"gizlinova|planted|kobo|uuid-|050 123", text, re.IGNORECASE)
    sent = numbers(home, "Interviewers: what they sent")
    aliases = [name for name in sent if re.fullmatch(r"#[0-9a-f]{4}", name)]
    assert [12, 24] == sorted(sent[name][0] for name in aliases)
    assert [12, 12] == [sent["07"][0], sent["No code given"][0]]
    assert "Where interviewers gave a name or another text instead of a code" in page(home)


def test_frames_of_other_exports_are_refused(home) -> None:
    """Their rows would be mixed with times and interviewers of others."""
    raw = write_field_study(home / "raw")
    monitored(raw)
    write_field_study(raw, size=58)

    with pytest.raises(FrameError, match="were not made from the exports in the study folder"):
        [*write_monitor(raw, home / "processed", home / "build", day=datetime.date(2022, 3, 12))]
    assert not (home / "build" / "en").exists()


def test_equal_input_gives_equal_bytes(home) -> None:
    """Page, workbook and memory."""
    raw = write_field_study(home / "raw")
    made = []
    for _ in range(2):
        monitored(raw)
        files = sorted(path for path in (home / "build").rglob("*") if path.is_file())
        made.append([path.read_bytes() for path in files])

    assert made[0] == made[1]
    assert 3 == len(made[0])


@pytest.mark.parametrize("language", ["en", "az"])
def test_the_page_fits_a_phone_and_breaks_no_rule_of_axe(home, language) -> None:
    """Nothing is loaded, nothing wider than the screen."""
    monitored(write_field_study(home / "raw"), languages=(language,))
    run = "axe.run(document).then(result => result.violations.map(found => found.id))"

    with open_browser() as browser:
        for width in (390, 1200):
            browser.look(width=width)
            browser.open(home / "build/field-work/monitor" / language / "monitor.html")
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert 0 == browser.run(over)
            assert [] == browser.run(f"{AXE}\n{run}")
            assert 1 == len(browser.requests)
            assert [] == browser.complaints


def test_codes_of_any_kind_are_shown(home) -> None:
    """What cannot be read as a name: digits with a few letters, or one or two letters."""
    codes = ["7", "E07", "int-3", "b", "012a"]
    who = pd.Series([codes[number % 5] for number in range(60)])

    monitored(write_field_study(home / "raw", who=who))

    assert {*codes} <= {*numbers(home, "Interviewers: what they sent")}
