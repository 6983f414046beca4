#!/bin/sh
# Runs a command, which works on one activity task of Amazon SWF, and sends the task's heartbeats to a relay beside it.
# For dash, busybox sh and bash 3.2 or later. It needs curl 7.55 or later. README.md has options, exit codes and limits.
#
# Two processes. The first starts the work, waits for it and takes signals. The second, the keeper, sends heartbeats. Only
# the first has traps, and while it has them it starts no pipeline: bash may lose a signal there, or hang.
set -u

VERSION=1.0.0
NEW_LINE='
'
WRONG_USAGE=2 CANCELED=90 CLOSED=91 LOST=92 NOT_REPORTED=93

help() {
  cat <<'END'
Usage: worker.sh run [options] -- COMMAND [ARGUMENT...]

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
END
}

# Options and variables ------------------------------------------------------------------------------------------------

usage_error() {
  echo "heartbeat: $1" 3>&2 2>/dev/null >&3 # not a word about a full disk
  exit "$WRONG_USAGE"
}

parse_options() {
  grace=30 details_file='' report='' result_file='' quiet='' log=text words=''
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    option=$1 value='' taken=1
    case $option in
      --*=*) value=${option#*=} option=${option%%=*} ;;
      --grace | --details-file | --result-file | --log)
        [ $# -ge 2 ] || usage_error "$option needs a value"
        [ "$2" != -- ] || usage_error "$option needs a value"
        value=$2 taken=2
        ;;
    esac
    case $1 in
      --report=* | --quiet=* | --help=* | --version=*) usage_error "$option takes no value" ;;
    esac
    case $option in
      --grace) grace=$value ;;
      --details-file) details_file=$value ;;
      --result-file) result_file=$value ;;
      --log) log=$value ;;
      --report) report=1 ;;
      --quiet) quiet=1 ;;
      -h | --help) help && exit 0 ;;
      --version) echo "$VERSION" && exit 0 ;;
      -*) usage_error "unknown option $option" ;;
      *) words="$words $option" ;;
    esac
    shift "$taken"
  done
  [ "$words" = ' run' ] || usage_error 'the command line must be: run [options] -- COMMAND'
  is_number "$grace" 86400 || usage_error '--grace must be a whole number from 0 to 86400'
  case $log in text | json) ;; *) usage_error '--log must be text or json' ;; esac
  [ -n "${2-}" ] || usage_error 'there must be -- and a COMMAND behind it'
  options_length=$#
}

# A whole number from 0 to $2, without needless zeros, which shells take for octal.
is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ?????????*) return 1 ;; esac
  [ "$1" -le "$2" ]
}

# Sets `stripped`: a pasted text without byte order mark, spaces and line ends around it.
strip() {
  stripped=${1#"$BYTE_ORDER_MARK"}
  stripped=${stripped#"${stripped%%[![:space:]]*}"}
  stripped=${stripped%"${stripped##*[![:space:]]}"}
}

read_variables() {
  BYTE_ORDER_MARK=$(printf '\357\273\277')
  strip "${HEARTBEAT_RELAY_URL-}" && url=$stripped
  strip "${HEARTBEAT_DOMAIN-}" && domain=$stripped
  strip "${TASK_TOKEN-}" && token=$stripped
  strip "${HEARTBEAT_KEY-}" && key=$stripped
  strip "${HEARTBEAT_TIMEOUT_SECONDS-}" && timeout=$stripped
  key_file=${HEARTBEAT_KEY_FILE-} ca_file=${HEARTBEAT_CA_FILE-}
  unset HEARTBEAT_KEY HEARTBEAT_KEY_FILE TASK_TOKEN # neither the work nor curl needs them
  command -v curl >/dev/null || usage_error 'there is no curl'
  check_url
  case $domain in '' | *[!A-Za-z0-9._-]* | arn | . | ..) usage_error 'HEARTBEAT_DOMAIN must be the name of a domain' ;; esac
  [ "${#domain}" -le 256 ] || usage_error 'HEARTBEAT_DOMAIN must have at most 256 characters'
  [ -n "$token" ] || usage_error 'TASK_TOKEN is missing'
  [ "${#token}" -le 1024 ] || usage_error 'TASK_TOKEN must have at most 1024 characters'
  [ "$timeout" != 0 ] || timeout=''
  is_number "$timeout" 99999999 || usage_error 'HEARTBEAT_TIMEOUT_SECONDS must be a whole number from 1 to 99999999'
  if [ -n "$key_file" ]; then
    read_key || usage_error "HEARTBEAT_KEY_FILE cannot be used: $no_key"
  else
    [ -n "$key" ] || usage_error 'HEARTBEAT_KEY_FILE or HEARTBEAT_KEY is required'
    is_key "$key" || usage_error 'HEARTBEAT_KEY is not a worker key'
  fi
  [ -z "$ca_file" ] || [ -r "$ca_file" ] || usage_error 'HEARTBEAT_CA_FILE cannot be read'
  url="${url%/}/domains/$domain"
}

# Whether NO_PROXY keeps $host from the proxy, as curl reads it.
is_exempt() {
  printf '%s\n' "${no_proxy:-${NO_PROXY:-}}" | tr , ' ' | tr ' ' '\n' | {
    while read -r name; do
      name=${name#.}
      case $name in '') continue ;; '*') exit 0 ;; esac
      case .$host in *".$name") exit 0 ;; esac
    done
    exit 1
  }
}

