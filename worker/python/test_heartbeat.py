"""Tests of heartbeat.py: `python3 -m unittest` in this folder. They need no network beyond this machine."""

import contextlib
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple
from unittest import mock

import heartbeat as kit
from heartbeat import Answer, Heartbeat, HeartbeatOptionsError, Keeper, NoAnswerError, NotReportedError, Parts

KEY = f'HBRK{"A" * 16}.{"s" * 43}'
TOKEN = 'AAAAKgAAAAIAAAAA=='
PATIENCE_SECONDS = 120.0  # only what hangs meets it

RECORDED = {'forwarded': True, 'cancelRequested': False, 'acceptedAt': '2026-11-22T08:00:00.000Z'}
CANCEL = {**RECORDED, 'cancelRequested': True}
PACED = {'forwarded': False, 'cancelRequested': False, 'code': 'Paced', 'acceptedAt': '2026-11-22T08:00:00.000Z'}


def raw(status: int, members: object, retry_after: str = '', date: str = '') -> Answer:
    return Answer(status, retry_after, date, json.dumps(members).encode())


def settings(**changes: Any) -> kit.Settings:
    options: Dict[str, Any] = {
        'relay_url': 'https://relay.example/',
        'domain': 'orders',
        'task_token': TOKEN,
        'heartbeat_timeout_seconds': 60,
        'key': KEY,
    }
    return kit.parse_settings(**{**options, **changes})


class Options(unittest.TestCase):
    def test_takes_pasted_texts_as_they_are(self) -> None:
        parsed = settings(key=f'\ufeff{KEY}\r\n', task_token=f'{TOKEN}\r\n')
        self.assertEqual((parsed.key, parsed.task_token), (KEY, TOKEN))
        self.assertEqual(parsed.domain_url, 'https://relay.example/domains/orders')

    def test_names_what_it_cannot_use_and_never_its_value(self) -> None:
        rows = [
            ('relay_url', 'http://relay.example'),
            ('relay_url', 'https://user:secret@relay.example'),
            ('relay_url', 'https://relay.example/?secret'),
            ('relay_url', 'secret'),
            ('domain', '..'),
            ('domain', 'secret/secret'),
            ('key', 'secret'),
            ('task_token', ''),
            ('heartbeat_timeout_seconds', 0),
            ('heartbeat_timeout_seconds', 1.5),
            ('heartbeat_timeout_seconds', True),
        ]
        for option, value in rows:
            with self.subTest(option=option, value=value):
                with self.assertRaises(HeartbeatOptionsError) as caught:
                    settings(**{option: value})
                self.assertEqual(caught.exception.option, option)
                self.assertNotIn('secret', str(caught.exception))

    def test_takes_plain_http_only_to_this_machine(self) -> None:
        for host in ('localhost', '127.0.0.1:80', '127.9.9.9', '[::1]:8080'):
            self.assertTrue(settings(relay_url=f'http://{host}').domain_url.startswith(f'http://{host}/'))
        for host in ('127.0.0.1.example', 'localhost.example', '[::2]', '10.0.0.1'):
            with self.assertRaises(HeartbeatOptionsError):
                settings(relay_url=f'http://{host}')

    def test_finds_a_proxy(self) -> None:
        rows = [
            ({'HTTPS_PROXY': 'http://proxy:3128'}, 'http://proxy:3128'),
            ({'HTTPS_PROXY': 'proxy:3128'}, 'http://proxy:3128'),
            ({'HTTPS_PROXY': 'http://upper:1', 'https_proxy': 'http://lower:1'}, 'http://lower:1'),
            ({'HTTPS_PROXY': 'http://proxy:3128', 'NO_PROXY': 'a.example, .example'}, None),
            ({'HTTPS_PROXY': 'http://proxy:3128', 'NO_PROXY': 'relay.example:443'}, None),
            ({'HTTPS_PROXY': 'http://proxy:3128', 'NO_PROXY': 'lay.example'}, 'http://proxy:3128'),
            ({'HTTPS_PROXY': 'http://proxy:3128', 'NO_PROXY': '*'}, None),
            ({'HTTP_PROXY': 'http://proxy:3128'}, None),
        ]
        for environment, proxy in rows:
            with self.subTest(environment), mock.patch.dict(os.environ, environment, clear=True):
                self.assertEqual(settings().proxy_url, proxy)
                self.assertIsNone(settings(relay_url='https://127.0.0.1').proxy_url)
        with mock.patch.dict(os.environ, {'HTTPS_PROXY': 'socks5://proxy'}, clear=True):
            self.assertRaises(HeartbeatOptionsError, settings)


