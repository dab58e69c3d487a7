"""Count the themes of individual meetings and of open proposals, as coded by two people.

The input meetings.csv has one row per segment × coder × theme. A segment can have several themes;
a blank theme means that the coder read the segment and found none:

    segment_id  meeting  date        group      district  coder  theme    text             quote
    T001        G01      2022-04-06  community  quba      A      budget   Büdcə haqqında…  group
    T001        G01      2022-04-06  community  quba      B      answers  Büdcə haqqında…  group
    P001        survey               ngo        sabran    A      budget   Büdcənin nəyə…

`meeting` is `survey` for an open proposal; each proposal counts as one person. `quote` means that
somebody has read the text and allows it to be quoted with the group or the district. The optional
column `language` has the language of the text, such as `az`; a column such as `text_en` has its
translation by a person, which reports in that language quote with the original beside it.

The output `themes` has one row per source × theme, in total, by group, and by district:

    source    theme   group      district  segments  meetings  of
    meetings  budget  community                   7         5   8

For example, the budget was a theme in 5 of the 8 meetings with communities, in 7 segments. For each
segment, the codes of the coder who has read most segments count. The agreement of the coders is
Krippendorff's alpha per theme, over the segments that both have read.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.analysis.agreement import COLUMNS as AGREEMENT
from umid_research.analysis.agreement import nominal_agreement
from umid_research.clean.privacy import PERSONAL, Content
from umid_research.clean.registers import ISSUE_COLUMNS, Register, read_register
from umid_research.frames import Schema, code, read_frame, text, whole
from umid_research.study import Study
from umid_research.study.spelling import folded

NAME = "meetings"
SURVEY = "survey"
COLUMNS = {
    **dict.fromkeys(("segment_id", "meeting", "date", "group", "district"), Content.CODE),
    "coder": Content.INTERNAL,
    "theme": Content.CODE,
    "text": Content.WORDS,
}
OPTIONAL = dict.fromkeys(("quote", "language"), Content.CODE)
QUOTED_BY = ("group", "district")
_PLACE = {
    "source": code((NAME, SURVEY)),
    "theme": text(),
    **{name: text(blank=True) for name in ("group", "district")},
}
_COUNTS = {**_PLACE, "segments": whole(), "meetings": whole(), "of": whole(1)}
THEMES = Schema("themes", _COUNTS, key=tuple(_PLACE))
THEME_CELLS = Schema("theme_cells", _COUNTS, key=tuple(_PLACE))
THEME_AGREEMENT = Schema("theme_agreement", {"theme": text(), **AGREEMENT}, key=("theme",))
DISAGREEMENTS = Schema(
    "coding_disagreements",
    {name: text() for name in ("segment_id", "theme", "coders_with", "coders_without")},
    key=("segment_id", "theme"),
)
QUOTES = Schema(
    "quotes",
    {
        **_PLACE,
        "language": text(blank=True),
        "text": text(),
        "text_.*": text(default="", regex=True, required=False),
    },
    key=("text",),
)
MEETING_ISSUES = Schema(
    "meeting_issues",
    {name: text(blank=name in ("column", "old")) for name in ISSUE_COLUMNS} | {"row": whole(1)},
)
MEETING_REGISTER = Schema(
    "meeting_register", {"register": text(), "rows": whole(blank=True)}, key=("register",)
)
SCHEMAS = (
    *(THEMES, THEME_CELLS, THEME_AGREEMENT, DISAGREEMENTS, QUOTES),
    *(MEETING_ISSUES, MEETING_REGISTER),
)


@dataclass(frozen=True)
class Meetings:
    """All frames about meetings.

    `themes` is drawn above. `theme_cells` is the same by group × district, and is never shown in a
    report. `theme_agreement` has one row per theme, `coding_disagreements` one row per segment ×
    theme on which the coders differ. `quotes` has the screened texts, `meeting_issues` the problems
    of the register, and `meeting_register` the number of usable rows, blank without a register.
    """

    themes: pd.DataFrame
    theme_cells: pd.DataFrame
    theme_agreement: pd.DataFrame
    coding_disagreements: pd.DataFrame
    quotes: pd.DataFrame
    meeting_issues: pd.DataFrame
    meeting_register: pd.DataFrame

    def frames(self) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        return {schema: getattr(self, schema.name) for schema in SCHEMAS}


def read_meetings(folder: Path, study: Study) -> Register | None:
    """Return the usable rows of the register and issues for the others; None without a file.

    Raises
    ------
    StudyError
        A column of the register is missing.
    """
    translated = dict.fromkeys(translations(study), Content.WORDS)
    optional = {**OPTIONAL, **translated}
    rows = read_register(folder, NAME, COLUMNS, optional=optional, names=study.names)
    if rows is None:
        return None
    register = Register(rows, codes={*study.themes, *study.groups, *study.districts})
    register.set_aside(rows["segment_id"] == "", "segment_id", "no_segment")
    register.set_aside(register.rows["meeting"] == "", "meeting", "no_meeting")
    register.set_aside(register.rows["coder"] == "", "coder", "no_coder")
    register.set_aside_unknown("group", study.groups, "unknown_group")
    register.set_aside_unknown("district", study.districts, "unknown_district")
    register.set_aside_unknown("theme", ("", *study.themes), "unknown_theme")
    _check_dates(register, study)
    places = ["meeting", "group", "district"]
    several = register.rows.groupby("segment_id")[places].transform("nunique").gt(1).any(axis=1)
    register.set_aside(several, "segment_id", "segment_in_two_places")
    twice = register.rows.duplicated(["segment_id", "coder", "theme"])
    register.set_aside(twice, "theme", "coded_twice")
    is_code = register.rows["language"].str.fullmatch("|[a-z]{2,3}")
    register.blank(~is_code.astype(bool), "language", "unknown_language")
    register.blank(~register.rows["quote"].isin(["", *QUOTED_BY]), "quote", "unknown_attribution")
    return register


def translations(study: Study) -> tuple[str, ...]:
    """Return the optional columns with translations of a text, one per language of the study."""
    return tuple(f"text_{language}" for language in study.languages)


def count_themes(folder: Path, study: Study, *, draws: int = 10_000, seed: int) -> Meetings:
    """Return all frames about meetings; empty frames without a register.

    Parameters
    ----------
    folder : Path
        The study folder with meetings.csv.
    draws, seed : int
        Number of bootstrap draws for the intervals of alpha, and their seed.
    """
    register = read_meetings(folder, study)
    if register is None:
        empty = {schema.name: schema.empty() for schema in SCHEMAS}
        return Meetings(**{**empty, MEETING_REGISTER.name: _size(pd.NA)})
    rows = register.rows
    is_survey = rows["meeting"] == SURVEY
    rows = rows.assign(
        source=is_survey.map({True: SURVEY, False: NAME}).astype(object),
        person=rows["meeting"].mask(is_survey, rows["segment_id"]),
    )
    counting, quotes = _counting(rows), _quotes(rows, register, study)
    return Meetings(
        themes=_themes(counting, study),
        theme_cells=_theme_cells(counting, study),
        theme_agreement=_agreement(rows, study, draws=draws, seed=seed),
        coding_disagreements=_disagreements(rows, study),
        quotes=quotes,
        meeting_issues=register.issues,
        meeting_register=_size(len(rows)),
    )


def read_themes(folder: Path) -> Meetings:
    """Read the frames from the folder to which they were written."""
    return Meetings(**{schema.name: read_frame(folder, schema) for schema in SCHEMAS})


def _check_dates(register: Register, study: Study) -> None:
    """Set aside meetings without a date in the field work; a proposal needs no date."""
    rows = register.rows
    dates = pd.to_datetime(rows["date"], format="%Y-%m-%d", errors="coerce")
    needed = rows["meeting"] != SURVEY
    work = study.field_work
    inside = dates.between(pd.Timestamp(work.start), pd.Timestamp(work.end))
    register.set_aside(needed & dates.isna(), "date", "not_a_date")
    outside = (needed & dates.notna() & ~inside)[register.rows.index]
    register.set_aside(outside, "date", "date_outside_field_work")


def _counting(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each segment's rows of one coder: the one who has read most segments."""
    read = rows.drop_duplicates(["segment_id", "coder"])
    most = read["coder"].value_counts()
    ordered = read.assign(read=read["coder"].map(most))
    ordered = ordered.sort_values(["read", "coder"], ascending=[False, True], kind="stable")
    counting = ordered.drop_duplicates("segment_id").set_index("segment_id")["coder"]
    return rows[rows["coder"] == rows["segment_id"].map(counting)]