# curl reads it by itself. The message does not name it, because it may contain a password.
check_proxy() {
  proxy=${https_proxy:-${HTTPS_PROXY:-}}
  case $proxy in
    *[[:space:]]*) ;;
    '' | http://?*) return ;;
    *://*) ;;
    *) return ;;
  esac
  ! is_exempt || return 0
  usage_error 'HTTPS_PROXY must name a proxy as http://host:port'
}

check_url() {
  case $url in
    '' | *[[:space:]\"\\]*) usage_error 'HEARTBEAT_RELAY_URL must be the URL of the relay' ;;
    *[@?#]*) usage_error 'HEARTBEAT_RELAY_URL must have no user, query or fragment' ;;
  esac
  authority=${url#*://} no_proxy_at_all=''
  authority=${authority%%/*}
  case $authority in
    '['*) host=${authority%%]*}] ;;
    *) host=${authority%%:*} ;;
  esac
  if is_loopback "$host"; then no_proxy_at_all=1; fi
  case $url in
    https://?*) [ -n "$no_proxy_at_all" ] || check_proxy ;;
    http://?*) [ -n "$no_proxy_at_all" ] ||
      usage_error 'HEARTBEAT_RELAY_URL must begin with https: (http: only to this machine)' ;;
    *) usage_error 'HEARTBEAT_RELAY_URL must begin with https:' ;;
  esac
}

is_loopback() {
  case $1 in
    localhost | '[::1]') ;;
    127.*[!0-9.]*) return 1 ;;
    127.*.*.*) ;;
    *) return 1 ;;
  esac
}

is_key() {
  case $1 in
    *[!A-Za-z0-9._-]*) return 1 ;;
    HBRK????????????????.*) [ "${#1}" = 64 ] ;;
    *) return 1 ;;
  esac
}

# Sets `key`, or `no_key` to the reason. The file may hold a new key each time.
read_key() {
  [ -n "$key_file" ] || return 0
  no_key='no key (the file cannot be read)'
  [ -f "$key_file" ] || return 1 # a pipe could wait for ever
  stripped=$(head -c 4096 "$key_file" 2>/dev/null) || return 1
  strip "$stripped"
  no_key='no key (the file holds no worker key)'
  is_key "$stripped" || return 1
  key=$stripped
}

# Time, in hundredths of a second --------------------------------------------------------------------------------------

# Sets `now`. Linux's clock never jumps, and counts while the machine sleeps. Elsewhere there is only the wall clock.
read_clock() {
  if read -r uptime _ </proc/uptime; then
    now=${uptime%.*}${uptime#*.}
  else
    now=$(date +%s)00
  fi 2>/dev/null
}

nap() { # in pieces: a machine that slept goes on with them as if nothing were
  [ "$1" -le 100 ] || set -- 100
  [ "$1" -ge 1 ] || set -- 1
  sleep "$(($1 / 100)).$((($1 / 10) % 10))$(($1 % 10))" || sleep 1 # some know only whole seconds
}

# Sets `chance` to a whole number from 0 to 100.
draw() {
  chance=$(od -An -N2 -tu2 /dev/urandom)
  chance=${chance##*[!0-9]}
  chance=$((${chance:-$$} % 101))
}

min() { if [ "$1" -lt "$2" ]; then least=$1; else least=$2; fi; }
max() { if [ "$1" -gt "$2" ]; then most=$1; else most=$2; fi; }

# The work -------------------------------------------------------------------------------------------------------------

signal_work() { kill "-$1" "-$work" 2>/dev/null; } # without --, which dash and busybox refuse

# Tells the work to end, once, whichever process comes first, and kills it after the grace period.
end_work() {
  rmdir "$folder/untold" 2>/dev/null || return 0
  signal_work TERM
  kill_later 4>&- &
}

kill_later() {
  trap '' PIPE
  read_clock && kill_at=$((now + grace * 100))
  while signal_work 0 && [ "$now" -lt "$kill_at" ]; do
    min $((kill_at - now)) 10 && nap "$least"
    read_clock
  done
  signal_work 0 || return 0
  mark=$(new_mark)
  signal_work KILL
  say killed "work did not end within $grace s: killed"
  rmdir "$mark"
}

# Sets `code`. A signal ends a wait early.
wait_for_work() {
  while
    wait "$work"
    code=$?
    [ "$code" -gt 128 ] && kill -0 "$work"
  do :; done
  [ "$code" -le 128 ] && return
  wait "$work" # bash knows the code still, if it was a signal that ended the wait; dash says 127 if it was not
  again=$?
  [ "$again" = 127 ] || code=$again
}

# Lines ----------------------------------------------------------------------------------------------------------------

last_line='' lines=''

# Prints a line. A process of its own does it, so it waits for no reader, and the end of the keeper cannot cut it off.
say() {
  add_line "$@"
  print_lines
}

print_lines() {
  [ -n "$lines" ] || return 0
  mark_of_lines=$(new_mark)
  (
    trap '' PIPE
    printf %s "$lines" >&3
    rmdir "$mark_of_lines"
  ) 2>/dev/null &
  lines=''
}

# As long as it is there, something is about to be printed.
new_mark() { mktemp -d "$folder/line.XXXXXX" 2>/dev/null; }

# Nothing follows the end of the worker. A second is enough for every reader that reads.
wait_for_lines() {
  looks=0
  while set -- "$folder"/line.* && [ -d "$1" ] && [ "$looks" -lt 100 ]; do
    looks=$((looks + 1)) && nap 1
  done
}

# Adds a line to those that will be printed, unless it is the last one again: the cause in brackets does not count.
add_line() {
  [ "${2%% (*}" != "$last_line" ] || return 0
  last_line=${2%% (*}
  line="heartbeat: $2"
  if [ "$log" = json ]; then
    line="{\"time\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"event\":\"$1\",\"message\":\"$2\"}"
  fi
  case $quiet$1 in
    1recorded | 1notRecorded | 1reported | 1notReported) ;;
    *) lines="$lines$line$NEW_LINE" ;;
  esac
}

# One request ----------------------------------------------------------------------------------------------------------

# The first $1 characters of standard input for a JSON string in a double-quoted value of curl's configuration.
escape() {
  { head -c "$((4 * $1))" | LC_ALL=C tr -d '\000' && echo .; } | LC_ALL=C awk -v limit="$1" '
    { text = text (NR > 1 ? "\n" : "") $0 }
    END {
      sub(/\.$/, "", text) # until here it kept the line ends
      for (i = 1; i <= length(text); i++) {
        byte = substr(text, i, 1)
        # It is not known whether SWF counts code points or UTF-16 units. This counts units, which is right for both.
        if (!(byte >= "\200" && byte <= "\277")) characters += byte >= "\360" ? 2 : 1
        if (characters > limit) break
        if (byte == "\"") byte = "\\\\\\\""
        else if (byte == "\\") byte = "\\\\\\\\"
        else if (byte == "\n") byte = "\\\\n"
        else if (byte == "\t") byte = "\\\\t"
        else if (byte == "\r") byte = "\\\\r"
        else if (byte < " ") byte = " "
        printf "%s", byte
      }
    }'
}

# Posts the members $2 to path $1. Sets `status` (000 without an answer), `body` and `answer`.
# Key and token go to curl through a pipe: everyone on the machine may read a process's arguments.
post() {
  if ! read_key; then
    status=000 body='' answer='' reason=$no_key
    return
  fi
  min 600 $((remaining / 2))
  patience="$((least / 100)).$((least % 100 / 10))$((least % 10))"
  answer=$(
    {
      printf 'url = "%s/%s"\nheader = "Authorization: Bearer %s"\ndata-raw = "{\\"taskToken\\":\\"%s\\"%s}"\n' \
        "$url" "$1" "$key" "$token" "$2" |
        LC_ALL=C curl -q -sS -i --http1.1 --suppress-connect-headers --max-time "$patience" --proto =http,https \
          -H Expect: -H 'Content-Type: application/json' -A "swf-heartbeat-worker/$VERSION (shell)" \
          ${no_proxy_at_all:+--noproxy '*'} ${ca_file:+--cacert "$ca_file"} -K - 2>&1
      printf '\n%s' "$?"
    } | head -c 70000 | tr -d '\000\r'
  )
  read_answer
}

read_answer() {
  status=${answer#HTTP/* } exit_code=${answer##*"$NEW_LINE"}
  status=${status%%[!0-9]*} reason='' body=''
  case $exit_code in
    0) ;;
    ? | ??) status=000 ;;
    *) exit_code=0 ;; # cut off: it is too long for an answer of the relay
  esac
  if [ "$status" = 000 ]; then
    reason=${answer##*curl: }
    case $reason in '(5) '*) reason='(5) the proxy cannot be used' ;; esac # curl would print it, with its password
    reason="no answer (curl: $(printf %s "${reason%%"$NEW_LINE"*}" | tr -cd ' -!#-.0-[]-~' | head -c 150))"
    return
  fi
  text=${answer#*"$NEW_LINE$NEW_LINE"}
  text=${text%"$NEW_LINE"*}
  body=$(printf %s "$text" | tr -d ' \t\n')
  case $body in '{'*'}') ;; *) body='' ;; esac # no JSON object
  to_reason
}

to_reason() {
  code_word=${body#*\"code\":\"}
  code_word=${code_word%%\"*}
  case $body in *\"code\":\"*) ;; *) code_word='' ;; esac
  case $code_word in *[!A-Za-z]*) code_word='' ;; esac
  case $status in
    3??) reason="$status redirect" ;;
    2??) reason="$status not from a relay" ;;
    *) reason="$status${code_word:+ $code_word}" ;;
  esac
  case $status in 400 | 401 | 403 | 404 | 405 | 413) add_detail ;; esac
}

# Adds what a refusal says, up to an escape, and without what may be a key or a token.
add_detail() {
  [ -n "$body" ] || return 0
  detail=$(printf %s "$text" | tr -cd ' -~' | sed -e '/"detail" *: *"/!d' -e 's/.*"detail" *: *"\([^"\]*\).*/\1/' \
    -e 's/HBRK[^ ]*//g' -e 's/[^ ]\{40,\}//g' | head -c 150)
  reason="$reason${detail:+: $detail}"
}

# Sets `kind` to recorded, paced, closed or failed, and `cancel_requested`.
to_outcome() {
  kind=failed cancel_requested='' paces=''
  case $body in *'"acceptedAt":"'*) paces=1 ;; esac
  case $status$body in
    410*'"code":"TaskNotOpen"'*) kind=closed && return ;;
    200*'"cancelRequested":true'* | 200*'"cancelRequested":false'*) ;;
    *) return 0 ;;
  esac
  case $body in
    *'"forwarded":true'*) kind=recorded ;;
    *'"forwarded":false'*'"code":"Paced"'* | *'"code":"Paced"'*'"forwarded":false'*) kind=paced paces=1 ;;
    *'"forwarded":false'*) ;;
    *) return 0 ;;
  esac
  case $body in *'"cancelRequested":true'*) cancel_requested=1 ;; esac
}

