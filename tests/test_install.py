"""install.sh and .ci/run, on machines made of stand-ins: nothing is installed and no network is used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from movescreen.doctor import SYSTEM_LIBRARIES, find_missing_libraries

ROOT = Path(__file__).parents[1]
SHELL = shutil.which("dash") or shutil.which("sh") or "sh"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="install.sh is for POSIX systems")

#: Plays any Python: answers questions as the real one would, but loads, makes and installs nothing.
PYTHON = """#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >> "$LOG"
case "$*" in
    *version_info*"(3, 11)"*) [ -z "${NO_VENV:-}" ] || [ -e "$TMP/apt-done" ]; exit ;;
    *find_missing_libraries*) [ -e "$TMP/apt-done" ] || echo "${MISSING:-}" ;;
    "-V") echo "Python 3.11.0" ;;
    "-m venv --clear "*)
        shift 3
        mkdir -p "$1/bin"
        echo "command = $0 -m venv --clear $1" > "$1/pyvenv.cfg"
        cp "$0" "$1/bin/python" ;;
    "-m pip install "*) exit "${PIP_FAILS:-0}" ;;
    *) echo "stand-in: what is $*?" >&2; exit 99 ;;
esac
"""
APT_GET = """#!/bin/sh
printf '%s\\n' "apt-get $*" >> "$LOG"
case "$*" in *" install "*) [ -n "${APT_USELESS:-}" ] || touch "$TMP/apt-done" ;; esac
"""
NEVER = "#!/bin/sh\nexit 1\n"
LOCKED = ["--require-hashes --requirement supply/locked.txt", "--no-deps --no-build-isolation ."]


@dataclass
class Machine:
    """A checkout in a folder with spaces, and a PATH of stand-ins."""

    tmp: Path
    checkout: Path
    bin: Path

    def add(self, name: str, text: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def run(self, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        script = "install.sh" if cwd is None else str(self.checkout / "install.sh")
        environment = {"PATH": str(self.bin), "LOG": str(self.tmp / "log"), "TMP": str(self.tmp), **env}
        return subprocess.run(
            [SHELL, script, *arguments],
            cwd=cwd or self.checkout, env=environment, text=True, capture_output=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def log(self) -> list[str]:
        path = self.tmp / "log"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def calls(self, program: str) -> list[str]:
        return [line for line in self.log if line.startswith(program)]

    @property
    def pip_calls(self) -> list[str]:
        return [line.partition("--no-input ")[2] for line in self.log if "-m pip install" in line]

    @property
    def made(self) -> int:
        return sum("-m venv" in line for line in self.log)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian with Python, apt-get, and everything in its place; the user is root."""
    checkout = tmp_path / "a check out"
    folder = tmp_path / "bin"
    checkout.mkdir()
    folder.mkdir()
    shutil.copy(ROOT / "install.sh", checkout)
    machine = Machine(tmp_path, checkout, folder)
    for tool in ("basename", "cat", "chmod", "cp", "dirname", "env", "grep", "ls", "mkdir", "touch"):
        path = shutil.which(tool)
        assert path
        (folder / tool).symlink_to(path)
    machine.add("python3", PYTHON)
    machine.add("apt-get", APT_GET)
    machine.add("uname", "#!/bin/sh\necho Linux\n")
    machine.add("id", "#!/bin/sh\necho 0\n")
    machine.add("chromium", NEVER)
    return machine


