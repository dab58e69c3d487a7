"""Simulate the attendance of consultations and workshops, and the tests before and after.

`people` has one row per attendance: the columns of the register, the true person, and how the name
is written:

    attendance_id  event_id  name            sex  birth_year  locality  person  spelling
    A007           C03       Nümunə Misalova f    1981        Guba 1         7
    A031           C11       Misalova Nümunə f    1981        Guba 1         7  swapped

For example, attendance A031 is person 7 again, with the family name written first.
"""

import numpy as np
import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.definitions import Definitions
from umid_research.simulate.activity_plan import AttendancePlan, TestPlan
from umid_research.simulate.activity_registers import numbered
from umid_research.simulate.answers import stream
from umid_research.study import Study

# Spellings that differ after folding, so that a person has to decide whether they are the same.
TO_DECIDE = ("swapped", "typo", "cyrillic", "no_year")
_PLAIN = str.maketrans("əğıöşüçƏĞÖŞÜÇİ", "egiosucEGOSUCI")
_CYRILLIC = str.maketrans(
    "ABCDEƏFGĞHXIİJKQLMNOÖPRSŞTUÜVYZÇabcdeəfgğhxıijkqlmnoöprsştuüvyzç",
    "АБЖДЕЯФГГХХЫИЖКГЛМНОЁПРСШТУЮВЙЗЧабждеяфгғххыижкглмноёпрсштуювйзч",
)