class Outcomes(unittest.TestCase):
    def test_what_an_answer_means(self) -> None:
        rows = [
            (raw(200, RECORDED), 'recorded', ''),
            (raw(200, CANCEL), 'recorded', ''),
            (raw(200, PACED), 'paced', ''),
            (raw(410, {'code': 'TaskNotOpen'}), 'closed', ''),
            (raw(410, {'code': 'Gone'}), 'failed', '410 Gone'),
            (raw(200, {**RECORDED, 'cancelRequested': 'no'}), 'failed', '200 not from a relay'),
            (raw(200, {**RECORDED, 'forwarded': 1}), 'failed', '200 not from a relay'),
            (raw(200, [True]), 'failed', '200 not from a relay'),
            (Answer(200, '', '', b'\xff'), 'failed', '200 not from a relay'),
            (Answer(200, '', '', b'[' * 60_000), 'failed', '200 not from a relay'),
            (raw(302, {}), 'failed', '302 redirect'),
            (raw(403, {'code': 'a line\nend'}), 'failed', '403'),
            (raw(403, {'code': 'No', 'detail': 'Not that \u00e9.'}), 'failed', '403 No: Not that .'),
            (raw(400, {'detail': f'No {KEY} nor {"t" * 40}\nhere'}), 'failed', '400: No  nor '),
            (raw(401, {'code': 'No', 'detail': KEY}), 'failed', '401 No'),
            (raw(413, {'detail': 'so ' * 60}), 'failed', f'413: {"so " * 50}'),
            (raw(429, {'code': 'SwfThrottled', 'detail': 'Slowly.'}), 'failed', '429 SwfThrottled'),
        ]
        for answer, kind, reason in rows:
            with self.subTest(answer=answer):
                outcome = kit.to_outcome(answer)
                self.assertEqual((outcome.kind, outcome.reason), (kind, reason))

    def test_a_hint_is_a_number_of_seconds(self) -> None:
        rows = [('7', 7.0), ('', 0.0), ('-1', 0.0), ('1e9', 0.0), ('Sun, 22 Nov 2026 08:00:00 GMT', 0.0)]
        for header, seconds in rows:
            self.assertEqual(kit.to_outcome(raw(429, {}, header)).hint_seconds, seconds)

    def test_how_long_ago_swf_accepted_a_heartbeat(self) -> None:
        date = 'Sun, 22 Nov 2026 08:00:10 GMT'
        self.assertEqual(kit.to_outcome(raw(200, PACED, date=date)).accepted_ago, 11.0)
        for nonsense in ('', 'yesterday', 'Sun, 22 Nov 2026 07:00:00 GMT'):
            self.assertIsNone(kit.to_outcome(raw(200, PACED, date=nonsense)).accepted_ago)


class Outage(NamedTuple):
    """A relay that cannot be reached for a while."""

    timeout_seconds: int
    start: float
    end: float
    fault: str  # refuses, hangs or throttles
    hint_seconds: int = 0
    paces: bool = True
    answer_seconds: float = 0.01


class Sent(NamedTuple):
    at: float
    recorded: bool


def play(outage: Outage, chance: Callable[[], float]) -> List[Sent]:
    """Plays the keeper on a clock of its own, until it gives up or the outage is over."""
    clock = [0.0]
    sent: List[Sent] = []

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    def answer(path: str, members: object, patience_seconds: float) -> Answer:
        at = clock[0]
        down = outage.start <= at < outage.end
        sent.append(Sent(at, not down))
        if at > outage.end:
            keeper.stop()
        clock[0] += (
            patience_seconds if down and outage.fault == 'hangs' else min(outage.answer_seconds, patience_seconds)
        )
        if not down:
            return raw(200, RECORDED if outage.paces else {**RECORDED, 'acceptedAt': None})
        if outage.fault == 'throttles':
            return raw(429, {}, str(outage.hint_seconds))
        raise NoAnswerError(outage.fault)

    parts = Parts(send=answer, emit=lambda event: None, now=lambda: clock[0], chance=chance, sleep=sleep)
    keeper = Keeper(outage.timeout_seconds, 0.0, parts)
    keeper.keep()
    return sent


def draw_outage(draw: random.Random) -> Outage:
    timeout = draw.choice([draw.randint(1, 30), 60, 300, 3_600])
    return Outage(
        timeout_seconds=timeout,
        start=draw.random() * timeout,
        end=float('inf'),
        fault=draw.choice(['refuses', 'hangs', 'throttles']),
        hint_seconds=draw.randint(0, 100),
        paces=draw.random() < 0.5,
        answer_seconds=draw.uniform(0.001, 0.02),
    )


