# NOT RUN: nobody has tried this on Windows. There, the work gets no SIGTERM: it is ended at once.
$env:HEARTBEAT_RELAY_URL = 'https://relay.example'
$env:HEARTBEAT_DOMAIN = 'orders'
$env:HEARTBEAT_KEY_FILE = "$env:ProgramData\heartbeat\key"
$env:TASK_TOKEN = (Get-Content -Raw "$env:ProgramData\heartbeat\task-token").Trim()
$env:HEARTBEAT_TIMEOUT_SECONDS = '300'

npx swf-heartbeat-worker run -- C:\work\work.exe
switch ($LASTEXITCODE) {
  0 { Write-Output 'completed' }
  90 { Write-Output 'canceled' }
  91 { Write-Output 'the task was over' }
  92 { Write-Output 'no heartbeat was recorded for too long' }
  default { Write-Output "failed with $LASTEXITCODE" }
}
exit $LASTEXITCODE
