"""Exports with a repeated group, mutated: every member is kept or set aside, or one clear error.

The group is written in each platform's shape; its table, that of the submissions, the way in which
they are written and their bytes are damaged.
"""

import io
import random
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from households import with_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import STUDY, small_export
from test_fuzz import BYTE_MUTATIONS, EXAMPLES, ODD, TABLE_MUTATIONS, outcome

COUNTS: Counter[str] = Counter()
GROUP = """| | begin_repeat | people | Household members | ${kind} != 'g' | | |
| | integer | years | How old is this person? | | | |
| | select_one yes_no | works | Does this person work? | ${years} >= 15 and ${aware} != '' | | |
| | select_multiple channel | reads | What does this person use? | ${works} = 'yes' | | |
| | decimal | portion | Which portion? | | | |
| | date | birth | When born? | | | |
| | text | note | Anything else? | | | |
| | end_repeat | | | | | |
"""
SECOND = """| | begin_repeat | plots | Plots of land | | | |
| | decimal | size | How large? | | | |
| | end_repeat | | | | | |
"""
FORMS = [GROUP, GROUP, GROUP + SECOND]
_ENTRIES = (
    *("", "", 'accepted_losses = ["years", "works", "reads", "portion", "birth", "trust", "age"]'),
    'ignored_columns = ["odd", "QC result"]',
    'review = { rejected = "keep", under_review = "set_aside", not_reviewed = "set_aside" }',
    'test_submissions = { column = "organisation", values = ["Helpers"] }',
    'not_asked_in = { "v1" = ["birth"] }\naccepted_losses = ["years", "portion"]',
    'not_asked_in = { "v0" = ["number_of_people"] }',
    'wordings = { "years" = ["Age?"], "works/yes" = ["Aye"], "note" = ["How large?"] }',
)
STUDIES = [STUDY.replace("seed = 1\n", f"seed = 1\n{entry}\n") for entry in _ENTRIES]
# Parent (place of the submission), years, works, reads, portion, birth, note.
MEMBERS = """
0 41 yes tv_web 0.5 1980-03-01 -
0 12 - - - 2010-01-02 shy
1 30 no - 0.25 - -
3 17 yes web 1 - -
4 70 no - - 1951-07-09 -
4 68 yes - - - -
4 5 - - - - -
7 33 yes tv - - -
"""
QUESTIONS = ["years", "works", "reads", "portion", "birth", "note"]
PLOTS = pd.DataFrame({"parent": [0, 2, 2], "size": ["1.5", "12", "0.25"]})


CORRECTIONS = [
    *("uuid-0/people[1],years,41,14,x,A", "uuid-3/people[1],works,yes,no,x,A"),
    *("uuid-1/people[1],note,,call 050 123 45 67,x,A", "uuid-1/people[2],years,,3,x,A"),
    *("uuid-7/people[1],reads,tv,web  tv,x,A", '"kobo.xlsx, row 2/people[2]",portion,,45.000,x,A'),
    *('"kobo.xlsx, members on sheet people, row 3",years,12,x,x,A', "uuid-0,years,41,14,x,A"),
    *('"small-people.csv, row 3",birth,2010-01-02,03/04/2024,x,A', "uuid-0,,,set aside,x,A"),
    *("uuid-2/plots[1],size,12,13,x,A", "uuid-0/people[1],,,set aside,x,A"),
]


def _members() -> pd.DataFrame:
    rows = [line.split(" ") for line in MEMBERS.strip().splitlines()]
    table = pd.DataFrame(rows, columns=["parent", *QUESTIONS]).replace("-", "")
    table["reads"] = table["reads"].str.replace("_", " ")
    return table.astype({"parent": int})


# --- how a group is linked to its submissions -----------------------------------------------------


