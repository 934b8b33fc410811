#!/bin/sh
# Stores the proxy on the way to the manager in proxy.config, which start.sh reads. Restart the delegate afterwards.
#
#   ./setup-proxy.sh           asks for everything; without a terminal, takes PROXY_HOST and so on from the environment
#   ./setup-proxy.sh --remove  removes the proxy

set -u

file=proxy.config

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints a value so that a shell would read it as it is.
quoted() {
    printf "'%s'\n" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")"
}

# Prints a stored value as it was before it was quoted.
stored() {
    [ -r "$file" ] || return 0
    sed -n "s/^$1='\\(.*\\)'\$/\\1/p" "$file" | sed "s/'\\\\''/'/g"
}

# Asks for a value; $1 is the question, $2 what Enter means. The answer is in $answer.
ask() {
    printf '%s%s: ' "$1" "${2:+ [$2]}"
    IFS= read -r answer || fail "Nothing was changed."
    case $answer in
        '') answer=$2 ;;
        -) answer= ;;
    esac
}

# Asks for a value without showing it.
ask_hidden() {
    shown=${2:+ [as before]}
    printf '%s%s: ' "$1" "$shown"
    trap 'stty echo; echo; exit 1' INT TERM HUP
    stty -echo
    IFS= read -r answer || answer=
    stty echo
    trap - INT TERM HUP
    echo
    case $answer in
        '') answer=$2 ;;
        -) answer= ;;
    esac
}

valid_host() {
    case $1 in '' | *[!A-Za-z0-9._:-]*) ;; *:*) return 1 ;; *) return 0 ;; esac
    # An IPv6 address stands in brackets.
    inner=${1#[} && inner=${inner%]}
    [ "[$inner]" = "$1" ] || return 1
    case $inner in *:*) ;; *) return 1 ;; esac
    case $inner in *[!0-9A-Fa-f.:]*) return 1 ;; esac
}

valid_port() {
    case $1 in '' | *[!0-9]* | ??????*) return 1 ;; esac
    [ "$1" -ge 1 ] && [ "$1" -le 65535 ]
}

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || fail "The directory of $0 cannot be entered."
cd -- "$here" || fail "The directory $here cannot be entered."

case ${1-} in
    '') ;;
    --remove)
        rm -f "$file" || fail "$here/$file cannot be removed."
        echo "The delegate uses no proxy of $file any more. Restart it: ./stop.sh && ./start.sh"
        exit 0
        ;;
    *) fail "Unknown option: $1. Use ./setup-proxy.sh or ./setup-proxy.sh --remove." ;;
esac

if [ -t 0 ]; then
    echo "The proxy on the way from this delegate to its manager. Enter takes what stands in brackets, a dash (-) nothing."
    ask 'Host name, such as proxy.example.com' "$(stored PROXY_HOST)"
    host=$answer
    ask 'Port' "$(stored PROXY_PORT)"
    port=$answer
    scheme=$(stored PROXY_SCHEME)
    ask 'Scheme, http or https' "${scheme:-http}"
    scheme=$answer
    ask 'User name, where the proxy asks for one' "$(stored PROXY_USER)"
    user=$answer
    password=
    if [ -n "$user" ]; then
        ask_hidden 'Password' "$(stored PROXY_PASSWORD)"
        password=$answer
    fi
    ask 'Hosts that are reached without it, separated by commas' "$(stored NO_PROXY)"
    without=$answer
    manager=$(stored PROXY_MANAGER)
    ask 'Is the manager reached through it, true or false' "${manager:-true}"
    manager=$answer
else
    host=${PROXY_HOST-}
    port=${PROXY_PORT-}
    scheme=${PROXY_SCHEME:-http}
    user=${PROXY_USER-}
    password=${PROXY_PASSWORD-}
    without=${NO_PROXY-}
    manager=${PROXY_MANAGER:-true}
    [ -n "$host" ] || fail "There is no terminal to ask on, and PROXY_HOST is not set. Set it, and PROXY_PORT, PROXY_SCHEME,
PROXY_USER, PROXY_PASSWORD, NO_PROXY, PROXY_MANAGER as far as they are needed."
fi

valid_host "$host" || fail "The host (PROXY_HOST) is wrong. Write a host name or an address alone, such as proxy.example.com or [2001:db8::1]."
[ -z "$port" ] || valid_port "$port" || fail "The port (PROXY_PORT) is wrong. Write a number from 1 to 65535."
case $scheme in http | https) ;; *) fail "The scheme (PROXY_SCHEME) is wrong. Write http or https." ;; esac
case $manager in true | false) ;; *) fail "PROXY_MANAGER is wrong. Write true or false." ;; esac
for value in "$user" "$password" "$without"; do
    case $value in *[[:cntrl:]]*) fail "User, password and hosts must not contain line ends or other control characters." ;; esac
done

# The password is the owner's alone. Written beside and renamed, the file is never half.
umask 077
rm -f "$file.new"
if ! {
    echo "# The proxy on the way to the manager. Written by setup-proxy.sh, read by start.sh." &&
        printf 'PROXY_HOST=%s\n' "$(quoted "$host")" &&
        printf 'PROXY_PORT=%s\n' "$(quoted "$port")" &&
        printf 'PROXY_SCHEME=%s\n' "$(quoted "$scheme")" &&
        printf 'PROXY_USER=%s\n' "$(quoted "$user")" &&
        printf 'PROXY_PASSWORD=%s\n' "$(quoted "$password")" &&
        printf 'NO_PROXY=%s\n' "$(quoted "$without")" &&
        printf 'PROXY_MANAGER=%s\n' "$(quoted "$manager")"
} >"$file.new"; then
    fail "$here/$file.new cannot be written by $(id -un)."
fi
mv -f "$file.new" "$file" || fail "$here/$file cannot be replaced by $(id -un)."

echo "The proxy is stored in $here/$file. Restart the delegate: ./stop.sh && ./start.sh"
