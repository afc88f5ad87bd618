"""Reports as files that anybody may be handed: read back, with signature and hashes checked.

A signature shows that the file was not altered since the holder of its public key signed it; whose key that is, a
reader must find out elsewhere.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import ReportRefused
from feedback.domain.report.document import read_report


@dataclass(frozen=True)
class ReportFile:
    """The document of a report file, and the public key (base64) that signed it; None: a bare, unsigned document."""

    document: Any
    public_key: str | None


def read_json(data: bytes, name: str) -> Any:
    """Return the JSON of a file called `name`, or raise ReportRefused. Values such as NaN are no JSON."""
    try:
        return json.loads(data.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ReportRefused(f"{name} is not JSON in UTF-8: {error}.") from None


def read_report_file(data: bytes, name: str) -> ReportFile:
    """Return the report in a file called `name`: as exported, with its signature, or the document alone.

    ReportRefused if it is not JSON, or if a single byte differs from what was signed and exported.
    """
    value = read_json(data, name)
    if not isinstance(value, dict) or not {"signature", "public_key"} & set(value):
        return ReportFile(value, None)
    if not _is_as_exported(value, data):
        raise ReportRefused(f"{name} was altered since it was signed; ask for the report as it was exported.")
    return ReportFile(value["document"], value["public_key"])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _is_as_exported(value: dict[str, Any], data: bytes) -> bool:
    try:
        signature, public_key = (base64.b64decode(value[key], validate=True) for key in ("signature", "public_key"))
        report = read_report(canonical_json(value["document"]))
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, report.json.encode())
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, InvalidSignature):
        return False
    exported = {
        "document": value["document"],
        "statement_hash": report.statement_hash,
        "chain_hash": report.chain_hash,
        "signature": base64.b64encode(signature).decode(),
        "public_key": base64.b64encode(public_key).decode(),
    }
    return canonical_json(exported).encode() == data
