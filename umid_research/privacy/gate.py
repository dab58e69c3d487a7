"""The gate for text in registers: every column is declared, and people's words are masked here.

No register is read without passing: `read_register` calls `admit`, which refuses a column that
nobody has declared. Whatever lies behind the gate has seen the words only as they may be shown.

    column of a register    declared as   behind the gate
    proposals.text          WORDS         Zəng edin: [name], [phone]
    attendance.name         INTERNAL      as written; it is counted or compared, and in no report
    measures.text_en        DOCUMENT      as written
    evidence.result         CODE          as written
"""

from collections.abc import Iterable, Mapping
from enum import Enum

import pandas as pd

from umid_research.privacy.masks import mask_texts

# Behind the gate: whether personal data was found in a row's words.
PERSONAL = "personal"


class Content(Enum):
    """What a column of a register holds, which decides how its text is treated.

    CODE: ids, codes, dates and numbers. WORDS: what a person wrote or said. INTERNAL: what is
    counted or compared and never shown, such as names, addresses and names of files. DOCUMENT: the
    text of a published document.
    """

    CODE = "code"
    WORDS = "words"
    INTERNAL = "internal"
    DOCUMENT = "document"


def admit(
    rows: pd.DataFrame, contents: Mapping[str, Content], *, names: Iterable[str]
) -> pd.DataFrame:
    """Return the rows with people's words masked, and in `personal` whether anything was found.

    `names` are those that the study lists. Raises KeyError for a column that is not declared: a
    new column must say how its text is treated.
    """
    undeclared = [column for column in rows if column not in contents]
    if undeclared:
        raise KeyError(f"columns without a declared content: {', '.join(undeclared)}")
    names = tuple(names)
    words = [column for column in rows if contents[column] is Content.WORDS]
    read = {column: mask_texts(rows[column], names=names) for column in words}
    personal = pd.Series(False, index=rows.index)
    for _, found in read.values():
        personal |= found.any(axis=1)
    masked = {column: texts.astype(rows[column].dtype) for column, (texts, _) in read.items()}
    return rows.assign(**masked, **{PERSONAL: personal})
