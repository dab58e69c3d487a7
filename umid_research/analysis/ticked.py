"""Which answers of a question with choices each person gave.

    given            radio  tv  web
    "radio web"  ->  1      0   1
    "tv"         ->  0      1   0

For example, the first person uses radio and the web, the second one television.
"""

import pandas as pd

from umid_research.study.questionnaire import Question


def ticked(given: pd.Series, question: Question) -> pd.DataFrame:
    """Return who gave which answer, 1 or 0: person × answer of the question.

    `given` has the answers of those who answered. Each distinct text is split once.
    """
    codes, texts = pd.factorize(given)
    several = question.kind == "select_multiple"
    distinct = pd.Series(texts, dtype=object)
    of_text = distinct.str.get_dummies(sep=" ") if several else pd.get_dummies(distinct)
    of_text = of_text.reindex(columns=list(question.answers), fill_value=0).astype(int)
    return pd.DataFrame(of_text.to_numpy()[codes], index=given.index, columns=of_text.columns)