def test_it_is_written_for_any_posix_shell() -> None:
    text = (ROOT / "install.sh").read_text("utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in text
    assert os.access(ROOT / "install.sh", os.X_OK)
    subprocess.run([SHELL, "-n", str(ROOT / "install.sh")], check=True)


def test_it_makes_an_environment_and_says_what_to_type_next(machine: Machine) -> None:
    done = machine.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.made == 1
    assert machine.pip_calls == LOCKED
    assert done.stdout.splitlines()[-1] == "  .venv/bin/movescreen demo"
    assert (machine.checkout / ".venv/pyvenv.cfg").exists()
    assert machine.calls("apt-get") == []


def test_dev_installs_in_place_with_the_tools(machine: Machine) -> None:
    done = machine.run("--dev")
    assert done.returncode == 0
    assert machine.pip_calls == ["--editable .[test]"]
    assert done.stdout.splitlines()[-1] == "  .venv/bin/pytest"


def test_dev_installs_a_browser_where_there_is_none(machine: Machine) -> None:
    (machine.bin / "chromium").unlink()
    done = machine.run("--dev")
    assert done.returncode == 0
    assert any(call.endswith("install --yes --no-install-recommends chromium") for call in machine.calls("apt-get"))
    assert machine.pip_calls == ["--editable .[test]"]


def test_without_rights_or_system_packages_there_is_no_browser_and_no_failure(machine: Machine) -> None:
    (machine.bin / "chromium").unlink()
    machine.add("id", "#!/bin/sh\necho 1000\n")
    done = machine.run("--dev")
    assert done.returncode == 0
    assert "tests that need a browser are skipped" in done.stdout
    assert machine.run("--dev", "--no-system").returncode == 0
    assert machine.calls("apt-get") == []


def test_only_dev_installs_a_browser(machine: Machine) -> None:
    (machine.bin / "chromium").unlink()
    assert machine.run().returncode == 0
    assert machine.calls("apt-get") == []


def test_running_again_reuses_the_environment(machine: Machine) -> None:
    machine.run()
    done = machine.run("--dev")
    assert done.returncode == 0
    assert machine.made == 1
    assert machine.pip_calls == [*LOCKED, "--editable .[test]"]
    assert "using the virtual environment" in done.stdout


def test_an_environment_that_was_moved_or_has_lost_its_python_is_made_anew(machine: Machine) -> None:
    machine.run()
    (machine.checkout / ".venv").rename(machine.checkout / "moved")
    assert machine.run("--venv", "moved").returncode == 0
    assert machine.made == 2
    (machine.checkout / "moved/bin/python").unlink()
    assert machine.run("--venv", "moved").returncode == 0
    assert machine.made == 3


def test_a_folder_that_is_no_environment_is_left_alone(machine: Machine) -> None:
    precious = machine.checkout / "results" / "client.csv"
    precious.parent.mkdir()
    precious.write_text("x", "utf-8")
    done = machine.run("--venv", "results")
    assert done.returncode == 1
    assert "is not a virtual environment; it was left alone" in done.stderr
    assert precious.exists()
    assert machine.made == 0


def test_from_another_folder_with_an_environment_of_its_own(machine: Machine) -> None:
    elsewhere = machine.tmp / "else where"
    elsewhere.mkdir()
    done = machine.run("--venv", "my env", cwd=elsewhere)
    assert done.returncode == 0
    assert (elsewhere / "my env/pyvenv.cfg").exists()
    assert not (machine.checkout / ".venv").exists()
    assert done.stdout.splitlines()[-1] == "  'my env/bin/movescreen' demo"


def test_without_arguments_from_another_folder_it_installs_beside_itself(machine: Machine) -> None:
    done = machine.run(cwd=machine.tmp, CDPATH="/")
    assert done.returncode == 0
    assert (machine.checkout / ".venv/pyvenv.cfg").exists()
    assert done.stdout.splitlines()[-1] == "  'a check out/.venv/bin/movescreen' demo"


# --- Python --------------------------------------------------------------------------------


def test_newer_pythons_go_first(machine: Machine) -> None:
    machine.add("python3.12", PYTHON)
    machine.run()
    assert machine.calls("python3.12 -m venv")


def test_a_python_that_can_make_environments_goes_before_a_newer_one_that_cannot(machine: Machine) -> None:
    machine.add("python3.13", PYTHON.replace("${NO_VENV:-}", "yes"))
    machine.run()
    assert machine.calls("python3 -m venv")
    assert machine.calls("apt-get") == []


def test_a_python_may_be_named(machine: Machine) -> None:
    machine.add("my python", PYTHON)
    assert machine.run(PYTHON=str(machine.bin / "my python")).returncode == 0
    assert machine.calls("my python -m venv")


def test_a_named_python_that_will_not_do_is_refused(machine: Machine) -> None:
    done = machine.run(PYTHON=str(machine.bin / "nothing"))
    assert done.returncode == 1
    assert f"PYTHON={machine.bin}/nothing is none" in done.stderr
    assert machine.made == 0


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_without_a_python_it_says_what_to_do(machine: Machine, system: str) -> None:
    machine.add("python3", NEVER)
    (machine.bin / "apt-get").unlink()
    machine.add("uname", f"#!/bin/sh\necho {system}\n")
    done = machine.run()
    assert done.returncode == 1
    assert "needs Python 3.11 or newer with venv and ensurepip, and there is none here" in done.stderr
    assert "brew install" in done.stderr
    assert "PYTHON=/path/to/python3 sh install.sh" in done.stderr


def test_root_on_debian_gets_python_installed(machine: Machine) -> None:
    machine.add("python3", NEVER)
    machine.add("apt-get", f'{APT_GET}cat "$TMP/python" > "$TMP/bin/python3"\n')
    (machine.tmp / "python").write_text(PYTHON, "utf-8")
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.calls("apt-get")[1].endswith(" install --yes --no-install-recommends python3 python3-venv")


# --- system packages -----------------------------------------------------------------------


def test_root_gets_exactly_the_missing_packages(machine: Machine) -> None:
    done = machine.run(MISSING="libegl1 libgles2")
    assert done.returncode == 0, done.stderr
    update, install = machine.calls("apt-get")
    assert update.endswith(" update")
    assert install.endswith(" install --yes --no-install-recommends libegl1 libgles2")
    assert "installing missing system packages: libegl1 libgles2" in done.stdout


def test_a_debian_python_without_venv_gets_its_package(machine: Machine) -> None:
    done = machine.run(NO_VENV="yes")
    assert done.returncode == 0, done.stderr
    assert machine.calls("apt-get")[1].endswith(" python3 python3-venv")


@pytest.mark.parametrize("apt", [True, False])
def test_a_user_without_rights_gets_one_command_to_run(machine: Machine, apt: bool) -> None:
    machine.add("id", "#!/bin/sh\necho 1000\n")
    machine.add("sudo", NEVER)
    if not apt:
        (machine.bin / "apt-get").unlink()
    done = machine.run(MISSING="libegl1 libxcb1")
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "apt-get install" in line] == [
        "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1 libxcb1"
    ]
    assert "Fedora: libglvnd-egl" in done.stderr
    assert "--no-system" in done.stderr
    assert machine.calls("apt-get") == []
    assert machine.made == 0


