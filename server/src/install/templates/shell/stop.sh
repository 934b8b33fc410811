#!/bin/sh
# Stops the delegate that start.sh started from this directory.

set -u

pid_file=delegate.pid

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Not every sleep takes parts of a second.
pause() {
    sleep 0.1 2>/dev/null || sleep 1
}

# Prints the process id of the delegate that runs from this directory; fails where none does. A number in the pid file
# alone proves nothing: after a restart of the host it may be another program's.
running() {
    pid=
    [ -r "$pid_file" ] || return 1
    read -r pid <"$pid_file" || [ -n "$pid" ] || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    if [ -r "/proc/$pid/cmdline" ]; then
        command_line=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")
        # Another user's process hides its directory; its command line then has to do.
        directory=$(readlink "/proc/$pid/cwd" 2>/dev/null)
        [ "${directory:-$here}" = "$here" ] || return 1
    else
        command_line=$(ps -p "$pid" -o args= 2>/dev/null)
    fi
    case $command_line in *"muster delegate run "*) ;; *) return 1 ;; esac
    printf '%s\n' "$pid"
}

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || fail "The directory of $0 cannot be entered."
cd -- "$here" || fail "The directory $here cannot be entered."

if ! pid=$(running); then
    rm -f "$pid_file" 2>/dev/null
    echo "The delegate does not run."
    exit 0
fi

# systemd would start it again. It tells the delegate the service's name; other users' processes do not show theirs.
service=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^MUSTER_SERVICE=//p')
if [ -n "$service" ]; then
    fail "The delegate (process $pid) runs as the service $service. Stop it so: sudo systemctl stop $service"
fi

kill -TERM "$pid" 2>/dev/null || fail "Process $pid cannot be stopped by $(id -un)."
tries=0
while running >/dev/null; do
    if [ "$tries" -ge 100 ]; then
        echo "The delegate (process $pid) did not end within 10 seconds: it is killed." >&2
        kill -KILL "$pid" 2>/dev/null
        break
    fi
    tries=$((tries + 1))
    pause
done

tries=0
while running >/dev/null; do
    [ "$tries" -lt 20 ] || fail "Process $pid cannot be killed; look at it with: ps -p $pid"
    tries=$((tries + 1))
    pause
done
rm -f "$pid_file"
echo "The delegate has stopped."
