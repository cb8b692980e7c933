# Only the session's user may enter it.
cd || exit
mkdir -m 700 "$XDG_RUNTIME_DIR"
if command -v openbox >/dev/null; then
    XDG_CACHE_HOME=/tmp/.openbox openbox --sm-disable --config-file /run/sortie/openbox.xml </dev/null >/dev/null 2>&1 &
fi
exec "$@"
