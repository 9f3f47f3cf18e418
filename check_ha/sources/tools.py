"""Every tool the suite runs, and what comes back from running one.

A tool is one command line with one file name in a recorded directory: the checks, the
recorder and the replay all speak of it by this one object. Files are read by a tool as
well (``cat``, ``stat``), so that ``--sudo``, recording and replay hold for them too.
"""

from __future__ import annotations

import re

from check_ha.record import NamedTuple

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, Iterable, Optional, Protocol, Sequence, Tuple
else:
    Protocol = object

PACEMAKER = "pacemaker"
COROSYNC = "corosync"
SYSTEM = "system"
PEER = "peer"


QUOTED = (
    r"((?:(?<![\w/.-])\w*(?:passw|passphrase|pwd|secret|token|credential|community|_pw|_kg|key)\w*[\"']?\s*[=:]\s*"
    r"|\bvalue\s*=\s*))(?:\"[^\"\n]*\"?|'[^'\n]*'?|[^\s\"']+)"
)
"""password=..., "passwd": "...", value="...", http://user:...@host in what a tool says on stderr."""


class Tool(NamedTuple):
    """One command line."""

    file: str
    """Name of its standard output in a recorded directory."""
    argv: Tuple[str, ...]
    family: str
    """Which daemon answers it: PACEMAKER, COROSYNC, or SYSTEM for none; PEER: another node does."""
    good: Tuple[int, ...] = (0,)
    """Exit statuses with which the output may be believed."""
    older: Tuple[str, ...] = ()
    """The command line for versions that refuse ``argv`` with a usage error, or do not have that program."""
    on_stderr: bool = False
    """It answers on standard error, or there as well."""
    explained: bytes = b""
    """What its answer holds at least where it exits with another status than 0; without that it was cut off."""
    absence: bool = False
    """That there is no such file is an answer, and an empty one."""
    secret: bytes = b""
    """Start of the lines that hold what no one may see; the rest of them is hidden before anything reads it."""
    quoting: bool = False
    """What it says on standard error may quote the CIB: values there are hidden before anything reads it."""
    digest: bool = False
    """It prints the digest of a secret, of which nothing but a fingerprint is kept."""
    limit: int = 8
    """The most it may print, in MB: more than any cluster makes of it, and no more than a check can read in 400 MB."""
    only_with: Tuple[str, ...] = ()
    """Files of which one is there where its subject is set up. Where none is, it is not run, nor recorded."""
    device: int = 0
    """Which of sbd's devices it is about: it stands for ``{device}`` in ``argv`` when it is run."""
    for_root: bool = False
    """It opens what only root may open, and does not say so when it may not."""

    @property
    def name(self) -> str:
        """The program: ``crm_mon``."""
        return self.argv[0]

    @property
    def label(self) -> str:
        """The program, with the options or the file that tell it from its other uses: ``corosync-cfgtool -n``."""
        if self.argv[-1].startswith("/"):
            return f"{self.name} {self.argv[-1]}"
        return " ".join(self.argv) if self.family == COROSYNC else self.name

    def without_secrets(self, text: bytes) -> bytes:
        """Return the output as it may be kept, judged and shown."""
        if self.digest:
            from check_ha.sources.fingerprint import fingerprint  # 3 ms that only one command spends

            return fingerprint(text)
        if not self.secret:
            return text
        return re.sub(b"^(" + self.secret + b").*", rb"\1 (hidden)", text, flags=re.MULTILINE | re.IGNORECASE)

    def words_without_secrets(self, stderr: str) -> str:
        """Return what it said on standard error as it may be kept, judged and shown."""
        if not self.quoting or not stderr:
            return stderr
        quoted = re.sub(r"=\s*(\"[^\"]*\"?|'[^']*'?)", '="********"', stderr)
        return re.sub(QUOTED, r"\1********", quoted, flags=re.IGNORECASE)


