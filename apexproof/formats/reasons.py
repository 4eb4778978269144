"""Reasons: what pydantic found wrong with what came, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLAIN_REASONS = {
    "model_type": "an object in braces is needed here",
    "missing": "it is required and is not there",
    "extra_forbidden": "there is no such key; see the JSON Schema in docs/schema",
    "date_from_datetime_parsing": "it must be a date like 2026-02-10",
    "date_parsing": "it must be a date like 2026-02-10",
    "date_type": "it must be a date like 2026-02-10, in quotes",
    "time_parsing": "it must be a time like 14:30",
    "time_type": "it must be a time like 14:30, in quotes",
    "string_type": "it must be text, in quotes",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "bool_parsing": "it must be true or false",
}


def plain_reason(fault: Mapping[str, Any]) -> str:
    """What pydantic found wrong, in plain words."""
    said = _PLAIN_REASONS.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    return re.sub(r"^(Input|String|List) should ", "it must ", said)
