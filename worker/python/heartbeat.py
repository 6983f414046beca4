#!/usr/bin/env python3
"""Heartbeats for an Amazon SWF activity task, sent through a heartbeat relay. Standard library, Python 3.8 or later.

As a command:  python3 heartbeat.py run -- COMMAND
In a program:  with Heartbeat.from_environment() as heartbeat: ...

README.md beside this file has the options, the exit codes and the limits.
"""

from __future__ import annotations

import argparse
import base64
import email.utils
import http.client
import json
import math
import os
import queue
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TimeoutOfFuture
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, NoReturn, Optional, Tuple, TypeVar

__all__ = ['Heartbeat', 'HeartbeatOptionsError', 'NotReportedError', 'TaskStoppedError']
__version__ = '1.0.0'

# Times and limits -----------------------------------------------------------------------------------------------------

PATIENCE_SECONDS = 6.0  # the relay answers within 5
LAST_START_SECONDS = 0.05  # with less time than this left, an answer cannot come
SHORTEST_PAUSE_SECONDS = 0.25
LONGEST_REPORT_PAUSE_SECONDS = 60.0
LONGEST_SLEEP_SECONDS = 1.0  # a machine that slept goes on with its timers as if nothing were: look at the clock
MOST_DOUBLINGS = 40
MAX_ANSWER_BYTES = 65_536
MAX_DETAILS_CHARACTERS = 2_048
MAX_RESULT_CHARACTERS = 32_768
MAX_TIMEOUT_SECONDS = 99_999_999
MAX_GRACE_SECONDS = 86_400

FINAL_STATUSES = frozenset((400, 401, 403, 404, 405, 413))  # of a report: no repetition changes them
KEY = re.compile(r'HBRK[A-Z2-7]{16}\.[A-Za-z0-9_-]{43}')
DOMAIN = re.compile(r'[A-Za-z0-9._-]{1,256}')

T = TypeVar('T')


def now() -> float:
    """Seconds of a clock that never jumps. It counts while the machine sleeps, on Linux and macOS."""
    if hasattr(time, 'CLOCK_BOOTTIME'):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if hasattr(time, 'CLOCK_MONOTONIC'):
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


# Options --------------------------------------------------------------------------------------------------------------