# 1.1 and 2.0.0 to 2.0.2 know only --as-xml; --inactive is implied from 2.0.4 on.
CRM_MON = Tool(
    "crm_mon.xml",
    ("crm_mon", "--output-as=xml", "--inactive"),
    PACEMAKER,
    older=("crm_mon", "--as-xml", "--inactive"),
    limit=32,
)
# Its status has a probe of each resource on each node: 61 MB for 1,400 resources on 64 nodes.
CIBADMIN = Tool("cibadmin.xml", ("cibadmin", "-Q"), PACEMAKER, quoting=True, limit=96)
CRM_NODE = Tool("crm_node.txt", ("crm_node", "-n"), PACEMAKER)
# The node ids of corosync with their names: crm_mon with the plugin of corosync 1.4 has no such ids.
CRM_NODE_LIST = Tool("crm_node-l.txt", ("crm_node", "-l"), PACEMAKER)
# 1 is a fault shown (2.x, 3.0.4 to 3.1.0), 0 may be one too: the text decides.
CFGTOOL = Tool("cfgtool-s.txt", ("corosync-cfgtool", "-s"), COROSYNC, good=(0, 1))
CFGTOOL_NODES = Tool("cfgtool-n.txt", ("corosync-cfgtool", "-n"), COROSYNC)
# Quorate is 0 or 1, not quorate 0 or 2, by version: the text decides.
QUORUMTOOL = Tool("quorumtool-s.txt", ("corosync-quorumtool", "-s"), COROSYNC, good=(0, 1, 2))
# The members with their names, which ``-s`` of 1.4 does not have; 1 and no word is no answer.
QUORUMTOOL_NODES = Tool("quorumtool-l.txt", ("corosync-quorumtool", "-l"), COROSYNC)
# A key is hidden under any name that says so: corosync keeps what it does not know as well.
_KEY = rb"(?:key(?!file)|passw|secret|psk)"
# 1.4 has corosync-objctl, which prints the same under nearly the same keys.
CMAPCTL = Tool(
    "cmapctl.txt",
    ("corosync-cmapctl",),
    COROSYNC,
    older=("corosync-objctl",),
    secret=rb"[^\s=]*" + _KEY + rb"[^\s=]*(?: \(\w+\) =|=)",
)
CMAPCTL_STATS = Tool("cmapctl-stats.txt", ("corosync-cmapctl", "-m", "stats"), COROSYNC)
# JSON since iproute2 4.14 (before: exit 255). Text without -o, which leaves out the state of an interface from 3.x on.
IP_ADDR = Tool("ip-addr.json", ("ip", "-j", "addr"), SYSTEM, older=("ip", "addr"))
# etimes since procps 3.3.0 (before: exit 1).
PS = Tool(
    "ps.txt",
    ("ps", "-e", "-o", "pid,ppid,stat,user,etimes,args"),
    SYSTEM,
    older=("ps", "-e", "-o", "pid,ppid,stat,user,args"),
)
# Since procps 3.3.17; of the processes of others it shows nothing to a user who is not root.
PS_EXE = Tool("ps-exe.txt", ("ps", "-e", "-o", "pid,exe"), SYSTEM)
# Since 2.1.0 (2.0 ends with a usage error, 64).
CRMADMIN = Tool("crmadmin.xml", ("crmadmin", "--pacemakerd", "--output-as=xml"), PACEMAKER)
# 78 says that there are warnings, or errors: the text decides.
CRM_VERIFY = Tool(
    "crm_verify.txt",
    ("crm_verify", "-L", "-V"),
    PACEMAKER,
    good=(0, 78),
    on_stderr=True,
    quoting=True,
    explained=b"onfig",
)
PACEMAKERD_FEATURES = Tool("pacemakerd-features.txt", ("pacemakerd", "--features"), SYSTEM)
# 1.4 does not know -V, and 2.0 to 2.4.5 ask the daemon for it. Else not by ``corosync -v``: a list of processes that
# cuts its lines shows that as the daemon.
COROSYNC_VERSION = Tool("corosync-version.txt", ("corosync-quorumtool", "-V"), SYSTEM, older=("corosync", "-v"))
COROSYNC_CONF = Tool(
    "corosync.conf",
    ("cat", "/etc/corosync/corosync.conf"),
    SYSTEM,
    absence=True,
    # the value of a key; a line that corosync does not understand, or the part of one: it may be a key as well
    secret=rb"(?:[^:\n]*"
    + _KEY
    + rb"[^:\n]*:|[ \t#]*key\b(?!file)|[^\n{#\0]*\{(?=[ \t]*[^\s])|[ \t]*(?=[^\s:{}#\0][^\n:{}\0]*$)(?!\(hidden\)\s*$)"
    + rb"|[ \t]*[^\n:{#\0]*[^\n:{\0\w./\s-][^\n:{\0]*:)",
)
# 1 when one of them is missing or may not be looked at, which standard error tells. Never reads the key, nor tells its
# size.
COROSYNC_FILES = Tool(
    "corosync-files.txt",
    (
        "stat",
        "-L",
        "-c",
        "%n %u %g %a %U %G %F",
        "/etc/corosync",
        "/etc/corosync/corosync.conf",
        "/etc/corosync/authkey",
    ),
    SYSTEM,
    good=(0, 1),
    on_stderr=True,
)
# The client of booth; where there is an authfile it answers only who may read that. It asks the site's boothd by TCP,
# which may run on another node.
BOOTH_LIST = Tool("booth-list.txt", ("booth", "list"), SYSTEM)
BOOTH_PEERS = Tool("booth-peers.txt", ("booth", "peers"), SYSTEM)
BOOTH_CONF = Tool("booth.conf", ("cat", "/etc/booth/booth.conf"), SYSTEM, absence=True)
# Prints no key, so that whoever is let run it as root does not get one; see check_ha.sources.fingerprint.
AUTHKEY = Tool("authkey.txt", ("sha256sum", "/etc/corosync/authkey"), SYSTEM, absence=True, digest=True)

