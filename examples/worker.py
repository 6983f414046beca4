#!/usr/bin/env python3
"""Beats for one activity task beside the work, which is the command given: see docs/worker.md. Python 3.8."""
import json, os, random, signal, subprocess, sys, threading, time, urllib.error, urllib.request
KEY, TOKEN = os.environ.pop('HEARTBEAT_KEY', ''), os.environ.pop('TASK_TOKEN')  # the work needs neither
TIMEOUT, KEY_FILE = int(os.environ['HEARTBEAT_TIMEOUT_SECONDS']), os.environ.get('HEARTBEAT_KEY_FILE')
URL = '{HEARTBEAT_RELAY_URL}/domains/{HEARTBEAT_DOMAIN}/heartbeats'.format(**os.environ)
BODY = {'taskToken': TOKEN, 'heartbeatTimeoutSeconds': TIMEOUT, 'nextHeartbeatSeconds': -(-TIMEOUT // 3)}
outcome = said = work = None; told = []
def say(text, cause=''):
    global said
    if text != said: print(f'heartbeat: {text}{cause}', file=sys.stderr, flush=True)
    said = text
def end(*_): told.append(True); work and os.killpg(work.pid, signal.SIGTERM)
def post(patience):
    key = open(KEY_FILE).read().strip() if KEY_FILE else KEY  # each time: the file may hold a new one
    request = urllib.request.Request(URL, json.dumps(BODY).encode(), {'Authorization': f'Bearer {key}'})
    try: answer = urllib.request.urlopen(request, timeout=patience / 2)  # a half to connect, a half to be answered
    except urllib.error.HTTPError as refusal: answer = refusal
    return answer.code, json.load(answer), int(answer.headers.get('Retry-After', 1)), ''
def beat():
    global outcome; failures, ends_at = 0, time.monotonic() + TIMEOUT
    while (now := time.monotonic()) < ends_at:
        try: status, answer, retry_after, cause = post(min(6, ends_at - now))
        except Exception as error: status, answer, retry_after, cause = 'no answer', {}, 1, f' ({error})'
        recorded, code, usual = answer.get('forwarded'), answer.get('code', ''), TIMEOUT * random.uniform(0.3, 0.333)
        well = recorded or code == 'Paced'  # which is not due: the last recorded one still counts
        longest = min(usual, max(1, (ends_at - time.monotonic()) / 4))  # room for three attempts more
        pause = usual if well else min(longest, retry_after * 2 ** failures)
        failures, ends_at = 0 if well else failures + 1, now + TIMEOUT if recorded else ends_at
        if status == 410: reason, outcome = 'task closed', 91; break
        if answer.get('cancelRequested'):
            say('cancel requested: work told to end')  # and beats go on while it cleans up
            if not outcome: outcome = 90; end()
        elif code != 'Paced': say('recorded' if recorded else f'not recorded: {status} {code}'.strip(), cause)
        time.sleep(max(0, min(pause, ends_at - time.monotonic())))
    else: reason, outcome = f'nothing recorded for {TIMEOUT} s', 92
    say(f'{reason}: work stopped'); end(); time.sleep(10); os.killpg(work.pid, signal.SIGKILL)
for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, end)  # before there is work that nobody would end
work = subprocess.Popen(sys.argv[1:], start_new_session=True)  # a process group, so that all of it can be ended
threading.Thread(target=beat, daemon=True).start(); told and end()  # told while the work started
code = work.wait(); os._exit(outcome or (code if code >= 0 else 128 - code))  # at once: a beat may be under way
