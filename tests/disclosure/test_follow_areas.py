"""What is shown of the plan's areas follows what is shown of the answers about them."""

import pytest
from attacked import Case, row_of, rows_of
from random_studies import write_random
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, plan_export, write_plan
from small_study import small_export

from umid_research.disclosure.rules.views import open_answers
from umid_research.study import Thresholds


@pytest.fixture
def plan(case) -> Case:
    """Return the small study with the small plan: five people in each district."""
    export = plan_export(small_export())
    made = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=export)
    write_plan(made.folder)
    return made


@pytest.mark.parametrize(
    ("answers", "shown"), [(1, {("M1", "north"), ("M1", "south")}), (5, set()), (9, set())]
)
def test_who_could_not_judge_is_shown_with_the_perceived_status_only(plan, answers, shown) -> None:
    """Four of five in either district could judge the services, which is one too few for five."""
    limits = Thresholds(units=1, respondents=1, answers=answers)
    published = plan.publish(thresholds=limits)
    rows = published[published["table"] == "status"].set_index(["question", "district"])
    found = {
        name: set(rows.index[(rows["statistic"] == name) & rows["shown"]])
        for name in ("perceived", "cannot_judge")
    }

    assert found["perceived"] == found["cannot_judge"]
    assert shown == {cell for cell in found["perceived"] if cell[0] == "M1"}


@pytest.mark.parametrize(("second", "is_open"), [(True, True), (False, False)])
def test_an_area_of_two_questions_is_open_where_both_are_shown(plan, second, is_open) -> None:
    """One of them shown and one withheld in a group close it there; elsewhere it stays open."""
    money = plan.study.areas["money"]
    both = money.model_copy(update={"items": ("done_services", "done_money")})
    study = plan.study.model_copy(update={"areas": {"money": both}})
    published = rows_of(
        row_of("answers_by_group", question="done_services", group="office"),
        row_of("answers_by_group", question="done_money", group="office") | {"shown": second},
        row_of("answers_by_group", question="done_services", group="people"),
        row_of("answers_by_group", question="done_money", group="people"),
    )
    found = open_answers(published, study)

    assert is_open == (("money", "group", "office") in found)
    assert ("money", "group", "people") in found


def test_no_view_is_left_of_answers_that_the_audit_withheld(tmp_path) -> None:
    """On the result of all rules; in this study the audit withholds a question on an area."""
    made = Case(write_random(12, tmp_path / "study"))
    before = made.publish()
    after = made.protect(before)
    views = after[(after["table"] == "views_by_area") & after["shown"]]
    is_open = open_answers(after, made.study)

    assert len(views) < (before["table"].eq("views_by_area") & before["shown"]).sum()
    for view in views.itertuples():
        if view.dimension in made.study.areas:
            assert (view.dimension, "group", view.group) in is_open, view
        else:
            for area in made.study.areas:
                assert (area, "group", view.group) in is_open, view
