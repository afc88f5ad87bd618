"""The least that sending a mail can cost: smtplib in processes of their own, one connection each, one mail for all."""

import multiprocessing
import resource
import smtplib

from bench.sink import Sink

_MAIL_BYTES = 3_500


def bare_loops(sink: Sink, mails: int, processes: int) -> tuple[float, float]:
    """Send so many mails with nothing but smtplib, one connection a process; mails a second, CPU seconds a mail."""
    sink.forget()
    before = _children_cpu()
    context = multiprocessing.get_context("spawn")
    loops = [context.Process(target=_bare_loop, args=(sink.port, mails // processes)) for _ in range(processes)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    return sink.rate, (_children_cpu() - before) / mails


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _bare_loop(port: int, mails: int) -> None:
    mail = b"Subject: survey\r\n\r\n" + (b"x" * 70 + b"\r\n") * (_MAIL_BYTES // 72)
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for number in range(mails):
            relay.sendmail("feedback@example.com", [f"person.{number}@example.com"], mail)
