"""What reports of mail servers say in fields (RFC 3464, RFC 6533, RFC 8098), in whatever encoding they come."""

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser

DELIVERY_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
RECEIPTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_RECIPIENTS = ("final-recipient", "original-recipient")
_REJECTED = re.compile(r"automatic-action\s*/\s*mdn-sent-automatically\s*;\s*(?:deleted|failed)", re.IGNORECASE)
# RFC 6533: letters of an address that a report in ASCII cannot hold.
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def reported_failures(reports: Iterable[Message]) -> set[str] | None:
    """Return the addresses of which delivery reports say that they failed; None if they say it of none."""
    failed = [block for report in reports for block in _blocks(report) if _action(block) == "failed"]
    return {address for block in failed for address in _addresses(block)} if failed else None


def receipts_of_rejection(receipts: Iterable[Message]) -> set[str] | None:
    """Return the addresses whose receipts say that a machine threw the mail away; None if they say something else."""
    rejected = [block for receipt in receipts for block in _blocks(receipt) if _is_rejected(block)]
    return {address for block in rejected for address in _addresses(block)} if rejected else None


def is_a_delivery_report(part: Message) -> bool:
    """Tell whether a part has the fields of a delivery report, whatever it calls itself."""
    return any("action" in block and "final-recipient" in block for block in _blocks(part))


def _action(block: Message) -> str:
    words = str(block.get("action", "")).lower().split()
    return words[0].strip(";,") if words else ""


def _is_rejected(block: Message) -> bool:
    return _REJECTED.match(str(block.get("disposition", "")).strip()) is not None


def _addresses(block: Message) -> Iterator[str]:
    for header in _RECIPIENTS:
        for value in block.get_all(header, []):
            written = str(value).rpartition(";")[2].strip().strip("<>")
            yield _ESCAPED.sub(lambda match: chr(int(match[1], 16)), written)


# The parser takes the fields of some kinds of report apart, but not under an encoding: so they are read again, flat.
def _blocks(report: Message) -> Iterator[Message]:
    flat = Message()
    flat["Content-Transfer-Encoding"] = str(report.get("content-transfer-encoding", "8bit"))
    flat.set_payload(report.as_bytes().partition(b"\n\n")[2].decode("ascii", "surrogateescape"))
    written = flat.get_payload(decode=True)
    text = written.decode("utf-8", "replace") if isinstance(written, bytes) else ""
    for block in _BLANK_LINE.split(text.replace("\r\n", "\n")):
        yield HeaderParser().parsestr(block.lstrip("\n"), headersonly=True)
