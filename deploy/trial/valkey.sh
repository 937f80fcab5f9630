# As the real one does: what it is started as root with, it does as nobody special; other machines may call (there is no password).
set -eu
if [ "$(id -u)" = 0 ]; then
  find . \! -user valkey -exec chown valkey {} +
  exec setpriv --reuid valkey --regid valkey --init-groups sh "$0" "$@"
fi
[ "$1" != valkey-server ] || set -- "$@" --protected-mode no
exec "$@"
