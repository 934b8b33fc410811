#!/bin/sh
# Starts the delegate that lies beside this script. Its settings are in config-delegate.yml.
#
#   ./start.sh               starts it in the background; its log is delegate.log
#   ./start.sh --foreground  runs it here, for a service manager or to look at it
#
# A proxy on the way to the manager is set up by ./setup-proxy.sh. To have the delegate start with the host, see
# ./install-service.sh.

set -u

binary=./muster
config='config-delegate.yml'
proxy=proxy.config
log=delegate.log
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

# Prints a value as it was before it was quoted: '...', where '\'' stands for ', or "...", or nothing around it.
unquoted() {
    rest=$1
    case $rest in
        \'*\') rest=${rest#\'} rest=${rest%\'} ;;
        \"*\") rest=${rest#\"} && printf '%s\n' "${rest%\"}" && return ;;
        *) printf '%s\n' "$rest" && return ;;
    esac
    value=
    while :; do
        case $rest in
            *"'\\''"*)
                value=$value${rest%%"'\\''"*}\'
                rest=${rest#*"'\\''"}
                ;;
            *) break ;;
        esac
    done
    printf '%s\n' "$value$rest"
}

# Puts what setup-proxy.sh stored into the environment. The file is read, never run.
read_proxy() {
    [ -r "$proxy" ] || fail "$here/$proxy cannot be read by $(id -un). Change its owner: sudo chown $(id -u) '$here/$proxy'"
    number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in
            '' | '#'*) ;;
            PROXY_HOST=* | PROXY_PORT=* | PROXY_SCHEME=* | PROXY_USER=* | PROXY_PASSWORD=* | NO_PROXY=* | PROXY_MANAGER=*)
                export "${line%%=*}=$(unquoted "${line#*=}")"
                ;;
            *) fail "Line $number of $here/$proxy is no setting of a proxy. Mend it, or write it anew: ./setup-proxy.sh" ;;
        esac
    done <"$proxy"
}

# Whether the file system of this directory lets nothing be started.
is_noexec() {
    mount_point=$(df -P . 2>/dev/null | sed -n '$s/^.*% *//p')
    [ -n "$mount_point" ] && [ -r /proc/mounts ] || return 1
    # As the table writes it.
    escaped=$(printf '%s\n' "$mount_point" | sed 's/ /\\040/g')
    noexec=1
    # What is mounted last on a place is what is seen there.
    while read -r _ point _ options _; do
        [ "$point" = "$escaped" ] || continue
        case ,$options, in *,noexec,*) noexec=0 ;; *) noexec=1 ;; esac
    done </proc/mounts
    return "$noexec"
}

# Prints bytes of the program as od writes them: where they begin, how many, and in which form.
bytes() {
    od -An -v -j"$1" -N"$2" -t"$3" "$binary" 2>/dev/null | tr -d ' '
}

# Prints which processors the program is for; nothing where that is not known.
built_for() {
    case $(bytes 18 2 x1) in
        3e00) echo x86_64 ;;
        b700) echo aarch64 ;;
    esac
}

# Whether all of the program is there: the table of its sections stands at its end.
is_whole() {
    sections=$(bytes 40 8 u8)
    [ -z "$sections" ] || [ "$(wc -c <"$binary")" -ge "$sections" ]
}

# Sees that the program runs here, or ends with the reason why it does not.
check_program() {
    [ -e "$binary" ] || fail "$here/muster is missing. Unpack the whole archive, and start the delegate there."
    case $(ls -ld "$binary") in
        ???[xs]* | ??????[xs]* | ?????????[xt]*) ;;
        *) fail "$here/muster cannot be executed. Allow it: chmod +x '$here/muster'" ;;
    esac
    ! is_noexec || fail "$here/muster cannot be executed: the file system $mount_point is mounted noexec.
Unpack the archive somewhere else, such as in /opt, or allow programs there: mount -o remount,exec '$mount_point'"
    [ -x "$binary" ] || fail "$here/muster cannot be executed by $(id -un). Change its owner: sudo chown $(id -u) '$here/muster'"
    again="Unpack the archive anew, and see that the disk has room: df '$here'"
    [ -s "$binary" ] || fail "$here/muster is empty. $again"
    # Before it is tried: a shell takes what the system does not know for a script.
    if [ "$(bytes 0 4 x1)" = 7f454c46 ]; then
        machine=$(uname -m)
        case $machine in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac
        built_for=$(built_for)
        [ "${built_for:-$machine}" = "$machine" ] ||
            fail "This archive is for $(printf '%s\n' "$built_for" | tr _ -), this host is $machine: $here/muster cannot run here."
        is_whole || fail "$here/muster is cut off after $(wc -c <"$binary" | tr -d ' ') bytes. $again"
    fi
    case $("$binary" --version 2>/dev/null) in 'muster '*) return ;; esac
    fail "$here/muster does not run. $again
Then look: '$here/muster' --version"
}

foreground=false
case ${1-} in
    '') ;;
    --foreground) foreground=true ;;
    *) fail "Unknown option: $1. Use ./start.sh or ./start.sh --foreground." ;;
esac

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || fail "The directory of $0 cannot be entered."
cd -- "$here" || fail "The directory $here cannot be entered."

if pid=$(running); then
    echo "The delegate already runs (process $pid). Its log: $here/$log"
    exit 0
fi

# Both endings are in use.
[ -e "$config" ] || [ ! -e config-delegate.yaml ] || config='config-delegate.yaml'
[ -e "$config" ] || fail "$here/$config is missing. Unpack the whole archive, and start the delegate there."
[ -r "$config" ] || fail "$here/$config cannot be read by $(id -un). Change its owner: sudo chown $(id -u) '$here/$config'"
check_program
[ -w . ] || fail "$here cannot be written by $(id -un): the delegate keeps its identity and its log there."
[ ! -e "$proxy" ] || read_proxy

if $foreground; then
    # exec keeps the process id.
    echo $$ >"$pid_file" || fail "$here/$pid_file cannot be written."
    exec "$binary" delegate run --config "$config"
fi

# The log is the owner's alone.
umask 077
: >>"$log" || fail "$here/$log cannot be written."
log_before=$(wc -l <"$log")

# A session of its own: closing the terminal ends nothing.
if command -v setsid >/dev/null 2>&1; then
    setsid "$binary" delegate run --config "$config" >>"$log" 2>&1 </dev/null &
else
    nohup "$binary" delegate run --config "$config" >>"$log" 2>&1 </dev/null &
fi
started=$!
# Others may see that it runs.
if ! (umask 022 && echo "$started" >"$pid_file"); then
    kill "$started"
    fail "$here/$pid_file cannot be written."
fi

# The delegate writes its first line when its settings are good, or ends with the reason.
tries=0
until [ "$(wc -l <"$log")" -gt "$log_before" ] && running >/dev/null; do
    if ! kill -0 "$started" 2>/dev/null || [ "$tries" -ge 50 ]; then
        break
    fi
    tries=$((tries + 1))
    pause
done

# Time for what goes wrong right after the first line.
pause
pause
if ! running >/dev/null; then
    kill "$started" 2>/dev/null
    rm -f "$pid_file"
    tail -n +"$((log_before + 1))" "$log" >&2
    fail "The delegate did not start. The reason is above, and in $here/$log"
fi

cat <<END
The delegate runs (process $started).
Next: open Delegates in the Muster console. Where its profile asks for it, press Pending Approval there and compare the
key fingerprint with the one in the log.
Log:  $here/$log
Stop: $here/stop.sh
END