SBD_FILES = ("/etc/sysconfig/sbd", "/etc/default/sbd")
"""Where sbd is configured: by the packages of Enterprise Linux and SUSE, and of Debian."""
SBD_CONFIG = Tool(
    "sbd.conf", ("cat", SBD_FILES[0]), SYSTEM, older=("cat", SBD_FILES[1]), absence=True, only_with=SBD_FILES
)
# sbd takes three devices at most. Both only read, of a device that they open for writing; 1: it cannot be read.
_OF_SBD = Tool("", (), SYSTEM, good=(0, 1), on_stderr=True, explained=b"disk /dev/", only_with=SBD_FILES, for_root=True)
SBD_DUMPS = tuple(
    _OF_SBD._replace(file=f"sbd-dump-{number}.txt", argv=("sbd", "-d", "{device}", "dump"), device=number)
    for number in (1, 2, 3)
)
SBD_LISTS = tuple(
    _OF_SBD._replace(file=f"sbd-list-{number}.txt", argv=("sbd", "-d", "{device}", "list"), device=number)
    for number in (1, 2, 3)
)
# The watchdog devices, and which process has one open. It opens none of them: that would start the watchdog, as
# ``sbd query-watchdog`` does. 1: a process has ended meanwhile, or may not be looked at.
WATCHDOGS = Tool(
    "watchdogs.txt",
    (
        "find", "/dev", "/proc", "-maxdepth", "3", "-ignore_readdir_race",
        "(", "-path", "/proc/[!0-9]*", "-o", "-path", "/dev/*/*", ")", "-prune",
        "-o", "-type", "d", "-path", "/proc/*/*", "!", "-name", "fd", "-prune",
        "-o", "(", "-path", "/dev/*watchdog*", "-o", "-path", "/proc/*/fd/*", "-lname", "/dev/*watchdog*", ")",
        "-printf", "%p %y %l\\n",
    ),
    SYSTEM,
    good=(0, 1),
    on_stderr=True,
    explained=b"find: ",
    only_with=SBD_FILES,
)  # fmt: skip
# Anybody may read it. With the software and without the file the module is not loaded.
DRBD_MODULE = Tool("proc-drbd.txt", ("cat", "/proc/drbd"), SYSTEM, absence=True,
                   only_with=("/proc/drbd", "/etc/drbd.conf"))  # fmt: skip
# Without the module it would load it.
DRBD_STATUS = Tool("drbdsetup.json", ("drbdsetup", "status", "--json"), SYSTEM, only_with=("/proc/drbd",))
# Of DRBD 8, whose /proc/drbd has the numbers of the devices alone; by the udev rules of drbd-utils.
DRBD_NAMES = Tool(
    "drbd-names.txt",
    ("find", "/dev/drbd/by-res", "-type", "l", "-printf", "%P %l\\n"),
    SYSTEM,
    only_with=("/dev/drbd/by-res",),
)

ALL = (
    CRM_MON,
    CIBADMIN,
    CRM_NODE,
    CRM_NODE_LIST,
    CFGTOOL,
    CFGTOOL_NODES,
    QUORUMTOOL,
    QUORUMTOOL_NODES,
    CMAPCTL,
    CMAPCTL_STATS,
    IP_ADDR,
    PS,
    PS_EXE,
    CRMADMIN,
    CRM_VERIFY,
    PACEMAKERD_FEATURES,
    COROSYNC_VERSION,
    COROSYNC_CONF,
    COROSYNC_FILES,
    BOOTH_LIST,
    BOOTH_PEERS,
    BOOTH_CONF,
    AUTHKEY,
    SBD_CONFIG,
    *SBD_DUMPS,
    *SBD_LISTS,
    WATCHDOGS,
    DRBD_MODULE,
    DRBD_STATUS,
    DRBD_NAMES,
)
"""What ``check_ha_snapshot`` records."""