def simulated_attendance(
    plan: AttendancePlan, consultations: pd.DataFrame, workshops: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return the frame `people`; consultations on e-services had no attendance list."""
    online = (consultations["activity"] == "2.1") & (consultations["mode"] != "in_person")
    came = _came(plan, consultations[online], workshops, study)
    persons = _persons(plan, came, study)
    alike = _namesakes(plan, persons)
    events = came.drop_duplicates("person").set_index("person").loc[alike["of"]].reset_index()
    came = pd.concat([came, events.assign(person=alike["person"].to_numpy())], ignore_index=True)
    people = came.merge(pd.concat([persons, alike.drop(columns="of")]), on="person")
    dates = pd.concat([consultations, workshops]).set_index("event_id")["date"]
    people = people.assign(date=people["event_id"].map(dates))
    people = people.sort_values(["date", "event_id"], kind="stable", ignore_index=True)
    people["attendance_id"] = numbered("A", len(people))
    people["spelling"] = _spellings(plan, people["person"])
    written = [_written(*row) for row in zip(people["name"], people["spelling"], strict=True)]
    people["birth_year"] = people["birth_year"].where(people["spelling"] != "no_year", "")
    return people.assign(name=written)


def simulated_tests(
    plan: TestPlan, people: pd.DataFrame, definitions: Definitions, study: Study
) -> pd.DataFrame:
    """Return the tests at each person's first consultation; some people take them again later."""
    place = pd.Series(
        stream(study, "test places").normal(0, plan.places, len(district_of(study))),
        index=list(district_of(study)),
    )
    at_consultation = people[people["event_id"].str.startswith("C")]
    uniforms = stream(study, "test takers").random((3, len(at_consultation)))
    first = ~at_consultation["person"].duplicated()
    late = first & (uniforms[0] < plan.came_late)
    early = first & ~late & (uniforms[1] < plan.left_early)
    whole = set(at_consultation.loc[first & ~late & ~early, "person"])
    again = ~first & at_consultation["person"].isin(whole) & (uniforms[2] < plan.again)
    taken = {"before": (first & ~late) | again, "after": (first & ~early) | again}
    asked = pd.DataFrame({"question": list(definitions.questions)})
    tests = pd.concat(
        [
            at_consultation.loc[took, ["attendance_id", "locality"]].assign(phase=phase)
            for phase, took in taken.items()
        ]
    ).merge(asked, how="cross")
    order = tests["phase"].map({"before": 0, "after": 1})
    tests = tests.assign(order=order).sort_values(
        ["attendance_id", "order"], kind="stable", ignore_index=True
    )
    chance = tests["question"].map(plan.before) + tests["locality"].map(place)
    chance += plan.gain * tests["order"]
    uniforms = stream(study, "test answers").random((2, len(tests)))
    tests["answer"] = [
        _answer(definitions, question, is_right=uniform < share, uniform=other)
        for question, share, uniform, other in zip(
            tests["question"], chance, *uniforms, strict=True
        )
    ]
    return tests[["attendance_id", "phase", "question", "answer"]]


def _came(
    plan: AttendancePlan, consultations: pd.DataFrame, workshops: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return event, locality and person; consultations draw people from their own locality."""
    draws = stream(study, "attendance")
    rows: list[tuple[str, str, int]] = []
    homes: dict[int, str] = {}
    for event, locality in zip(consultations["event_id"], consultations["locality"], strict=True):
        neighbours = [person for person, home in homes.items() if home == locality]
        again = [person for person in neighbours if draws.random() < plan.again]
        new = range(len(homes), len(homes) + int(draws.integers(*plan.people, endpoint=True)))
        rows += [(event, locality, person) for person in (*again, *new)]
        homes |= dict.fromkeys(new, locality)
    places = list(district_of(study))
    for event in workshops["event_id"]:
        known = draws.choice(len(homes), round(plan.workshop_people * plan.workshop_again), False)
        rows += [(event, homes[person], int(person)) for person in sorted(known)]
        for _ in range(plan.workshop_people - len(known)):
            person, home = len(homes), places[int(draws.integers(len(places)))]
            rows.append((event, home, person))
            homes[person] = home
    return pd.DataFrame(rows, columns=["event_id", "locality", "person"])


def _persons(plan: AttendancePlan, came: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the name, sex and year of birth of each person; all names are different."""
    draws = stream(study, "persons")
    count = came["person"].nunique()
    sex = np.where(draws.random(count) < plan.women, "f", "m")
    born = draws.integers(*plan.born, count, endpoint=True).astype(str)
    names = {
        key: iter(draws.permutation([f"{a} {b}" for a in first for b in plan.last_names[key]]))
        for key, first in plan.first_names.items()
    }
    persons = {"person": range(count), "name": [str(next(names[key])) for key in sex]}
    return pd.DataFrame({**persons, "sex": sex, "birth_year": born})


def _namesakes(plan: AttendancePlan, persons: pd.DataFrame) -> pd.DataFrame:
    """Return people with nearly the same name as person `of`, and the same place and birth year."""
    of = [10 * (number + 1) for number in range(plan.namesakes)]
    alike = persons.iloc[of].reset_index(drop=True)
    return alike.assign(
        of=alike["person"],
        name=alike["name"].map(_mistyped),
        person=range(len(persons), len(persons) + len(alike)),
    )


def simulated_person_decisions(plan: AttendancePlan, people: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions: other spellings are the same person, the first namesakes are not."""
    first = people.drop_duplicates("person").set_index("person")["attendance_id"]
    other = people[people["spelling"].isin(TO_DECIDE)]
    same = pd.DataFrame(
        {
            "first": other["person"].map(first),
            "second": other["attendance_id"],
            "decision": "same",
            "reason": "Asked: the same person, the name was written in another way",
        }
    )
    different = pd.DataFrame(
        {
            "first": [first[10]] if plan.namesakes else [],
            "second": [first[first.index.max() - plan.namesakes + 1]] if plan.namesakes else [],
            "decision": "different",
            "reason": "Asked: two people who are nearly called the same",
        }
    )
    decisions = pd.concat([same, different], ignore_index=True)
    return decisions.assign(kind="person", by="field coordinator")


def _spellings(plan: AttendancePlan, person: pd.Series) -> pd.Series:
    """Return each spelling; those of the plan are spread evenly over repeated attendance."""
    again = person.index[person.duplicated()]
    places = np.linspace(0, len(again) - 1, len(plan.spellings)).round().astype(int)
    written = pd.Series("", index=person.index, dtype="str")
    written[again[places]] = list(plan.spellings)
    return written


def _written(name: str, spelling: str) -> str:
    first, last = name.split()
    return {
        "plain": name.translate(_PLAIN),
        "capitals": name.replace("i", "İ").replace("ı", "I").upper(),
        "swapped": f"{last} {first}",
        "typo": _mistyped(name),
        "cyrillic": name.translate(_CYRILLIC),
    }.get(spelling, name)


def _mistyped(name: str) -> str:
    """Return the name without its third letter from the end."""
    return name[:-3] + name[-2:]


def _answer(definitions: Definitions, question: str, *, is_right: bool, uniform: float) -> str:
    asked = definitions.questions[question]
    wrong = [choice for choice in asked.choices if choice != asked.right]
    return asked.right if is_right else wrong[int(uniform * len(wrong))]