class RetryRule(unittest.TestCase):
    def test_attempts_a_heartbeat_in_time_if_the_relay_is_back_half_an_answer_before_the_end(self) -> None:
        for seed in range(500):
            outage = draw_outage(random.Random(seed))
            # First without an end, to learn when the task would be lost.
            recorded = [sent.at for sent in play(outage, random.Random(seed).random) if sent.recorded]
            lost_at = max(recorded, default=0.0) + outage.timeout_seconds
            room = min(3.0, outage.timeout_seconds / 4)
            end = random.Random(~seed).uniform(outage.start, max(outage.start, lost_at - room))
            after = play(outage._replace(end=end), random.Random(seed).random)
            with self.subTest(seed=seed):
                self.assertTrue(any(end <= sent.at < lost_at for sent in after))

    def test_outlives_the_outage_that_earlier_workers_did_not(self) -> None:
        for fault in ('refuses', 'hangs', 'throttles'):
            for tenths in range(11):
                outage = Outage(9, 2.3, 7.3, fault, hint_seconds=1, paces=False)
                sent = play(outage, itertools.repeat(tenths / 10).__next__)
                self.assertTrue(any(7.3 <= at < 9 for at, _ in sent), (fault, tenths))

    def test_makes_three_more_attempts_in_what_remains_after_a_failure(self) -> None:
        for seed in range(200):
            outage = draw_outage(random.Random(seed))
            if outage.timeout_seconds >= 6:  # of a shorter one, less than 2 s may remain
                failed = [sent for sent in play(outage, random.Random(seed).random) if not sent.recorded]
                self.assertGreaterEqual(len(failed), 4, seed)

    def test_no_gap_is_longer_than_a_third_where_nothing_fails(self) -> None:
        for seed in range(100):
            outage = draw_outage(random.Random(seed))
            end = 3.0 * outage.timeout_seconds
            times = [at for at, _ in play(outage._replace(start=end, end=end), random.Random(seed).random)]
            gaps = [later - earlier for earlier, later in zip(times, times[1:])]
            self.assertGreater(len(gaps), 5)
            self.assertLessEqual(max(gaps), outage.timeout_seconds / 3 + 0.001)


class KeeperOfATask(unittest.TestCase):
    """On a clock of its own, with these answers in turn."""

    def keep(
        self, *answers: Answer, details: Optional[str] = None
    ) -> Tuple[Optional[str], List[Dict[str, Any]], float]:
        clock = [100.0]
        sent: List[Dict[str, Any]] = []

        def answer(path: str, members: Any, patience_seconds: float) -> Answer:
            sent.append(dict(members))
            return answers[min(len(sent), len(answers)) - 1]

        parts = Parts(
            send=answer,
            emit=lambda event: None,
            read_details=lambda patience_seconds: details,
            now=lambda: clock[0],
            chance=lambda: 1.0,
            sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds),
        )
        return Keeper(12, 100.0, parts).keep(), sent, clock[0]

    def test_is_lost_once_nothing_was_recorded_for_the_timeout(self) -> None:
        kept, _, at = self.keep(raw(503, {}))
        self.assertEqual(kept, 'lost')
        self.assertAlmostEqual(at, 112.0, delta=0.01)

    def test_does_not_take_an_answer_that_it_was_too_early_for_a_recorded_heartbeat(self) -> None:
        kept, _, at = self.keep(raw(200, PACED))
        self.assertEqual(kept, 'lost')
        self.assertAlmostEqual(at, 112.0, delta=0.01)

    def test_a_lost_answer_moves_the_end_when_the_relay_says_that_swf_accepted_the_heartbeat(self) -> None:
        two_seconds_ago = raw(200, PACED, date='Sun, 22 Nov 2026 08:00:01 GMT')
        _, _, at = self.keep(raw(503, {}), raw(503, {}), two_seconds_ago, raw(503, {}))
        self.assertGreater(at, 112.1)

    def test_declares_the_timeout_and_the_interval(self) -> None:
        _, sent, _ = self.keep(
            raw(200, {**RECORDED, 'acceptedAt': None}), raw(200, RECORDED), raw(410, {'code': 'TaskNotOpen'})
        )
        self.assertEqual([members['nextHeartbeatSeconds'] for members in sent], [2, 4, 2])
        self.assertEqual({members['heartbeatTimeoutSeconds'] for members in sent}, {12})

    def test_leaves_details_out_after_they_were_refused(self) -> None:
        closed = raw(410, {'code': 'TaskNotOpen'})
        _, sent, _ = self.keep(raw(400, {}), raw(200, RECORDED), closed, details='42 %')
        self.assertEqual([members.get('details') for members in sent], ['42 %', None, '42 %'])