class HeartbeatOptionsError(ValueError):
    """An option is missing or malformed. The message names it, and never its value."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(f'{option} {problem}')
        self.option = option
        self.problem = problem


@dataclass(frozen=True)
class Settings:
    """What a worker must know, checked."""

    domain_url: str
    key: Optional[str]
    key_file: Optional[str]
    task_token: str
    timeout_seconds: int
    ca_file: Optional[str]
    details_file: Optional[str]
    proxy_url: Optional[str]


def parse_settings(
    relay_url: str,
    domain: str,
    task_token: str,
    heartbeat_timeout_seconds: int,
    key: Optional[str] = None,
    key_file: Optional[str] = None,
    ca_file: Optional[str] = None,
    details_file: Optional[str] = None,
) -> Settings:
    """Raises HeartbeatOptionsError for the first option that cannot be used."""
    url = parse_relay_url(strip(relay_url))
    if not DOMAIN.fullmatch(strip(domain)) or strip(domain) in ('arn', '.', '..'):
        raise HeartbeatOptionsError('domain', 'must be 1 to 256 letters, digits, dots, underscores or hyphens')
    if not key_file and not key:
        raise HeartbeatOptionsError('key_file', 'or key is required')
    if not key_file and not KEY.fullmatch(strip(key or '')):
        raise HeartbeatOptionsError('key', 'is not a worker key')
    if not 1 <= len(strip(task_token)) <= 1_024:
        raise HeartbeatOptionsError('task_token', 'must be 1 to 1024 characters')
    seconds = heartbeat_timeout_seconds
    if type(seconds) is not int or not 1 <= seconds <= MAX_TIMEOUT_SECONDS:
        raise HeartbeatOptionsError(
            'heartbeat_timeout_seconds', f'must be a whole number from 1 to {MAX_TIMEOUT_SECONDS}'
        )
    return Settings(
        domain_url=f'{url.geturl().rstrip("/")}/domains/{strip(domain)}',
        key=None if key_file else strip(key or ''),
        key_file=key_file or None,
        task_token=strip(task_token),
        timeout_seconds=seconds,
        ca_file=ca_file or None,
        details_file=details_file or None,
        proxy_url=find_proxy(url),
    )


def strip(text: str) -> str:
    """Editors and shells surround a pasted text with a byte order mark, spaces and line ends."""
    return text.lstrip('\ufeff').strip()


def parse_relay_url(text: str) -> urllib.parse.SplitResult:
    try:
        url = urllib.parse.urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
    if not host or not text.isascii() or not text.isprintable() or ' ' in text:
        raise HeartbeatOptionsError('relay_url', 'must be the URL of the relay')
    if '@' in url.netloc or '?' in text or '#' in text:
        raise HeartbeatOptionsError('relay_url', 'must have no user, query or fragment')
    if url.scheme != 'https' and not (url.scheme == 'http' and is_loopback(host)):
        raise HeartbeatOptionsError('relay_url', 'must begin with https: (http: only to this machine)')
    return url


def is_loopback(host: str) -> bool:
    return host in ('localhost', '::1') or re.fullmatch(r'127(\.\d{1,3}){3}', host) is not None


def find_proxy(url: urllib.parse.SplitResult) -> Optional[str]:
    """From HTTPS_PROXY and NO_PROXY; lower case wins. None: connect directly."""
    host = url.hostname or ''
    proxy = urllib.request.getproxies_environment().get('https', '')
    if url.scheme != 'https' or is_loopback(host) or not proxy:
        return None
    if urllib.request.proxy_bypass(f'{host}:{url.port or 443}'):
        return None
    proxy = proxy if '://' in proxy else f'http://{proxy}'
    try:
        parsed = urllib.parse.urlsplit(proxy)
        usable = parsed.scheme == 'http' and bool(parsed.hostname) and (parsed.port or 80) > 0
        usable = usable and not re.search(r'\s', proxy)
    except ValueError:
        usable = False
    if not usable:
        raise HeartbeatOptionsError('proxy', 'must name a proxy as http://host:port')
    return proxy


# One request ----------------------------------------------------------------------------------------------------------


class NoAnswerError(Exception):
    """Nothing was sent, or nothing came back."""


class Answer(NamedTuple):
    """What came back from the relay, or from whatever answered in its place."""

    status: int
    retry_after: str
    date: str
    body: bytes


class Exchange:
    """One request in a thread of its own: a step that never returns, such as a blocked resolver, is left behind."""

    def __init__(self, settings: Settings, path: str, body: bytes, patience_seconds: float) -> None:
        self._settings = settings
        self._path = path
        self._body = body
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        self._abandoned = False

    def answer(self) -> Answer:
        """Raises NoAnswerError."""
        try:
            return within(self._exchange, self._patience_seconds)
        except NoAnswerError:
            raise
        except Exception as error:
            raise NoAnswerError(f'no answer ({to_cause(error)})') from error
        finally:
            self._abandon()

    def _exchange(self) -> Answer:
        key = read_key(self._settings)
        url = urllib.parse.urlsplit(self._settings.domain_url)
        connection = self._open(url)
        try:
            connection.connect()
            self._hold(connection.sock)
            headers = {
                'Host': url.netloc,
                'Authorization': f'Bearer {key}',
                'Content-Type': 'application/json',
                'User-Agent': f'swf-heartbeat-worker/{__version__} (python)',
                'Connection': 'close',
            }
            connection.request('POST', f'{url.path}/{self._path}', self._body, headers)
            response = connection.getresponse()
            body = response.read(MAX_ANSWER_BYTES + 1)
            return Answer(
                response.status,
                response.getheader('retry-after', ''),
                response.getheader('date', ''),
                body if len(body) <= MAX_ANSWER_BYTES else b'',
            )
        finally:
            connection.close()

    def _open(self, url: urllib.parse.SplitResult) -> http.client.HTTPConnection:
        """The proxy sees no more than the relay's name."""
        host, port, patience = url.hostname or '', url.port, self._patience_seconds
        if url.scheme == 'http':
            return http.client.HTTPConnection(host, port, timeout=patience)
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        if self._settings.proxy_url is None:
            return http.client.HTTPSConnection(host, port, timeout=patience, context=context)
        proxy = urllib.parse.urlsplit(self._settings.proxy_url)
        connection = http.client.HTTPSConnection(
            proxy.hostname or '', proxy.port or 80, timeout=patience, context=context
        )
        connection.set_tunnel(host, port or 443, to_proxy_headers(proxy))
        return connection

    def _hold(self, connected: socket.socket) -> None:
        """From here on, `_abandon` ends the exchange. If it has come already, nothing is sent."""
        with self._lock:
            self._socket = connected
            if self._abandoned:
                raise TookTooLongError

    def _abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def to_proxy_headers(proxy: urllib.parse.SplitResult) -> Dict[str, str]:
    if not proxy.username:
        return {}
    user, password = urllib.parse.unquote(proxy.username), urllib.parse.unquote(proxy.password or '')
    return {'Proxy-Authorization': 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()}


class TookTooLongError(Exception):
    """A step was left behind, unfinished."""


def within(function: Callable[[], T], seconds: float) -> T:
    """Runs the function in a thread. Raises what it raises, or TookTooLongError."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name='heartbeat-step', daemon=True).start()
    ends_at = now() + seconds
    while now() < ends_at:
        try:
            return future.result(timeout=min(ends_at - now(), LONGEST_SLEEP_SECONDS))
        except TimeoutOfFuture:
            if future.done():  # on newer versions of Python, the function may raise the same
                raise
    raise TookTooLongError


def read_key(settings: Settings) -> str:
    """Each time: the file may hold a new key."""
    if settings.key_file is None:
        return settings.key or ''
    try:
        key = strip(read_start(settings.key_file, MAX_ANSWER_BYTES))
    except (OSError, ValueError) as error:
        raise NoAnswerError(f'no key ({to_cause(error)})') from error
    if not KEY.fullmatch(key):
        raise NoAnswerError('no key (the file holds no worker key)')
    return key


def read_start(file: str, characters: int) -> str:
    """Does not wait for the writer of a named pipe."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0))
    with os.fdopen(descriptor, 'rb') as stream:
        return to_first(characters, (stream.read(4 * characters) or b'').decode('utf-8-sig', 'replace'))


