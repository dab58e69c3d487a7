"""Registers of the activities for the small plan: no errors, and small enough to check by hand."""

from pathlib import Path

import pandas as pd
from small_plan import MEASURES, PLAN_STUDY

DEFINITIONS = """
threshold = 10
period = { start = 2022-03-02, end = 2022-07-31 }
activities."2.1".name.en = "Consultations"
knowledge.definition.en = "One more right answer."

[indicators.consultations_held]
activity = "2.1"
count = "consultations_held"
target = 2
name.en = "Consultations"
definition.en = "Consultations that were held."
unit = "events"
source = "register"
method = "register"
frequency = "register"
responsible = "register"

[questions.q1]
right = "a"
text.en = "Who may ask?"
choices = { a.en = "Everybody", b.en = "Nobody" }

[questions.q2]
right = "c"
text.en = "When?"
choices = { c.en = "Always", d.en = "Never" }

[words]
events.en = "events"
register.en = "The register"
"""

REGISTERS = {
    "pages": """
page_id,owner_type,locality,platform,url,created,screenshot
G1,municipality,n1,facebook,https://example.org/n1,2022-03-10,g1.png
G2,cbo,s1,website,https://example.org/s1,2021-01-10,
""",
    "posts": """
post_id,page_id,locality,date,category,title,url,screenshot,personal_data
B1,G1,n1,2022-04-01,recruitment,A vacancy,https://example.org/n1/1,,no
B2,G2,s1,2022-04-02,budget_execution,The budget,https://example.org/s1/1,,
""",
    "consultations": """
event_id,activity,locality,date,mode,topic
C1,2.1,n1,2022-04-10,online,Rights
C2,2.2,s1,2022-04-12,hybrid,
""",
    "workshops": """
event_id,date,mode,title
W1,2022-07-01,online,All together
""",
    "attendance": """
attendance_id,event_id,name,sex,birth_year,locality
A1,C1,Sample One,f,1980,n1
A2,C1,Sample Two,m,,n1
A3,W1,Sample Three,,1990,
""",
    "tests": """
attendance_id,phase,question,answer
A1,before,q1,b
A1,before,q2,c
A1,after,q1,a
A1,after,q2,c
A2,before,q1,a
""",
    "cards": """
batch_id,locality,date,place,copies
K1,n1,2022-05-01,school,40
""",
    "payments": """
payment_id,family_id,locality,date,portal,bill,first_time,sex,screenshot
Y1,F1,n1,2022-05-02,A portal,utilities,yes,f,
Y2,F1,n1,2022-06-02,A portal,fine,no,m,
""",
    "terminals": """
request_id,locality,requested,letter,reply_date,reply,installed
T1,n1,2022-05-10,12/1,2022-06-01,approved,2022-09-01
T2,s1,2022-05-11,12/2,,,
""",
    "proposals": """
proposal_id,event_id,date,language,text,district,area,addressee,measure,submitted,reply_date,reply
P1,W1,2022-07-01,en,Hang it up,north,services,municipality,M1,2022-07-05,2022-08-01,accepted
P2,,2022-07-02,en,Hang it up,south,money,ministry,,,,
""",
    "press": """
press_id,event_id,date,site,url,title
R1,W1,2022-07-02,example.org,https://example.org/news/1,A workshop
""",
    "platforms": """
platform_id,founded,district,member,member_type,document
L1,2022-07-20,north,Municipality of n1,municipality,
L1,2022-07-20,south,Council of s1,cdc,
""",
    "deliverables": """
deliverable_id,kind,date,recipient,document
D1,report,2022-07-30,Everybody,
""",
    "decisions": """
kind,first,second,decision,reason,by
proposal,P1,P2,same,The same words,ann
person,A1,A2,different,Two people,ann
""",
    "explanations": """
indicator,district,explanation,by
consultations_held,,One was called off,ann
consultations_held,south,There was no line,ann
""",
}

_EVENTS = ("consultations", "workshops")
# The registers whose rows a register refers to.
NEEDED = {
    "posts": ("pages",),
    "workshops": ("consultations",),
    "attendance": _EVENTS,
    "tests": (*_EVENTS, "attendance"),
    "proposals": _EVENTS,
    "press": _EVENTS,
    "decisions": (*_EVENTS, "attendance", "proposals"),
}


def no_decisions() -> pd.DataFrame:
    """Return an empty register of decisions."""
    columns = ["kind", "first", "second", "decision", "reason", "by", "file", "row"]
    return pd.DataFrame(columns=columns, dtype=object)


def alone(name: str, text: str | None) -> dict[str, str | None]:
    """Return arguments of `write_activities`: one register, and only those it refers to."""
    return {other: None for other in REGISTERS if other not in NEEDED.get(name, ())} | {name: text}


def write_activities(folder: Path, **replaced: str | None) -> Path:
    """Return a study folder with the registers; a text replaces one, None leaves it out.

    `indicators` replaces the definitions.
    """
    activities = folder / "activities"
    (activities / "screenshots").mkdir(parents=True, exist_ok=True)
    (activities / "screenshots" / "g1.png").write_bytes(b"")
    (folder / "study.toml").write_text(PLAN_STUDY, encoding="utf-8")
    (folder / "measures.csv").write_text(MEASURES.lstrip(), encoding="utf-8")
    definitions = replaced.pop("indicators", DEFINITIONS)
    if definitions is not None:
        (activities / "indicators.toml").write_text(definitions, encoding="utf-8")
    for name, text in {**REGISTERS, **replaced}.items():
        if text is not None:
            (activities / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    return folder


def with_row(name: str, row: str) -> str:
    """Return the register with one more row."""
    return REGISTERS[name] + row + "\n"