class Relay:
    """A relay on this machine that answers in turn; the last answer is for all that follow."""

    def __init__(self, *answers: Answer) -> None:
        self.received: List[Dict[str, Any]] = []
        self.arrived = threading.Condition()
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers['content-length'])))
                with relay.arrived:
                    answer = answers[min(len(relay.received), len(answers) - 1)]
                    relay.received.append({**body, 'path': self.path, 'key': self.headers['authorization']})
                    relay.arrived.notify_all()
                self.send_response(answer.status)
                self.send_header('content-length', str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> 'Relay':
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, matches: Callable[[Dict[str, Any]], bool]) -> None:
        with self.arrived:
            if not self.arrived.wait_for(lambda: any(map(matches, self.received)), PATIENCE_SECONDS):
                raise AssertionError(f'not received; but {self.received}')


def heartbeats(relay: Relay, **changes: Any) -> Heartbeat:
    options: Dict[str, Any] = {'task_token': TOKEN, 'heartbeat_timeout_seconds': 60, 'key': KEY}
    return Heartbeat(relay.url, 'orders', **{**options, **changes})


class Library(unittest.TestCase):
    def test_sends_heartbeats_with_the_latest_details(self) -> None:
        with Relay(raw(200, RECORDED)) as relay, heartbeats(relay, heartbeat_timeout_seconds=9) as heartbeat:
            relay.wait_for(lambda received: True)
            heartbeat.details('42 %')
            relay.wait_for(lambda received: received.get('details') == '42 %')
            self.assertIsNone(heartbeat.reason)
            heartbeat.check()
        self.assertEqual(relay.received[0]['path'], '/domains/orders/heartbeats')
        self.assertEqual(relay.received[0]['key'], f'Bearer {KEY}')
        self.assertEqual(relay.received[0]['taskToken'], TOKEN)

    def test_tells_that_the_task_is_to_be_canceled_and_reports_it(self) -> None:
        events: List[str] = []
        canceled = raw(200, {'state': 'closed', 'outcome': 'canceled'})
        with Relay(raw(200, CANCEL), canceled) as relay:
            with heartbeats(relay, on_event=lambda event: events.append(event.event)) as heartbeat:
                self.assertEqual(heartbeat.wait(PATIENCE_SECONDS), 'canceled')
                with self.assertRaises(kit.TaskStoppedError) as caught:
                    heartbeat.check()
                self.assertEqual(caught.exception.reason, 'canceled')
                heartbeat.cancel('stopped at 42 %')
        self.assertEqual(relay.received[1]['path'], '/domains/orders/cancellations')
        self.assertEqual(relay.received[1]['details'], 'stopped at 42 %')
        self.assertEqual(events[0], 'cancelRequested')

    def test_a_program_may_end_the_task_when_it_hears_that_it_must(self) -> None:
        ended = threading.Event()
        canceled = raw(200, {'state': 'closed', 'outcome': 'canceled'})

        def hear(event: kit.Event) -> None:
            if event.event == 'cancelRequested':
                heartbeat.cancel()
                ended.set()

        with Relay(raw(200, CANCEL), canceled) as relay:
            heartbeat = heartbeats(relay, on_event=hear)
            with heartbeat:
                self.assertTrue(ended.wait(PATIENCE_SECONDS))

    def test_says_why_an_end_was_not_reported(self) -> None:
        rows = [(raw(403, {'code': 'DomainNotGranted'}), 'refused'), (raw(410, {'code': 'TaskNotOpen'}), 'closed')]
        for answer, outcome in rows:
            with self.subTest(outcome), Relay(raw(200, RECORDED), answer) as relay, heartbeats(relay) as heartbeat:
                relay.wait_for(lambda received: True)
                with self.assertRaises(NotReportedError) as caught:
                    heartbeat.complete('done')
                self.assertEqual(caught.exception.outcome, outcome)
                self.assertRaises(RuntimeError, heartbeat.complete)

    def test_tells_that_the_task_is_over(self) -> None:
        with Relay(raw(410, {'code': 'TaskNotOpen'})) as relay, heartbeats(relay) as heartbeat:
            self.assertEqual(heartbeat.wait(PATIENCE_SECONDS), 'closed')
            self.assertRaises(NotReportedError, heartbeat.complete)

    def test_tells_that_nothing_was_recorded_for_too_long(self) -> None:
        with Relay(raw(503, {})) as relay, heartbeats(relay, heartbeat_timeout_seconds=1) as heartbeat:
            self.assertEqual(heartbeat.wait(PATIENCE_SECONDS), 'lost')

    def test_starts_another_process_if_that_which_sends_dies(self) -> None:
        with Relay(raw(200, RECORDED)) as relay, heartbeats(relay) as heartbeat:
            relay.wait_for(lambda received: True)
            heartbeat.details('42 %')
            assert heartbeat._process is not None
            heartbeat._process.kill()
            relay.wait_for(lambda received: received.get('details') == '42 %')

    def test_the_process_that_sends_ends_with_the_program(self) -> None:
        program = (
            'import sys, time; from heartbeat import Heartbeat; h = Heartbeat.from_environment(); h.__enter__()\n'
            'while h._process is None: time.sleep(0.01)\n'
            'print(h._process.pid, flush=True); time.sleep(3600)'
        )
        with Relay(raw(200, RECORDED)) as relay:
            environment = {**os.environ, **variables(relay)}
            arguments = [sys.executable, '-c', program]
            with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, cwd=HERE) as process:
                assert process.stdout is not None
                sender = int(process.stdout.readline())
                relay.wait_for(lambda received: True)
                process.kill()
            wait_until_gone(sender)