def to_first(count: int, text: str) -> str:
    """
    Whole characters only: the relay refuses a text that ends in half of one. It is not known whether SWF counts code
    points or UTF-16 units. This counts units, which is right for both.
    """
    units = text[:count].encode('utf-16-le', 'surrogatepass')[: 2 * count]
    return units.decode('utf-16-le', 'ignore')


def to_cause(error: BaseException) -> str:
    """One printable line about an error, without paths."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f'certificate verify failed: {error.verify_message}'
    elif isinstance(error, ssl.SSLError):
        text = error.reason or 'TLS failed'
    elif isinstance(error, (socket.timeout, TookTooLongError)):
        text = 'no answer in time'
    elif isinstance(error, OSError):
        text = error.strerror or str(error) or type(error).__name__  # without a number: of a proxy's refusal
    else:
        text = type(error).__name__
    return re.sub(r'[^\x20-\x7e]+', ' ', text)[:200]


# What an answer means -------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What an answer to a heartbeat means."""

    kind: str  # recorded, paced, closed or failed
    cancel_requested: bool = False
    paces: bool = False
    accepted_ago: Optional[float] = None  # seconds since the last recorded heartbeat was sent, at most
    reason: str = ''  # such as `429 SwfThrottled`
    hint_seconds: float = 0.0


def to_outcome(answer: Answer) -> Outcome:
    members = to_members(answer.body) or {}
    if answer.status == 410 and members.get('code') == 'TaskNotOpen':
        return Outcome('closed')
    cancel_requested = members.get('cancelRequested')
    if answer.status != 200 or not isinstance(cancel_requested, bool):
        return to_failed(answer)
    if members.get('forwarded') is True:
        return Outcome('recorded', cancel_requested, paces=isinstance(members.get('acceptedAt'), str))
    if members.get('forwarded') is not False:
        return to_failed(answer)
    if members.get('code') == 'Paced':
        ago = to_ago(members.get('acceptedAt'), answer.date)
        return Outcome('paced', cancel_requested, paces=True, accepted_ago=ago)
    return to_failed(answer)._replace(cancel_requested=cancel_requested)


def to_failed(answer: Answer) -> Outcome:
    members = to_members(answer.body)
    code = members.get('code') if members is not None else None
    if 300 <= answer.status < 400:
        reason = f'{answer.status} redirect'
    elif answer.status < 300:
        reason = f'{answer.status} not from a relay'
    else:
        reason = str(answer.status)
        if isinstance(code, str) and re.fullmatch('[A-Za-z]{1,64}', code):
            reason += f' {code}'
        said = to_said((members or {}).get('detail')) if answer.status in FINAL_STATUSES else ''
        reason += f': {said}' if said else ''
    hint = float(answer.retry_after) if re.fullmatch('[0-9]{1,9}', answer.retry_after) else 0.0
    return Outcome('failed', reason=reason, hint_seconds=hint)


def to_said(detail: object) -> str:
    """What a refusal says, up to an escape as in the shell worker, and without what may be a key or a token."""
    plain = re.split(r'["\\\x00-\x1f]', detail)[0] if isinstance(detail, str) else ''
    said = re.sub('HBRK[^ ]*', '', re.sub('[^ -~]', '', plain))
    return re.sub('[^ ]{40,}', '', said)[:150]


def to_members(body: bytes) -> Optional[Dict[str, Any]]:
    """None if the body is no JSON object."""
    try:
        parsed = json.loads(body.decode('utf-8'))
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def to_ago(accepted_at: object, date: str) -> Optional[float]:
    """Both times are the relay's own, so this machine's clock does not matter. `Date` has whole seconds."""
    try:
        accepted = datetime.strptime(str(accepted_at), '%Y-%m-%dT%H:%M:%S.%fZ').replace(tzinfo=timezone.utc)
        ago = email.utils.parsedate_to_datetime(date).timestamp() + 1 - accepted.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return ago if ago >= 0 else None


# When to send ---------------------------------------------------------------------------------------------------------


class Event(NamedTuple):
    """What happened, by its name (`recorded`, `notRecorded`, `cancelRequested`, …), and in words."""

    event: str
    message: str


class Parts(NamedTuple):
    """What a keeper does its work with."""

    send: Callable[[str, Mapping[str, object], float], Answer]  # path, members, patience in seconds
    emit: Callable[[Event], object]
    read_details: Callable[[float], Optional[str]] = lambda patience_seconds: None
    may_send: Callable[[], bool] = lambda: True
    now: Callable[[], float] = now
    chance: Callable[[], float] = random.random
    sleep: Optional[Callable[[float], object]] = None  # unless given, until `stop`


