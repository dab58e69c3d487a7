"""Rule 9: two editions of a study tell nothing of few people who came, went or were corrected."""

import random
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from attacked import Case, row_of, rows_of
from attacker_editions import known_of_editions
from random_studies import ALL_ASKED, random_export
from small_study import STUDY, small_export, write_small

from umid_research.__main__ import main
from umid_research.disclosure.editions import (
    protect_edition,
    read_editions,
    withhold_differences,
    withhold_new,
)
from umid_research.disclosure.tables import PUBLISHED, read_published
from umid_research.errors import FrameError, StudyError
from umid_research.study import Study, read_study

ITEMS = ("aware", "trust_1", "trust_2", "trust_3")


def _edited(kind: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two exports of about thirty interviews that differ by one to six of them."""
    rng = random.Random(seed)
    parts = [random_export(rng) for _ in range(4)]
    many = pd.concat(parts, ignore_index=True)
    many["_uuid"] = [f"uuid-{n}" for n in range(len(many))]
    number = rng.randint(1, 6)
    first = many.iloc[:-number] if kind in ("added", "both") else many
    second = many.iloc[number:] if kind in ("removed", "both") else many.copy()
    for n in range(number if kind == "corrected" else 0):
        second.loc[n, rng.choice(ITEMS[1:])] = rng.choice("12345")
    return first, second


@pytest.mark.parametrize(
    ("kind", "seed"), [("added", 6), ("removed", 2), ("both", 1), ("corrected", 8)]
)
def test_an_attacker_with_both_editions_learns_nothing_of_few_people(tmp_path, kind, seed) -> None:
    """Each is protected by itself; together they tell much, unless the second knows the first."""
    cases = [
        Case(write_small(tmp_path / str(n), questionnaire=ALL_ASKED, export=export))
        for n, export in enumerate(_edited(kind, seed))
    ]
    first, second = (case.publish() for case in cases)
    first, alone = cases[0].protect_counts(first), cases[1].protect_counts(second)
    study, protect = cases[1].study, cases[1].protect_counts
    together, withheld = protect_edition(second, [first], study, protect)
    people = tuple(case.cleaned.responses for case in cases)

    def leaks(published: pd.DataFrame) -> list[tuple]:
        both = (first, published)
        return [one for q in ITEMS for one in known_of_editions(both, people, q, least=5)]

    assert [] != leaks(alone)
    assert [] == leaks(together)
    assert 0 < withheld < together["shown"].sum() + withheld
    counted = together[together["shown"] & together["question"].isin(ITEMS)]
    assert len(counted) or kind != "corrected"


# --- by hand -------------------------------------------------------------------------------------


def _edition(yes: float | None, people: float | None, *, asked: int = 20) -> pd.DataFrame:
    """A question answered by the offices, and how many of them were asked."""
    shown = yes is not None
    cell = {"question": "q", "group": "office", "respondents": people, "shown": shown}
    counts = [
        row_of("answers_by_group", **cell) | {"answer": answer, "value": value, "shown": shown}
        for answer, value in (("yes", yes), ("no", people - yes if shown else None))
    ]
    work = row_of("field_work", group="office", respondents=asked, units=asked)
    return rows_of(*counts, work)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return read_study(write_small(tmp_path_factory.mktemp("small") / "raw"))


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ((6, 11), (6, 11), True),  # the same
        ((6, 11), (6, 12), False),  # one said no
        ((6, 11), (7, 11), False),  # one was corrected
        ((6, 11), (8, 15), False),  # four came
        ((6, 11), (8, 16), True),  # five came, two said yes
        ((6, 11), (11, 16), False),  # five came, all said yes
        ((6, 11), (6, 16), False),  # five came, all said no
        ((8, 16), (6, 11), True),  # five left
        ((6, 11), (5, 8), False),  # three left
    ],
)
def test_a_cell_is_shown_if_it_is_the_same_or_tells_of_five(study, before, now, shown) -> None:
    """The threshold for answers is 5."""
    published = _edition(*now)
    same = withhold_differences(published, [_edition(*before)], study)
    counts = published["table"] == "answers_by_group"

    assert {shown} == set(published.loc[counts, "shown"])
    assert published.loc[counts, "value"].notna().all() == shown
    assert (before == now) == same[counts].all() == same[counts].any()


@pytest.mark.parametrize(("asked", "shown"), [(24, False), (25, True)])
def test_what_was_withheld_stays_so_until_five_more_are_asked(study, asked, shown) -> None:
    """Of 20 asked the first edition showed nothing."""
    published = _edition(6, 11, asked=asked)
    withhold_differences(published, [_edition(None, None)], study)

    assert {shown} == set(published.loc[published["table"] == "answers_by_group", "shown"])


def test_a_question_that_was_not_asked_before_tells_nothing(study) -> None:
    """There is nothing to subtract."""
    published = _edition(6, 11)
    withhold_differences(published, [_edition(6, 11).assign(question="other")], study)

    assert published["shown"].all()


def test_one_cell_that_may_not_be_shown_hides_what_changed_on_its_question(study) -> None:
    """Two more residents could be subtracted from the total; the cell that did not change stays."""
    before, now = [], []
    for group, people in (("office", (11, 16)), ("people", (9, 11)), ("ngo", (8, 8))):
        for rows, number in ((before, people[0]), (now, people[1])):
            rows.append(_edition(4, number).iloc[:2].assign(group=group))
    published = pd.concat(now, ignore_index=True)
    withhold_differences(published, [pd.concat(before, ignore_index=True)], study)

    assert {"ngo"} == set(published.loc[published["shown"], "group"])


def test_if_rule_5_hides_a_known_number_nothing_new_is_shown(study) -> None:
    """Everybody knows it from the first edition, so hiding it protects nothing."""
    known = _edition(6, 11).assign(group="ngo")
    published = pd.concat([known.assign(shown=False), _edition(8, 16)], ignore_index=True)

    assert withhold_new(published, known)
    assert not published.loc[published["table"] == "answers_by_group", "shown"].any()
    assert not withhold_new(published, known)


# --- the whole way -------------------------------------------------------------------------------


def test_a_declared_edition_is_compared_and_one_that_is_missing_refused(tmp_path, capsys) -> None:
    """The same again is published as before; one more interview hides what it answers."""
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    declared = STUDY.replace("seed = 1", 'seed = 1\neditions = ["first"]')
    command = ["frames", "--raw", str(raw), "--processed", str(processed)]
    write_small(raw)
    assert 0 == main(command)
    before = read_published(processed)
    write_small(raw, study=declared)
    capsys.readouterr()
    assert 1 == main(command)
    assert "`editions` names a folder that is not here" in capsys.readouterr().err

    shutil.copytree(processed / "published", raw / "first")
    assert 0 == main(command)
    again = capsys.readouterr().out
    assert_published_as(before, processed)
    table = small_export()
    more = pd.concat([table, table.iloc[[0]].assign(_uuid="uuid-new")], ignore_index=True)
    write_small(raw, study=declared, export=more)
    assert 0 == main(command)
    assert _number_withheld(again) < _number_withheld(capsys.readouterr().out)
    now = read_published(processed)["answers"]
    assert before["answers"]["shown"].any()
    assert 0 == len(now[now["shown"]].merge(before["answers"], on=["question", "answer"]))
    (edition,) = read_editions(processed / "study", read_study(processed / "study"))
    assert {"answers", "field_work"} <= set(edition["table"])


@pytest.mark.parametrize("lacking", ["answers", "answers_by_district", "field_work"])
def test_an_edition_that_lacks_a_table_is_refused(tmp_path, lacking) -> None:
    """It may be cut off; what it published would count as never published."""
    study = _with_edition(tmp_path)
    (tmp_path / "first" / f"{lacking}.csv").unlink()

    with pytest.raises(FrameError, match=f"'{lacking}' has not been made"):
        read_editions(tmp_path, study)


def test_an_edition_has_members_only_if_its_form_had_repeated_groups(tmp_path) -> None:
    """Few forms have; where there is such a table, it is compared."""
    study = _with_edition(tmp_path)
    (without,) = read_editions(tmp_path, study)
    percent = {"question": "sex", "answer": "female", "percent": 40.0, "submissions": 20.0}
    columns = PUBLISHED["members"].schema.empty().columns
    row = pd.DataFrame([{**percent, "shown": True}]).reindex(columns=columns)
    row.to_csv(tmp_path / "first" / "members.csv", index=False)
    (edition,) = read_editions(tmp_path, study)

    assert "members" not in set(without["table"])
    assert [40.0] == edition.loc[edition["table"] == "members", "percent"].tolist()


def _with_edition(folder: Path) -> Study:
    """A study whose first edition has a file for each table, without rows."""
    study = read_study(write_small(folder / "raw"))
    (folder / "first").mkdir()
    for name, table in PUBLISHED.items():
        if name != "members":
            table.schema.empty().to_csv(folder / "first" / f"{name}.csv", index=False)
    return study.model_copy(update={"editions": ("first",)})


def _number_withheld(said: str) -> int:
    """The number in the line of the run about editions."""
    return int(re.search(r"editions (\d+) numbers withheld", said)[1])


def assert_published_as(before: dict[str, pd.DataFrame], processed: Path) -> None:
    """The tables are the same as before, number for number."""
    now = read_published(processed)

    assert before.keys() == now.keys()
    for name, rows in before.items():
        pd.testing.assert_frame_equal(rows, now[name], obj=name)


@pytest.mark.parametrize("name", ["../other", "/other"])
def test_an_edition_outside_the_study_folder_is_refused(tmp_path, name) -> None:
    """It would not be copied with the study, nor listed with its inputs."""
    raw = write_small(tmp_path / "raw", study=f'editions = ["{name}"]\n{STUDY}')

    with pytest.raises(StudyError, match="outside the study folder"):
        read_study(raw)
    assert not Path(raw / name).is_dir()