DEAD, STANDBY, MAINTENANCE = "dead", "standby", "maintenance"


class Question(NamedTuple):
    """What the scheduler is asked: the cluster after these nodes are dead, in standby or in maintenance."""

    changes: Tuple[Tuple[str, str], ...]
    """Node and DEAD, STANDBY or MAINTENANCE."""
    connections: Tuple[str, ...] = ()
    """Those of the nodes that are remote ones: dead is one whose connection is stopped."""
    quorum: Optional[bool] = None
    """Whether what is left has quorum; ``None``: as it is now."""

    @property
    def tool(self) -> Tool:
        """The command line that answers it, with the CIB on standard input; it is run as the user of the check."""
        dead = [node for node, state in self.changes if state == DEAD and node not in self.connections]
        argv = ["crm_simulate", "--xml-pipe", *(word for node in dead for word in ("--node-fail", node))]
        argv += [] if self.quorum is None else ["--quorum", str(int(self.quorum))]
        name = ",".join(f"{node}={state}" for node, state in self.changes)
        # Before 2.1 (a usage error): --save-output FILE, which crm_mon renders.
        argv = [*argv, "--simulate", "--output-as=xml"]
        return Tool(f"crm_simulate-{name}.xml", tuple(argv), PACEMAKER, quoting=True, limit=64)


MISSING = "missing"
"""No such program in the folders searched, or no such output in the recording."""
HUNG = "hung"
"""No answer within the deadline; it was killed. ``Output.at_work`` tells one that is slow."""
FLOODED = "flooded"
"""It printed more than any real cluster does; it was killed."""
BROKEN = "broken"
"""The program is there and could not be started."""
NOT_SET_UP = "not set up here"
"""Of MISSING, on standard error: its subject is not, so that it was not run."""
CUT = "cut"
"""What should tell of many tools has ended early, or has not come at all: standard error says why."""
OLD = "old"
"""What it has said is too old to be judged as if it were so now: standard error says how old."""


class Output(NamedTuple):
    """What one tool said."""

    tool: Tool
    argv: Tuple[str, ...]
    """The command line that was run."""
    status: Optional[int]
    """Exit status; negative: killed by that signal; ``None``: there is none (see ``fault``)."""
    stdout: bytes
    stderr: str
    seconds: float
    fault: Optional[str] = None
    """``None``, or MISSING, HUNG, FLOODED, BROKEN."""
    limit: float = 0.0
    """The seconds it was given."""
    user: str = ""
    """The user of the check."""
    worked: float = 0.0
    """CPU seconds that it had used when it was killed in the middle of its work, with HUNG; 0: it was waiting."""
    age: float = 0.0
    """Seconds since it said so, where it was not asked again because nothing has changed; 0: it was asked now."""

    @property
    def not_set_up(self) -> bool:
        """Whether it was not run because its subject is not set up here: that is no failure, and not recorded."""
        return self.fault == MISSING and self.stderr == NOT_SET_UP

    @property
    def at_work(self) -> bool:
        """Whether it was slow, and not hung: what waits for a daemon that is frozen is asleep, and has done little."""
        return self.fault == HUNG and self.worked >= max(0.1, self.limit / 10)

    @property
    def answer(self) -> bytes:
        """What is to be parsed. What sudo says for itself (``sudo: unable to resolve host node1``) is none of it."""
        if not self.tool.on_stderr:
            return self.stdout
        words = re.sub(r"^sudo: .*\n?", "", self.stderr, flags=re.MULTILINE) if self.with_sudo else self.stderr
        return self.stdout + words.encode("utf-8", "backslashreplace")

    @property
    def label(self) -> str:
        """What was run, as in ``Tool.label``: another program where that of the tool is not installed."""
        older = self.tool.older
        program = self.argv[2 * self.with_sudo :][:1]
        other = program and older and older[0] != self.tool.name and program[0].rsplit("/", 1)[-1] == older[0]
        return " ".join(older) if other else self.tool.label

    @property
    def with_sudo(self) -> bool:
        """Whether it was run through sudo."""
        return self.argv[0].rsplit("/", 1)[-1] == "sudo"

    @property
    def as_root(self) -> bool:
        """Whether it ran with all rights, so that nothing was refused to it."""
        return self.user == "root" or self.with_sudo


class Source(Protocol):
    """Where output comes from."""

    @property
    def now(self) -> float:
        """The time the outputs speak of, in seconds since the epoch."""

    @property
    def node(self) -> str:
        """The name of the machine: ``uname -n``."""

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return the output of each of these tools."""

    def simulate(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Return the scheduler's answer to as many of these questions about this CIB as there is time for."""
