"""One command run by a small process: what the kernel calls a child's peak is never below its parent's size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from time import perf_counter


def main() -> None:
    """Run the command behind the first argument, a file descriptor, to which its cost is written as JSON."""
    report, *command = sys.argv[1:]
    started = perf_counter()
    try:
        child = subprocess.Popen(command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    _, status, usage = os.wait4(child.pid, 0)
    told = {
        "wall": perf_counter() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        # the kernel counts in KiB, macOS in bytes
        "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "code": os.waitstatus_to_exitcode(status),
    }
    with os.fdopen(int(report), "w") as file:
        json.dump(told, file)


if __name__ == "__main__":
    main()
