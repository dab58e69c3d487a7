"""Declare every register of the activities once.

The checks, the templates for the field staff and the page `docs/registers.md` all come from these
declarations. The order matters: a register may refer only to registers above it.
"""

from dataclasses import dataclass

from umid_research.analysis.implementation.evidence import district_of
from umid_research.clean.privacy import Content
from umid_research.indicators.columns import (
    UNKNOWN_REFERENCE,
    Column,
    Known,
    RegisterSchema,
    agrees,
    choice,
    code,
    date,
    in_order,
    is_choice,
    is_new,
    is_subject,
    key,
    link,
    number,
    person,
    reference,
    register,
    screenshot,
    text,
    year,
)
from umid_research.indicators.definitions import Definitions
from umid_research.study import Study

EVENTS, MEASURES = "events", "measures"
# Consultations and workshops share one numbering, because attendance refers to events of both.
EVENT_REGISTERS = ("consultations", "workshops")
DIFFER = "decisions_differ"
YES_NO, SEXES = ("yes", "no"), ("f", "m")
OWNERS = ("municipality", "cbo")
PLATFORMS = ("facebook", "instagram", "telegram", "youtube", "website", "other")
CATEGORIES = (
    *("recruitment", "conflict_of_interest", "budget_execution", "municipal_acts"),
    *("council_decisions", "other"),
)
MODES = ("online", "in_person", "hybrid")
PLACES = ("ngo", "entity", "school", "gathering_place")
BILLS = ("utilities", "internet", "telephone", "fine")
ADDRESSEES = ("municipality", "executive", "ministry", "agency", "parliament", "other")
MEMBERS = ("municipality", "executive", "cdc", "ngo", "entrepreneur", "media", "other")
BODIES = ("community", *MEMBERS)
# Kind of decision -> the register that has its ids.
SUBJECTS = {"person": "attendance", "proposal": "proposals"}


def schemas(study: Study, definitions: Definitions, known: Known) -> dict[str, RegisterSchema]:
    """Return the schema of every register by name; registers that others refer to come first."""
    given = _Given(study, definitions, known)
    return {
        **_information(given),
        **_events(given),
        **_knowledge(given),
        **_payments(given),
        **_proposals(given),
        **_results(given),
        **_judgements(given),
    }


def translations(study: Study, of: str = "text") -> tuple[str, ...]:
    """Return the columns with translations of the text column `of`, one per study language."""
    return tuple(f"{of}_{language}" for language in study.languages)


@dataclass(frozen=True)
class _Given:
    """Columns that depend on the study, the definitions, or the ids read so far."""

    study: Study
    definitions: Definitions
    known: Known

    def locality(self, *, needed: bool = True) -> Column:
        places = tuple(district_of(self.study))
        return choice("locality", places, needed=needed, kind="locality")

    def district(self, *, needed: bool = True) -> Column:
        return choice("district", self.study.districts, needed=needed, kind="district")

    def day(self, name: str = "date") -> Column:
        period = self.definitions.period
        return date(name, first=period.start, last=period.end)

    def later(self, name: str) -> Column:
        """Return an optional date that may be after the project, because replies arrive late."""
        return date(name, first=self.definitions.period.start, needed=False)

    def of(self, register: str, name: str, *, needed: bool = True) -> Column:
        return reference(name, register, self.known, needed=needed)


def _information(given: _Given) -> dict[str, RegisterSchema]:
    """Activity 1.2."""
    pages = register(
        key("page_id"),
        choice("owner_type", OWNERS),
        given.locality(),
        choice("platform", PLATFORMS),
        link("url"),
        date("created", last=given.definitions.period.end),
        screenshot(given.known),
    )
    posts = register(
        key("post_id"),
        given.of("pages", "page_id"),
        given.locality(),
        given.day(),
        choice("category", CATEGORIES),
        text("title", Content.INTERNAL),
        link("url"),
        screenshot(given.known),
        choice("personal_data", YES_NO, needed=False),
    )
    return {"pages": pages, "posts": posts}


def _events(given: _Given) -> dict[str, RegisterSchema]:
    """Events of activities 2.1 to 2.3, and attendance."""
    consultations = register(
        key("event_id"),
        choice("activity", ("2.1", "2.2")),
        given.locality(),
        given.day(),
        choice("mode", MODES),
        text("topic", Content.INTERNAL, needed=False),
    )
    workshops = register(
        key("event_id"),
        given.day(),
        choice("mode", MODES),
        text("title", Content.INTERNAL, needed=False),
        checks=[("event_id", "id_of_another", is_new("event_id", EVENTS, given.known))],
    )
    last = given.definitions.period.end.year
    attendance = register(
        key("attendance_id"),
        given.of(EVENTS, "event_id"),
        person("name"),
        choice("sex", SEXES, needed=False),
        year("birth_year", first=last - 110, last=last - 5),
        given.locality(needed=False),
        choice("body", BODIES, needed=False),
    )
    return {"consultations": consultations, "workshops": workshops, "attendance": attendance}


