#!/bin/sh
# Keeps one workload: starts its display, then its app, and ends the display when the app is over.
# It runs outside the sandboxes, in the workload's folder, and needs no server.
#
# keeper MARK COMMAND…     standard input is the locked lock file
set -u
umask 077
mark=$1
shift
exec 8<&0 </dev/null
: >started

# Everything that is started from here on is under the workload's limits.
while read -r group; do
    echo 0 >"$group/cgroup.procs" || exit 70
done <cgroups

# Keeps the newest 64 to 128 KiB of its input, and what came after that, in log/$1.0 to log/$1.2.
bounded() {
    exec 8<&-
    while head -c 65536 >"log/$1.2" && [ -s "log/$1.2" ]; do
        mv -f "log/$1.1" "log/$1.0"
        mv -f "log/$1.2" "log/$1.1"
    done 2>/dev/null
}

# Becomes bubblewrap. The mark stands in its command line, so that whoever ends the workload knows its processes.
sandbox() {
    name=$1
    shift
    umask 022
    # They would tell the sandbox's processes where the server keeps its data.
    unset PWD OLDPWD SHLVL
    exec bwrap --setenv SORTIE_WORKLOAD "$mark" --sync-fd 8 --json-status-fd 4 --args 3 \
        -- /bin/sh "/run/sortie/$name" "$@" 3<"$name.args" 4>>"$name.status" 5<seccomp
}

# Ends what is left in a sandbox whose main process is over, or all of it: its init takes everything with it.
finish() {
    while read -r line; do
        pid=${line#*\"child-pid\": }
        pid=${pid%%[!0-9]*}
        [ -n "$pid" ] && grep -qsF "$mark" "/proc/$pid/cmdline" && kill -KILL "$pid"
    done <"$1.status"
}

# The display says on descriptor 7 that it is ready. Opened for both directions first, the pipe blocks nobody;
# after that, the display is its only writer, and its death is the end of the file.
mkfifo pipe && exec 5<>pipe 6<pipe 7>pipe 5>&- && rm pipe || exit 70
{ sandbox display 2>&1 6<&- | bounded display 6<&- 7>&-; } &
exec 7>&-
if read -r _ <&6; then
    exec 6<&-
    : >shown
    { (sandbox app "$@"); finish app; } 2>&1 | bounded output
fi
: >ended
finish display
wait