def _themes(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Count segments and meetings per theme: in total, by group, and by district."""
    parts = [_counted(rows, keys, study) for keys in ([], ["group"], ["district"])]
    return THEMES.of(pd.concat(parts, ignore_index=True))


def _theme_cells(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Count by group × district, without meetings of several groups or districts."""
    places = rows.groupby(["source", "person"])[["group", "district"]].transform("nunique")
    cells = _counted(rows[(places == 1).all(axis=1)], ["group", "district"], study)
    return THEME_CELLS.of(cells)


def _counted(rows: pd.DataFrame, keys: list[str], study: Study) -> pd.DataFrame:
    """Return source, keys, theme, segments, meetings, of; with 0 for themes that nobody raised."""
    cell = ["source", *keys]
    of = rows.groupby(cell, sort=False)["person"].nunique().rename("of").reset_index()
    due = of.merge(pd.DataFrame({"theme": list(study.themes)}), how="cross")
    grouped = rows[rows["theme"] != ""].groupby([*cell, "theme"], sort=False)
    counts = grouped.agg(segments=("segment_id", "nunique"), meetings=("person", "nunique"))
    counted = due.merge(counts.reset_index(), how="left", on=[*cell, "theme"])
    counted = counted.fillna({"segments": 0, "meetings": 0})
    return counted.astype({"segments": int, "meetings": int})


def _ratings(rows: pd.DataFrame, theme: str) -> pd.DataFrame:
    """Return segments × coders: whether the coder gave the theme; missing if not read."""
    given = (rows["theme"] == theme).groupby([rows["segment_id"], rows["coder"]]).any()
    return given.astype(object).unstack("coder")


def _agreement(rows: pd.DataFrame, study: Study, *, draws: int, seed: int) -> pd.DataFrame:
    found = []
    for theme in study.themes:
        agreement = nominal_agreement(_ratings(rows, theme), draws=draws, seed=seed)
        found.append({"theme": theme, **vars(agreement)})
    return THEME_AGREEMENT.of(found)


def _disagreements(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the segments × themes on which the coders differ, with the coders on each side."""
    read = rows[["segment_id", "coder"]].drop_duplicates()
    due = read.merge(pd.DataFrame({"theme": list(study.themes)}), how="cross")
    given = rows[["segment_id", "coder", "theme"]].assign(given=True)
    cells = due.merge(given, how="left", on=["segment_id", "coder", "theme"])
    cells["given"] = cells["given"].notna()
    keys = ["segment_id", "theme"]
    differ = cells[cells.groupby(keys, sort=False)["given"].transform("nunique") > 1]
    sides = {
        name: part.groupby(keys, sort=False)["coder"].agg(" ".join)
        for name, part in (
            ("coders_with", differ[differ["given"]]),
            ("coders_without", differ[~differ["given"]]),
        )
    }
    return DISAGREEMENTS.of(pd.DataFrame(sides).reset_index())


def _quotes(rows: pd.DataFrame, register: Register, study: Study) -> pd.DataFrame:
    """Return the cleared texts without personal data, each with a group or a district.

    The same words are quoted only once, in the original or in a translation: quoted once with the
    group and once with the district, they would reveal both, and these together could identify the
    speaker. A text is not quoted if its translation has personal data either.
    """
    allowed = _counting(rows)
    allowed = allowed[allowed["quote"].isin(QUOTED_BY) & (allowed["theme"] != "")]
    personal = allowed[PERSONAL]
    bare = pd.Series(False, index=register.rows.index)
    bare[personal[personal].index] = True
    register.note(bare, "text", "personal_data", action="not quoted")
    quotes = allowed[~personal & (allowed["text"] != "")]
    quotes = quotes[_says_it_first(quotes[["text", *translations(study)]])]
    by_group = quotes["quote"] == "group"
    quotes = quotes.assign(
        group=quotes["group"].where(by_group), district=quotes["district"].where(~by_group)
    )
    translated = quotes[list(translations(study))]
    return pd.concat([QUOTES.of(quotes), translated], axis=1).reset_index(drop=True)


def _says_it_first(texts: pd.DataFrame) -> pd.Series:
    """Return whether none of a row's texts stands in a row above, whatever the column."""
    said: set[str] = set()
    first = []
    for row in texts.itertuples(index=False):
        words = {folded(text) for text in row} - {""}
        first.append(said.isdisjoint(words))
        said |= words
    return pd.Series(first, index=texts.index, dtype=bool)


def _size(rows: object) -> pd.DataFrame:
    return MEETING_REGISTER.of([{"register": NAME, "rows": rows}])
