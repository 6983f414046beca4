#!/bin/sh
# For crontab: `* * * * * /usr/local/bin/cron.sh TASK_FILE`. cron knows few variables, and a short PATH. The file has TASK_TOKEN and
# HEARTBEAT_TIMEOUT_SECONDS, as the poller wrote them: lines like TASK_TOKEN='…'.
set -eu
PATH=/usr/local/bin:/usr/bin:/bin:$PATH
task=$1

# The first run takes the file. If cron starts the next one before the work has ended, that finds none.
mv "$task" "$task.$$" 2>/dev/null || exit 0
trap 'rm -f "$task.$$"' EXIT

set -a
# shellcheck source=/dev/null
. "$task.$$"
: "${HEARTBEAT_RELAY_URL:=https://relay.example}" "${HEARTBEAT_DOMAIN:=orders}" "${HEARTBEAT_KEY_FILE:=/etc/heartbeat/key}"
set +a

# cron sends by mail what is printed: only what ends the work.
code=0
swf-heartbeat-worker run --quiet -- "${WORK:-/usr/local/bin/work}" || code=$?
exit "$code"
