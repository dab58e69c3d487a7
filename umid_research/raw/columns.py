"""Find the column of each question from the headers of a file.

If several questions share a label, the group before the label decides (`headers`). Without a group,
the order of the columns decides, provided that all of them are there and that the platform keeps
the form's order. Google Forms does not: a question added later comes last. `other_columns` judges
the columns without a question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from umid_research.errors import ExportError
from umid_research.raw.google import grid_cell, is_timestamp
from umid_research.raw.headers import GROUP_ENDS, Headers, Target
from umid_research.raw.other_columns import VERSIONS, is_known, unknown_columns
from umid_research.raw.review import ReviewColumns, review_columns
from umid_research.raw.table import Table, normal
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_UUIDS = ("_uuid", "KEY", "meta-instanceID", "meta/instanceID", "instanceID")


@dataclass(frozen=True)
class Columns:
    """The positions of a table's columns, by what they hold.

    `answers` maps a question to its column, `ticks` a split select_multiple question to
    choice -> column. `absent` lists the questions without a column, and `question/choice` if only
    a split column is missing. `unread` maps a column to its question, if the type of that question
    is not supported; `ranks` maps a ranking to its column. `started` and `ended` hold the times at
    which the device opened and closed the form, `submitted` the time at which Google received the
    answers, `review` the states of the submissions, `fields` the values of calculated and hidden
    fields. `again` maps further columns of a question to its first one.
    """

    answers: dict[str, int]
    ticks: dict[str, dict[str, int]]
    absent: tuple[str, ...]
    uuid: int | None
    versions: tuple[int, ...]
    started: int | None
    ended: int | None
    unread: Mapping[int, str]
    ranks: Mapping[str, int]
    review: ReviewColumns
    submitted: int | None
    fields: Mapping[str, int]
    again: Mapping[int, int]


def match_columns(table: Table, headers: Headers, study: Study) -> Columns:
    """Return the column of each question in `table`.

    Raises ExportError, naming file and column, if a column is unknown, occurs twice, or has a
    label that could be any of several questions.
    """
    texts = {position: normal(text) for position, text in table.header.items()}
    found = {position: headers.targets(text) for position, text in texts.items()}
    others = {position: text for position, text in texts.items() if not found[position]}
    unread = {
        position: name
        for position, text in others.items()
        if (name := headers.unread_question(text)) is not None
    }
    ranks = {
        name: position
        for position, name in reversed(unread.items())
        if headers.questionnaire.places.get(name)
    }
    ignored = frozenset(map(normal, study.ignored_columns))
    submitted = _time_column(table, texts, others, headers.questionnaire)
    review = review_columns(texts, others, study)
    unknown = [
        position
        for position, text in others.items()
        if position not in {*unread, *review, submitted}
        and not is_known(text, texts, headers.questionnaire, ignored)
    ]
    _check_once(table, texts, found)
    if unknown:
        raise unknown_columns(table, unknown, found, headers.questionnaire, study)
    answers, ticks, again = _places(table, texts, found)
    by_text = {text: position for position, text in reversed(texts.items())}
    by_other = {text: position for position, text in reversed(others.items())}
    return Columns(
        answers,
        ticks,
        _absent(headers.questionnaire, answers, ticks, ranks),
        next((by_text[name] for name in _UUIDS if name in by_text), None),
        tuple(by_text[name] for name in VERSIONS if name in by_text),
        _ending_in(headers.questionnaire.start, by_other),
        _ending_in(headers.questionnaire.end, by_other),
        {p: name for p, name in unread.items() if name not in ranks},
        ranks,
        review,
        submitted,
        _fields(headers.questionnaire, by_other),
        again,
    )


def join_columns(table: Table, columns: Columns) -> Table:
    """Return the table with the answers of a question that has two columns in the first of them.

    A question moves to a new column if it is put into a group, replaced, or reworded. Raises
    ExportError, naming the rows, if two columns hold different answers of one submission.
    """
    if not columns.again:
        return table
    cells = table.cells.copy()
    for position, first in columns.again.items():
        old, new = cells[first], table.cells[position]
        differs = (old != "") & (new != "") & (old != new) & table.judged
        if differs.any():
            rows = [str(row) for row in differs.index[differs]]
            raise ExportError(
                "has a question in two columns that differ in the same row; keep the right answer "
                "in one of them, or name one of the columns in `ignored_columns` of study.toml",
                where=f"{table.where}, row{'s' if len(rows) > 1 else ''} {', '.join(rows[:10])}",
                found=f"{table.header[first]}, {table.header[position]}",
            )
        cells[first] = old.mask(old == "", new)
    return replace(table, cells=cells)


def _time_column(
    table: Table, texts: dict[int, str], others: dict[int, str], questionnaire: Questionnaire
) -> int | None:
    """Return the column of the times at which Google received the answers, if there is one."""
    times = (
        position
        for position, text in others.items()
        if is_timestamp(position, text, table.cells[position])
        and not is_known(text, texts, questionnaire, ())
    )
    return next(times, None)


def _places(
    table: Table, texts: dict[int, str], found: dict[int, tuple[Target, ...]]
) -> tuple[dict[str, int], dict[str, dict[str, int]], dict[int, int]]:
    """Return the columns of the questions and of the split choices, and which column goes where.

    The last value maps a further column of a question or choice to the first one.
    """
    answers: dict[str, int] = {}
    ticks: dict[str, dict[str, int]] = {}
    again: dict[int, int] = {}
    in_order = any(name in texts.values() for name in _UUIDS)
    for position, (question, choice) in _one_each(table, found, in_order=in_order).items():
        place = answers if choice is None else ticks.setdefault(question, {})
        first = place.setdefault(question if choice is None else choice, position)
        if first != position:
            again[position] = first
    return answers, ticks, again


def _fields(questionnaire: Questionnaire, others: dict[str, int]) -> dict[str, int]:
    """Return the columns of the fields that conditions need, and of those that hold data."""
    names = (*questionnaire.fields, *(field.name for field in questionnaire.calculated))
    places = {name: _ending_in(name, others) for name in names}
    return {name: position for name, position in places.items() if position is not None}


def _ending_in(name: str, texts: dict[str, int]) -> int | None:
    """Return the first column of that name, with or without group names before it."""
    ends = tuple(f"{mark}{name}" for mark in GROUP_ENDS)
    found = (place for text, place in texts.items() if text == name or text.endswith(ends))
    return next(found, None)


def _check_once(table: Table, texts: dict[int, str], found: dict[int, tuple[Target, ...]]) -> None:
    """Raise ExportError for two columns with one header, unless it is that of a question."""
    seen: set[str] = set()
    for position, text in texts.items():
        if text in seen and not found[position]:
            raise ExportError("has a column twice", where=table.where, found=text)
        seen.add(text)


def _one_each(
    table: Table, found: dict[int, tuple[Target, ...]], *, in_order: bool
) -> dict[int, Target]:
    """Map each column to its question or choice; assign shared labels in the form's order.

    This needs one column for each of the questions that share a label. `in_order` is true if the
    file's columns are in the form's order. Split choices always are, grid rows never.
    """
    shared: dict[tuple[Target, ...], list[int]] = {}
    for position, targets in found.items():
        if targets:
            shared.setdefault(targets, []).append(position)
    held: dict[int, Target] = {}
    for targets, positions in shared.items():
        is_grid = any(grid_cell(normal(table.header[position])) for position in positions)
        is_split = all(choice is not None for _, choice in targets)
        can_assign = (in_order or is_split) and not is_grid and len(positions) == len(targets)
        if len(targets) > 1 and not can_assign:
            raise _shared_label(table, positions[0], targets, is_grid=is_grid)
        assigned = targets if len(targets) > 1 else targets * len(positions)
        held |= dict(zip(positions, assigned, strict=True))
    return dict(sorted(held.items()))


def _shared_label(
    table: Table, position: int, targets: tuple[Target, ...], *, is_grid: bool
) -> ExportError:
    """Return the error for a column that could be any of several questions."""
    problem = (
        "has a row of a grid that could be several questions; in the questionnaire, put the "
        "questions of each grid into a group whose label is the grid's title"
        if is_grid
        else "has a column whose header is the label of several questions; export with group "
        "names, or with question names as headers; in a sheet, write the names over the headers"
    )
    return ExportError(
        problem,
        where=f"{table.where}, column {position + 1}",
        found=table.header[position],
        possible=[name if choice is None else f"{name}/{choice}" for name, choice in targets],
    )


def _absent(
    questionnaire: Questionnaire,
    answers: dict[str, int],
    ticks: dict[str, dict[str, int]],
    ranks: Mapping[str, int],
) -> tuple[str, ...]:
    absent = []
    ranked = {place for name in ranks for place in questionnaire.places[name]}
    for question in questionnaire:
        if question.name in answers or question.name in ranked or question.counts:
            continue
        columns = ticks.get(question.name)
        if columns is None:
            absent.append(question.name)
        else:
            absent += [f"{question.name}/{c}" for c in question.choice_names if c not in columns]
    return tuple(absent)
