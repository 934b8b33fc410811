#!/bin/sh
# Makes the delegate of this folder a service of the host (systemd): it starts with the host, and again where it ends.
# It runs as the owner of the folder. Needs root; may be run again at any time.
#
#   ./install-service.sh [name]           installs and starts it; the name is harness-delegate where none is given
#   ./install-service.sh --print [name]   only prints the unit file
#   ./install-service.sh --remove [name]  stops and removes it

set -u

template=harness-delegate.service
units=/etc/systemd/system

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Not every sleep takes parts of a second.
pause() {
    sleep 0.1 2>/dev/null || sleep 1
}

# Ends with what is known of a service that did not stay.
not_active() {
    systemctl --no-pager --full --lines=20 status "$name.service" >&2
    if [ "$(getenforce 2>/dev/null)" = Enforcing ]; then
        fail "The service $name does not run. SELinux is enforcing here, and lets systemd start nothing in a home directory.
Where the lines above say Permission denied, mark the programs as such, and run this script again:
  semanage fcontext -a -t bin_t '$here/(muster|start[.]sh)' && restorecon -v '$here/muster' '$here/start.sh'
Or move the folder to /opt and run this script there."
    fi
    fail "The service $name does not run. The reason is above, or here: journalctl -u $name"
}

# Prints the unit file for this folder and its owner.
unit() {
    while IFS= read -r line; do
        case $line in
            '# '*@*) ;;
            *@FOLDER@*) line=${line%%@FOLDER@*}$folder${line#*@FOLDER@} ;;
            *@USER@*) line=${line%%@USER@*}$owner${line#*@USER@} ;;
        esac
        printf '%s\n' "$line"
    done <"$template"
}

# Whether the unit file that is installed under this name is for this folder.
is_ours() {
    grep -qxF "WorkingDirectory=$folder" "$units/$name.service"
}

action=install
case ${1-} in
    --print | --remove) action=${1#--} && shift ;;
    -*) fail "Unknown option: $1. Use ./install-service.sh, ./install-service.sh --print or ./install-service.sh --remove." ;;
esac
name=${1:-harness-delegate}
name=${name%.service}
case $name in
    '' | -* | .* | *[!A-Za-z0-9_.-]*) fail "The service's name is wrong. Use letters, digits, dashes, dots and underscores." ;;
esac

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || fail "The directory of $0 cannot be entered."
cd -- "$here" || fail "The directory $here cannot be entered."
case $here in
    *[[:cntrl:]]* | *\\* | *' ') fail "systemd cannot start anything in $here. Move the folder to a place with a plain name." ;;
esac
# systemd takes a percent sign for the beginning of a name of its own.
folder=$(printf '%s\n' "$here" | sed 's/%/%%/g')
[ -r "$template" ] || fail "$here/$template is missing. Unpack the whole archive."
owner=$(stat -c %U .) || fail "The owner of $here cannot be found out."
if [ "$owner" = UNKNOWN ]; then
    fail "$here belongs to user $(stat -c %u .), who does not exist on this host. Give it to one who does: chown -R USER '$here'"
fi

if [ "$action" = print ]; then
    unit
    exit 0
fi

[ "$(id -u)" -eq 0 ] || fail "Services are installed by root: sudo '$here/install-service.sh'"
if ! command -v systemctl >/dev/null 2>&1 || [ ! -d /run/systemd/system ]; then
    fail "This host does not run systemd. Have its own service manager run: $here/start.sh --foreground"
fi

if [ "$action" = remove ]; then
    if [ ! -e "$units/$name.service" ]; then
        echo "There is no service $name."
        exit 0
    fi
    is_ours || fail "The service $name is not of this folder. Look at it: systemctl cat $name"
    systemctl disable --now "$name.service" || fail "The service $name cannot be stopped."
    rm -f "$units/$name.service" || fail "$units/$name.service cannot be removed."
    systemctl daemon-reload || fail "systemd could not be told that $name is gone: systemctl daemon-reload"
    echo "The service $name is removed. The folder is as it was."
    exit 0
fi

if [ -e "$units/$name.service" ] && ! is_ours; then
    fail "There is a service $name of another folder. Choose another name: ./install-service.sh NAME"
fi

changed=true
if unit | cmp -s - "$units/$name.service"; then
    changed=false
else
    # Written beside and renamed, the file is never half.
    unit >"$units/$name.service.new" || fail "$units/$name.service.new cannot be written."
    chmod 644 "$units/$name.service.new" || fail "$units/$name.service.new cannot be made readable."
    mv -f "$units/$name.service.new" "$units/$name.service" || fail "$units/$name.service cannot be written."
fi
systemctl daemon-reload || fail "systemd cannot read its units anew: systemctl daemon-reload"

if systemctl is-active --quiet "$name.service"; then
    if $changed; then
        systemctl restart "$name.service" || not_active
    fi
else
    # One that was started by hand would keep the service from starting.
    ./stop.sh || fail "The delegate of this folder runs already, and cannot be stopped."
fi
systemctl enable --now "$name.service" || not_active

# systemd calls it started as soon as there is a process: what counts is that it stays.
tries=0
while [ "$tries" -lt 20 ]; do
    systemctl is-active --quiet "$name.service" || not_active
    tries=$((tries + 1))
    pause
done

cat <<END
The delegate of $here is the service $name, and runs as $owner.
State: systemctl status $name
Log:   journalctl -u $name
Stop:  systemctl stop $name
END
