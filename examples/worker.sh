#!/usr/bin/env bash
# Beats for one activity task beside the work, the command given: see docs/worker.md. Bash 3.2, curl 7.55, mktemp.
set -um # m: background jobs get process groups, so that all of the work can be ended
key=${HEARTBEAT_KEY-} token=${TASK_TOKEN:?} timeout=${HEARTBEAT_TIMEOUT_SECONDS:?} said='' outcome=0 work='' told=''
url=${HEARTBEAT_RELAY_URL:?}/domains/${HEARTBEAT_DOMAIN:?}/heartbeats
unset HEARTBEAT_KEY TASK_TOKEN; : "${1:?is the command}" # which needs neither
[[ $timeout =~ ^[1-9][0-9]*$ ]] || { echo 'HEARTBEAT_TIMEOUT_SECONDS is no whole number' >&2; exit 1; }
pace="\"heartbeatTimeoutSeconds\":$timeout,\"nextHeartbeatSeconds\":$(((timeout + 2) / 3))"
say() { [ "$1" = "$said" ] || echo "heartbeat: $1${2-}" >&3; said=$1; }
nap_ms() { [ "$1" -le 0 ] || sleep "$(($1 / 1000)).$(printf %03d "$(($1 % 1000))")"; }
end_work() { kill "-$1" -- "-$work" 2>/dev/null; }
end_as() { outcome=$1; echo "$1" >&4; end_work TERM; }; min() { echo "$(($1 < $2 ? $1 : $2))"; }
beat() { # SECONDS has no fractions: 1 more than the timeout is surely longer than it
  local failures=0 pause_ms=0 ends_at=$((SECONDS + timeout + 1)) now answer status code retry_ms usual_ms left_ms
  while nap_ms "$(min "$pause_ms" $(((ends_at - SECONDS) * 1000)))"; now=$SECONDS; [ "$now" -lt "$ends_at" ]; do
    kill -0 $$ && kill -0 "$work" || exit # nobody is left to tell what became of the work, or no work
    [ -z "${HEARTBEAT_KEY_FILE-}" ] || key=$(<"$HEARTBEAT_KEY_FILE") # each time: it may hold a new one
    # Key and token go through pipes: everyone on the machine may read a process's arguments.
    answer=$(printf '{"taskToken":"%s",%s}' "$token" "$pace" | curl -sSi -m "$(min 6 $((ends_at - now)))" -H Expect: \
      -d @- -H @<(printf 'Authorization: Bearer %s' "$key") -w '\n%{http_code}' "$url" 2>&1)
    status=${answer##*$'\n'} code='' retry_ms=1000 usual_ms=$((timeout * (300 + RANDOM % 34)))
    [[ $answer =~ \"code\":\"([A-Za-z]+)\" ]] && code=" ${BASH_REMATCH[1]}"
    [[ $answer =~ $'\n'[Rr]etry-[Aa]fter:\ *([0-9]{1,4}) ]] && retry_ms=${BASH_REMATCH[1]}000
    left_ms=$(((ends_at - SECONDS) * 1000)) # a quarter of it leaves room for three attempts more
    pause_ms=$(min "$usual_ms" $((left_ms > 4000 ? left_ms / 4 : 1000)))
    pause_ms=$(min "$pause_ms" $((retry_ms << (failures < 20 ? failures : 20)))) failures=$((failures + 1))
    [[ $status$answer = 200*'"forwarded":true'* ]] && ends_at=$((now + timeout + 1)) failures=0 pause_ms=$usual_ms
    [ "$code" != ' Paced' ] || failures=0 pause_ms=$usual_ms # not due: the last recorded one still counts
    case $status$answer in # beats go on while the work cleans up
      410*) say 'task closed: work stopped'; end_as 91; break ;;
      200*'"cancelRequested":true'*) say 'cancel requested: work told to end'; [ "$outcome" = 90 ] || end_as 90 ;;
      200*'"forwarded":true'*) say recorded ;; 200*'"code":"Paced"'*) ;;
      000*) say 'not recorded: no answer' " (${answer%%$'\n'*})" ;;
      *) say "not recorded: $status$code" ;;
    esac
  done
  [ "$outcome" = 91 ] || { say "nothing recorded for $timeout s: work stopped"; end_as 92; }; sleep 10; end_work KILL
}
file=$(mktemp) && exec 4>"$file" 5<"$file" && rm "$file" || exit 1 # for the outcome; it goes when both processes end
trap 'told=1; [ -z "$work" ] || end_work TERM' INT TERM # before there is work that nobody would end
"$@" 4>&- 5<&- & work=$!; beat 3>&2 2>/dev/null & beats=$!; [ -z "$told" ] || end_work TERM
exec 2>/dev/null # no notices of jobs; and no trap in beat: bash may lose its signal
while wait "$work"; kill -0 "$work"; do :; done; wait "$work"; code=$? # a signal ends a wait early
kill -- "-$beats"; while read -r outcome <&5; do code=$outcome; done; exit "$code"
