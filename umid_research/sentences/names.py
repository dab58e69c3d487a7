"""What things are called in the report's language."""

from umid_research.activity_report import ActivityReport
from umid_research.report import Report
from umid_research.score import INDEX


def compared_name(report: Report, by: str, key: str) -> str:
    """The name of what is compared: a group, a district, or a side."""
    if by == "side":
        return report.text(f"table.side.{key}")
    return report.group(key) if by == "group" else report.district_name(key)


def area_name(report: Report, key: str) -> str:
    """An area's name; that of all together is in the catalogue."""
    if key == INDEX:
        return report.text("implementation.all_areas")
    return report.name(report.study.areas[key].name)


def irm_code(report: Report, code: str) -> str:
    """A code of the IRM scale in the report's language."""
    return report.text(f"irm.{code.lower().replace(' ', '_')}")


def theme_name(report: Report, key: str) -> str:
    """A theme's name."""
    return report.name(report.study.themes[key].name)


def indicator_name(report: ActivityReport, key: str) -> str:
    """An indicator's name."""
    return report.name(report.indicator(key).name)


def register_name(report: ActivityReport, key: str) -> str:
    """A register's name."""
    return report.text(f"activities.register.{key}")


def category_name(report: ActivityReport, key: str) -> str:
    """A category of information, or a kind of page such as `page:cbo`."""
    return report.text(f"activities.category.{_word(key).replace(':', '_')}")


def addressee_name(report: ActivityReport, key: str) -> str:
    """Who a proposal goes to."""
    return report.text(f"activities.addressee.{_word(key)}")


def members_counted(report: ActivityReport, kind: str, count: int) -> str:
    """So many bodies of a kind."""
    return report.text(f"activities.member.{_word(kind)}", n=count)


def _word(code: str) -> str:
    """The catalogue's key for a code; `other` is a plural form there."""
    return "rest" if code == "other" else code
