"""How compose, systemd and a shell read a line of an env file: as their documentation says, and the shell itself.

compose: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
systemd: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
"""

import re
import subprocess


def by_compose(written: str) -> str:
    """In single quotes all is literal but for a quote with a backslash; else " #" ends it, and `$NAME` is filled in."""
    if quoted := re.fullmatch(r"'((?:[^'\\]|\\.)*)'", written):
        return quoted[1].replace("\\'", "'")
    if quoted := re.fullmatch(r'"((?:[^"\\]|\\.)*)"', written):
        return _filled_in(re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), quoted[1]))
    return _filled_in(re.split(r"\s#", written, maxsplit=1)[0].strip())


def by_systemd(written: str) -> str:
    """No variable is filled in, and a # is a sign like others; a backslash counts but for single quotes."""
    value, quote, escaped = "", "", False
    for sign in written.strip():
        if escaped:
            value, escaped = value + ("\\" if quote == '"' and sign not in '"\\`$' else "") + sign, False
        elif sign == "\\" and quote != "'":
            escaped = True
        elif sign == quote:
            quote = ""
        elif not quote and sign in "'\"":
            quote = sign
        else:
            value += sign
    return value


def by_a_shell(written: str) -> str:
    """What `. file` makes of it."""
    script = f'set -a; FEEDBACK_X=wrong\nFEEDBACK_X={written}\nprintf "%s" "$FEEDBACK_X"'
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False).stdout


def _filled_in(value: str) -> str:
    return re.sub(r"\$\{?[A-Za-z_]\w*\}?", "", value).replace("$$", "$")
