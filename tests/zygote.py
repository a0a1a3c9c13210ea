"""Where the embedded service's worker comes from in tests: forked from a process that has everything imported and no
thread yet, instead of an interpreter that begins from nothing. It is as much a process of its own as any other."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from service import companion
from service.jobs.keeper import Start, WorkerProcess
from tests.journeys.crashing import POINTS, plant

LARGEST = 1 << 18
"""Bytes of an environment."""


@dataclass(frozen=True)
class ForkedWorker:
    """As much of `subprocess.Popen` as a keeper needs. Its exit code is the zygote's to know."""

    pid: int
    handle: int

    def wait(self, timeout: float | None = None) -> int:
        if not select.select([self.handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return 0

    def terminate(self) -> None:
        signal.pidfd_send_signal(self.handle, signal.SIGTERM)

    def kill(self) -> None:
        signal.pidfd_send_signal(self.handle, signal.SIGKILL)


def started(dying_at: str | None = None) -> Start:
    """Call it before there are threads. The first worker dies at the point; the zygote ends with its caller."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        here.close()
        _bear(there, dying_at)
    there.close()

    def start(end: socket.socket, environment: Mapping[str, str]) -> WorkerProcess:
        socket.send_fds(here, [json.dumps(dict(environment)).encode()], [end.fileno()])
        pid = int(here.recv(20))
        return ForkedWorker(pid, os.pidfd_open(pid))

    return start


def _bear(asked: socket.socket, dying_at: str | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while True:
        wish, descriptors, *_ = socket.recv_fds(asked, LARGEST, 1)
        if not wish:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            _work(asked, descriptors[0], json.loads(wish), dying_at)
        os.close(descriptors[0])
        asked.send(str(pid).encode())
        dying_at = None


def _work(asked: socket.socket, end: int, environment: dict[str, str], dying_at: str | None) -> None:
    asked.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    if dying_at:
        plant(POINTS[dying_at])
    os._exit(companion.run(socket.socket(fileno=end)))
