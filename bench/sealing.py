"""Sealing and opening one response, beside bare HPKE on as many bytes."""

import random
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.stage import table
from feedback.domain.links import LinkSecret, new_receipt, proof, response_key
from feedback.domain.sealing import Place, new_private_key, open_response, seal_response
from feedback.domain.survey.questionnaires import Role
from feedback.domain.survey.responses import ResponseBody, largest_body, read_body, write_body
from forms.bank import pair
from tests.answering import an_answer


def microseconds(deed: Callable[[], object], times: int) -> float:
    """Return how long a deed takes, on average."""
    started = time.perf_counter()
    for _ in range(times):
        deed()
    return 1e6 * (time.perf_counter() - started) / times


def measure(times: int) -> list[list[object]]:
    """Return a row for sealing and one for opening."""
    questionnaire = pair("kickoff")[Role.MENTOR]
    secret, key, place = LinkSecret(bytes(32)), new_private_key(), Place(1, 1)
    answer = an_answer(questionnaire, random.Random(1), "A comment of a usual length, neither short nor long.")
    body = ResponseBody(proof(secret), "mentor", Role.MENTOR, answer, new_receipt())
    size, row = largest_body(questionnaire, "mentor"), response_key(secret, None)
    public, bare_key = key.public, X25519PrivateKey.generate()
    suite, bare_public = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305), bare_key.public_key()
    plain = bytes(size + 4)
    sealed = seal_response(write_body(body), public, place, row, size)
    bare = suite.encrypt(plain, bare_public, info=b"x")
    ours = {
        "seal": lambda: seal_response(write_body(body), public, place, row, size),
        "open": lambda: read_body(open_response(sealed, key, place, row)),
    }
    theirs = {
        "seal": lambda: suite.encrypt(plain, bare_public, info=b"x"),
        "open": lambda: suite.decrypt(bare, bare_key, info=b"x"),
    }
    found = {name: (microseconds(ours[name], times), microseconds(theirs[name], times)) for name in ours}
    return [[name, len(sealed), whole, hpke, whole / hpke] for name, (whole, hpke) in found.items()]


def main(small: bool) -> None:
    """Print the table."""
    heads = ["", "bytes", "µs a response", "µs bare HPKE", "ratio"]
    table("Sealing and opening one kick-off response", heads, measure(500 if small else 20_000))


if __name__ == "__main__":
    main("--small" in sys.argv)