def _kobo(main: pd.DataFrame, members: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the members as a sheet of KoboToolbox."""
    parent = members["parent"]
    ids = main.get("_uuid", pd.Series(dtype=str)).reindex(parent)
    return members.drop(columns="parent").assign(
        _index=[str(number + 1) for number in range(len(members))],
        _parent_table_name="Small",
        _parent_index=(parent + 1).astype(str).to_numpy(),
        _submission__uuid=ids.fillna("").to_numpy(),
    )


def _keyed(main: pd.DataFrame, members: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the members as a file of ODK Central or SurveyCTO."""
    parents = [f"uuid:{uuid}" for uuid in main["_uuid"].reindex(members["parent"])]
    numbers = members.groupby("parent").cumcount() + 1
    keys = [f"{one}/{name}[{n}]" for one, n in zip(parents, numbers, strict=True)]
    return members.drop(columns="parent").assign(PARENT_KEY=parents, KEY=keys)


# --- mutations of the members ---------------------------------------------------------------------

_Tables = dict[str, pd.DataFrame]


def _odd_links(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Damage the columns by which members are linked."""
    links = [c for c in table if c.startswith("_") or c in ("PARENT_KEY", "KEY")]
    for _ in range(rng.randint(1, 3) if links else 0):
        column = list(table.columns).index(rng.choice(links))
        found = table.iloc[rng.randrange(len(table)), column]
        odd = rng.choice(["", "99", "1.0", "01", "uuid:uuid-0", "uuid-5", found, *ODD[:12]])
        table.iloc[rng.randrange(len(table)), column] = odd
    return table


def _odd_years(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    written = ["14", "15", "x", "", "45.000", "217", "-1", "12 5"]
    names = [name for name in ("years", "size") if name in table]
    return table.assign(**{name: rng.choices(written, k=len(table)) for name in names})


def _labelled(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Write the headers as labels, or with the names of groups."""
    labels = {"years": "How old is this person?", "works": "Does this person work?"}
    if rng.random() < 0.5:
        return table.rename(columns=labels)
    start = rng.choice(["people/", "asked/people/", "people-", "asked.people."])
    return table.rename(columns={name: start + name for name in QUESTIONS})


def _split(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Write the ticks in a column each, or both ways."""
    if list(table.columns).count("reads") != 1:
        return table
    ticks = {
        f"reads/{code}": ["1" if code in cell.split() else "0" for cell in table["reads"]]
        for code in ("tv", "web")[: rng.choice([1, 2, 2, 2])]
    }
    return table.drop(columns=["reads"] if rng.random() < 0.5 else []).assign(**ticks)


def _with_sets(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.assign(**{rng.choice(["SET-OF-people", "SET-OF-plots", "SET-OF-x"]): "x"})


MEMBER_MUTATIONS: list[Callable[[pd.DataFrame, random.Random], pd.DataFrame]] = [
    *(_odd_links, _odd_links, _odd_years, _labelled, _split, _with_sets),
    *TABLE_MUTATIONS,
]


def _damaged(tables: _Tables, steps: list[tuple[bool, int]], rng: random.Random) -> _Tables:
    """Return the tables, each step applied to the submissions or to a repeated group."""
    for on_members, step in steps:
        name = rng.choice([n for n in tables if n != "main"]) if on_members else "main"
        changes = MEMBER_MUTATIONS if on_members else TABLE_MUTATIONS
        if not tables[name].empty:
            tables[name] = changes[step % len(changes)](tables[name].copy(), rng)
    return tables


# --- how the tables are written -------------------------------------------------------------------


def _book(tables: _Tables, rng: random.Random) -> dict[str, bytes]:
    """Return a workbook with a sheet for each table, whose names may be odd."""
    book = io.BytesIO()
    titles = {"main": rng.choice(["Small", "Small", "data"]), "people": "people", "plots": "plots"}
    titles["people"] = rng.choice(["people", "people", "Household members", "Sheet2", "plots2"])
    with pd.ExcelWriter(book) as writer:
        for name in rng.sample(list(tables), k=len(tables)):
            legible = tables[name].replace(r"[\x00-\x08\x0b-\x1f]", "", regex=True)
            legible.to_excel(writer, sheet_name=titles[name], index=False)
    return {"kobo.xlsx": book.getvalue()}


def _files(tables: _Tables, rng: random.Random) -> dict[str, bytes]:
    """Return a CSV file for each table, or a workbook with one table."""
    stem = rng.choice(["small", "small", "b", "people"])
    names = {name: f"{stem}-{name}.csv" for name in tables} | {"main": f"{stem}.csv"}
    if rng.random() < 0.1:
        names["people"] = rng.choice(["z.csv", "A.csv", f"{stem}-plots2.csv"])
    sign = rng.choice(";,,\t")
    texts = {n: table.to_csv(index=False, sep=sign) for n, table in tables.items()}
    return {names[n]: text.encode("utf-8", errors="replace") for n, text in texts.items()}


def _written(
    tables: _Tables, shape: str, rng: random.Random, more: list[tuple[bool, int]]
) -> dict[str, bytes]:
    linked = {"main": tables["main"]}
    if shape == "kobo":
        main = tables["main"].assign(_index=[str(n + 1) for n in range(len(tables["main"]))])
        linked = {"main": main} | {
            name: _kobo(main, table, name) for name, table in tables.items() if name != "main"
        }
    else:
        main = tables["main"]
        keys = [f"uuid:{uuid}" for uuid in main["_uuid"]]
        linked = {"main": main.drop(columns="_uuid").assign(KEY=keys)} | {
            name: _keyed(main, table, name) for name, table in tables.items() if name != "main"
        }
    linked = _damaged(linked, more, rng)
    if rng.random() < 0.1:
        del linked[rng.choice(list(linked))]
    if not linked:
        return {}
    write = _book if (shape == "kobo") == (rng.random() < 0.9) else _files
    return write(linked, rng)


def _mutated(seed: int, steps: list[tuple[bool, int]], byte_steps: list[int], shape: str) -> str:
    rng = random.Random(seed)
    form = rng.choice(FORMS)
    tables = {"main": small_export(), "people": _members()}
    if "plots" in form:
        tables["plots"] = PLOTS.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = _written(tables, shape, rng, steps)
        if rng.random() < 0.2:  # a second download, perhaps of a later day
            later = tables["people"].head(rng.choice([4, 8]))
            again = _written({**tables, "people": later}, shape, rng, [])
            files |= {f"again-{name}": content for name, content in again.items()}
    for step in byte_steps:
        name = rng.choice(list(files))
        files[name] = BYTE_MUTATIONS[step](files[name], rng)
    folder = Path(tempfile.mkdtemp(prefix="umid-fuzz-"))
    try:
        (folder / "study.toml").write_text(rng.choice(STUDIES), encoding="utf-8")
        (folder / "questionnaire.md").write_text(with_form(form), encoding="utf-8")
        (folder / "responses").mkdir()
        for name, content in files.items():
            (folder / "responses" / name).write_bytes(content)
        if rng.random() < 0.3:
            lines = rng.sample(CORRECTIONS, k=rng.randint(1, 2))
            text = "\n".join(["submission,column,old,new,reason,by", *lines])
            (folder / "corrections.csv").write_text(text, encoding="utf-8")
        return outcome(folder)
    finally:
        shutil.rmtree(folder)


@given(
    seed=st.integers(0, 2**32),
    steps=st.lists(st.tuples(st.sampled_from([True, True, False]), st.integers(0, 99)), max_size=4),
    byte_steps=st.just([]) | st.lists(st.integers(0, len(BYTE_MUTATIONS) - 1), max_size=2),
    shape=st.sampled_from(["kobo", "keyed"]),
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_a_mutated_repeated_group_ends_in_frames_or_in_one_clear_error(
    seed, steps, byte_steps, shape
) -> None:
    """No traceback, no lost member, none counted twice, no open ledger."""
    COUNTS[_mutated(seed, steps, byte_steps, shape)] += 1


def test_both_ends_were_reached(capsys) -> None:
    """A fuzzer whose inputs all fail, or all pass, tries nothing."""
    with capsys.disabled():
        print(f"\nfuzzed members: {dict(COUNTS)}")  # noqa: T201

    if not COUNTS:
        pytest.skip("the fuzzer did not run before")
    assert COUNTS["frames"] > COUNTS.total() / 20
    assert COUNTS["ExportError"] > COUNTS.total() / 20
