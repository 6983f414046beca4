"""Drives the Python library as the suite drives a command: `run -- COMMAND`, the same variables, lines and codes."""

import os
import re
import signal
import subprocess
import sys
import threading
from typing import Optional

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../worker/python'))

from heartbeat import Event, Heartbeat  # noqa: E402

CODES = {'canceled': 90, 'closed': 91, 'lost': 92}
ENDING = ('cancelRequested', 'closed', 'lost')


class Driver:
    def __init__(self) -> None:
        self.told = False
        self.ended = False
        self.work: 'Optional[subprocess.Popen[bytes]]' = None
        self.last = ''
        self.hearing = threading.Lock()

    def end_work(self, *_: object) -> None:
        self.told = True
        if self.work is not None and not self.ended:
            self.ended = True
            os.killpg(self.work.pid, signal.SIGTERM)

    def hear(self, event: Event) -> None:
        with self.hearing:
            self.act(event)

    def act(self, event: Event) -> None:
        if event.event in ENDING:
            self.end_work()
        text = re.sub(r' \(.*\)$', '', event.message)
        if text != self.last:
            consequence = ': work told to end' if event.event == 'cancelRequested' else ': work stopped'
            say(f'heartbeat: {event.message}{consequence if event.event in ENDING else ""}\n')
        self.last = text


def say(line: str) -> None:
    try:
        os.write(2, line.encode())
    except OSError:
        pass


def main() -> int:
    driver = Driver()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, driver.end_work)
    with Heartbeat.from_environment(on_event=driver.hear) as heartbeat:
        environment = dict(os.environ)
        for name in ('HEARTBEAT_KEY', 'HEARTBEAT_KEY_FILE', 'TASK_TOKEN'):
            environment.pop(name, None)
        command = sys.argv[sys.argv.index('--') + 1 :]
        driver.work = subprocess.Popen(command, env=environment, start_new_session=True)
        if driver.told:
            driver.end_work()
        block(int(os.environ.get('DRIVER_BLOCKS_MS', '0')))
        code = driver.work.wait()
        with driver.hearing:  # its line is printed
            pass
        return CODES[heartbeat.reason] if heartbeat.reason else code if code >= 0 else 128 - code


def block(milliseconds: int) -> None:
    """A C function that holds the interpreter's lock: no other thread of this process runs."""
    if milliseconds > 0:
        import ctypes

        ctypes.PyDLL(None).usleep(ctypes.c_uint(milliseconds * 1_000))


sys.exit(main())