class Keeper:
    """Keeps one task alive, with one request at a time, until it is closed, lost or ended."""

    def __init__(self, timeout_seconds: int, recorded_since: float, parts: Parts) -> None:
        self._timeout = timeout_seconds
        self.recorded_since = recorded_since
        self._parts = parts
        self._failures = 0
        self._paces = True
        self._next_at = -math.inf
        self._refused_details = False
        self._stopped = threading.Event()
        self._sleep = parts.sleep or self._stopped.wait

    def stop(self) -> None:
        """`keep` returns after the request that is under way."""
        self._stopped.set()

    def keep(self) -> Optional[str]:
        """Returns `closed` or `lost`, or None after `stop`."""
        while not self._stopped.is_set():
            if self._remaining() <= 0:
                self._parts.emit(Event('lost', f'nothing recorded for {self._timeout} s'))
                return 'lost'
            if self._is_due() and not self._stopped.is_set() and self._attempt() == 'closed':
                self._parts.emit(Event('closed', 'task closed'))
                return 'closed'
        return None

    def end(self, path: str, members: Mapping[str, object]) -> str:
        """After `keep`. Sends the end of the task until it is known: `reported`, `closed`, `refused` or `lost`."""
        self._stopped.clear()
        self._failures = 0
        self._next_at = -math.inf
        while self._remaining() > 0:
            if self._is_due():
                result = self._attempt_end(path, members)
                if result is not None:
                    return result
        return 'lost'

    def _is_due(self) -> bool:
        """Waits for a moment if it is too early, or too late."""
        remaining = self._remaining()
        wait = min(self._next_at - self._parts.now(), remaining)
        if wait <= 0 and remaining >= LAST_START_SECONDS and self._parts.may_send():
            return True
        self._sleep(max(0.001, min(wait if wait > 0 else remaining, LONGEST_SLEEP_SECONDS)))
        return False

    def _attempt(self) -> str:
        sent_at = self._parts.now()
        try:
            outcome = to_outcome(self._parts.send('heartbeats', self._members(), self._patience()))
        except NoAnswerError as error:
            outcome = Outcome('failed', reason=str(error))
        except Exception as error:  # whatever it is, the next heartbeat goes out
            outcome = Outcome('failed', reason=f'no answer ({to_cause(error)})')
        self._refused_details = outcome.reason.startswith('400')
        if outcome.kind == 'failed':
            self._fail(outcome.hint_seconds)
        elif outcome.kind != 'closed':
            self._succeed(sent_at, outcome)
        self._tell(outcome)
        return outcome.kind

    def _members(self) -> Dict[str, object]:
        members: Dict[str, object] = {}
        # Details never stop a heartbeat: SWF may count characters in another way.
        details = None if self._refused_details else self._parts.read_details(self._patience())
        if details:
            members['details'] = details
        members['heartbeatTimeoutSeconds'] = self._timeout
        members['nextHeartbeatSeconds'] = math.ceil(self._interval())
        return members

    def _succeed(self, sent_at: float, outcome: Outcome) -> None:
        self._failures = 0
        if outcome.kind == 'recorded':
            self.recorded_since = sent_at
        elif outcome.accepted_ago is not None:
            self.recorded_since = max(self.recorded_since, sent_at - outcome.accepted_ago)
        self._paces = outcome.paces
        self._next_at = sent_at + self._interval() * (0.9 + 0.1 * self._parts.chance())

    def _fail(self, hint_seconds: float) -> None:
        self._failures += 1
        remaining = max(0.0, self._remaining())
        backoff = (0.5 + 0.5 * self._parts.chance()) * 2 ** min(self._failures - 1, MOST_DOUBLINGS)
        # What remains always holds three more attempts.
        room = max(remaining / 4, min(SHORTEST_PAUSE_SECONDS, remaining / 2))
        self._next_at = self._parts.now() + min(max(hint_seconds, backoff), self._timeout / 3, room)

    def _tell(self, outcome: Outcome) -> None:
        if outcome.cancel_requested:
            self._parts.emit(Event('cancelRequested', 'cancel requested'))
        elif outcome.kind == 'recorded':
            self._parts.emit(Event('recorded', 'recorded'))
        elif outcome.kind == 'failed':
            self._parts.emit(Event('notRecorded', f'not recorded: {outcome.reason}'))

    def _attempt_end(self, path: str, members: Mapping[str, object]) -> Optional[str]:
        """None: not known yet."""
        try:
            answer = self._parts.send(path, members, self._patience())
        except NoAnswerError as error:
            failed, is_final = Outcome('failed', reason=str(error)), False
        else:
            if answer.status == 200 and (to_members(answer.body) or {}).get('state') == 'closed':
                return 'reported'
            if to_outcome(answer).kind == 'closed':
                return 'closed'
            failed, is_final = to_failed(answer), answer.status in FINAL_STATUSES
        self._fail(failed.hint_seconds)
        self._next_at = min(self._next_at, self._parts.now() + LONGEST_REPORT_PAUSE_SECONDS)
        self._parts.emit(Event('notReported', f'not reported: {failed.reason}'))
        return 'refused' if is_final else None

    def _interval(self) -> float:
        return self._timeout / (6 if self._paces else 3)

    def _patience(self) -> float:
        return min(PATIENCE_SECONDS, self._remaining() / 2)

    def _remaining(self) -> float:
        return self.recorded_since + self._timeout - self._parts.now()


def send(settings: Settings, path: str, members: Mapping[str, object], patience_seconds: float) -> Answer:
    """Raises NoAnswerError."""
    body = json.dumps({'taskToken': settings.task_token, **members}).encode()
    return Exchange(settings, path, body, patience_seconds).answer()


