"""A copy of the launcher does its part with what is loaded, and has nothing else of the launcher's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_LAUNCHER = """
import os, signal, sys
from pathlib import Path
from marshrut.ops import forks

def never(*_):
    os.write(1, b"the launcher's handler ran in a copy")
signal.signal(signal.SIGTERM, never)
signal.signal(signal.SIGINT, never)
reading, writing = os.pipe()
os.set_blocking(writing, False)
signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
private, kept = os.open("/dev/null", os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)
os.set_inheritable(private, True)
part = forks.Part(name="part", module="part", arguments=["one", "two"], environ={"ONLY": "this", "KEPT": str(kept)},
                  log=Path(sys.argv[1]), kept=[kept])
print(os.getsid(0), end=" ")
running = forks.fork(part)
if len(sys.argv) > 2:
    while not Path(sys.argv[1]).exists() or "ready" not in Path(sys.argv[1]).read_text():
        pass
    running.terminate()
print(running.wait(), running.poll())
"""


def copy_of(folder: Path, module: str, *further: str) -> tuple[list[int], str]:
    """Session of the launcher, exit code as waited for and as asked again; and what the copy wrote."""
    (folder / "part.py").write_text(module)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    log = folder / "part.log"
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, str(log), *further], env=environ, capture_output=True, text=True, check=True
    )
    return [int(word) for word in done.stdout.split()], log.read_text()


def test_a_copy_has_its_arguments_its_environment_and_what_it_may_keep_and_nothing_else(tmp_path: Path) -> None:
    (session, *codes), written = copy_of(tmp_path, """
import json, os, signal, sys
print(json.dumps({
    "arguments": sys.argv[1:], "environ": {**os.environ}, "session": os.getsid(0), "name": open("/proc/self/comm").read(),
    "open": [number for number in range(64) if os.path.exists(f"/proc/self/fd/{number}")], "folder": os.getcwd(),
    "term": signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
}))
""")  # fmt: skip
    told: dict[str, Any] = json.loads(written)
    assert codes == [0, 0]
    assert told["arguments"] == ["one", "two"]
    assert told["environ"].keys() == {"ONLY", "KEPT"}
    assert told["open"] == [0, 1, 2, int(told["environ"]["KEPT"])]
    assert (told["name"], told["folder"]) == ("marshrut part\n", str(tmp_path))
    assert told["session"] != session
    assert (told["term"], told["blocked"]) == (True, 0)


def test_what_a_copy_says_stands_in_its_log_in_order_and_an_error_of_it_with_its_place(tmp_path: Path) -> None:
    (_, *codes), written = copy_of(tmp_path, "import sys; print('first'); print('second', file=sys.stderr); print('third'); 1 / 0")
    assert codes == [1, 1]
    assert written.splitlines()[:3] == ["first", "second", "third"]
    assert "part.py" in written
    assert written.splitlines()[-1].startswith("ZeroDivisionError")


def test_the_exit_code_of_a_copy_is_that_of_its_module(tmp_path: Path) -> None:
    assert copy_of(tmp_path, "import sys; sys.exit(3)")[0][1:] == [3, 3]
    codes, written = copy_of(tmp_path, "import sys; sys.exit('a sentence')")
    assert (codes[1:], written.splitlines()[-1]) == ([1, 1], "a sentence")


def test_a_signal_ends_a_copy_and_the_launchers_handler_is_not_asked(tmp_path: Path) -> None:
    codes, written = copy_of(tmp_path, "import signal; print('ready'); signal.pause()", "and end it")
    assert (codes[1:], written) == ([-signal.SIGTERM, -signal.SIGTERM], "ready\n")


def test_a_copy_waits_for_what_its_threads_still_do(tmp_path: Path) -> None:
    module = "import threading, time\ndef slow(): time.sleep(0.05); print('done')\nthreading.Thread(target=slow).start()"
    codes, written = copy_of(tmp_path, module)
    assert (codes[1:], written) == ([0, 0], "done\n")