def test_sudo_without_a_password_is_used(machine: Machine) -> None:
    machine.add("id", "#!/bin/sh\necho 1000\n")
    machine.add("true", "#!/bin/sh\n")
    machine.add("sudo", '#!/bin/sh\nprintf "%s\\n" "sudo $*" >> "$LOG"\nshift\nexec "$@"\n')
    done = machine.run(MISSING="libegl1")
    assert done.returncode == 0, done.stderr
    assert machine.calls("sudo -n true")
    assert machine.calls("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get")


def test_packages_that_do_not_help_are_reported(machine: Machine) -> None:
    done = machine.run(MISSING="libegl1", APT_USELESS="yes")
    assert done.returncode == 1
    assert "still cannot load what these packages hold: libegl1" in done.stderr


def test_a_broken_package_source_does_not_stop_it(machine: Machine) -> None:
    machine.add("apt-get", APT_GET + 'case "$*" in *" update") exit 100 ;; esac\n')
    done = machine.run(MISSING="libegl1")
    assert done.returncode == 0
    assert "going on with the package lists that are there" in done.stdout


@pytest.mark.parametrize(("system", "option"), [("Darwin", []), ("Linux", ["--no-system"])])
def test_no_system_packages_on_macos_or_when_not_wanted(machine: Machine, system: str, option: list[str]) -> None:
    machine.add("uname", f"#!/bin/sh\necho {system}\n")
    assert machine.run(*option, MISSING="libegl1").returncode == 0
    assert machine.calls("apt-get") == []
    assert not any("find_missing" in line for line in machine.log)


