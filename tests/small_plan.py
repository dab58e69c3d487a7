"""A plan for the small study, small enough to check by hand: two areas, three measures."""

from pathlib import Path

import pandas as pd
from small_study import QUESTIONNAIRE, STUDY

PLAN_STUDY = (
    STUDY
    + """
[areas]
services = { name.en = "Services", items = ["done_services"] }
money = { name.en = "Money", items = ["done_money"] }

[evidence_items]
board = { name.en = "Board", source = "A law", verified = true }
page = { name.en = "Page", source = "Hearsay" }

[themes]
roads.name.en = "Roads"
money.name.en = "Money"
"""
)
_ITEMS = """
| | select_one done | done_services | How far are services? | | | |
| | select_one done | done_money | How far is money? | | | |
| | text | proposal | What should change? | | | |
"""
_CHOICES = """
| | done | not_started | No | 0 |
| | done | limited | In part | 1 |
| | done | substantial | Mostly | 2 |
| | done | complete | Yes | 3 |
| | done | dk | Don't know | |
| | five | 1 | Not at all | 1 |
"""
PLAN_QUESTIONNAIRE = QUESTIONNAIRE.replace(
    "\n| | text | proposal | What should change? | | | |\n", _ITEMS
).replace("\n| | five | 1 | Not at all | 1 |\n", _CHOICES)

MEASURES = """
id,area,text_en,executor,deadline,evidence_items,relevance,verified,source
M1,services,Give papers,,,board,direct,yes,Plan
M2,money,Show money,,,board page,unknown,no,Nobody
M3,money,Count money,,,page,unknown,no,Nobody
"""
EVIDENCE = """
id,measure,item,locality,where,result,date,link,checked_by
E1,M1,board,n1,board,found,2022-04-01,,one
E2,M1,board,n2,board,partly,2022-04-01,,one
E3,M1,board,s1,board,not_found,2022-04-01,,one
E4,M1,board,s2,board,not_accessible,2022-04-01,,one
E5,M2,board,n1,board,found,2022-04-01,,one
E6,M2,board,n2,board,partly,2022-04-01,,one
E7,M2,page,n1,website,not_found,2022-04-01,https://n1.example/,one
"""
CODES = """
measure,district,code,reason,evidence,coded_by
M1,north,Substantial,Half of it hangs there.,E1 E2,ann
M1,south,Complete,I was told so.,E3,ann
"""
MEETINGS = """
segment_id,meeting,date,group,district,coder,theme,text,quote
T1,G1,2022-04-01,people,north,A,roads,The road is bad.,group
T1,G1,2022-04-01,people,north,B,roads,The road is bad.,
T2,G1,2022-04-01,people,north,A,money,Where does it go?,
T2,G1,2022-04-01,people,north,B,,Where does it go?,
T3,G2,2022-04-02,office,south,A,money,We print it.,
U1,survey,,people,north,A,roads,Mend the road.,
U2,survey,,people,south,A,,Nothing.,
"""


def with_line(table: str, line: str) -> str:
    """Return the register with one more row."""
    return table + line + "\n"


def write_plan(folder: Path, **registers: str | None) -> Path:
    """Write the registers to a study folder; None leaves one out."""
    texts = {
        "measures": MEASURES,
        "evidence": EVIDENCE,
        "analyst_codes": CODES,
        "meetings": MEETINGS,
        **registers,
    }
    for name, text in texts.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    return folder


def plan_export(export: pd.DataFrame) -> pd.DataFrame:
    """Return the small study's export with answers on the plan's areas."""
    services = "limited complete substantial limited dk limited limited limited limited dk"
    money = "dk dk dk dk dk complete complete substantial limited not_started"
    columns = {"done_services": services.split(), "done_money": money.split()}
    place = list(export.columns).index("proposal")
    return pd.concat(
        [export.iloc[:, :place], pd.DataFrame(columns), export.iloc[:, place:]], axis=1
    )
