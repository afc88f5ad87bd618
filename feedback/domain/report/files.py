"""Signed documents as files that anybody may be handed: written, and read back with signature and hashes checked.

A signature shows that the file has not been altered since the holder of its public key signed it; readers must find
out elsewhere whose key that is.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from feedback.domain.disclosure.statements import canonical_json, canonical_object
from feedback.domain.errors import ReportRefused
from feedback.domain.report.report import SignedReport, hash_document


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


def write_report_file(signed: SignedReport) -> bytes:
    """Return a report as a file, with its hashes and signature. docs/report.schema.json says what it holds."""
    report = signed.report
    hashes = {"statement_hash": report.statement_hash, "chain_hash": report.chain_hash}
    return write_signed_file(report.json, signed.signature, signed.public_key, **hashes)


def write_signed_file(document: str, signature: bytes, public_key: bytes, **hashes: str) -> bytes:
    """Return the canonical JSON of a signed document, its signature and public key (both base64), and its hashes.

    The document stands in it byte for byte as it was signed.
    """
    keys = {"signature": signature, "public_key": public_key}
    words = {**hashes, **{name: base64.b64encode(value).decode() for name, value in keys.items()}}
    members = {name: canonical_json(word) for name, word in words.items()}
    return canonical_object({"document": document, **members}).encode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _is_as_exported(value: dict[str, Any], data: bytes) -> bool:
    try:
        signature, public_key = (base64.b64decode(value[key], validate=True) for key in ("signature", "public_key"))
        hashed = hash_document(value["document"])
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, hashed.json.encode())
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, InvalidSignature):
        return False
    hashes = {"statement_hash": hashed.statement_hash, "chain_hash": hashed.chain_hash}
    return write_signed_file(hashed.json, signature, public_key, **hashes) == data
