"""Say in one sentence why check_ha cannot be installed with this Python: run by "make", by whatever Python there is.

An argument is the folder to install into, for users other than the one who installs. This must run with every Python
from 2.7 on, so it has neither f-strings nor type hints.
"""

import os
import stat
import sys


def fault(prefix):
    """Return what is wrong, or nothing."""
    name = "{} (Python {})".format(sys.executable, ".".join(map(str, sys.version_info[:2])))
    if sys.version_info < (3, 9):  # noqa: UP036  # an older one is why this is here
        return "check_ha needs Python 3.9 or newer, and this is " + name + "; to take another: make PYTHON=python3.11"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return name + " makes no virtual environments: install its venv (Debian: apt install python3-venv)"
    return prefix and (_closed(name, os.path.abspath(prefix)) or _not_writable(os.path.abspath(prefix)))


def _closed(name, prefix):
    """Return which folder keeps other users from what is installed, or from its Python."""
    better = {prefix: (prefix, "PREFIX=/opt/check_ha")}
    for path in (os.path.realpath(sys.executable), os.path.realpath(os.__file__), prefix):
        for folder in _existing_above(path):
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                text = "the user of NRPE cannot reach {}: {} is closed to others; to take another: make {}"
                what, advice = better.get(path, (name, "PYTHON=/usr/bin/python3"))
                return text.format(what, folder, advice)
    return None


def _not_writable(prefix):
    """Return that root must do it."""
    folder = next(_existing_above(os.path.join(prefix, "bin")))
    return None if os.access(folder, os.W_OK) else "you may not write to " + folder + ": run this as root"


def _existing_above(path):
    while path != "/":
        path = os.path.dirname(path)
        if os.path.isdir(path):
            yield path


found = fault(sys.argv[1] if sys.argv[1:] else "")
if found:
    sys.exit(found)