def _knowledge(given: _Given) -> dict[str, RegisterSchema]:
    """Activity 2.1: the tests before and after, and the cards."""
    questions = given.definitions.questions
    answers = dict.fromkeys(answer for asked in questions.values() for answer in asked.choices)
    tests = register(
        given.of("attendance", "attendance_id"),
        choice("phase", ("before", "after")),
        choice("question", questions, kind="question"),
        choice("answer", answers, kind="answer"),
        unique=("attendance_id", "phase", "question"),
        checks=[("answer", "answer_of_another", is_choice(given.definitions))],
    )
    cards = register(
        key("batch_id"), given.locality(), given.day(), choice("place", PLACES), number("copies")
    )
    return {"tests": tests, "cards": cards}


def _payments(given: _Given) -> dict[str, RegisterSchema]:
    """Activity 2.2."""
    payments = register(
        key("payment_id"),
        code("family_id"),
        given.locality(),
        given.day(),
        text("portal", Content.INTERNAL),
        choice("bill", BILLS),
        choice("first_time", YES_NO, needed=False),
        choice("sex", SEXES, needed=False),
        screenshot(given.known),
    )
    terminals = register(
        key("request_id"),
        given.locality(),
        given.day("requested"),
        text("letter", Content.INTERNAL),
        given.later("reply_date"),
        choice("reply", ("approved", "refused"), needed=False),
        given.later("installed"),
        checks=[in_order("requested", "reply_date"), in_order("requested", "installed")],
    )
    return {"payments": payments, "terminals": terminals}


def _proposals(given: _Given) -> dict[str, RegisterSchema]:
    """Activity 2.3: proposals."""
    study = given.study
    proposals = register(
        key("proposal_id"),
        given.of(EVENTS, "event_id", needed=False),
        given.day(),
        choice("language", study.languages, kind="language"),
        text("text", Content.WORDS),
        *(text(name, Content.WORDS, needed=False) for name in translations(study)),
        given.district(),
        given.locality(needed=False),
        choice("group", study.groups, needed=False, kind="group"),
        choice("area", study.areas, kind="area"),
        choice("addressee", ADDRESSEES),
        given.of(MEASURES, "measure", needed=False),
        choice("dimension", study.dimensions, needed=False, kind="dimension"),
        given.later("submitted"),
        text("letter", Content.INTERNAL, needed=False),
        given.later("reply_date"),
        choice("reply", ("accepted", "partly", "refused"), needed=False),
        checks=[in_order("date", "submitted"), in_order("submitted", "reply_date")],
    )
    return {"proposals": proposals}


def _results(given: _Given) -> dict[str, RegisterSchema]:
    """Press, platforms and deliverables."""
    press = register(
        key("press_id"),
        given.of(EVENTS, "event_id"),
        given.day(),
        text("site", Content.INTERNAL),
        link("url"),
        text("title", Content.INTERNAL, needed=False),
        choice("personal_data", YES_NO, needed=False),
    )
    platforms = register(
        code("platform_id"),
        given.day("founded"),
        given.district(),
        text("member", Content.INTERNAL),
        choice("member_type", MEMBERS),
        text("document", Content.INTERNAL, needed=False),
        unique=("platform_id", "district", "member"),
    )
    deliverables = register(
        key("deliverable_id"),
        choice("kind", ("report", "presentation")),
        given.day(),
        text("recipient", Content.INTERNAL),
        text("document", Content.INTERNAL, needed=False),
    )
    return {"press": press, "platforms": platforms, "deliverables": deliverables}


def _judgements(given: _Given) -> dict[str, RegisterSchema]:
    """Decisions about duplicates, and explanations of deviations."""
    decisions = register(
        choice("kind", SUBJECTS),
        code("first"),
        code("second"),
        choice("decision", ("same", "different")),
        text("reason", Content.WORDS),
        text("by", Content.INTERNAL),
        checks=[
            ("first", UNKNOWN_REFERENCE, is_subject("first", SUBJECTS, given.known)),
            ("second", UNKNOWN_REFERENCE, is_subject("second", SUBJECTS, given.known)),
            ("second", "one_id", lambda rows: rows["first"] != rows["second"]),
            ("decision", DIFFER, agrees),
        ],
    )
    explanations = register(
        choice("indicator", given.definitions.indicators, kind="indicator"),
        given.district(needed=False),
        text("explanation", Content.WORDS),
        *(
            text(name, Content.WORDS, needed=False)
            for name in translations(given.study, "explanation")
        ),
        text("by", Content.INTERNAL),
        unique=("indicator", "district"),
    )
    return {"decisions": decisions, "explanations": explanations}
