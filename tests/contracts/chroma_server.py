"""Chroma's own Rust server as a child process on a free port of this machine. Never its Python server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.free_port import free_port


class ChromaServer:
    """`chroma run` on `folder`. A context manager; may be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ChromaServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        program = Path(sys.executable).parent / "chroma"
        command = [str(program), "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        quiet = {**os.environ, "OTEL_SDK_DISABLED": "true"}
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, env=quiet)
        self._wait_until_it_answers()

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(10)

    def send(self, signal_number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal_number)

    def _wait_until_it_answers(self) -> None:
        address = f"http://127.0.0.1:{self.port}/api/v2/heartbeat"
        for _ in range(300):
            try:
                with urllib.request.urlopen(address, timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"chroma run did not answer; its log: {self._folder / 'server.log'}")
