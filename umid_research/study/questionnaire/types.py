"""The types of questions of an XLSForm, by what becomes of them."""

from types import MappingProxyType

SELECTS = (_SELECT_ONE, _SELECT_MULTIPLE) = ("select one", "select all that apply")
KINDS = MappingProxyType(
    {
        _SELECT_ONE: "select_one",
        _SELECT_MULTIPLE: "select_multiple",
        "integer": "integer",
        "int": "integer",
        "decimal": "decimal",
        "range": "decimal",
        "date": "date",
        "text": "text",
        "string": "text",
    }
)
RANK = "rank"
# Types of fields that hold no answer of a respondent.
NOT_ASKED = frozenset(
    {
        *("start", "end", "today", "deviceid", "username", "note", "calculate", "audit", "email"),
        *("phonenumber", "phone number", "simserial", "subscriberid", "hidden", "xml-external"),
        *("csv-external", "start-geopoint", "background-geopoint", "background-audio"),
    }
)
# Types of fields in which the device writes who uses it.
RECORDED = frozenset({"username", "deviceid", "phonenumber", "phone number", "subscriberid"})
# Types of questions that are answered but not read: places, recordings, times.
NOT_READ = frozenset(
    {
        *("geopoint", "geotrace", "geoshape", "photo", "image", "audio", "video", "file"),
        *("barcode", "time", "dateTime", "datetime", "acknowledge", "trigger"),
    }
)
