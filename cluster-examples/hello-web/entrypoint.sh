#!/bin/sh
# PID 1 of the container. When PID 1 ends, the kernel kills everything else in its process namespace, so this shell
# stays until the answers that are under way have been sent.

# How long requests that came in with the last packets are still taken, and how long answers may go on after that.
LINGER_SECONDS=0.3
ANSWER_SECONDS=5

export TASK_NAME="${TASK_NAME:-$(hostname)}"
export NODE_HOSTNAME="${NODE_HOSTNAME:-unknown}"
export VERSION="${VERSION:-$(cat /etc/hello-web-version)}"

httpd -f -p 0.0.0.0:8080 -h /www &
server=$!

stop() {
  trap '' TERM INT
  sleep "$LINGER_SECONDS"
  # The listener goes; its children, one per connection, carry on.
  kill "$server"
  attempts=$((ANSWER_SECONDS * 20))
  while [ "$attempts" -gt 0 ] && pidof httpd >/dev/null; do
    attempts=$((attempts - 1))
    sleep 0.05
  done
  exit 0
}
trap stop TERM INT

wait "$server"
