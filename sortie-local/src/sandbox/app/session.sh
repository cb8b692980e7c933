# Only the session's user may enter it.
cd || exit
mkdir -m 700 "$XDG_RUNTIME_DIR"
if command -v openbox >/dev/null; then
    # A window that is shown while the window manager starts is never drawn. So the app waits until it has started or ended.
    mkfifo "$XDG_RUNTIME_DIR/wm"
    {
        XDG_CACHE_HOME=/tmp/.openbox openbox --sm-disable --config-file /run/sortie/openbox.xml \
            --startup "sh -c 'echo >$XDG_RUNTIME_DIR/wm'" </dev/null >/dev/null 2>&1
        echo >"$XDG_RUNTIME_DIR/wm"
    } &
    read -r _ <"$XDG_RUNTIME_DIR/wm"
    rm -f "$XDG_RUNTIME_DIR/wm"
fi
exec "$@"