# The keeper -----------------------------------------------------------------------------------------------------------

# Sends heartbeats until the task is closed or lost, or the first process kills it, or has the work's exit code for it.
keep() {
  trap '' PIPE
  failures=0 interval=$((timeout * 100 / 6)) next_at=0 outcome='' without_details=''
  ends_at=$((started_at + timeout * 100))
  while [ -d "$folder/working" ] && { kill -0 "$work" || signal_work 0; }; do
    leave_if_alone
    read_remaining
    [ "$remaining" -gt 0 ] || { stop_as "$LOST" lost "nothing recorded for $timeout s: work stopped" && return; }
    if is_due; then
      send_heartbeat
      [ "$kind" != closed ] || { stop_as "$CLOSED" closed 'task closed: work stopped' && return; }
    fi
  done
}

# Sets `state` of the first process as Linux has it: T while it is suspended, Z or nothing once it is gone.
read_state() {
  state=''
  kill -0 $$ || return 0
  if read -r state </proc/$$/stat; then
    state=${state##*) } # behind the name, which may be anything
    state=${state%% *}
  else
    state=R
  fi
}

# Ends the keeper once nobody is left to tell the outcome to.
leave_if_alone() {
  read_state
  case $state in '' | Z | X) rm -rf "$folder" && exit ;; esac
}

