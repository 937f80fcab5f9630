#!/bin/sh
# A Docker engine of its own from Debian's packages, with stand-ins for the images that deploy/ asks for; then a command beside it, and all of it is gone.
#
#     deploy/trial/engine.sh COMMAND...     as root on Debian; needs 5 GB in /var/tmp (WHERE says where else), and some minutes
#
# For a machine that reaches no registry of images. The engine lives in namespaces of its own (mounts, processes, network), so it changes nothing about
# the machine: its ports 80 and 443 are not the machine's. The command runs in the same network; it finds the engine's client at $DOCKER.
set -eu

home=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
repo=$(dirname "$(dirname "$home")")
export BOX="${WHERE:-/var/tmp}/motorkap-trial"
export DOCKER="$BOX/docker" DEBIAN_FRONTEND=noninteractive

needs() {
  for package in "$@"; do
    command -v "$package" > /dev/null && continue
    echo "Installing the Debian package $package ..." >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"; } > /dev/null 2>&1 || {
      echo "This needs root on Debian, and the package $package." >&2
      exit 1
    }
  done
}

# A folder or an archive of Debian 13, because the real image of Python is built on it; from where this machine has its packages. It gets its name last.
debian() {
  [ ! -e "$1" ] || return 0
  made=$1
  begun=$BOX/begun-$(basename "$made")
  rm -rf "$begun"
  shift
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  mmdebstrap --quiet --variant=minbase --customize-hook='copy-in /usr/local/share/ca-certificates /usr/local/share' \
    --customize-hook='chroot "$1" update-ca-certificates > /dev/null 2>&1' --include="$1" trixie "$begun" "$mirror" > "$BOX/debian.log" 2>&1 || {
    cat "$BOX/debian.log" >&2
    exit 1
  }
  mv "$begun" "$made"
}

# As the first process of its namespaces: the engine's folder becomes the root. A chroot would not do, a command in a container would leave it.
inside() {
  mount --bind "$BOX/engine" "$BOX/engine"
  cd "$BOX/engine"
  mkdir -p ".$repo" ".$BOX" old
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t proc proc proc
  mount -t tmpfs tmpfs run
  mount --rbind "$repo" ".$repo"
  mount --rbind "$BOX" ".$BOX"
  echo "nameserver 10.0.2.3" > etc/resolv.conf
  pivot_root . old
  umount -l old
  ip link set lo up
  trap 'kill $engine; wait $engine; exit' TERM
  dockerd --host "unix://$BOX/socket" --exec-opt native.cgroupdriver=cgroupfs > "$BOX/engine.log" 2>&1 &
  engine=$!
  wait $engine
}

start() {
  setsid unshare --mount --net --pid --fork --kill-child sh "$0" --inside &
  echo $! > "$BOX/pid"
  trap stop EXIT
  trap 'exit 1' INT TERM
  until first=$(pgrep --parent "$(cat "$BOX/pid")") && nsenter --target "$first" --net true; do sleep 0.2; done
  slirp4netns --configure --mtu=1500 --disable-host-loopback "$first" tap0 > "$BOX/network.log" 2>&1 &
  network=$!
  cat > "$DOCKER" <<CLIENT
#!/bin/sh
exec nsenter --target $first --mount --pid env HOME=/root DOCKER_HOST=unix://$BOX/socket sh -c 'cd "\$0" && exec docker "\$@"' "\$PWD" "\$@"
CLIENT
  chmod +x "$DOCKER"
  tries=0
  until "$DOCKER" info > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { tail -n 5 "$BOX/engine.log" >&2; exit 1; }
    sleep 0.3
  done
}

stop() {
  kill -TERM "$first" 2> /dev/null || true
  tries=0
  while kill -0 "$first" 2> /dev/null && [ $tries -lt 100 ]; do sleep 0.2; tries=$((tries + 1)); done
  kill -KILL "$(cat "$BOX/pid")" 2> /dev/null || true
  { kill "$network" && wait "$network"; } 2> /dev/null || true
  [ -n "${KEEP-}" ] || rm -rf --one-file-system "$BOX"
}

standin() {
  "$DOCKER" build --quiet --target "$1" --tag "$2" --file "$home/Containerfile" "$home" > "$BOX/$1.log" 2>&1 || { tail "$BOX/$1.log" >&2; exit 1; }
}

if [ "${1-}" = --inside ]; then
  inside
  exit
fi
mkdir -p "$BOX"
needs mmdebstrap slirp4netns
debian "$BOX/engine" ca-certificates,docker.io,docker-cli,docker-compose,docker-buildx,iptables,iproute2,git
debian "$BOX/debian.tar" ca-certificates,netbase,tzdata
start
"$DOCKER" image inspect debian:trial > /dev/null 2>&1 || "$DOCKER" import --change 'CMD ["bash"]' "$BOX/debian.tar" debian:trial > /dev/null
echo "Making stand-ins for the images ..." >&2
standin python python:3.13-slim
standin node node:22-slim
standin postgres postgres:17
standin valkey valkey/valkey:8-alpine
standin caddy caddy:2
nsenter --target "$first" --net "$@"
