"""Simulate the registers of pages, posts, consultations, cards and payments.

Posts, consultations, cards and payments are in order of date; no register has a flaw.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.schema import BILLS, PLACES
from umid_research.simulate.activity_plan import (
    CardPlan,
    ConsultationPlan,
    InformationPlan,
    PaymentPlan,
)
from umid_research.simulate.answers import stream
from umid_research.simulate.evidence import days
from umid_research.study import Study


def simulated_pages(plan: InformationPlan, study: Study) -> pd.DataFrame:
    """Return a page for each municipality and community organisation; second pages come last."""
    owners = [("municipality", place) for place in district_of(study)]
    owners += [("cbo", place) for place in district_of(study) if place not in plan.without]
    owners += [("municipality", place) for place in plan.second]
    uniforms = stream(study, "pages").random((2, len(owners)))
    pages = pd.DataFrame(owners, columns=["owner_type", "locality"])
    pages["page_id"] = numbered("G", len(pages), digits=2)
    pages["platform"] = picked(plan.platforms, uniforms[0])
    address = "https://example.org/" + pages["locality"].str.lower().str.replace(" ", "-")
    pages["url"] = address + "/" + pages["owner_type"] + "-" + pages["page_id"].str.lower()
    middle = plan.first_day + (plan.last_day - plan.first_day) / 4
    pages["created"] = days(plan.first_day, middle, uniforms[1])
    pages["screenshot"] = _screenshots(pages["page_id"], plan.page_screenshots)
    return pages[["page_id", "owner_type", "locality", "platform", "url", "created", "screenshot"]]


def simulated_posts(plan: InformationPlan, pages: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the posts on the municipalities' first pages, with the planned number per category."""
    uniforms = stream(study, "posts").random((4, sum(plan.counts.values())))
    categories = [name for name, count in plan.counts.items() for _ in range(count)]
    owners = pages[(pages["owner_type"] == "municipality") & ~pages["locality"].isin(plan.silent)]
    owners = owners.drop_duplicates("locality")
    posts = owners.iloc[(uniforms[0] * len(owners)).astype(int)][["page_id", "locality", "url"]]
    posts = posts.reset_index(drop=True).assign(category=categories)
    posts["title"] = [
        plan.titles[category][int(uniform * len(plan.titles[category]))]
        for category, uniform in zip(categories, uniforms[1], strict=True)
    ]
    since = plan.first_day + (plan.last_day - plan.first_day) / 4
    posts["date"] = days(since, plan.last_day, uniforms[2])
    posts = posts.sort_values("date", kind="stable", ignore_index=True)
    posts["post_id"] = numbered("B", len(posts))
    posts["url"] = posts["url"] + "/" + posts["post_id"].str.lower()
    posts["screenshot"] = _screenshots(posts["post_id"], plan.post_screenshots)
    posts["personal_data"] = np.where(uniforms[3] < 0.03, "yes", "no")
    columns = ["post_id", "page_id", "locality", "date", "category", "title", "url", "screenshot"]
    return posts[[*columns, "personal_data"]]


def simulated_consultations(plan: ConsultationPlan, study: Study) -> pd.DataFrame:
    """Return two practical consultations per locality, one on e-services, and those in person."""
    held = [
        (activity, place, "") for activity in ("2.1", "2.1", "2.2") for place in district_of(study)
    ]
    for activity, places in plan.missing.items():
        for place in places:
            held.remove((activity, place, ""))
    held += [("2.1", place, "in_person") for place in plan.in_person]
    rows = pd.DataFrame(held, columns=["activity", "locality", "mode"])
    uniforms = stream(study, "consultations").random((3, len(rows)))
    online = pd.Series(np.where(uniforms[0] < plan.hybrid, "hybrid", "online"), dtype="str")
    rows["mode"] = rows["mode"].mask(rows["mode"] == "", online)
    practical = rows["activity"] == "2.1"
    rows["topic"] = np.where(
        practical, picked(plan.topics, uniforms[1]), picked(plan.e_topics, uniforms[1])
    )
    rows["date"] = days(plan.first_day, plan.last_day, uniforms[2])
    rows = rows.sort_values("date", kind="stable", ignore_index=True)
    rows["event_id"] = numbered("C", len(rows), digits=2)
    return rows[["event_id", "activity", "locality", "date", "mode", "topic"]]


def simulated_cards(plan: CardPlan, study: Study) -> pd.DataFrame:
    """Return the batches of cards, with the kinds of places in turn."""
    places = [place for place in district_of(study) for _ in range(plan.per_locality)]
    uniforms = stream(study, "cards").random((2, len(places)))
    fewest, most = plan.copies
    cards = pd.DataFrame(
        {"locality": places, "date": days(plan.first_day, plan.last_day, uniforms[0])}
    )
    cards["place"] = [PLACES[number % len(PLACES)] for number in range(len(cards))]
    cards["copies"] = (10 * (fewest + (uniforms[1] * (most - fewest + 1)).astype(int))).astype(str)
    cards = cards.sort_values("date", kind="stable", ignore_index=True)
    return cards.assign(batch_id=numbered("K", len(cards), digits=2))[
        ["batch_id", "locality", "date", "place", "copies"]
    ]


def simulated_payments(plan: PaymentPlan, study: Study) -> pd.DataFrame:
    """Return the payments of the families in order of date; `sex` is that of the payer."""
    places = list(district_of(study))
    family = np.arange(plan.rows) % plan.families
    bill = (np.arange(plan.rows) + np.arange(plan.rows) // plan.families) % len(BILLS)
    uniforms = stream(study, "payments").random((5, plan.rows))
    home = (uniforms[0] * len(places)).astype(int)[family]
    payments = pd.DataFrame(
        {
            "family_id": [f"F{number + 1:03d}" for number in family],
            "locality": [places[number] for number in home],
            "date": days(plan.first_day, plan.last_day, uniforms[1]),
            "portal": picked(plan.portals, uniforms[2]),
            "bill": [BILLS[number] for number in bill],
            "first_time": _shared(plan.first_time, uniforms[3][family]),
            "sex": np.where(uniforms[4] < 0.5, "f", "m"),
            "screenshot": "",
        }
    )
    payments = payments.sort_values("date", kind="stable", ignore_index=True)
    payments.insert(0, "payment_id", numbered("Y", len(payments)))
    return payments


def numbered(letter: str, count: int, *, digits: int = 3) -> list[str]:
    """Return `count` ids, each a letter and a number."""
    return [f"{letter}{number:0{digits}d}" for number in range(1, count + 1)]


def picked(choices: Iterable[str], uniforms: np.ndarray) -> np.ndarray:
    """Return one choice per random number in `uniforms` (0–1), all choices equally likely."""
    options = np.array(list(choices), dtype=object)
    return options[(uniforms * len(options)).astype(int)]


def _shared(shares: dict[str, float], uniforms: np.ndarray) -> np.ndarray:
    edges = np.cumsum(list(shares.values()))
    options = np.array(list(shares), dtype=object)
    return options[np.minimum(np.searchsorted(edges, uniforms, side="right"), len(options) - 1)]


def _screenshots(ids: pd.Series, first: int) -> pd.Series:
    return (ids + ".png").where(ids.index < first, "")