read_remaining() { read_clock && remaining=$((ends_at - now)); }

stop_as() {
  outcome=$1
  say "$2" "$3"
  echo "$1" >&4
  end_work
}

# Waits a moment if it is too early, or too late, or the first process is suspended.
is_due() {
  if [ "$state" = T ] || [ "$state" = t ]; then
    min 100 "$remaining" && nap "$least"
  elif [ "$now" -ge "$next_at" ]; then
    [ "$remaining" -lt 5 ] || return 0
    nap "$remaining"
  else
    min $((next_at - now)) "$remaining" && nap "$least"
  fi
  return 1
}

send_heartbeat() {
  sent_at=$now details=''
  if [ -n "$details_file" ] && [ -f "$details_file" ] && [ -z "$without_details" ]; then
    details=$(head -c 8200 "$details_file")
    details=${details#"$BYTE_ORDER_MARK"}
    details=$(printf %s "${details%"${details##*[![:space:]]}"}" | escape 2048)
  fi
  post heartbeats "${details:+,\\\"details\\\":\\\"$details\\\"},\\\"heartbeatTimeoutSeconds\\\":$timeout,\\\"nextHeartbeatSeconds\\\":$(((interval + 99) / 100))"
  to_outcome
  without_details=''
  [ "$status" != 400 ] || without_details=$details # never let details stop a heartbeat
  [ "$kind" != closed ] || return 0
  if [ "$kind" = failed ]; then fail; else succeed; fi
  if [ -n "$cancel_requested" ]; then
    cancel
  elif [ "$kind" = recorded ]; then
    say recorded recorded
  elif [ "$kind" = failed ]; then
    say notRecorded "not recorded: $reason"
  fi
}

succeed() {
  failures=0
  [ "$kind" = paced ] || ends_at=$((sent_at + timeout * 100))
  if [ -n "$paces" ]; then interval=$((timeout * 100 / 6)); else interval=$((timeout * 100 / 3)); fi
  draw && next_at=$((sent_at + interval * (900 + chance) / 1000))
}

# Backs off. What remains always holds three more attempts.
fail() {
  failures=$((failures + 1)) pause=1
  read_remaining
  min $((failures - 1)) 30 && draw
  pause=$(((50 + chance / 2) << least)) hint=${answer#*"$NEW_LINE"[Rr]etry-[Aa]fter: }
  hint=${hint%%"$NEW_LINE"*}
  is_number "$hint" 99999999 && max "$pause" $((hint * 100)) && pause=$most
  min 25 $((remaining / 2)) && max $((remaining / 4)) "$least"
  min "$pause" "$most" && min "$least" $((timeout * 100 / 3))
  next_at=$((now + least))
}

cancel() {
  say cancelRequested 'cancel requested: work told to end'
  [ -z "$outcome" ] || return 0
  outcome=$CANCELED
  echo "$CANCELED" >&4
  end_work
}

# Reports --------------------------------------------------------------------------------------------------------------

# Reports the end of work whose exit code is $1. Tells the first process the exit code if it is another one.
report_end() {
  case $outcome$1 in
    "$CANCELED"*) path=cancellations name=canceled members='' ;;
    0) path=completions name=completed members=$(read_result) ;;
    *) path=failures name=failed members=",\\\"reason\\\":\\\"exit code $1\\\"" ;;
  esac
  failures=0 next_at=0
  while read_remaining && [ "$remaining" -gt 0 ]; do
    leave_if_alone
    is_due || continue
    post "$path" "$members"
    case $status$body in
      200*'"state":"closed"'*) say reported "reported: $name" && return ;;
      410*'"code":"TaskNotOpen"'*) echo "$CLOSED" >&4 && say closed 'task closed: nothing to report' && return ;;
    esac
    fail
    min "$next_at" $((now + 6000)) && next_at=$least
    add_line notReported "not reported: $reason"
    case $status in 400 | 401 | 403 | 404 | 405 | 413) break ;; esac
    print_lines
  done
  echo "$NOT_REPORTED" >&4
  say notReported 'report given up'
}

