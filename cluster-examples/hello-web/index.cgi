#!/bin/sh
# Only what the shell has built in: no second program is started for an answer.
printf 'Content-Type: text/plain\r\nCache-Control: no-store\r\n\r\n'
printf 'task=%s node=%s client=%s version=%s\n' "$TASK_NAME" "$NODE_HOSTNAME" "$REMOTE_ADDR" "$VERSION"
