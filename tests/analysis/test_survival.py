"""Whether a conclusion survives a run, from the answers to the frame: in this study it is clear.

In each of eight localities the resident trusts local government fully and the official not at all,
and about its service now the one sees more, now the other. The index differs because of trust.
"""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY

from umid_research.analysis.robustness import robustness_of
from umid_research.clean import clean_responses

VILLAGES = [f"{district}{number}" for district in "ns" for number in range(1, 5)]


def _study() -> str:
    text = STUDY.replace("[dimensions]\n", '[dimensions]\nservice.name.en = "Service"\n')
    for district in "ns":
        names = ", ".join(f'"{name}"' for name in VILLAGES if name[0] == district)
        text = text.replace(
            f'localities = ["{district}1", "{district}2"]', f"localities = [{names}]"
        )
    return text


def _form() -> str:
    more = "".join(f"| | village | {name} | {name} | |\n" for name in VILLAGES if name[1] in "34")
    text = QUESTIONNAIRE.replace("| | aware | yes |", f"{more}| | aware | yes |")
    return text.replace(
        "Do they keep their word? | | trust", "Do they keep their word? | | service"
    )


def _answers() -> pd.DataFrame:
    rows = []
    for place, village in enumerate(VILLAGES):
        for kind, trust, service in (("p", "51", "34343434"), ("o", "15", "43434343")):
            answers = {
                "consent": "yes",
                "place": village[0],
                "kind": kind,
                "village": village,
                "organisation": "",
                "aware": "yes",
                "channels": "tv",
                "age": "40",
                "trust_1": trust[0],
                "trust_2": trust[1],
                "trust_3": service[place],
                "duty": "4" if kind == "o" else "",
                "proposal": "",
                "__version__": "v1",
            }
            rows.append({**answers, "_uuid": f"uuid-{len(rows)}"})
    return pd.DataFrame(rows)


@pytest.fixture
def found(read_all) -> pd.DataFrame:
    """Return the conclusions, indexed by dimension, run and what it left out; of family A."""
    study, form, raw = read_all(study=_study(), questionnaire=_form(), export=_answers())
    cleaned = clean_responses(raw, form, study, key="k" * 16)
    rows = robustness_of(cleaned, form, study, weights=400, seed=1).conclusions
    return rows[rows["family"] == "A"].set_index(["dimension", "run", "left_out"])


def test_the_conclusions_are_clear(found) -> None:
    """Eight equal signs have p = 2/256, four to either side p = 1."""
    verdicts = found.groupby("dimension")["verdict"].unique().map(list).to_dict()

    assert {"index": ["higher"], "trust": ["higher"], "service": ["unclear"]} == verdicts


def test_without_trust_the_conclusion_on_the_index_is_lost(found) -> None:
    """And without service it is kept: the index is then trust."""
    survives = found["survives"]

    assert 0 == survives["index", "dimensions", "trust"]
    assert 1 == survives["index", "dimensions", "service"]
    assert 1 == survives["index", "geometric", ""]


def test_whatever_else_is_left_out_the_conclusion_is_kept(found) -> None:
    """Seven localities have p = 2/128; one item on trust says what two say."""
    survives = found["survives"]

    for village in VILLAGES:
        assert 1 == survives["index", "localities", village]
    assert [1, 1] == [survives["trust", "items", name] for name in ("trust_1", "trust_2")]


def test_four_in_five_random_weights_keep_the_conclusion(found) -> None:
    """A weight w of trust gives 100w ± 25(1 - w): all signs are equal if w, uniform, is over 0.2.

    Of 400 weights 0.8 ± 0.06 are three standard errors.
    """
    assert 0.8 == pytest.approx(found["survives"]["index", "weights", ""], abs=0.06)