read_result() {
  [ -n "$result_file" ] && [ -f "$result_file" ] && [ -r "$result_file" ] || return 0
  printf ',\\"result\\":\\"%s\\"' "$(escape 32768 <"$result_file")"
}

keep_and_report() {
  keep
  case $outcome in "$CLOSED" | "$LOST") return ;; esac
  [ -n "$report" ] || return 0
  exec 5<"$folder/codes" # for reading only: then the end of the first process ends the wait, too
  read -r work_code <&5 && report_end "$work_code"
}

# Everything -----------------------------------------------------------------------------------------------------------

# Through pipes, because a disk may be full: 4 takes outcomes to the first process, 5 the work's exit code to the keeper.
open_pipes() {
  if folder=$(mktemp -d) && mkfifo "$folder/outcomes" "$folder/codes" && mkdir "$folder/untold" "$folder/working"; then
    exec 4<>"$folder/outcomes" 5<>"$folder/codes"
  else
    usage_error 'cannot make a temporary folder'
  fi
}

# Without a process group of its own, the work could not be ended. macOS has no setsid, but bash.
require_groups() {
  command -v setsid >/dev/null || has_job_control ||
    usage_error 'there is no setsid, and this shell cannot do without it: use bash'
}

has_job_control() {
  set -m
  case $- in *m*) set +m ;; *) return 1 ;; esac
} 2>/dev/null

