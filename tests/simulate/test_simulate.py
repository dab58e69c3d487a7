"""The bundled study: its content, its agreement with its design, and its reproducibility."""

import csv
import re
import shutil
from itertools import product
from math import comb, gamma, prod
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umid_research.errors import StudyError
from umid_research.simulate import simulate
from umid_research.simulate.answers import scored_answers
from umid_research.simulate.design import Design, read_design
from umid_research.simulate.roster import roster
from umid_research.simulate.truth import item_probabilities
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Question, Questionnaire, read_questionnaire

BUNDLED = Path(__file__).parents[2] / "data" / "raw"
EXPORT = Path("responses") / "kobo_export.csv"
GOOGLE = Path("responses") / "google_forms.csv"
COMMON = (
    "awareness",
    "access",
    "transparency",
    "participation",
    "e_services",
    "corruption",
    "trust",
    "implementation",
)


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(BUNDLED)


@pytest.fixture(scope="module")
def questionnaire(study: Study) -> Questionnaire:
    return read_questionnaire(BUNDLED, study)


@pytest.fixture(scope="module")
def design(questionnaire: Questionnaire, study: Study) -> Design:
    return read_design(BUNDLED, questionnaire, study)


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    return pd.read_csv(
        BUNDLED / EXPORT, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )


@pytest.fixture(scope="module")
def online() -> pd.DataFrame:
    return pd.read_csv(BUNDLED / GOOGLE, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def accepted(
    export: pd.DataFrame, online: pd.DataFrame, questionnaire: Questionnaire
) -> pd.DataFrame:
    """Return each person with consent once; online labels are read without the library."""
    interviewed = export[export["consent"] == "yes"].drop_duplicates("_uuid")
    codes = {
        question.name: online[question.labels["az"]].map(lambda text, q=question: _codes(text, q))
        for question in questionnaire
    }
    return pd.concat([interviewed, pd.DataFrame(codes)], ignore_index=True).fillna("")


def _codes(text: str, question: Question) -> str:
    if question.kind == "select_multiple":
        return " ".join(choice.name for choice in question.choices if choice.labels["az"] in text)
    return {choice.labels["az"]: choice.name for choice in question.choices}.get(text, text)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(BUNDLED / "truth.csv", keep_default_na=False)


def _copied(folder: Path, **replaced: tuple[str, str]) -> Path:
    """Copy the authored files of the bundled study to `folder`, each with one text replaced."""
    folder.mkdir()
    for name in ("study.toml", "questionnaire.md", "simulation.toml", "measures.csv"):
        text = (BUNDLED / name).read_text(encoding="utf-8")
        old, new = replaced.get(name.partition(".")[0], ("", ""))
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- the same bytes ------------------------------------------------------------------------------


def test_the_bundled_study_is_what_its_design_writes(tmp_path: Path) -> None:
    """A fresh simulation equals data/raw byte for byte, authored and generated files alike."""
    simulate(BUNDLED, tmp_path / "a study")

    assert _files(BUNDLED) == _files(tmp_path / "a study")


def test_simulating_in_place_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    """A study that is its own target keeps its authored files and gets the same answers."""
    folder = _copied(tmp_path / "study")

    simulate(folder, folder)
    first = _files(folder)
    simulate(folder, folder)

    assert first == _files(folder)
    assert (BUNDLED / EXPORT).read_bytes() == first[EXPORT.as_posix()]


def test_another_seed_gives_other_answers_and_the_same_truth(tmp_path: Path) -> None:
    """The truth is an expectation, so it does not depend on the draw."""
    folder = _copied(tmp_path / "study", study=("seed = 20220302", "seed = 7"))

    simulate(folder, folder)

    assert (BUNDLED / EXPORT).read_bytes() != (folder / EXPORT).read_bytes()
    assert (BUNDLED / "truth.csv").read_bytes() == (folder / "truth.csv").read_bytes()


def test_a_new_question_does_not_change_the_other_answers(tmp_path: Path) -> None:
    """Each draw has its own random stream."""
    row = "| | text | proposal |"
    added = "| | select_one yes_no | more | More? | Daha? | Ещё? | | | | | |\n" + row
    line = "\n[answers.more]\nall = { yes = 0.5, no = 0.5 }\n\n[answers.age_band]\n"
    folder = _copied(
        tmp_path / "study",
        questionnaire=(row, added),
        simulation=("\n[answers.age_band]\n", line),
    )

    simulate(folder, folder)

    before, after = (
        pd.read_csv(path / EXPORT, sep=";", dtype=str, encoding="utf-8-sig")
        for path in (BUNDLED, folder)
    )
    pd.testing.assert_frame_equal(before, after.drop(columns="more"))


# --- what is published about the real survey -----------------------------------------------------


def test_65_people_are_accepted_as_published(accepted: pd.DataFrame) -> None:
    """7 women, 58 men, three modes, 15 aware of the plan (23.1 %)."""
    assert {"male": 58, "female": 7} == accepted["sex"].value_counts().to_dict()
    assert {"face_to_face", "video_call", "e_survey"} == set(accepted["mode"])
    assert 15 == (accepted["aware_plan"] == "aware").sum()
    assert {"aware", "partly", "not"} == set(accepted["aware_plan"])


def test_groups_and_districts_have_the_members_of_the_design(accepted: pd.DataFrame) -> None:
    """Community 24, local government 18, CDC 15, NGO 2/1/1, entrepreneurs 1/2/1."""
    counts = pd.crosstab(accepted["respondent_group"], accepted["district"])

    assert {
        "community": [8, 8, 8],
        "local_government": [6, 6, 6],
        "cdc": [5, 5, 5],
        "ngo": [2, 1, 1],
        "entrepreneur": [1, 2, 1],
    } == {
        group: counts.loc[group, ["quba", "xacmaz", "sabran"]].to_list() for group in counts.index
    }


def test_every_locality_has_its_matched_groups(accepted: pd.DataFrame, study: Study) -> None:
    """Two residents, a municipality and a council each; NGOs and entrepreneurs have no locality."""
    placed = accepted[accepted["locality"] != ""]
    municipalities = placed[placed["local_body"] == "municipality"]
    by_group = pd.crosstab(placed["locality"], placed["respondent_group"])

    assert 12 == len(by_group)
    assert set(study.matched_groups) == set(by_group.columns)
    assert (by_group["community"] == 2).all()
    assert (by_group >= 1).all(axis=None)
    assert 12 == municipalities["locality"].nunique() == len(municipalities)
    assert 6 == (placed["local_body"] == "territorial").sum()
    assert {"ngo", "entrepreneur"} == set(
        accepted.loc[accepted["locality"] == "", "respondent_group"]
    )


def test_officials_and_ngos_are_most_of_those_aware(accepted: pd.DataFrame) -> None:
    """As published, they know the plan; the others are unaware or partly aware."""
    aware = accepted.loc[accepted["aware_plan"] == "aware", "respondent_group"]

    assert aware.isin(["local_government", "ngo"]).mean() > 0.5


def test_television_and_press_are_the_main_channels(accepted: pd.DataFrame) -> None:
    """As published."""
    ticked = accepted["channels"].str.get_dummies(" ").sum().sort_values(ascending=False)

    assert ["tv", "press"] == ticked.index[:2].to_list()


# --- the export looks as KoboToolbox writes it ---------------------------------------------------


def test_the_export_has_the_format_of_kobotoolbox() -> None:
    """UTF-8 with BOM, `;`, every cell in quotes, one line per submission."""
    content = (BUNDLED / EXPORT).read_bytes()
    lines = content.decode("utf-8-sig").splitlines()

    assert content.startswith(b"\xef\xbb\xbf")
    assert all(re.fullmatch(r'("[^"]*")(;"[^"]*")*', line) for line in lines)
    assert 1 == len({len(row) for row in csv.reader(lines, delimiter=";")})


def test_the_columns_are_the_questions_their_choices_and_the_server_s(
    export: pd.DataFrame, questionnaire: Questionnaire
) -> None:
    """No group prefixes; a select_multiple question is joined and split; system columns last."""
    questions = []
    for question in questionnaire:
        questions.append(question.name)
        if question.kind == "select_multiple":
            questions += [f"{question.name}/{choice}" for choice in question.choice_names]
    server = "_id _uuid _submission_time _validation_status _notes _status _submitted_by"

    assert [
        "start",
        "end",
        *questions,
        *server.split(),
        "__version__",
        "_tags",
        "_index",
    ] == export.columns.to_list()
    assert [str(place) for place in range(1, 62)] == export["_index"].to_list()


def test_joined_and_split_columns_agree(export: pd.DataFrame, questionnaire: Questionnaire) -> None:
    """1 if the joined answer has the choice, 0 if not, blank without an answer."""
    for question in questionnaire:
        if question.kind == "select_multiple":
            joined = export[question.name].str.split()
            for choice in question.choice_names:
                expected = [("1" if choice in codes else "0") if codes else "" for codes in joined]
                assert expected == export[f"{question.name}/{choice}"].to_list()


def test_the_online_form_has_the_format_of_google_forms(questionnaire: Questionnaire) -> None:
    """Time of arrival, then every question's text in Azerbaijani; no ids, no codes."""
    content = (BUNDLED / GOOGLE).read_text(encoding="utf-8")
    header, *rows = csv.reader(content.splitlines())

    assert ["Timestamp", *(question.labels["az"] for question in questionnaire)] == header
    assert 7 == len(rows)
    assert all(re.fullmatch(r"\d\d\.\d\d\.2022 \d\d:\d\d:\d\d", row[0]) for row in rows)
    assert {"Bəli, razıyam"} == {row[1] for row in rows}
    assert "Qəzetlər (mətbuat), Qohumlar, qonşular" in content


def test_respondents_of_the_online_form_are_in_no_other_export(
    export: pd.DataFrame, online: pd.DataFrame, questionnaire: Questionnaire
) -> None:
    """58 interviews with three additional submissions, and 7 online: 65 people."""
    assert "e_survey" not in set(export["mode"])
    assert {"Onlayn sorğu"} == set(online[questionnaire["mode"].labels["az"]])
    assert 65 == len(export) - 3 + len(online)


def test_without_an_online_form_everybody_is_in_one_export(tmp_path: Path) -> None:
    """The entry is optional; an older export of the online form is removed."""
    entry = '\n[export.google_forms]\nmode = "e_survey"\nlanguage = "az"\n'
    folder = _copied(tmp_path / "study", simulation=(entry, ""))
    (folder / GOOGLE).parent.mkdir()
    (folder / GOOGLE).write_text("of another design")

    simulate(folder, folder)

    together = pd.read_csv(folder / EXPORT, sep=";", dtype=str, encoding="utf-8-sig")
    assert not (folder / GOOGLE).exists()
    assert 68 == len(together)
    assert 7 == (together["mode"] == "e_survey").sum()


def test_interviews_are_within_the_field_work(export: pd.DataFrame, study: Study) -> None:
    """Start before end before arrival, on working days of the project."""
    start, end = (pd.to_datetime(export[name]) for name in ("start", "end"))
    arrival = pd.to_datetime(export["_submission_time"], utc=True)

    assert ((start < end) & (end < arrival)).all()
    assert start.dt.date.between(study.field_work.start, study.field_work.end).all()
    assert (start.dt.day_of_week < 5).all()
    assert arrival.is_monotonic_increasing


# --- the planted flaws ---------------------------------------------------------------------------


def test_three_submissions_are_not_accepted(export: pd.DataFrame) -> None:
    """One was received twice with the same answers, two have no consent."""
    twice = export[export.duplicated("_uuid", keep=False)]
    refused = export[export["consent"] == "no"]
    answers = export.columns[: export.columns.get_loc("_id")]

    assert 58 + 3 == len(export)
    assert 2 == len(twice)
    assert 1 == len(twice[answers].drop_duplicates())
    assert 2 == twice["_id"].nunique()
    assert 2 == len(refused)
    assert (refused[answers].drop(columns=["start", "end", "consent"]) == "").all(axis=None)


def test_one_interview_took_four_minutes(export: pd.DataFrame) -> None:
    """The twelfth of those with consent; all others took twenty-two minutes or more."""
    agreed = export[export["consent"] == "yes"].drop_duplicates("_uuid").reset_index(drop=True)
    start, end = (pd.to_datetime(agreed[name]) for name in ("start", "end"))
    minutes = (end - start) / pd.Timedelta(minutes=1)

    assert [11] == minutes.index[minutes < 22].tolist()
    assert 4 == minutes[11]


def test_one_scored_answer_is_no_choice_of_the_form(
    export: pd.DataFrame, questionnaire: Questionnaire
) -> None:
    """`average` in `info_answers`; every other cell of a select_one question is a known code."""
    unknown = {
        (question.name, answer)
        for question in questionnaire
        if question.kind == "select_one"
        for answer in set(export[question.name]) - {"", *question.choice_names}
    }

    assert {("info_answers", "average")} == unknown
    assert 1 == (export["info_answers"] == "average").sum()
    assert "access" == questionnaire["info_answers"].dimension


def test_one_answer_is_to_a_question_not_asked(accepted: pd.DataFrame) -> None:
    """Barriers to paying online are asked of people who do not; one person who does answered."""
    stray = accepted[(accepted["pays_online"] != "no") & (accepted["barriers"] != "")]

    assert [("yes", "no_card")] == list(zip(stray["pays_online"], stray["barriers"], strict=True))
    assert (accepted.loc[accepted["pays_online"] == "no", "barriers"] != "").all()


def test_five_questions_were_left_blank(
    accepted: pd.DataFrame, questionnaire: Questionnaire
) -> None:
    """Those of simulation.toml, once each; all other questions asked of everybody have answers."""
    asked = [q.name for q in questionnaire if q.relevant == ("${consent} = 'yes'",)]
    blank = (accepted[asked].drop(columns="proposal") == "").sum()

    assert {
        "age_band": 1,
        "corr_complaints": 1,
        "impl_finance": 1,
        "open_budget": 1,
        "trust_ngo": 1,
    } == blank[blank > 0].sort_index().to_dict()


# --- the truth -----------------------------------------------------------------------------------


def _beta(a: float, b: float) -> float:
    return gamma(a) * gamma(b) / gamma(a + b)


def _expectation(design: Design, n: int, mean: float) -> float:
    """Return the mean of a beta-binomial on 0..n as 0–100, from its formula."""
    a, b = mean / 100 * design.concentration, (1 - mean / 100) * design.concentration
    points = [k * comb(n, k) * _beta(k + a, n - k + b) / _beta(a, b) for k in range(n + 1)]
    return 100 * sum(points) / n


def _by_hand(
    design: Design, questionnaire: Questionnaire, group: str, district: str
) -> dict[str, float]:
    """Return expected scores by formula: mean of items; for the index, over all patterns."""
    scores, enough = {}, {}
    for name in COMMON:
        items = questionnaire.items(name)
        shifted = design.targets[name][group] + design.shift.get(district, {}).get(name, 0)
        scores[name] = sum(
            _expectation(design, len(item.scores) - 1, shifted + design.offset.get(item.name, 0))
            for item in items
        ) / len(items)
        lost = sum(design.missing.get(name, {}).values()) * design.missing_factor.get(group, 1)
        enough[name] = sum(
            comb(len(items), k) * (1 - lost) ** k * lost ** (len(items) - k)
            for k in range(len(items) + 1)
            if k / len(items) >= 2 / 3
        )
    patterns = []
    for there in product([True, False], repeat=len(COMMON)):
        if sum(there) / len(COMMON) >= 2 / 3:
            pairs = list(zip(COMMON, there, strict=True))
            share = prod(enough[name] if is_there else 1 - enough[name] for name, is_there in pairs)
            patterns.append(
                (share, np.mean([scores[name] for name, is_there in pairs if is_there]))
            )
    total = sum(share for share, _ in patterns)
    return {**scores, "index": sum(share * mean for share, mean in patterns) / total}


def test_the_truth_is_the_expectation_of_the_probabilities(
    truth: pd.DataFrame, design: Design, questionnaire: Questionnaire, study: Study
) -> None:
    """Recomputed from the formula of the beta-binomial and by listing the patterns of the index."""
    cells = truth[truth["district"] != ""].set_index(["group", "district", "dimension"])
    cells = cells["expected"].sort_index()

    for group, district in product(study.groups, study.districts):
        by_hand = _by_hand(design, questionnaire, group, district)
        assert pytest.approx(by_hand, abs=6e-5) == cells.loc[group, district].to_dict()
    assert len(study.groups) * len(study.districts) * (len(COMMON) + 1) == len(cells)


def test_without_a_district_the_truth_is_the_mean_over_units(truth: pd.DataFrame) -> None:
    """Four localities a district: the plain mean; NGOs (2, 1, 1) by hand: (2·68 + 66 + 64) / 4."""
    overall = truth[truth["district"] == ""].set_index(["group", "dimension"])["expected"]
    matched = truth[(truth["district"] != "") & (truth["group"] == "community")]

    assert pytest.approx(overall["community"].to_dict(), abs=1e-4) == (
        matched.groupby("dimension")["expected"].mean().to_dict()
    )
    assert 66.5 == overall["ngo", "awareness"]


def test_offsets_leave_the_dimension_at_its_target(
    design: Design, questionnaire: Questionnaire
) -> None:
    """The offsets of the items of a dimension add up to 0."""
    sums = {
        name: sum(design.offset.get(item.name, 0) for item in questionnaire.items(name))
        for name in questionnaire.dimensions
    }

    assert dict.fromkeys(questionnaire.dimensions, 0) == sums


def test_officials_score_higher_than_communities_but_not_on_trust(truth: pd.DataFrame) -> None:
    """The gap is 15–25 points where it is planned, else near zero."""
    overall = truth[truth["district"] == ""].set_index(["group", "dimension"])["expected"]
    gap = overall["local_government"] - overall["community"]

    assert gap[["transparency", "participation"]].between(15, 25).all()
    assert gap[["trust", "e_services"]].abs().max() <= 4


def test_the_means_of_a_large_simulation_are_the_truth(
    design: Design, questionnaire: Questionnaire, study: Study, truth: pd.DataFrame
) -> None:
    """Means over 200 rosters (13,000 people) are within 4.5 standard errors of the truth."""
    scored = _scored_rosters(200, design, questionnaire, study)
    cells = scored.groupby(["group", "district"])
    clusters = scored.groupby(["group", "district", "place"]).mean().groupby(["group", "district"])
    error = clusters.std() / np.sqrt(clusters.count())
    expected = truth[truth["district"] != ""].pivot(
        index=["group", "district"], columns="dimension", values="expected"
    )

    z = (cells.mean(numeric_only=True) - expected) / error

    assert 15 * 9 == z.notna().sum().sum()
    assert z.abs().max(axis=None) < 4.5


def test_answers_have_the_probabilities_of_the_design(
    design: Design, questionnaire: Questionnaire, study: Study
) -> None:
    """Choices of a reversed item, and its share of refusals, in 19,200 answers of one cell."""
    item = questionnaire["corr_gifts"]
    people = _rosters(2400, design, study)
    cell = people[(people["group"] == "community") & (people["district"] == "quba")]
    cell = cell.reset_index(drop=True)
    only = Questionnaire(title="", questions=(item,))

    answers = scored_answers(cell, design, only, study)["corr_gifts"]
    shares = answers[~answers.isin(["dk", "ref"])].value_counts(normalize=True)
    expected = item_probabilities(item, "corruption", design, study).loc[("community", "quba")]

    assert ["always", "often", "rarely", "never"] == expected.index.to_list()
    assert pytest.approx(expected.to_dict(), abs=0.02) == shares.to_dict()
    # Refused: 0.05 · 1.3 = 0.065; standard error sqrt(0.065 · 0.935 / 19200) = 0.0018.
    assert pytest.approx(0.065, abs=0.007) == (answers == "ref").mean()


def _rosters(times: int, design: Design, study: Study) -> pd.DataFrame:
    """Return many copies of the roster, each with its own places and units."""
    once = roster(design, study)
    people = pd.concat([once] * times, ignore_index=True)
    run = pd.Series(np.repeat(np.arange(times), len(once))).astype(str)
    return people.assign(place=people["place"] + " " + run, unit=people["unit"] + " " + run)


def _scored_rosters(
    times: int, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return group, district, place and scores by the two-thirds rule, without the library."""
    people = _rosters(times, design, study)
    answers = scored_answers(people, design, questionnaire, study)
    scores = pd.DataFrame(index=people.index)
    for name in COMMON:
        items = questionnaire.items(name)
        values = pd.DataFrame({item.name: answers[item.name].map(item.scores) for item in items})
        values = values.astype(float)
        scores[name] = values.mean(axis=1).where(values.notna().mean(axis=1) >= 2 / 3)
    scores["index"] = scores.mean(axis=1).where(scores.notna().mean(axis=1) >= 2 / 3)
    return people[["group", "district", "place"]].join(scores)


# --- guards --------------------------------------------------------------------------------------


def test_a_study_that_is_not_simulated_keeps_its_answers(tmp_path: Path) -> None:
    """Its simulation is refused, and nothing is written."""
    folder = _copied(tmp_path / "study", study=('provenance = "simulated"', 'provenance = "field"'))
    (folder / EXPORT).parent.mkdir()
    (folder / EXPORT).write_text("the answers of people")

    with pytest.raises(StudyError, match="only a study whose provenance is simulated"):
        simulate(folder, folder)

    assert "the answers of people" == (folder / EXPORT).read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("concentration = 9.0", "concentration = 0", "greater than 0"),
        ("concentration = 9.0", "concentration =", "is not valid TOML"),
        ("concentration = 9.0", "concentrations = 9.0", "concentration: Field required"),
        ("item = 0.53", "item = 0.50", "do not add up to 1; found 0.97"),
        ("trust = { community = 54", "trust = { comunity = 54", "targets.trust.*'comunity'"),
        ("work_cdc = { cdc = 52 }\n", "", "a dimension has no targets; found 'work_cdc'"),
        ("quba = { transparency", "guba = { transparency", "entry shift.*found 'guba'"),
        ("know_report = 4", "know_reports = 4", "entry offset.*found 'know_reports'"),
        ("implementation = { cannot_judge", "implementation = { cant", "missing.implementation"),
        ("localities = [1, 3]", "localities = [1, 5]", "localities, district quba: .*found 5"),
        ("tv = 0.75", "television = 0.75", "answers.channels.all.*found 'television'"),
        ("aware = 15", "know = 15", "quota.aware_plan.counts.*found 'know'"),
        ("aware = 15", "aware = 16", "add up to the number of respondents; found 66"),
        ("all = { taxes", "entrepreneur = { taxes", "lacks a line `all`"),
        ("[texts.proposal]", "[texts.proposals]", "entry texts.*found 'proposals'"),
        ("[answers.mode]", "[answers.age_band2]", "entry answers.*found 'age_band2'"),
        ('answer = "average"', 'answer = "well"', "'unknown_choice' fits in no submission"),
        ('pays_online = "yes"', 'pays_online = "no"', "'not_asked' fits in no submission"),
        ('mode = "e_survey"', 'mode = "online"', "export.google_forms.mode.*found 'online'"),
        ('language = "az"', 'language = "tr"', "export.google_forms.language.*found 'tr'"),
        ("doubt = { publication", "doubt = { publications", "meetings.doubt.*'publications'"),
        ('themes = ["budget"]', 'themes = ["budgets"]', "meetings.texts.*found 'budgets'"),
        ("ngo = [2, 1, 1]", "ngo = [2, 1]", "per_district.ngo: needs a number for each of the 3"),
        ("since = 51", "since = 69", "'blank' fits in no submission from 69 on"),
        ("impl_services = 10", "impl_services = 60", "must lie between 0 and 100"),
        ("cdc = 56, ngo = 52", "ngo = 52", "targets.trust: .*asked 'trust_.*found 'cdc'"),
        ('group = "ngo"', 'group = "cdc"', r"entry roster: .*'ngo'; possible: \[\[roster"),
        ("sent_twice = [30]", "sent_twice = [59]", "no such submission among those who"),
        ("hurried = { 12", "hurried = { 0", "flaws.hurried.*found 0.*possible: 1 to 58"),
    ],
)
def test_an_invalid_design_is_an_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The error names the file, the entry and the value found."""
    folder = _copied(tmp_path / "study", simulation=(old, new))

    with pytest.raises(StudyError, match=message):
        simulate(folder, folder)

    assert not (folder / EXPORT).exists()


def test_a_question_without_a_rule_is_an_error(tmp_path: Path) -> None:
    """The design draws or fixes the answers to every question of the form."""
    text = (BUNDLED / "simulation.toml").read_text(encoding="utf-8")
    mode = re.search(r"\[answers\.mode\]\n(.+\n)+", text)
    assert mode
    folder = _copied(tmp_path / "study", simulation=(mode.group(), ""))

    with pytest.raises(StudyError, match=r"a question; found 'mode'; possible: \[answers.mode\]"):
        simulate(folder, folder)


def test_a_study_without_a_design_is_an_error(tmp_path: Path) -> None:
    """A simulation needs a design."""
    folder = _copied(tmp_path / "study")
    (folder / "simulation.toml").unlink()

    with pytest.raises(StudyError, match="no design of a simulation here"):
        simulate(folder, folder)


def test_the_study_folder_can_be_anywhere(tmp_path: Path) -> None:
    """A copy without the generated files, in a path with a space, gives the same files."""
    source = tmp_path / "the study"
    shutil.copytree(BUNDLED, source, ignore=shutil.ignore_patterns("responses", "truth.csv"))

    simulate(source, source)

    assert _files(BUNDLED) == _files(source)


# --- the registers of the activities --------------------------------------------------------------


def test_a_simulation_keeps_the_registers_and_their_known_truth(tmp_path: Path) -> None:
    """They are written by people, so another seed changes none of their bytes."""
    study = tmp_path / "study"
    shutil.copytree(BUNDLED, study)
    text = (study / "study.toml").read_text(encoding="utf-8")
    (study / "study.toml").write_text(text.replace("seed = 20220302", "seed = 7"), encoding="utf-8")
    authored = [name for name in _files(BUNDLED) if re.match("activities/|truth_[ai]", name)]

    simulate(study, tmp_path / "copy")

    copied = _files(tmp_path / "copy")
    assert _files(BUNDLED)[EXPORT.as_posix()] != copied[EXPORT.as_posix()]
    assert 15 + 1 + 28 + 2 == len(authored)
    assert {name: _files(BUNDLED)[name] for name in authored} == {n: copied[n] for n in authored}


def test_the_registers_have_the_sizes_that_the_readme_names() -> None:
    """51 posts, 53 families in 61 payments, 33 proposals in 38 rows, without the flaws."""
    activities = BUNDLED / "activities"
    posts = pd.read_csv(activities / "posts.csv")
    payments = pd.read_excel(activities / "payments.xlsx")
    decisions = pd.read_csv(activities / "decisions.csv")
    same = decisions[(decisions["kind"] == "proposal") & (decisions["decision"] == "same")]

    assert 51 + 5 == len(posts)
    assert 61 + 5 == len(payments)
    assert 53 == payments["family_id"].nunique()
    assert 38 - 33 == len(same) - 2  # one about nothing, one contradicted


def test_a_study_without_registers_gets_none(tmp_path: Path) -> None:
    """A study may have only a survey."""
    folder = _copied(tmp_path / "study")

    simulate(folder, folder)

    assert not (folder / "activities").exists()


def test_evidence_without_measures_is_an_error(tmp_path: Path) -> None:
    """Nothing is written: the measures say which evidence is looked for."""
    folder = _copied(tmp_path / "study")
    (folder / "measures.csv").unlink()

    with pytest.raises(StudyError, match="evidence is planned, but there are no measures"):
        simulate(folder, folder)

    assert not (folder / "responses").exists()
