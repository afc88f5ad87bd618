"""All tables, so that whoever looks at the metadata sees every one."""

from feedback.storage import (
    audit_log,
    comment_releases,
    comments,
    deliveries,
    entitlements,
    keys,
    opt_outs,
    organisations,
    people,
    programmes,
    relay_pace,
    reports,
    responses,
    staff,
    waves,
)
from feedback.storage.database import Base, KeyBase

__all__ = [
    "Base",
    "KeyBase",
    "audit_log",
    "comment_releases",
    "comments",
    "deliveries",
    "entitlements",
    "keys",
    "opt_outs",
    "organisations",
    "people",
    "programmes",
    "relay_pace",
    "reports",
    "responses",
    "staff",
    "waves",
]