# In a process group of its own, so that all of it can be ended. Its standard input is the worker's.
start_work() {
  if command -v setsid >/dev/null; then
    setsid "$@" <&6 3>&- 4>&- 5>&- 6<&- &
    wait_for_group $!
  else
    set -m
    { exec "$@"; } <&6 3>&- 4>&- 5>&- 6<&- & # exec takes no function of this file for the command
    work=$!
    set +m
  fi
}

# Sets `work` once it can be signalled: setsid takes a moment. A process that ended before never can.
wait_for_group() {
  looks=0
  until kill -0 "-$1" || ! kill -0 "$1" || [ "$looks" -ge 500 ]; do
    looks=$((looks + 1)) && nap 1
  done 2>/dev/null
  work=$1
}

wait_until_group_is_empty() {
  [ ! -d "$folder/untold" ] || return 0
  read_clock && gone_by=$((now + grace * 100 + 200))
  while signal_work 0 && [ "$now" -lt "$gone_by" ]; do
    nap 5
    read_clock
  done
}

run() {
  require_groups
  open_pipes
  exec 3>&2 6<&0
  token=$(printf %s "$token" | escape 1024)
  told='' work=''
  read_clock && started_at=$now
  trap 'told=1; [ -z "$work" ] || end_work' TERM INT HUP # before there is work that nobody would end
  start_work "$@"
  keep_and_report 2>/dev/null &
  keeper=$!
  [ -z "$told" ] || end_work
  exec 2>/dev/null # no notices of jobs
  wait_for_work
  wait_until_group_is_empty
  trap '' TERM INT HUP
  rmdir "$folder/working" # what the work left behind is left alone, and a signal is lost while the keeper starts
  if [ -n "$report" ]; then echo "$code" >&5; else kill "$keeper"; fi
  wait "$keeper"
  wait_for_lines
  rm -rf "$folder"
  echo end >&4
  while read -r outcome <&4 && [ "$outcome" != end ]; do code=$outcome; done
  exit "$code"
}

for descriptor in 0 1 2; do # where one is closed, the next file would take its place
  case $descriptor in
    0) (: <&0) 2>/dev/null || exec 0</dev/null ;;
    1) (: >&1) 2>/dev/null || exec 1>/dev/null ;;
    2) (: >&2) || exec 2>/dev/null ;;
  esac
done
parse_options "$@"
while [ $# -ge "$options_length" ]; do shift; done
read_variables
run "$@"
