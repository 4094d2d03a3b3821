"""Nothing in the package calls what only POSIX has, except where it has looked first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "movescreen"
#: Modules that Windows has not.
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "readline"}
#: Names of modules that Windows has, but not there.
NAMES = {
    "os": {
        "fork", "forkpty", "geteuid", "getuid", "getegid", "getgid", "getgroups", "setuid", "seteuid", "setgid", "setsid", "setpgid",
        "getpgid", "killpg", "mkfifo", "mknod", "chown", "lchown", "fchown", "fchmod", "chroot", "statvfs", "fstatvfs", "pread", "pwrite",
        "sched_getaffinity", "sched_setaffinity", "getloadavg", "nice", "sysconf", "uname", "wait", "waitid", "wait3", "wait4",
        "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_CLOEXEC", "WNOHANG", "sendfile", "openpty", "ctermid", "sync", "fdatasync",
        "posix_fadvise", "posix_fallocate", "posix_spawn", "register_at_fork", "memfd_create", "getxattr", "setxattr", "setpriority",
    },
    "signal": {
        "SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE", "SIGQUIT", "SIGTSTP", "SIGSTOP", "SIGCONT", "alarm",
        "setitimer", "pause", "pthread_sigmask", "pthread_kill", "sigwait", "sigtimedwait", "siginterrupt",
    },
    "socket": {"AF_UNIX", "SO_REUSEPORT", "MSG_DONTWAIT"},
    "time": {"clock_gettime", "tzset"},
    "select": {"poll", "epoll", "kqueue"},
}  # fmt: skip
#: What a look at the system before a call is written as.
LOOKS = (
    "hasattr",
    "getattr",
    "os.name",
    "sys.platform",
    "platform.system",
    "ImportError",
    "ModuleNotFoundError",
    "AttributeError",
)


def posix_only(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that only POSIX has and that nothing around it looks for first."""
    guarded = {id(inner) for node in ast.walk(tree) for each in _guarded(node) for inner in ast.walk(each)}
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in MODULES:
                yield node.lineno, node.module
            yield from (
                (node.lineno, f"{node.module}.{a.name}") for a in node.names if a.name in NAMES.get(node.module, ())
            )
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in NAMES.get(node.value.id, ())
        ):
            yield node.lineno, f"{node.value.id}.{node.attr}"


def _guarded(node: ast.AST) -> list[ast.AST]:
    """Return what a node keeps from systems that lack it: itself, or of a function what comes after "if not there: return"."""
    if isinstance(node, ast.FunctionDef):
        for i, statement in enumerate(node.body):
            if (
                isinstance(statement, ast.If)
                and _looks(statement)
                and isinstance(statement.body[-1], ast.Return | ast.Raise)
            ):
                return [*node.body[i + 1 :]]
    return [node] if _looks(node) else []


def _looks(node: ast.AST) -> bool:
    """Return whether a statement looks at the system: an if, a conditional value, an and, a try or a with that expects what is missing."""
    match node:
        case ast.With():
            asks: list[ast.AST] = [item.context_expr for item in node.items]
        case ast.If() | ast.IfExp():
            asks = [node.test]
        case ast.BoolOp():
            asks = [node.values[0]]
        case ast.Try():
            asks = [handler.type for handler in node.handlers if handler.type]
        case _:
            return False
    return any(look in ast.unparse(each) for each in asks for look in LOOKS)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_call_is_for_posix_alone(path: Path) -> None:
    assert list(posix_only(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import os\nos.fork()", ["os.fork"]),
        ("import fcntl", ["fcntl"]),
        ("from signal import SIGKILL", ["signal.SIGKILL"]),
        ("import os\nif ready:\n    os.geteuid()", ["os.geteuid"]),
        ("import os\nif hasattr(os, 'geteuid'):\n    os.geteuid()", []),
        ("import os\nx = os.getuid() if os.name == 'posix' else 0", []),
        ("try:\n    import fcntl\nexcept ImportError:\n    fcntl = None", []),
        ("with contextlib.suppress(ImportError):\n    import pwd", []),
        ("def f():\n    if os.name != 'posix':\n        return\n    os.fork()", []),
        ("def f():\n    if busy:\n        return\n    os.fork()", ["os.fork"]),
        ("import os\ntry:\n    os.fork()\nexcept OSError:\n    pass", ["os.fork"]),
        ("import os\nos.replace('a', 'b')", []),
    ],
)
def test_what_is_found_and_what_is_not(code: str, found: list[str]) -> None:
    assert [name for _, name in posix_only(ast.parse(code))] == found
