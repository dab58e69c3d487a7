"""Join the 0/1 columns of a split select_multiple question into codes separated by spaces.

channels/tv  channels/web   ->  channels
1            1                  tv web
0            0
"""

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.table import Table
from umid_research.study.questionnaire import Question

BLANK = -1
_TICKS = {"": BLANK, "0": 0, "0.0": 0, "false": 0, "1": 1, "1.0": 1, "true": 1}


def ticked_choices(table: Table, places: dict[str, int]) -> np.ndarray:
    """Return an array of rows × choices: 1 ticked, 0 not ticked, -1 blank."""
    return np.column_stack([_tick_column(table, position) for position in places.values()])


def _tick_column(table: Table, position: int) -> np.ndarray:
    cells = table.cells[position].to_numpy(dtype=object)
    ticks = {text: _TICKS.get(text.strip().lower()) for text in set(cells)}
    wrong = {text for text, tick in ticks.items() if tick is None}
    judged = table.judged if wrong else np.zeros(0, dtype=bool)
    row = next((i for i, text in enumerate(cells) if text in wrong and judged[i]), None)
    if row is not None:
        raise ExportError(
            "is not a valid tick",
            where=f"{table.where}, row {table.cells.index[row]}, column {table.header[position]}",
            found=cells[row],
            possible=["1", "0", "true", "false"],
        )
    known = {text: BLANK if tick is None else tick for text, tick in ticks.items()}
    return np.fromiter(map(known.__getitem__, cells), dtype=np.int8, count=len(cells))


def joined_ticks(ticked: np.ndarray, question: Question, names: list[str]) -> np.ndarray:
    """Return the ticked codes of each row, joined by a space in the form's order."""
    order = sorted(range(len(names)), key=lambda place: question.choice_names.index(names[place]))
    packed = np.packbits(ticked[:, order] == 1, axis=1)
    patterns = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel().tolist()
    texts = {
        pattern: " ".join(
            names[place]
            for place, on in zip(
                order, np.unpackbits(np.frombuffer(pattern, np.uint8)), strict=False
            )
            if on
        )
        for pattern in set(patterns)
    }
    return np.fromiter(map(texts.__getitem__, patterns), dtype=object, count=len(patterns))


def check_agreement(
    table: Table,
    name: str,
    joined: pd.Series,
    rule: np.ndarray,
    ticked: np.ndarray,
    places: dict[str, int],
) -> None:
    """Raise ExportError if the joined column and the 0/1 columns hold different answers.

    Rows whose 0/1 columns are all blank are skipped: their form version had another type of
    question.
    """
    cells = joined.to_numpy(dtype=object)
    number = {text: at for at, text in enumerate(set(cells))}
    holds = np.array([[choice in text.split() for choice in places] for text in number])
    holds = holds[np.fromiter(map(number.__getitem__, cells), dtype=np.intp, count=len(cells))]
    differs = (holds != (ticked == 1)) & (ticked != BLANK).any(axis=1)[:, np.newaxis]
    differs &= ((rule == "") & table.judged)[:, np.newaxis]
    if differs.any():
        row, place = np.argwhere(differs)[0]
        position = [*places.values()][place]
        raise ExportError(
            f"has two different answers to {name!r}",
            where=f"{table.where}, row {table.cells.index[row]}, column {table.header[position]}",
            found=table.cells[position].iloc[row],
            possible=["the choices joined in the column of the question"],
        )