HERE = os.path.dirname(os.path.abspath(__file__))


def variables(relay: Relay) -> Dict[str, str]:
    return {
        'HEARTBEAT_RELAY_URL': relay.url,
        'HEARTBEAT_DOMAIN': 'orders',
        'HEARTBEAT_KEY': KEY,
        'TASK_TOKEN': TOKEN,
        'HEARTBEAT_TIMEOUT_SECONDS': '60',
    }


def wait_until_gone(process_id: int) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError('it still runs')


@contextlib.contextmanager
def silent_port(greeting: bytes = b'') -> Iterator[int]:
    """Something that takes connections and answers no more than this."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        connections: List[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connections.append(connection)
                    connection.sendall(greeting)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        for connection in connections:
            connection.close()


class OneRequest(unittest.TestCase):
    def failure(self, relay_url: str, patience_seconds: float = PATIENCE_SECONDS, **changes: Any) -> str:
        with self.assertRaises(NoAnswerError) as caught:
            kit.send(settings(relay_url=relay_url, **changes), 'heartbeats', {}, patience_seconds)
        return str(caught.exception)

    def test_gives_up_on_silence_at_every_step(self) -> None:
        late = 'no answer (no answer in time)'
        for scheme in ('http', 'https'):
            with self.subTest(scheme), silent_port() as port:
                self.assertEqual(self.failure(f'{scheme}://127.0.0.1:{port}', 0.3), late)
        with silent_port(b'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{') as port:
            self.assertEqual(self.failure(f'http://127.0.0.1:{port}', 0.3), late)
        with silent_port() as port, mock.patch.dict(os.environ, {'HTTPS_PROXY': f'127.0.0.1:{port}'}, clear=True):
            self.assertEqual(self.failure('https://relay.example', 0.3), late)

    def test_says_what_went_wrong(self) -> None:
        with socket.socket() as unused:
            unused.bind(('127.0.0.1', 0))
            port = unused.getsockname()[1]
        self.assertEqual(self.failure(f'http://127.0.0.1:{port}'), 'no answer (Connection refused)')
        with silent_port(b'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n') as port:
            with mock.patch.dict(os.environ, {'HTTPS_PROXY': f'127.0.0.1:{port}'}, clear=True):
                self.assertIn('407', self.failure('https://relay.example'))

    def test_sends_nothing_without_a_key(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Relay(raw(200, RECORDED)) as relay:
            file = os.path.join(folder, 'key')
            self.assertEqual(self.failure(relay.url, key_file=file), 'no key (No such file or directory)')
            with open(file, 'w') as stream:
                stream.write('nonsense')
            self.assertEqual(self.failure(relay.url, key_file=file), 'no key (the file holds no worker key)')
            self.assertEqual(relay.received, [])

    def test_reads_no_more_than_64_kib(self) -> None:
        with Relay(Answer(200, '', '', b'{' + b' ' * 70_000 + b'}')) as relay:
            self.assertEqual(kit.send(settings(relay_url=relay.url), 'heartbeats', {}, PATIENCE_SECONDS).body, b'')


if __name__ == '__main__':
    unittest.main()
