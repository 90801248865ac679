"""What is wrong with a setting's value, as a clause that follows the setting's name."""

from __future__ import annotations

from pydantic_core import ErrorDetails

_EXPECTED = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2027-01-31",
    "date_from_datetime_parsing": "a date such as 2027-01-31",
    "date_parsing": "a date such as 2027-01-31",
    "dict_type": "a table",
    "model_type": "a table",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "path_type": "a path, in quotes",
    "string_type": "text, in quotes",
    "tuple_type": "a list",
}


def value_problem(error: ErrorDetails) -> str:
    """The clause for an error that pydantic found, for example `must be true or false`."""
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])  # a validator of ours has put it into words
    if error["type"] in {"enum", "literal_error"}:
        return f"must be {context['expected']}"
    expected = _EXPECTED.get(error["type"])
    return f"must be {expected}" if expected else error["msg"]
