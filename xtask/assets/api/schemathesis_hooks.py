"""What the document of the public API calls formats, as texts that fit them; and the id of a profile that there is.

`validate api` has schemathesis load it. It finds the manager and the key in MUSTER_URL and MUSTER_API_KEY.
"""

import functools
import json
import os
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import schemathesis
from hypothesis import strategies as st

# Every character can be seen, and stands by itself.
SEEN = st.characters(categories=("Lu", "Ll", "Nd", "Pd", "Sc"), max_codepoint=0x24F)
LINE = st.text(SEEN, min_size=1, max_size=40)


def days_ahead(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


FORMATS = {
    "line": LINE,
    "selector": LINE,
    "text": st.lists(LINE, max_size=3).map("\n".join),
    "script": st.lists(LINE, max_size=3).map("\n".join),
    "secret-name": st.from_regex(r"\A[A-Za-z0-9._-]{1,40}\Z"),
    "scope": st.sampled_from(["", "platform", "platform/edge"]),
    "network": st.sampled_from(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]),
    "password": st.text(SEEN, min_size=6, max_size=40),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)


@functools.cache
def primary():
    """The id of the profile that always exists."""
    address = os.environ["MUSTER_URL"] + "/api/v1/profiles"
    request = urllib.request.Request(address, headers={"x-api-key": os.environ["MUSTER_API_KEY"]})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return next(profile["id"] for profile in json.load(answer)["items"] if profile["is_primary"])


def is_id(value):
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def is_time(value):
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    """A schema cannot say that a profile of an id has to be there, nor that a time has to lie ahead."""
    if isinstance(case.body, dict):
        for field in ("profile", "default_profile"):
            if is_id(case.body.get(field)):
                case.body[field] = primary()
        if is_time(case.body.get("expires_at")):
            case.body["expires_at"] = days_ahead(30)