# --- options and failures ------------------------------------------------------------------


def test_help(machine: Machine) -> None:
    for option in ("--help", "-h"):
        done = machine.run(option)
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: sh install.sh")
        assert "--no-system" in done.stdout
    assert machine.log == []


@pytest.mark.parametrize("arguments", [["--prod"], ["--venv"], ["--venv", ""]])
def test_wrong_options(machine: Machine, arguments: list[str]) -> None:
    done = machine.run(*arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert machine.log == []


def test_a_failing_pip_is_not_taken_for_success(machine: Machine) -> None:
    done = machine.run(PIP_FAILS="1")
    assert done.returncode == 1
    assert "pip could not install movescreen" in done.stderr
    assert "done" not in done.stdout


# --- .ci/run -------------------------------------------------------------------------------

CI_README = """# Thing
<!-- ci:use -->
```sh
sh install.sh && .venv/bin/movescreen demo
```
<!-- ci:test -->
```sh
sh install.sh --dev && .venv/bin/pytest -n auto
```
"""
CI_INSTALL = """mkdir -p .venv/bin
for tool in movescreen ruff mypy lint-imports pytest; do
    printf '#!/bin/sh\\necho "%s $*"\\n[ "$FAILS" != %s ]\\n' $tool $tool > .venv/bin/$tool
    chmod +x .venv/bin/$tool
done
echo "installed $*"
"""


def run_ci(folder: Path, readme: str = CI_README, fails: str = "") -> subprocess.CompletedProcess[str]:
    folder = folder / "checkout"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "README.md").write_text(readme, "utf-8")
    (folder / "install.sh").write_text(CI_INSTALL, "utf-8")
    (folder / ".gitignore").write_text("junk\n", "utf-8")
    (folder / "junk").write_text("not to be copied", "utf-8")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return subprocess.run(
        ["bash", str(folder / ".ci/run")],
        env={**os.environ, "FAILS": fails, "TMPDIR": str(folder.parent)},
        text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def needs_git() -> None:
    if not (shutil.which("git") and shutil.which("bash")):
        pytest.skip("git and bash are needed")


@pytest.mark.usefixtures("needs_git")
def test_ci_runs_the_commands_of_the_readme_and_ends_with_pytest(tmp_path: Path) -> None:
    done = run_ci(tmp_path)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line and not line.startswith("==")]
    assert said == [
        "installed --dev",
        "ruff check .",
        "ruff format --check .",
        "mypy ",
        "lint-imports ",
        "installed ",
        "movescreen demo",
        "installed --dev",
        "pytest -n auto",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["checkout"], "its scratch folder is gone"
    assert not (tmp_path / "checkout/.venv").exists()


@pytest.mark.usefixtures("needs_git")
@pytest.mark.parametrize("tool", ["movescreen", "ruff", "mypy", "lint-imports", "pytest"])
def test_ci_fails_when_any_step_fails(tmp_path: Path, tool: str) -> None:
    done = run_ci(tmp_path, fails=tool)
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1] == "pytest -n auto"


@pytest.mark.usefixtures("needs_git")
@pytest.mark.parametrize(
    "readme", [CI_README.replace("ci:test", "ci:tests"), CI_README.replace(" demo\n", " demo\nsecond command\n")]
)
def test_ci_insists_on_one_command_a_marker(tmp_path: Path, readme: str) -> None:
    done = run_ci(tmp_path, readme)
    assert done.returncode != 0
    assert "exactly one command" in done.stderr
    assert "installed" not in done.stdout


def test_the_questions_are_put_to_a_python_that_has_no_packages_yet(tmp_path: Path) -> None:
    """The stand-ins answer by pattern, so the questions themselves are put to a real Python here."""
    questions = re.findall(r"-c '([^']+)'", (ROOT / "install.sh").read_text("utf-8"))
    answers = [
        subprocess.run(
            [sys.executable, "-ISBc", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{question}"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout.split()
        for question in questions
    ]  # fmt: skip
    assert answers == [[], [SYSTEM_LIBRARIES[library] for library in find_missing_libraries()]]