def read_details_file(settings: Settings, patience_seconds: float) -> Optional[str]:
    """None if there is no file, or it cannot be read at once."""
    file = settings.details_file
    if file is None:
        return None
    try:
        return within(
            lambda: read_start(file, MAX_DETAILS_CHARACTERS).rstrip(),
            min(LONGEST_SLEEP_SECONDS, patience_seconds / 2),
        )
    except Exception:
        return None


# The library ----------------------------------------------------------------------------------------------------------

WHY = {
    'canceled': 'somebody asked SWF to cancel the task',
    'closed': 'the task is over',
    'lost': 'no heartbeat was recorded for the heartbeat timeout',
}
NOT_REPORTED = {
    'closed': 'the task was over already',
    'lost': 'the relay did not take the report in time',
    'refused': 'the relay refused the report',
}
END_NAMES = {'completions': 'completed', 'failures': 'failed', 'cancellations': 'canceled'}
RESTART_SECONDS = 1.0


class TaskStoppedError(Exception):
    """The work must end. `reason` is `canceled`, `closed` or `lost`."""

    def __init__(self, reason: str) -> None:
        super().__init__(WHY[reason])
        self.reason = reason


class NotReportedError(Exception):
    """The end of the task was not reported. `outcome` is `closed`, `lost` or `refused`."""

    def __init__(self, outcome: str) -> None:
        super().__init__(NOT_REPORTED[outcome])
        self.outcome = outcome


