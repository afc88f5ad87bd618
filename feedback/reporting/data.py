"""A report as data: the signed document with its hashes, for those who check it or reckon with it."""

import base64
import json

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.report.document import SignedReport


def report_json(report: SignedReport) -> bytes:
    """Return the report with its hashes, signature and public key (both base64) as canonical JSON.

    The document stands in it byte for byte as it was signed. docs/report.schema.json says what it holds.
    """
    fields = {
        "document": json.loads(report.document.json),
        "statement_hash": report.document.statement_hash,
        "chain_hash": report.document.chain_hash,
        "signature": base64.b64encode(report.signature).decode(),
        "public_key": base64.b64encode(report.public_key).decode(),
    }
    return canonical_json(fields).encode()