class Heartbeat:
    """Heartbeats for one task while a `with` block runs.

    A process of their own sends them, so Python code, or C code that holds the interpreter's lock, cannot stop them.
    They end when the block or the program ends, however it ends, and pause while the program is suspended.
    """

    def __init__(
        self,
        relay_url: str,
        domain: str,
        task_token: str,
        heartbeat_timeout_seconds: int,
        *,
        key: Optional[str] = None,
        key_file: Optional[str] = None,
        ca_file: Optional[str] = None,
        details_file: Optional[str] = None,
        on_event: Optional[Callable[[Event], object]] = None,
    ) -> None:
        """Raises HeartbeatOptionsError. `on_event` is called in another thread."""
        self._settings = parse_settings(
            relay_url, domain, task_token, heartbeat_timeout_seconds, key, key_file, ca_file, details_file
        )
        self._on_event = on_event
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._recorded_since = 0.0
        self._reason: Optional[str] = None
        self._must_end = threading.Event()
        self._over = threading.Event()
        self._end_outcomes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of what follows
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._orders: Dict[str, Any] = {}  # the last of each kind: a process that takes over needs them, too

    @classmethod
    def from_environment(cls, on_event: Optional[Callable[[Event], object]] = None) -> Heartbeat:
        """Takes the options from the variables of the command."""
        return cls(on_event=on_event, **read_variables())

    def __enter__(self) -> Heartbeat:
        self._recorded_since = now()
        first = self._start_process()  # here, because what comes next may never let another thread run
        threading.Thread(target=self._supervise, args=(first,), name='heartbeat', daemon=True).start()
        threading.Thread(target=self._tell_events, name='heartbeat-events', daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def reason(self) -> Optional[str]:
        """Why the work must end: `canceled`, `closed` or `lost`. None while it may go on."""
        return self._reason

    def wait(self, timeout: Optional[float] = None) -> Optional[str]:
        """Waits until the work must end, or for so many seconds. Returns the reason."""
        self._must_end.wait(timeout)
        return self._reason

    def check(self) -> None:
        """Raises TaskStoppedError if the work must end."""
        if self._reason is not None:
            raise TaskStoppedError(self._reason)

    def details(self, text: str) -> None:
        """Sends these details with each heartbeat from now on. Longer ones are cut to 2048 characters."""
        self._order('details', to_first(MAX_DETAILS_CHARACTERS, text).rstrip())

    def complete(self, result: Optional[str] = None) -> None:
        """Reports the task as completed. The key must allow it. Raises NotReportedError."""
        self._end('completions', result=result)

    def fail(self, reason: Optional[str] = None, details: Optional[str] = None) -> None:
        """Reports the task as failed. The key must allow it. Raises NotReportedError."""
        self._end('failures', reason=reason, details=details)

    def cancel(self, details: Optional[str] = None) -> None:
        """Reports the task as canceled. The key must allow it. Raises NotReportedError."""
        self._end('cancellations', details=details)

    def stop(self) -> None:
        """Sends no further heartbeat. The end of the `with` block calls it."""
        self._over.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _end(self, path: str, **members: Optional[str]) -> None:
        if self._reason in ('closed', 'lost'):
            raise NotReportedError(self._reason or '')
        if self._over.is_set():
            raise RuntimeError('the heartbeats have ended')
        given = {name: value for name, value in members.items() if value is not None}
        self._order('end', {'path': path, 'members': given})
        outcome = self._end_outcomes.get()
        self.stop()
        if outcome != 'reported':
            raise NotReportedError(outcome)
        self._events.put(Event('reported', f'reported: {END_NAMES[path]}'))

    def _order(self, name: str, value: object) -> None:
        with self._lock:
            self._orders[name] = value
            if self._process is not None:
                write_order(self._process, name, value)

    def _supervise(self, process: Optional[subprocess.Popen[bytes]]) -> None:
        """Starts another process if the first one dies. The time until the task is lost counts on."""
        while not self._over.is_set():
            try:
                with process or self._start_process() as process:
                    self._listen(process)
            except (OSError, ValueError):
                pass
            process = None
            if now() >= self._recorded_since + self._settings.timeout_seconds and not self._over.is_set():
                self._hear(Event('lost', f'nothing recorded for {self._settings.timeout_seconds} s'))
            if self._reason in ('closed', 'lost'):
                self._over.set()
                self._end_outcomes.put(self._reason)
            self._over.wait(RESTART_SECONDS)

    def _start_process(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, '-I', os.path.abspath(__file__), KEEP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        first = {
            'settings': asdict(self._settings),
            'recordedSince': self._recorded_since,
            'programId': os.getpid(),
        }
        with self._lock:
            self._process = process
            for name, value in [('first', first), *self._orders.items()]:
                write_order(process, name, value)
        if self._over.is_set():
            process.kill()
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or []:
            told = json.loads(line)
            self._recorded_since = told['recordedSince']
            if 'event' in told:
                self._hear(Event(told['event'], told['message']))
            if 'ended' in told:
                self._end_outcomes.put(told['ended'])

    def _hear(self, event: Event) -> None:
        reason = {'cancelRequested': 'canceled', 'closed': 'closed', 'lost': 'lost'}.get(event.event)
        if reason is not None:
            self._reason = reason
            self._must_end.set()
        self._events.put(event)

    def _tell_events(self) -> None:
        """Apart from `_supervise`: the program may end the task when it hears that it must."""
        while True:
            event = self._events.get()
            try:
                if self._on_event is not None:
                    self._on_event(event)
            except Exception:  # the program's own listener
                pass


KEEP = '--keep'  # starts the process that sends a library's heartbeats


def write_order(process: subprocess.Popen[bytes], name: str, value: object) -> None:
    """The key is in the first of them: standard input is for nobody else to read."""
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps([name, value]).encode() + b'\n')
            process.stdin.flush()
    except (OSError, ValueError):
        pass  # it has died, and its successor gets the order


def read_orders() -> Iterator[Tuple[str, Any]]:
    for line in sys.stdin.buffer:
        name, value = json.loads(line)
        yield name, value


def keep_for_program() -> None:
    """Runs in the library's process. Takes orders from standard input, and ends with it."""
    orders = read_orders()
    _, first = next(orders)
    settings = Settings(**first['settings'])
    details: List[str] = ['']
    lock = threading.Lock()

    def tell(told: Mapping[str, Any]) -> None:
        with lock:
            try:
                os.write(1, json.dumps({**told, 'recordedSince': keeper.recorded_since}).encode() + b'\n')
            except OSError:
                os._exit(1)  # nobody is left to listen

    parts = Parts(
        send=partial(send, settings),
        emit=lambda event: tell(event._asdict()),
        read_details=lambda patience: (
            details[0] if settings.details_file is None else read_details_file(settings, patience)
        ),
        may_send=lambda: is_running(first['programId']),
    )
    keeper = Keeper(settings.timeout_seconds, first['recordedSince'], parts)
    kept: queue.SimpleQueue[Optional[str]] = queue.SimpleQueue()
    threading.Thread(target=lambda: kept.put(keeper.keep()), daemon=True).start()
    for name, value in orders:
        if name == 'details':
            details[0] = value
        else:
            keeper.stop()
            tell({'ended': kept.get() or keeper.end(value['path'], value['members'])})
    os._exit(0)


def is_running(program_id: int) -> bool:
    """Ends this process if the program is gone: a process that it forked may hold the pipe open. False if suspended."""
    if hasattr(os, 'getppid') and os.getppid() != program_id:
        os._exit(0)
    try:
        with open(f'/proc/{program_id}/stat', 'rb') as stream:
            return stream.read().rpartition(b')')[2].split()[0] not in (b'T', b't')
    except OSError:
        return True


# The command ----------------------------------------------------------------------------------------------------------

WRONG_USAGE, CANCELED, CLOSED, LOST, NOT_REPORTED_CODE = 2, 90, 91, 92, 93
VERDICTS = {'cancelRequested': CANCELED, 'closed': CLOSED, 'lost': LOST}
CONSEQUENCES = {'cancelRequested': ': work told to end', 'closed': ': work stopped', 'lost': ': work stopped'}
CHATTY = ('recorded', 'notRecorded', 'reported', 'notReported')
LOOK_AGAIN_SECONDS = 0.05
FLUSH_SECONDS = 1.0

VARIABLES = {
    'relay_url': 'HEARTBEAT_RELAY_URL',
    'domain': 'HEARTBEAT_DOMAIN',
    'key': 'HEARTBEAT_KEY',
    'key_file': 'HEARTBEAT_KEY_FILE',
    'task_token': 'TASK_TOKEN',
    'heartbeat_timeout_seconds': 'HEARTBEAT_TIMEOUT_SECONDS',
    'ca_file': 'HEARTBEAT_CA_FILE',
}
SECRETS = ('HEARTBEAT_KEY', 'HEARTBEAT_KEY_FILE', 'TASK_TOKEN')  # the work must not have these

HELP = """Usage: heartbeat.py run [options] -- COMMAND [ARGUMENT...]

Runs COMMAND, which works on one activity task of Amazon SWF, and sends the task's heartbeats to a relay.

Options:
  --grace SECONDS       from SIGTERM to SIGKILL when the work must end (default 30)
  --details-file FILE   its first 2048 characters are the details of each heartbeat
  --report              complete, fail or cancel the task when the work has ended
  --result-file FILE    with --report: the result of a completed task
  --quiet               print only what ends the work
  --log text|json       how to print (default text)
  -h, --help            print this
  --version             print the version

Variables:
  HEARTBEAT_RELAY_URL, HEARTBEAT_DOMAIN, HEARTBEAT_KEY_FILE (or HEARTBEAT_KEY), TASK_TOKEN,
  HEARTBEAT_TIMEOUT_SECONDS; optional: HEARTBEAT_CA_FILE, HTTPS_PROXY, NO_PROXY

Exit codes:
  that of COMMAND; 2 wrong usage; 90 canceled; 91 the task was over; 92 no heartbeat was recorded for too long;
  93 the relay did not take the report
"""


class UsageError(Exception):
    """The command line or the variables cannot be used. The message names what, never its value."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(re.sub(r'[^\x20-\x7e]+', ' ', message))


def parse_command_line(arguments: List[str]) -> argparse.Namespace:
    end = arguments.index('--') if '--' in arguments else len(arguments)
    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument('-h', '--help', action='store_true')
    parser.add_argument('--version', action='store_true')
    parser.add_argument('--grace', default='30')
    parser.add_argument('--details-file')
    parser.add_argument('--report', action='store_true')
    parser.add_argument('--result-file')
    parser.add_argument('--quiet', action='store_true')
    parser.add_argument('--log', default='text')
    parser.add_argument('words', nargs='*')
    options = parser.parse_args(arguments[:end])
    if options.help or options.version:
        return options
    if options.words != ['run']:
        raise UsageError('the command line must be: run [options] -- COMMAND')
    if not re.fullmatch('[0-9]{1,5}', options.grace) or int(options.grace) > MAX_GRACE_SECONDS:
        raise UsageError(f'--grace must be a whole number from 0 to {MAX_GRACE_SECONDS}')
    if options.log not in ('text', 'json'):
        raise UsageError('--log must be text or json')
    options.command = arguments[end + 1 :]
    if not options.command or not options.command[0]:
        raise UsageError('there must be -- and a COMMAND behind it')
    return options


def read_variables() -> Dict[str, Any]:
    options: Dict[str, Any] = {option: os.environ.get(name, '') for option, name in VARIABLES.items()}
    seconds = strip(options['heartbeat_timeout_seconds'])
    options['heartbeat_timeout_seconds'] = int(seconds) if re.fullmatch('[1-9][0-9]{0,8}', seconds) else 0
    return options


def read_settings(details_file: Optional[str]) -> Settings:
    """A file that cannot be read at the start is a mistake. Later it is a failed heartbeat."""
    try:
        settings = parse_settings(details_file=details_file, **read_variables())
    except HeartbeatOptionsError as error:
        raise UsageError(f'{VARIABLES.get(error.option, "HTTPS_PROXY")} {error.problem}') from error
    try:
        read_key(settings)
    except NoAnswerError as error:
        raise UsageError(f'HEARTBEAT_KEY_FILE cannot be used: {error}') from error
    try:
        if settings.ca_file is not None:
            ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise UsageError(f'HEARTBEAT_CA_FILE cannot be used ({to_cause(error)})') from error
    return settings


class Log:
    """Lines on standard error, from a thread of their own: a reader that stops reading delays nothing."""

    def __init__(self, quiet: bool, format: str) -> None:
        self._quiet = quiet
        self._format = format
        self._last = ''
        self._lines: queue.Queue[str] = queue.Queue(maxsize=1_000)
        threading.Thread(target=self._write, name='heartbeat-log', daemon=True).start()

    def say(self, event: str, message: str) -> None:
        """Not the same line twice in a row. The cause in brackets at its end does not count."""
        text = re.sub(r' \(.*\)$', '', message)
        if text == self._last:
            return
        self._last = text
        if self._quiet and event in CHATTY:
            return
        at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        members = {'time': at, 'event': event, 'message': message}
        try:
            self._lines.put_nowait(json.dumps(members) if self._format == 'json' else f'heartbeat: {message}')
        except queue.Full:
            pass

    def flush(self) -> None:
        """Waits a moment for a slow reader."""
        end = now() + FLUSH_SECONDS
        while self._lines.unfinished_tasks and now() < end:
            time.sleep(0.005)

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            try:
                os.write(2, line.encode() + b'\n')
            except OSError:
                pass
            self._lines.task_done()


class Run:
    """The work, with heartbeats beside it. The main thread decides; others tell it what happened through a queue."""

    def __init__(self, options: argparse.Namespace, settings: Settings, log: Log) -> None:
        self._options = options
        self._log = log
        self._happened: queue.SimpleQueue[Tuple[str, Any]] = queue.SimpleQueue()
        parts = Parts(
            send=partial(send, settings),
            emit=self._hear,
            read_details=partial(read_details_file, settings),
        )
        self._keeper = Keeper(settings.timeout_seconds, now(), parts)
        self._keeping = threading.Thread(target=self._keeper.keep, name='heartbeat', daemon=True)
        self._work: Optional[subprocess.Popen[bytes]] = None
        self._code: Optional[int] = None
        self._verdict: Optional[int] = None
        self._kill_at: Optional[float] = None  # set once the work was told to end

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants it
                signal.signal(number, lambda *_: self._happened.put(('signal', None)))
        self._keeping.start()
        self._start_work()
        while not self._has_ended():
            try:
                self._handle(*self._happened.get(timeout=self._next_look()))
            except queue.Empty:
                pass
        self._keeper.stop()
        return self._conclude(self._code or 0)

    def _start_work(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
        try:
            self._work = subprocess.Popen(self._options.command, env=environment, start_new_session=True)
        except (OSError, ValueError) as error:
            is_missing = isinstance(error, FileNotFoundError)
            self._code = 127 if is_missing else 126
            cause = 'command not found' if is_missing else 'command cannot be executed'
            self._log.say('notStarted', f'work not started: {cause}')
            return
        work = self._work
        threading.Thread(target=lambda: self._happened.put(('exit', work.wait())), daemon=True).start()

    def _hear(self, event: Event) -> None:
        """In the keeper's thread, until it has nothing to do but the report."""
        if event.event == 'notReported':
            self._log.say(event.event, event.message)
        else:
            self._happened.put(('heartbeat', event))

    def _handle(self, what: str, value: Any) -> None:
        if what == 'exit':
            self._code = value if value >= 0 else 128 - value
        elif what == 'signal':
            self._end_work()
        elif value.event in VERDICTS:
            self._end_work()
            self._verdict = max(self._verdict or 0, VERDICTS[value.event])
            self._log.say(value.event, value.message + CONSEQUENCES[value.event])
        else:
            self._log.say(value.event, value.message)

    def _end_work(self) -> None:
        if self._kill_at is None:
            self._kill_at = now() + int(self._options.grace)
            self._signal_work(signal.SIGTERM)

    def _has_ended(self) -> bool:
        """Work that was told to end has ended when nothing is left of its process group."""
        if self._kill_at is None or self._work is None:
            return self._code is not None
        if not self._signal_work(0):
            return self._code is not None
        if now() >= self._kill_at:
            self._log.say('killed', f'work did not end within {self._options.grace} s: killed')
            self._signal_work(signal.SIGKILL)
            self._kill_at = math.inf
            return self._wait_for_exit()
        return False

    def _wait_for_exit(self) -> bool:
        while self._code is None:
            self._handle(*self._happened.get())
        return True

    def _next_look(self) -> Optional[float]:
        return None if self._kill_at is None else LOOK_AGAIN_SECONDS

    def _signal_work(self, number: int) -> bool:
        """Returns whether anybody is left."""
        try:
            if self._work is not None:
                os.killpg(self._work.pid, number)
                return True
        except OSError:
            pass
        return False

    def _conclude(self, code: int) -> int:
        if self._verdict in (CLOSED, LOST):
            return self._verdict
        if not self._options.report:
            return self._verdict or code
        self._keeping.join()
        if self._verdict == CANCELED:
            path, members = 'cancellations', {}
        elif code == 0:
            path, members = 'completions', self._read_result()
        else:
            path, members = 'failures', {'reason': f'exit code {code}'}
        return self._report(path, members, self._verdict or code)

    def _report(self, path: str, members: Mapping[str, str], code: int) -> int:
        outcome = self._keeper.end(path, members)
        if outcome == 'reported':
            self._log.say('reported', f'reported: {END_NAMES[path]}')
            return code
        if outcome == 'closed':
            self._log.say('closed', 'task closed: nothing to report')
            return CLOSED
        self._log.say('notReported', 'report given up')
        return NOT_REPORTED_CODE

    def _read_result(self) -> Dict[str, str]:
        """A result that cannot be read does not undo the work."""
        try:
            file = self._options.result_file
            return {} if file is None else {'result': read_start(file, MAX_RESULT_CHARACTERS)}
        except OSError:
            return {}


def open_standard_streams() -> None:
    """Where one is closed, the next file or connection would take its place, and log lines would go there."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def main(arguments: Optional[List[str]] = None) -> int:
    open_standard_streams()
    try:
        options = parse_command_line(sys.argv[1:] if arguments is None else arguments)
        if options.help or options.version:
            os.write(1, (HELP if options.help else __version__ + '\n').encode())
            return 0
        log = Log(options.quiet, options.log)
        code = Run(options, read_settings(options.details_file), log).run()
    except UsageError as error:
        log = Log(quiet=False, format='text')
        log.say('usage', str(error))
        code = WRONG_USAGE
    log.flush()
    return code


if __name__ == '__main__':
    if sys.argv[1:] == [KEEP]:
        keep_for_program()
    else:
        sys.exit(main())
